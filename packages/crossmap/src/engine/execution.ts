import type { Json } from '../asl/json.ts';
import type { HistoryEvent } from './history.ts';

/** What never changes in an execution. Dates are epoch ms. */
export interface ExecutionHeader {
  readonly executionArn: string;
  readonly name: string;
  /** Labelled for a child workflow execution. */
  readonly stateMachineArn: string;
  /** Without label. */
  readonly stateMachineName: string;
  readonly roleArn: string;
  readonly region: string;
  readonly accountId: string;
  readonly startDate: number;
  readonly input: Json;
}

/** Where an execution stands: nothing but the fold of its events. */
export interface Execution {
  readonly header: ExecutionHeader;
  readonly lastEventId: number;
  readonly position: Position;
}

export type Position = { readonly at: 'start' } | InState | { readonly at: 'end'; readonly event: EndEvent };

export interface InState {
  readonly at: 'state';
  readonly name: string;
  readonly enteredEventId: number;
  readonly enteredTime: number;
  /** The state's raw input. */
  readonly raw: Json;
  /** Task and Map states, which may have a Retry. */
  readonly mayRetry: boolean;
  /** How often each retrier has tried again in this visit of the state. */
  readonly attempts: readonly number[];
  readonly waiting: Waiting | undefined;
}

/** What the execution waits for. The event id names the one occurrence that can end the wait. */
export type Waiting =
  | { readonly for: 'task'; readonly scheduledEventId: number }
  | { readonly for: 'retry'; readonly failedEventId: number; readonly dueAt: number }
  | { readonly for: 'map-run'; readonly startedEventId: number };

export type EndEvent = Extract<
  HistoryEvent,
  { type: 'ExecutionSucceeded' | 'ExecutionFailed' | 'ExecutionAborted' | 'ExecutionTimedOut' }
>;

export function newExecution(header: ExecutionHeader): Execution {
  return { header, lastEventId: 0, position: { at: 'start' } };
}

/** Rebuilds an execution from its history. */
export function fold(header: ExecutionHeader, events: readonly HistoryEvent[]): Execution {
  return events.reduce(apply, newExecution(header));
}

/** The execution after one more event. */
export function apply(execution: Execution, event: HistoryEvent): Execution {
  return { header: execution.header, lastEventId: event.id, position: positionAfter(execution.position, event) };
}

function positionAfter(position: Position, event: HistoryEvent): Position {
  switch (event.type) {
    case 'ExecutionSucceeded':
    case 'ExecutionFailed':
    case 'ExecutionAborted':
    case 'ExecutionTimedOut':
      return { at: 'end', event };
    case 'PassStateEntered':
    case 'TaskStateEntered':
    case 'ChoiceStateEntered':
    case 'SucceedStateEntered':
    case 'FailStateEntered':
    case 'MapStateEntered':
      return {
        at: 'state',
        name: event.details.name,
        enteredEventId: event.id,
        enteredTime: event.timestamp,
        raw: event.details.input,
        mayRetry: event.type === 'TaskStateEntered' || event.type === 'MapStateEntered',
        attempts: [],
        waiting: undefined,
      };
    default:
      return position.at === 'state' ? { ...position, ...changeInState(position, event) } : position;
  }
}

function changeInState(position: InState, event: HistoryEvent): Partial<InState> {
  switch (event.type) {
    case 'TaskScheduled':
    case 'LambdaFunctionScheduled':
      return { waiting: { for: 'task', scheduledEventId: event.id } };
    case 'MapRunStarted':
      return { waiting: { for: 'map-run', startedEventId: event.id } };
    case 'TaskFailed':
    case 'TaskTimedOut':
    case 'LambdaFunctionFailed':
    case 'LambdaFunctionTimedOut':
    case 'MapStateFailed': {
      const retry = event.private?.retry;
      if (retry === undefined) return { waiting: undefined };
      const { length } = position.attempts;
      const attempts = Array.from({ length: Math.max(length, retry.retrier + 1) }, (_, i) => position.attempts[i] ?? 0);
      attempts[retry.retrier] = (attempts[retry.retrier] ?? 0) + 1;
      return { attempts, waiting: { for: 'retry', failedEventId: event.id, dueAt: retry.dueAt } };
    }
    default:
      return {};
  }
}
