import type { Json } from '../asl/json.ts';

/**
 * What the API shows of each event type, keyed by the type. Payloads are JSON values here; the API shows their text.
 * A type with `{}` has no details in the API.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export interface EventDetails {
  ExecutionStarted: { readonly input: Json; readonly roleArn: string };
  ExecutionSucceeded: { readonly output: Json };
  ExecutionFailed: FailureDetails;
  ExecutionAborted: FailureDetails;
  ExecutionTimedOut: FailureDetails;

  PassStateEntered: StateEntered;
  PassStateExited: StateExited;
  TaskStateEntered: StateEntered;
  TaskStateExited: StateExited;
  ChoiceStateEntered: StateEntered;
  ChoiceStateExited: StateExited;
  SucceedStateEntered: StateEntered;
  SucceedStateExited: StateExited;
  FailStateEntered: StateEntered;
  MapStateEntered: StateEntered;
  MapStateExited: StateExited;

  LambdaFunctionScheduled: { readonly resource: string; readonly input: Json; readonly timeoutInSeconds?: number };
  LambdaFunctionStarted: NoDetails;
  LambdaFunctionSucceeded: { readonly output: Json };
  LambdaFunctionFailed: FailureDetails;
  LambdaFunctionTimedOut: FailureDetails;

  TaskScheduled: TaskResource & {
    readonly region: string;
    readonly parameters: Json;
    readonly timeoutInSeconds?: number;
  };
  TaskStarted: TaskResource;
  TaskSucceeded: TaskResource & { readonly output: Json };
  TaskFailed: TaskResource & FailureDetails;
  TaskTimedOut: TaskResource & FailureDetails;

  /** `length` is 0 whenever an ItemReader is used. */
  MapStateStarted: { readonly length: number };
  MapStateSucceeded: NoDetails;
  MapStateFailed: NoDetails;
  MapRunStarted: { readonly mapRunArn: string };
  MapRunSucceeded: NoDetails;
  MapRunFailed: FailureDetails;
  MapRunAborted: NoDetails;
}

export type NoDetails = Readonly<Record<never, never>>;
export interface FailureDetails {
  readonly error?: string;
  readonly cause?: string;
}
export interface StateEntered {
  readonly name: string;
  readonly input: Json;
}
export interface StateExited {
  readonly name: string;
  readonly output: Json;
}
export interface TaskResource {
  readonly resourceType: string;
  readonly resource: string;
}

export type EventType = keyof EventDetails;

/**
 * What the state of an execution needs and AWS's events do not hold. The API never shows it.
 * `retry`: this failed attempt is tried again by retrier `retrier` of the state, not before `dueAt` (epoch ms).
 */
export interface PrivateDetails {
  readonly retry?: { readonly retrier: number; readonly dueAt: number };
}

/** One event. `id` counts from 1 without gaps; `previousEventId` is 0 where AWS starts at 0; `timestamp` in epoch ms. */
export type HistoryEvent = {
  [T in EventType]: {
    readonly id: number;
    readonly previousEventId: number;
    readonly type: T;
    readonly timestamp: number;
    readonly details: EventDetails[T];
    readonly private?: PrivateDetails;
  };
}[EventType];
