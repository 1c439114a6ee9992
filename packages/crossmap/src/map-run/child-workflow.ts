import type { Json } from '../asl/json.ts';
import type { ExecutionHeader } from '../engine/execution.ts';
import type { Executions, MapRunRequest } from '../engine/executions.ts';
import type { Clock, Ids } from '../engine/ports.ts';
import type { Child, ChildRunner, ChildStatus } from './child-runner.ts';

/** `…:stateMachine:NAME/LABEL`, the state machine that children run, from `…:mapRun:NAME/LABEL:ID`. */
export function labelledStateMachineArn(mapRunArn: string): string {
  return mapRunArn.replace(':mapRun:', ':stateMachine:').replace(/:[^:]*$/, '');
}

/** The id of a Map Run: the last part of its ARN. */
export function mapRunId(mapRunArn: string): string {
  return mapRunArn.slice(mapRunArn.lastIndexOf(':') + 1);
}

/**
 * A UUID whose first 48 bits are the index and whose rest is a hash: names come in the order of their children, so that
 * the unique index over them grows at its end (measured: 68k instead of 25k children recorded a second at a million).
 */
function childName(index: number, hash: string): string {
  const digits = index.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}${hash.slice(13)}`;
}

/** Children that are executions of the ItemProcessor, STANDARD or EXPRESS. EXPRESS ones cannot be stopped. */
export class ChildWorkflows implements ChildRunner {
  readonly #request: MapRunRequest;
  readonly #stateMachineArn: string;
  readonly #arnBeforeName: string;
  readonly #mapRunId: string;
  readonly #executions: Executions;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(request: MapRunRequest, executions: Executions, { clock, ids }: { clock: Clock; ids: Ids }) {
    this.#request = request;
    this.#stateMachineArn = labelledStateMachineArn(request.mapRunArn);
    const kind = request.plan.expressChildren ? 'express' : 'execution';
    this.#arnBeforeName = `${this.#stateMachineArn.replace(':stateMachine:', `:${kind}:`)}:`;
    this.#mapRunId = mapRunId(request.mapRunArn);
    this.#executions = executions;
    this.#clock = clock;
    this.#ids = ids;
  }

  async run({ index, input, itemCount, left }: Child): Promise<ChildStatus> {
    const { mapRunArn, parent, plan } = this.#request;
    const { name, executionArn } = this.#identity(index);
    const { expressChildren } = plan;
    const header: ExecutionHeader = {
      ...parent,
      executionArn: left?.executionArn ?? (expressChildren ? `${executionArn}:${this.#ids.uuid()}` : executionArn),
      name,
      stateMachineArn: this.#stateMachineArn,
      startDate: left?.startDate ?? this.#clock.now(),
      input: JSON.parse(input) as Json,
      ...(expressChildren && { express: 'asynchronous' }),
    };
    const child = { mapRunArn, index, itemCount };
    const request = { header, inputText: input, machine: plan.processor, child };
    if (left !== undefined) {
      const [ended] = await this.#executions.resume([request]);
      return (await ended!).status;
    }
    const { started, ended } = this.#executions.start(request);
    await started;
    return (await ended).status;
  }

  async abort({ index }: Child): Promise<void> {
    if (this.#request.plan.expressChildren) return;
    const cause = `The map run execution [${this.#request.mapRunArn}] which was managing this resource was aborted`;
    await this.#executions.abort(this.#identity(index).executionArn, { cause });
  }

  #identity(index: number): { readonly name: string; readonly executionArn: string } {
    const name = childName(index, this.#ids.nameUuid(this.#mapRunId, String(index)));
    return { name, executionArn: this.#arnBeforeName + name };
  }
}
