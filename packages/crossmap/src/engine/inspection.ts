import type { Failure } from '../asl/failure.ts';
import type { Inspect } from '../asl/inspection.ts';
import type { Json, JsonObject } from '../asl/json.ts';

/**
 * Looks at one state while it runs. An execution that is inspected ends with the first state of its machine, wherever
 * that leads; what happens inside a Parallel or Map state is not looked at.
 */
export interface Inspection {
  /** What the state sees as its context object. */
  readonly context: JsonObject;
  readonly inspect: Inspect;
  /** The state has failed, before Retry and Catch decide. `error`: the name they know the failure by. */
  failed(failure: Failure, error: string): void;
  /** The state is left, after a failure that was caught too. */
  exited(output: Json, next: string | undefined): void;
}
