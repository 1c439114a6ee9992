import type { Json, JsonObject } from './json.ts';

export type QueryLanguage = 'JSONPath' | 'JSONata';

/** A text in `{% %}`, which a state of the language JSONata evaluates. */
export type JsonataText = string;

/**
 * A state machine definition whose shape `validateDefinition` has accepted. Keys are Amazon States Language's own. A
 * state has the fields of its own query language only, so the fields of both are optional here.
 */
export interface Definition {
  readonly Comment?: string;
  /** Of each state that names none, at any depth. Absent: JSONPath. */
  readonly QueryLanguage?: QueryLanguage;
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
  /** `JSONata` in a machine of JSONPath; never the reverse. */
  readonly QueryLanguage?: QueryLanguage;
  /** `null` discards: the state works on `{}`. */
  readonly InputPath?: string | null;
  /** `null` discards: the state's output is `{}`. */
  readonly OutputPath?: string | null;
  /** JSONata: a template of the state's output. */
  readonly Output?: Json;
}

/** Exactly one of the two is given. */
interface Transition {
  readonly Next?: string;
  readonly End?: true;
}

interface ResultFields {
  readonly Parameters?: Json;
  /** JSONata: what the state works on, an object or a text in `{% %}`. */
  readonly Arguments?: Json;
  readonly ResultSelector?: JsonObject;
  /** `null` discards the result: the output is the input. */
  readonly ResultPath?: string | null;
}

interface AssignField {
  /** Variable → value, a template of the state's query language. */
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
  readonly TimeoutSeconds?: number | JsonataText;
  readonly TimeoutSecondsPath?: string;
  readonly HeartbeatSeconds?: number | JsonataText;
  readonly HeartbeatSecondsPath?: string;
  readonly Credentials?: Credentials;
}

/** The role that the task is done with: exactly one of the two. `RoleArn` may be a JSONata text. */
export interface Credentials {
  readonly RoleArn?: string;
  /** JSONPath: a path or the call of an intrinsic function. */
  readonly 'RoleArn.$'?: string;
}

/** Exactly one of the four is given. */
export interface WaitState extends StateFields, Transition, AssignField {
  readonly Type: 'Wait';
  readonly Seconds?: number | JsonataText;
  readonly SecondsPath?: string;
  /** RFC 3339, or a JSONata text. */
  readonly Timestamp?: string;
  readonly TimestampPath?: string;
}

export interface ParallelState extends StateFields, Transition, AssignField, ResultFields, ErrorFields {
  readonly Type: 'Parallel';
  readonly Branches: readonly Definition[];
}

export interface ChoiceState extends StateFields, AssignField {
  readonly Type: 'Choice';
  readonly Choices: readonly (ChoiceRule & {
    readonly Next: string;
    readonly Assign?: JsonObject;
    /** JSONata: a template of the output by way of this rule; the state's own Output is that of Default. */
    readonly Output?: Json;
  })[];
  readonly Default?: string;
}

export interface SucceedState extends StateFields {
  readonly Type: 'Succeed';
}

export interface FailState {
  readonly Type: 'Fail';
  readonly Comment?: string;
  readonly QueryLanguage?: QueryLanguage;
  /** Error and Cause may be JSONata texts. */
  readonly Error?: string;
  readonly ErrorPath?: string;
  readonly Cause?: string;
  readonly CausePath?: string;
}

/**
 * JSONPath: one of `And`, `Or`, `Not`, or `Variable` with one comparison operator. JSONata: `Condition`, a boolean or a
 * text in `{% %}`.
 */
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
  /** JSONata: a template of the state's output. */
  readonly Output?: Json;
}

export interface MapState extends StateFields, Transition, AssignField, ResultFields, ErrorFields {
  readonly Type: 'Map';
  /** One of the two is given; `Iterator` is the old name. */
  readonly ItemProcessor?: ItemProcessor;
  readonly Iterator?: ItemProcessor;
  readonly ItemReader?: ItemReader;
  readonly ItemsPath?: string;
  /** JSONata: an array, whose elements may be templates, or a text in `{% %}`. */
  readonly Items?: Json;
  readonly ItemSelector?: Json;
  readonly ItemBatcher?: ItemBatcher;
  readonly MaxConcurrency?: number | JsonataText;
  readonly MaxConcurrencyPath?: string;
  readonly ToleratedFailureCount?: number | JsonataText;
  readonly ToleratedFailureCountPath?: string;
  readonly ToleratedFailurePercentage?: number | JsonataText;
  readonly ToleratedFailurePercentagePath?: string;
  readonly Label?: string;
  readonly ResultWriter?: ResultWriter;
}

export interface ItemProcessor extends Definition {
  /** Absent: INLINE. */
  readonly ProcessorConfig?: { readonly Mode?: 'INLINE' | 'DISTRIBUTED'; readonly ExecutionType?: 'STANDARD' };
}

/** Reads items from one S3 object, from those that a manifest names, or from a listing. */
export interface ItemReader {
  readonly Resource: string;
  readonly ReaderConfig?: ReaderConfig;
  /** JSONPath. */
  readonly Parameters?: JsonObject;
  /** JSONata. */
  readonly Arguments?: Json;
}

export interface ReaderConfig {
  readonly InputType?: 'CSV' | 'JSON' | 'JSONL' | 'PARQUET' | 'MANIFEST';
  readonly Transformation?: 'NONE' | 'LOAD_AND_FLATTEN';
  readonly ManifestType?: 'S3_INVENTORY' | 'ATHENA_DATA';
  readonly CSVHeaderLocation?: 'FIRST_ROW' | 'GIVEN';
  readonly CSVHeaders?: readonly string[];
  readonly CSVDelimiter?: 'COMMA' | 'PIPE' | 'SEMICOLON' | 'SPACE' | 'TAB';
  /** A JSON Pointer to the array or object in the file. */
  readonly ItemsPointer?: string;
  readonly MaxItems?: number | JsonataText;
  readonly MaxItemsPath?: string;
}

export interface ItemBatcher {
  readonly MaxItemsPerBatch?: number | JsonataText;
  readonly MaxItemsPerBatchPath?: string;
  readonly MaxInputBytesPerBatch?: number | JsonataText;
  readonly MaxInputBytesPerBatchPath?: string;
  readonly BatchInput?: Json;
}

export interface ResultWriter {
  readonly Resource: string;
  /** JSONPath. */
  readonly Parameters?: JsonObject;
  /** JSONata. */
  readonly Arguments?: Json;
}
