import type { Failure } from '../asl/failure.ts';
import type { InspectedStage } from '../asl/inspection.ts';
import type { Json, JsonObject } from '../asl/json.ts';
import type { Inspection } from '../engine/inspection.ts';

/** Keeps what is seen of a state: each stage as it was last reached. */
export class StateInspection implements Inspection {
  readonly context: JsonObject;
  readonly stages: Partial<Record<InspectedStage, Json>> = {};
  failure: Failure | undefined;
  /** The name by which Retry and Catch know the failure. */
  error = '';
  exit: { readonly output: Json; readonly nextState: string | undefined } | undefined;

  constructor(context: JsonObject) {
    this.context = context;
  }

  readonly inspect = (stage: InspectedStage, value: Json): void => {
    this.stages[stage] = value;
  };

  failed(failure: Failure, error: string): void {
    this.failure = failure;
    this.error = error;
  }

  exited(output: Json, nextState: string | undefined): void {
    this.exit = { output, nextState };
  }
}
