import type { Failure } from '../asl/failure.ts';
import type { Json } from '../asl/json.ts';
import type { TaskOutcome, TaskParameters } from './ports.ts';

/**
 * Something that happened to an execution. It brings what the pure core has not: the time (epoch ms), the chance (32
 * random bits), which activities there are (none where it does not say) and what services take as parameters (anything).
 */
export type Occurrence = Happening & {
  readonly time: number;
  readonly seed: number;
  readonly hasActivity?: (activityArn: string) => boolean;
  readonly parameterProblems?: TaskParameters['problems'];
};

/** The event id names what it answers; an answer to something no longer waited for changes nothing. */
export type Happening =
  | { readonly kind: 'execution-started' }
  /** The call of a `.sync` integration was answered with `output`. */
  | { readonly kind: 'task-submitted'; readonly eventId: number; readonly output: Json }
  /** The call that was to begin a job, or to hand out a token, failed. */
  | { readonly kind: 'submit-failed'; readonly eventId: number; readonly failure: Failure }
  | { readonly kind: 'task-ended'; readonly eventId: number; readonly outcome: TaskOutcome }
  /** A worker has taken up the task of an activity. */
  | { readonly kind: 'activity-started'; readonly eventId: number; readonly workerName?: string }
  | { readonly kind: 'task-timed-out'; readonly eventId: number }
  | { readonly kind: 'heartbeat-missed'; readonly eventId: number }
  | { readonly kind: 'retry-due'; readonly eventId: number }
  | { readonly kind: 'wait-due'; readonly eventId: number }
  | { readonly kind: 'map-run-ended'; readonly eventId: number; readonly outcome: MapRunOutcome }
  | { readonly kind: 'execution-timed-out' }
  | { readonly kind: 'execution-aborted'; readonly failure: Failure };

/** `result-too-large`: the run succeeded and its outputs together are over the payload limit. */
export type MapRunOutcome =
  | { readonly kind: 'succeeded'; readonly output: Json }
  | { readonly kind: 'result-too-large' }
  | { readonly kind: 'failed'; readonly failure: Failure };
