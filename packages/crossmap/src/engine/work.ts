import type { Failure } from '../asl/failure.ts';
import type { Json } from '../asl/json.ts';

/**
 * What a state has done when it stops working for now.
 * `exited`: it is over, with this output. `failed`: Retry and Catch decide. `waiting`: an occurrence will go on.
 * `branches`: these flows inside it begin, each with its input; the state goes on when all have ended.
 */
export type Work =
  | {
      readonly kind: 'exited';
      readonly output: Json;
      readonly next: string | undefined;
      readonly assigned?: Readonly<Record<string, Json>>;
      readonly previous?: number;
    }
  /** `final`: neither Retry nor Catch of the state sees it. `handledAs`: the name they know it by, if another. */
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly event?: FailedEvent;
      readonly final?: true;
      readonly handledAs?: string;
    }
  | { readonly kind: 'branches'; readonly branches: readonly Branch[] }
  | { readonly kind: 'waiting' };

export interface Branch {
  readonly path: string;
  readonly input: Json;
}

/** Records the failure once it is known whether the state tries again; gives the id of the event. */
export type FailedEvent = (retry: { readonly retrier: number; readonly dueAt: number } | undefined) => number;
