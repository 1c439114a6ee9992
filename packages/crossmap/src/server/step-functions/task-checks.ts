import { type Diagnostic, invalidDefinition } from '../../asl/diagnostics.ts';
import { isJsonObject, type Json, type JsonObject } from '../../asl/json.ts';
import { parseTaskResource, type TaskResource } from '../../asl/task-resource.ts';
import type { Permissions } from '../../engine/ports.ts';
import { ApiError } from './errors.ts';

/** What services say of the tasks of a definition. */
export interface TaskTemplates {
  /** Whether the action of a resource can be called here, or AWS has it at all. */
  offers(resource: TaskResource): Promise<'here' | 'elsewhere' | 'nowhere'>;
  /** What is wrong with the Parameters or Arguments as they are written, in AWS's words. */
  templateProblems(resource: TaskResource, template: Json): Promise<readonly string[]>;
}

export interface TaskChecksPorts {
  readonly templates: TaskTemplates;
  readonly permissions: Permissions;
}

/** The state machine whose tasks are checked; `definition` is valid. */
export interface CheckedMachine {
  readonly stateMachineArn: string;
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
}

/** EventBridge's rule by which Step Functions learns of the ends of nested executions. */
const RULE = 'StepFunctionsGetEventsForStepFunctionsExecutionRule';
const RULE_ACTIONS = ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'];

/**
 * Refuses a definition whose tasks call what a service has not, and a role that may not wait for nested executions, as
 * AWS does when a state machine is created.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html#connect-stepfunctions-iam
 */
export class TaskChecks {
  readonly #ports: TaskChecksPorts;

  constructor(ports: TaskChecksPorts) {
    this.#ports = ports;
  }

  async check({ stateMachineArn, name, definition, roleArn }: CheckedMachine): Promise<void> {
    const tasks = tasksOf(JSON.parse(definition) as JsonObject, '');
    const diagnostics: Diagnostic[] = [];
    for (const task of tasks) diagnostics.push(...(await this.#diagnostics(task)));
    if (diagnostics.length > 0) throw new ApiError('InvalidDefinition', invalidDefinition(diagnostics));
    this.#checkRule(tasks, { stateMachineArn, name, roleArn });
  }

  async #diagnostics({ text, resource, template, field, place }: Task): Promise<readonly Diagnostic[]> {
    const { templates } = this.#ports;
    const diagnostic = (message: string, at: string): Diagnostic => ({
      severity: 'ERROR',
      code: 'SCHEMA_VALIDATION_FAILED',
      message,
      location: `${place}/${at}`,
    });
    switch (await templates.offers(resource)) {
      case 'here':
        return (await templates.templateProblems(resource, template)).map((message) => diagnostic(message, field));
      case 'elsewhere':
        return [diagnostic(`The resource \`${text}\` is not supported yet`, 'Resource')];
      case 'nowhere': {
        const why = 'The value is not a valid resource ARN, or the resource is not available in this region.';
        return [diagnostic(`The resource provided ${text} is not recognized. ${why}`, 'Resource')];
      }
    }
  }

  #checkRule(tasks: readonly Task[], { stateMachineArn, name, roleArn }: Omit<CheckedMachine, 'definition'>): void {
    const waits = tasks.some(({ resource }) => resource.kind === 'service' && /^sync/.test(resource.pattern));
    const [, , , region = '', accountId = ''] = stateMachineArn.split(':');
    const rule = `arn:aws:events:${region}:${accountId}:rule/${RULE}`;
    const caller = { roleArn, region, sessionName: name };
    for (const action of waits ? RULE_ACTIONS : []) {
      if (this.#ports.permissions.check(caller, action, rule).kind === 'allowed') continue;
      throw new ApiError('AccessDeniedException', `'${roleArn}' is not authorized to create managed-rule.`);
    }
  }
}

interface Task {
  /** The resource as it is written. */
  readonly text: string;
  readonly resource: TaskResource;
  /** The Parameters or Arguments as they are written. */
  readonly template: Json;
  readonly field: 'Parameters' | 'Arguments';
  /** Where the state is. */
  readonly place: string;
}

/** The tasks of a machine and of the machines inside it. */
function tasksOf(machine: JsonObject, at: string): readonly Task[] {
  const { States = {} } = machine;
  if (!isJsonObject(States)) return [];
  return Object.entries(States).flatMap(([name, state]) => {
    if (!isJsonObject(state)) return [];
    const place = `${at}/States/${name}`;
    const { Branches = [] } = state;
    const branches = Array.isArray(Branches) ? Branches.map((each: Json, i) => [each, `Branches[${i}]`] as const) : [];
    const inner = [...branches, [state.ItemProcessor, 'ItemProcessor'] as const, [state.Iterator, 'Iterator'] as const];
    return [
      ...taskOf(state, place),
      ...inner.flatMap(([each, field]) => (isJsonObject(each) ? tasksOf(each, `${place}/${field}`) : [])),
    ];
  });
}

function taskOf({ Type, Resource, Parameters, Arguments }: JsonObject, place: string): readonly Task[] {
  if (Type !== 'Task' || typeof Resource !== 'string') return [];
  const resource = parseTaskResource(Resource);
  if (resource === undefined) return [];
  const field = Arguments === undefined ? 'Parameters' : 'Arguments';
  return [{ text: Resource, resource, template: Parameters ?? Arguments ?? {}, field, place }];
}
