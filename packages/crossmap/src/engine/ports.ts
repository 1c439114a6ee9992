import type { Failure } from '../asl/failure.ts';
import type { Json } from '../asl/json.ts';
import type { TaskResource } from '../asl/task-resource.ts';
import type { TestCase } from './execution.ts';
import type { HistoryEvent } from './history.ts';

/** Where time comes from. `at` calls `run` once when the clock reaches `time` (epoch ms) and gives a way to cancel. */
export interface Clock {
  now(): number;
  at(time: number, run: () => void): () => void;
}

/** Where identity and chance come from. */
export interface Ids {
  /** A random (version 4) UUID. */
  uuid(): string;
  /** The name-based (version 3) UUID of `name` in `namespace`: the same always. */
  nameUuid(namespace: string, name: string): string;
  /** 32 random bits for the pure code that has no chance of its own. */
  seed(): number;
}

/** An execution as DescribeExecution shows it. `input` and `output` are JSON text, dates are epoch ms. */
export type ExecutionRecord = {
  readonly executionArn: string;
  /** Labelled (`…:stateMachine:NAME/LABEL`) for a child workflow execution. */
  readonly stateMachineArn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly startDate: number;
  readonly input: string;
  /** Of its state machine when it started; absent for the first. */
  readonly revisionId?: string;
  /** Only a child workflow execution has it. */
  readonly child?: { readonly mapRunArn: string; readonly index: number; readonly itemCount: number };
} & ExecutionEnd;

export type ExecutionEnd =
  | { readonly status: 'RUNNING' }
  | { readonly status: 'SUCCEEDED'; readonly stopDate: number; readonly output: string }
  | {
      readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
      readonly stopDate: number;
      readonly error?: string;
      readonly cause?: string;
    };

export type ExecutionStatus = ExecutionRecord['status'];

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_LoggingConfiguration.html */
export interface LoggingConfiguration {
  readonly level: 'ALL' | 'ERROR' | 'FATAL' | 'OFF';
  /** Whether log records have the payloads of their events. */
  readonly includeExecutionData: boolean;
  /** As they were given; absent when they were not. ARNs of log groups end in `:*`. */
  readonly destinations?: readonly { readonly cloudWatchLogsLogGroup: { readonly logGroupArn: string } }[];
}

export interface StateMachineRecord {
  readonly stateMachineArn: string;
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly creationDate: number;
  readonly loggingConfiguration: LoggingConfiguration;
  /** Which of the definitions and roles it has had this is; absent until the first update. */
  readonly revisionId?: string;
}

export interface ActivityRecord {
  readonly activityArn: string;
  readonly name: string;
  readonly creationDate: number;
}

/** A page of a listing. `next` asks for the following one and is absent on the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface ExecutionQuery {
  readonly of: { readonly stateMachineArn: string } | { readonly mapRunArn: string };
  readonly status?: ExecutionStatus;
  readonly limit: number;
  readonly after?: string;
}

/**
 * What is kept of executions, state machines and activities. A write is durable when its promise resolves, never before;
 * writes made together are committed together, in the order they were made. Reads see committed writes only.
 */
export interface ExecutionStore {
  /** `events` continue the history kept so far; the first call for an ARN creates the execution. */
  recordExecution(execution: ExecutionRecord, events: readonly HistoryEvent[]): Promise<void>;
  execution(executionArn: string): Promise<ExecutionRecord | undefined>;
  history(executionArn: string): Promise<readonly HistoryEvent[] | undefined>;
  /** Newest start first. Listing by state machine gives no child workflow executions. */
  executions(query: ExecutionQuery): Promise<Page<ExecutionRecord>>;

  recordStateMachine(machine: StateMachineRecord): Promise<void>;
  stateMachine(stateMachineArn: string): Promise<StateMachineRecord | undefined>;
  /** A state machine as it was in a revision; without `revisionId` as it was created. */
  stateMachineRevision(
    stateMachineArn: string,
    revisionId: string | undefined,
  ): Promise<StateMachineRecord | undefined>;
  /** The state machines whose ARN starts with `arnPrefix` (account and Region), oldest first. */
  stateMachines(arnPrefix: string, limit: number, after?: string): Promise<Page<StateMachineRecord>>;

