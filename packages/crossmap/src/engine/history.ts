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
  WaitStateEntered: StateEntered;
  WaitStateExited: StateExited;
  ParallelStateEntered: StateEntered;
  ParallelStateExited: StateExited;
  MapStateEntered: StateEntered;
  MapStateExited: StateExited;

  ParallelStateStarted: NoDetails;
  ParallelStateSucceeded: NoDetails;
  ParallelStateFailed: NoDetails;
  TaskStateAborted: NoDetails;
  WaitStateAborted: NoDetails;
  ParallelStateAborted: NoDetails;
  MapStateAborted: NoDetails;
  MapIterationStarted: Iteration;
  MapIterationSucceeded: Iteration;
  MapIterationFailed: Iteration;
  MapIterationAborted: Iteration;

  LambdaFunctionScheduled: {
    readonly resource: string;
    readonly input: Json;
    readonly timeoutInSeconds?: number;
    readonly taskCredentials?: TaskCredentials;
  };
  LambdaFunctionStarted: NoDetails;
  LambdaFunctionSucceeded: { readonly output: Json };
  LambdaFunctionFailed: FailureDetails;
  LambdaFunctionTimedOut: FailureDetails;

  ActivityScheduled: {
    readonly resource: string;
    readonly input: Json;
    readonly timeoutInSeconds?: number;
    readonly heartbeatInSeconds?: number;
  };
  ActivityStarted: { readonly workerName?: string };
  ActivitySucceeded: { readonly output: Json };
  ActivityFailed: FailureDetails;
  ActivityTimedOut: FailureDetails;

  TaskScheduled: TaskResource & {
    readonly region: string;
    readonly parameters: Json;
    readonly timeoutInSeconds?: number;
    readonly heartbeatInSeconds?: number;
    readonly taskCredentials?: TaskCredentials;
  };
  TaskStarted: TaskResource;
  TaskSubmitted: TaskResource & { readonly output: Json };
  TaskSubmitFailed: TaskResource & FailureDetails;
  TaskSucceeded: TaskResource & { readonly output: Json };
  TaskFailed: TaskResource & FailureDetails;
  TaskTimedOut: TaskResource & FailureDetails;

  /** JSONata failed in `state`, in the field `location` where one is to blame. */
  EvaluationFailed: FailureDetails & { readonly state: string; readonly location?: string };

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
  /** What Assign assigned, by the name of the variable. */
  readonly assignedVariables?: Readonly<Record<string, Json>>;
}
/** `name` is the Map state's, `index` the iteration's. */
export interface Iteration {
  readonly name: string;
  readonly index: number;
}
/** The role a task acts as instead of the state machine's. */
export type TaskCredentials = { readonly roleArn: string };
export interface TaskResource {
  readonly resourceType: string;
  readonly resource: string;
}

export type EventType = keyof EventDetails;

/** What the state of an execution needs and AWS's events do not hold. The API never shows it. Times are epoch ms. */
export interface PrivateDetails {
  /** The path of the flow the event belongs to; absent for the machine's own. */
  readonly flow?: string;
  /** With this exit from its last state the flow has ended. */
  readonly ended?: true;
  /**
   * Retrier `retrier` of the state that flow `flow` is in tries again, not before `dueAt`. The attempt follows event
   * `after`, or this one.
   */
  readonly retry?: {
    readonly flow: string;
    readonly retrier: number;
    readonly dueAt: number;
    readonly after?: number;
  };
  /** The item of the iteration that was started. */
  readonly item?: { readonly Index: number; readonly Value: Json };
  /** When the Wait state that was entered ends. */
  readonly waitUntil?: number;
  /** The test case that the execution was started with. */
  readonly testCase?: string;
  /** With it, and only with it, a task that was scheduled can be ended from outside. */
  readonly taskToken?: string;
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
