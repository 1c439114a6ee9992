import type { Json, JsonObject } from './json.ts';

/** A state machine definition whose shape `validateDefinition` has accepted. Keys are Amazon States Language's own. */
export interface Definition {
  readonly Comment?: string;
  readonly QueryLanguage?: 'JSONPath';
  readonly Version?: '1.0';
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  /** Of the whole execution. */
  readonly TimeoutSeconds?: number;
}

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

interface StateFields {
  readonly Comment?: string;
  readonly QueryLanguage?: 'JSONPath';
  /** `null` discards: the state works on `{}`. */
  readonly InputPath?: string | null;
  /** `null` discards: the state's output is `{}`. */
  readonly OutputPath?: string | null;
}

/** Exactly one of the two is given. */
interface Transition {
  readonly Next?: string;
  readonly End?: true;
}

interface ResultFields {
  readonly Parameters?: Json;
  readonly ResultSelector?: JsonObject;
  /** `null` discards the result: the output is the input. */
  readonly ResultPath?: string | null;
}

interface AssignField {
  /** Variable → value, a payload template. */
  readonly Assign?: JsonObject;
}

interface ErrorFields {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface PassState extends StateFields, Transition, AssignField {
  readonly Type: 'Pass';
  readonly Result?: Json;
  readonly Parameters?: Json;
  readonly ResultPath?: string | null;
}

export interface TaskState extends StateFields, Transition, AssignField, ResultFields, ErrorFields {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
  readonly HeartbeatSeconds?: number;
  readonly HeartbeatSecondsPath?: string;
  readonly Credentials?: Credentials;
}

/** The role that the task is done with: exactly one of the two. */
export interface Credentials {
  readonly RoleArn?: string;
  readonly 'RoleArn.$'?: string;
}

/** Exactly one of the four is given. */
export interface WaitState extends StateFields, Transition, AssignField {
  readonly Type: 'Wait';
  readonly Seconds?: number;
  readonly SecondsPath?: string;
  readonly Timestamp?: string;
  readonly TimestampPath?: string;
}

export interface ParallelState extends StateFields, Transition, AssignField, ResultFields, ErrorFields {
  readonly Type: 'Parallel';
  readonly Branches: readonly Definition[];
}

export interface ChoiceState extends StateFields, AssignField {
  readonly Type: 'Choice';
  readonly Choices: readonly (ChoiceRule & { readonly Next: string; readonly Assign?: JsonObject })[];
  readonly Default?: string;
}

export interface SucceedState extends StateFields {
  readonly Type: 'Succeed';
}

export interface FailState {
  readonly Type: 'Fail';
  readonly Comment?: string;
  readonly QueryLanguage?: 'JSONPath';
  readonly Error?: string;
  readonly ErrorPath?: string;
  readonly Cause?: string;
  readonly CausePath?: string;
}

/** One of `And`, `Or`, `Not`, or `Variable` with one comparison operator. */
export type ChoiceRule = JsonObject;

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly ResultPath?: string | null;
  readonly Assign?: JsonObject;
}

export interface MapState extends StateFields, Transition, AssignField, ResultFields, ErrorFields {
  readonly Type: 'Map';
  /** One of the two is given; `Iterator` is the old name. */
  readonly ItemProcessor?: ItemProcessor;
  readonly Iterator?: Definition;
  readonly ItemReader?: ItemReader;
  readonly ItemsPath?: string;
  readonly ItemSelector?: Json;
  readonly ItemBatcher?: ItemBatcher;
  readonly MaxConcurrency?: number;
  readonly MaxConcurrencyPath?: string;
  readonly ToleratedFailureCount?: number;
  readonly ToleratedFailureCountPath?: string;
  readonly Label?: string;
  readonly ResultWriter?: ResultWriter;
}

export interface ItemProcessor extends Definition {
  /** Absent: INLINE. */
  readonly ProcessorConfig?: { readonly Mode?: 'INLINE' | 'DISTRIBUTED'; readonly ExecutionType?: 'STANDARD' };
}

/** Reads the JSON array of one S3 object. */
export interface ItemReader {
  readonly Resource: string;
  readonly ReaderConfig: { readonly InputType: 'JSON'; readonly MaxItems?: number; readonly MaxItemsPath?: string };
  readonly Parameters: JsonObject;
}

export interface ItemBatcher {
  readonly MaxItemsPerBatch?: number;
  readonly MaxItemsPerBatchPath?: string;
  readonly BatchInput?: JsonObject;
}

export interface ResultWriter {
  readonly Resource: string;
  readonly Parameters: JsonObject;
}
