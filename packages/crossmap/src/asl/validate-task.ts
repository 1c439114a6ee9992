import { both, type Check, integer, object, text, wrongType } from './field-check.ts';
import { jsonata, template } from './field-values.ts';
import { integrationRefusal, isIntegration, PARAMETERS } from './integrations.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { Report } from './report.ts';
import { parseTaskResource, type TaskResource } from './task-resource.ts';

/** Of a state machine, or of the children of a Distributed Map. */
export type WorkflowType = 'STANDARD' | 'EXPRESS';

export const taskSeconds = integer(1, 99_999_999);

/** Credentials of JSONPath, where the role may be computed, and of JSONata. */
export const credentials: Check = both(roleUnder('RoleArn', 'RoleArn.$'), template);
export const jsonataCredentials: Check = both(roleUnder('RoleArn'), jsonata());

/** Credentials need the role, and have no other field. */
function roleUnder(...names: readonly string[]): Check {
  const fields = object(Object.fromEntries(names.map((name) => [name, text] as const)));
  return (value, at, report) => {
    if (!isJsonObject(value)) return wrongType('Object', at, report);
    const missing = names.every((name) => value[name] === undefined);
    if (missing) report.error(at, "The field 'RoleArn' is required but was missing");
    else fields(value, at, report);
  };
}

/** ARNs of what AWS may run and this engine does not know: without a region, of an account that is none. */
const OTHER_ARN =
  /^arn:[\w-]+:(lambda:[^:]*:[^:]*:function(?=:[\w-]+(:[\w$-]+)?$)|states:[^:]+:[^:]+:[\w-]+|swf:[^:]*:[^:]*:[\w-]+):\S+$/;

interface TaskOptions {
  readonly type: WorkflowType;
  readonly routed: ReadonlySet<string>;
}

/** What concerns a Task state as a whole: whether its resource is one, and one for this type of workflow. */
export function checkTask(state: JsonObject, at: string, report: Report, { type, routed }: TaskOptions): void {
  const { TimeoutSeconds, HeartbeatSeconds, Resource } = state;
  if (
    typeof TimeoutSeconds === 'number' &&
    typeof HeartbeatSeconds === 'number' &&
    HeartbeatSeconds >= TimeoutSeconds
  ) {
    report.error(at, "'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'");
  }
  if (typeof Resource !== 'string') return;
  const resource = parseTaskResource(Resource);
  const place = `${at}/Resource`;
  if (resource === undefined ? !OTHER_ARN.test(Resource) : resource.kind === 'service' && !isIntegration(resource)) {
    const reason = 'The value is not a valid resource ARN, or the resource is not available in this region.';
    return report.error(place, `The resource provided ${Resource} is not recognized. ${reason}`);
  }
  if (resource === undefined) return report.refuse(place, `The resource \`${Resource}\` is not supported yet`);
  const unfit = type === 'EXPRESS' ? unfitForExpress(resource) : undefined;
  if (unfit !== undefined) report.error(place, `Express state machine does not support ${unfit}`);
  const refusal = integrationRefusal(Resource, routed);
  if (refusal !== undefined) report.refuse(place, refusal);
  if (resource.kind === 'service') checkParameters(resource, state, at, report);
}

/** In AWS's words; the space at the end of the second is AWS's too. */
function unfitForExpress(resource: TaskResource): string | undefined {
  if (resource.kind === 'activity') return 'Activity ARN';
  if (resource.kind !== 'service') return undefined;
  if (resource.pattern === 'wait-for-task-token') return "'.waitForTaskToken' service integration ";
  return resource.pattern === 'request-response' ? undefined : "'.sync' service integration";
}

function checkParameters(
  { service, action }: Extract<TaskResource, { kind: 'service' }>,
  state: JsonObject,
  at: string,
  report: Report,
): void {
  const name = `${service}:${action}`;
  const parameters = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
  if (parameters === undefined) return;
  const field = state.Arguments === undefined ? 'Parameters' : 'Arguments';
  serviceParameters(parameters.required, parameters.optional)(state[field] ?? {}, `${at}/${field}`, report);
}

/** Parameters of a service integration, each name as it is or with `.$`. A text is evaluated to all of them. */
export function serviceParameters(required: readonly string[], optional: readonly string[]): Check {
  return (value: Json, at, report) => {
    if (!isJsonObject(value)) return;
    const given = Object.keys(value).map((name) => name.replace(/\.\$$/, ''));
    for (const name of required.filter((each) => !given.includes(each))) {
      report.error(at, `The field '${name}' is required but was missing`);
    }
    for (const name of given.filter((each) => !required.includes(each) && !optional.includes(each))) {
      report.error(at, `The field "${name}" is not supported by Step Functions`);
    }
  };
}
