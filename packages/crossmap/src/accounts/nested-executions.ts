import { isJsonObject, type Json, type JsonObject } from '../asl/json.ts';
import type { RoleCaller, TaskOutcome, TaskSubmitted } from '../engine/ports.ts';
import { callOptimised, type OptimisedNames, type OptimisedOutcome } from './sdk/optimised-call.ts';
import type { SdkService } from './sdk/sdk-operation.ts';

const NAMES: OptimisedNames = { prefix: 'StepFunctions', service: 'AWSStepFunctions', metadata: true };

export interface NestedExecutionsPorts {
  /** Step Functions, called as the role of the state machine. */
  readonly stepFunctions: () => Promise<SdkService>;
  /** The end of a running execution; `undefined` when it is not running. */
  ended(executionArn: string): Promise<unknown> | undefined;
}

/**
 * `states:startExecution`. With `.sync` it ends as the execution does: with DescribeExecution's answer, its Input and
 * Output as text, or with `.sync:2` as JSON; an execution that did not succeed is `States.TaskFailed` with that answer as
 * cause (cases callbacks test_start_execution_sync*). An execution of that name and input that runs already is waited for.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
 */
export class NestedExecutions {
  readonly #ports: NestedExecutionsPorts;

  constructor(ports: NestedExecutionsPorts) {
    this.#ports = ports;
  }

  async start(caller: RoleCaller, parameters: Json): Promise<TaskOutcome> {
    return this.#call(caller, 'startExecution', parameters);
  }

  async startAndWait(
    caller: RoleCaller,
    parameters: Json,
    pattern: 'sync' | 'sync:2',
  ): Promise<TaskOutcome | TaskSubmitted> {
    const started = await this.#call(caller, 'startExecution', parameters);
    if (started.kind === 'failed') return started;
    return this.takeUp(caller, started.output, pattern);
  }

  /** Waits for the execution that an earlier call started, whose answer `output` is. */
  takeUp(caller: RoleCaller, output: JsonObject, pattern: 'sync' | 'sync:2'): TaskSubmitted {
    const executionArn = String(output.ExecutionArn);
    return {
      kind: 'submitted',
      output,
      ended: this.#end(caller, executionArn, pattern),
      stop: async () => {
        await this.#call(caller, 'stopExecution', { ExecutionArn: executionArn });
      },
    };
  }

  async #end(caller: RoleCaller, ExecutionArn: string, pattern: 'sync' | 'sync:2'): Promise<TaskOutcome> {
    await this.#ports.ended(ExecutionArn);
    const described = await this.#call(caller, 'describeExecution', { ExecutionArn });
    if (described.kind === 'failed') return described;
    const { SdkHttpMetadata: _http, SdkResponseMetadata: _response, ...execution } = described.output;
    const output = sorted(pattern === 'sync:2' ? parsed(execution) : execution);
    if (execution.Status === 'SUCCEEDED') return { kind: 'succeeded', output };
    return { kind: 'failed', failure: { error: 'States.TaskFailed', cause: JSON.stringify(output) } };
  }

  async #call(caller: RoleCaller, action: string, parameters: Json): Promise<OptimisedOutcome> {
    return callOptimised(await this.#ports.stepFunctions(), NAMES, { action, caller, parameters });
  }
}

function parsed({ Input, Output, ...others }: JsonObject): JsonObject {
  return {
    ...others,
    ...(typeof Input === 'string' && { Input: JSON.parse(Input) as Json }),
    ...(typeof Output === 'string' && { Output: JSON.parse(Output) as Json }),
  };
}

/** AWS writes the members in the order of their names, which a cause shows. */
function sorted(object: JsonObject): JsonObject {
  const members = Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    members.map(([name, value]) => [name, name.endsWith('Details') && isJsonObject(value) ? sorted(value) : value]),
  );
}