  recordActivity(activity: ActivityRecord): Promise<void>;
  /** Nothing happens when there is none of that ARN. */
  deleteActivity(activityArn: string): Promise<void>;
  /** The activities whose ARN starts with `arnPrefix` (account and Region), oldest first. */
  activities(arnPrefix: string, limit: number, after?: string): Promise<Page<ActivityRecord>>;
}

/** Who acts: the role of a state machine, in the state machine's Region. */
export interface RoleCaller {
  readonly roleArn: string;
  readonly region: string;
  /** Name of the role session, shown in the ARN of the caller. */
  readonly sessionName: string;
}

/** What a task calls; activities are called by their workers. */
export type ConnectedResource = Exclude<TaskResource, { kind: 'activity' }>;

export interface TaskRequest {
  readonly caller: RoleCaller;
  readonly resource: ConnectedResource;
  readonly parameters: Json;
  /** Whose responses it may get: only of an execution that was started with a test case. */
  readonly mock?: { readonly testCase: TestCase; readonly stateMachineName: string; readonly stateName: string };
  /** The answer of a call that an earlier process made: the job it began is to be taken up, not begun again. */
  readonly submitted?: Json;
  /** The role that the caller is to assume for the task, under a session name and an external id. */
  readonly credentials?: { readonly roleArn: string; readonly sessionName: string; readonly externalId: string };
}

export type TaskOutcome =
  | { readonly kind: 'succeeded'; readonly output: Json }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** The job of a `.sync` integration has begun: `output` is the answer of the call, `ended` how the job ends. */
export interface TaskSubmitted {
  readonly kind: 'submitted';
  readonly output: Json;
  readonly ended: Promise<TaskOutcome>;
  /** Ends the job when nobody waits for it any more: its task timed out, or the execution ended. At best effort. */
  readonly stop?: () => Promise<void>;
}

/** Runs tasks. A failure of the task is an outcome; the promise rejects only for a bug. */
export interface Tasks {
  /** With `.waitForTaskToken` the outcome is that of the call; the end of the task comes with the token. */
  run(request: TaskRequest): Promise<TaskOutcome | TaskSubmitted>;
}

/** What services know of the parameters of tasks. It is the same always: an answer depends on the question alone. */
export interface TaskParameters {
  /** Why no task can be started with these parameters, in AWS's words; none when one can. */
  problems(resource: ConnectedResource, parameters: Json): Promise<readonly string[]>;
}

/** A request that the service refused, with the service's own error code and message. */
export interface Refusal {
  readonly kind: 'refused';
  readonly code: string;
  readonly message: string;
}

/** An object, or bytes `from` to before `to` of it; with `ifMatch` only while that is its entity tag. */
export interface ObjectRead {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly expectedBucketOwner?: string;
  readonly range?: { readonly from: number; readonly to: number };
  readonly ifMatch?: string;
}

/** `body` must be read to its end or left. */
export interface FoundObject {
  readonly kind: 'found';
  /** Of the whole object, also when a range of it was asked for. */
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  /** Epoch ms, whole seconds. */
  readonly lastModified: number;
  readonly storageClass: string;
}

/** S3 as the engine needs it, on behalf of a role: every call is authorised as if it had come over HTTP. */
export interface Objects {
  get(caller: RoleCaller, object: ObjectRead): Promise<FoundObject | Refusal>;
  /** One page of ListObjectsV2, keys in UTF-8 byte order. `after` is `next` of the page before. */
  list(
    caller: RoleCaller,
    listing: {
      readonly bucket: string;
      readonly prefix?: string;
      readonly expectedBucketOwner?: string;
      readonly after?: string;
    },
  ): Promise<({ readonly kind: 'page' } & Page<ListedObject>) | Refusal>;
  /** Stores `body` under the key. `multipart` makes it a multipart object, whatever its size. */
  put(
    caller: RoleCaller,
    object: {
      readonly bucket: string;
      readonly key: string;
      readonly contentType: string;
      readonly multipart: boolean;
      readonly expectedBucketOwner?: string;
    },
    body: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly kind: 'stored'; readonly size: number } | Refusal>;
  /** Account and Region of a bucket; `undefined` when there is none of that name. */
  bucket(name: string): Promise<{ readonly accountId: string; readonly region: string } | undefined>;
}

/** Whether a role may do what Step Functions does in its name. */
export interface Permissions {
  check(caller: RoleCaller, action: string, resource: string): { readonly kind: 'allowed' } | Refusal;
}
