import { utf8Size } from '../asl/json.ts';
import {
  type EndEvent,
  type Execution,
  type ExecutionHeader,
  type Flow,
  flowAt,
  newExecution,
  newFlow,
  type Position,
  parentPath,
  type Waiting,
} from './execution.ts';
import type { HistoryEvent } from './history.ts';

/** Rebuilds an execution from its history. */
export function fold(header: ExecutionHeader, events: readonly HistoryEvent[]): Execution {
  return events.reduce(apply, newExecution(header));
}

/** Events that the next event of their flow does not follow. */
const ASIDE: ReadonlySet<HistoryEvent['type']> = new Set([
  'ExecutionStarted',
  'MapIterationSucceeded',
  'MapIterationFailed',
  'MapIterationAborted',
  'MapStateSucceeded',
  'ParallelStateSucceeded',
  'TaskStateAborted',
  'WaitStateAborted',
  'MapStateAborted',
  'ParallelStateAborted',
]);

/** The execution after one more event. */
export function apply(execution: Execution, event: HistoryEvent): Execution {
  const path = event.private?.flow ?? '';
  const known = flowAt(execution, path) ?? newFlow(path, event.id);
  const flow: Flow = {
    path,
    lastEventId: ASIDE.has(event.type) ? known.lastEventId : event.id,
    position: positionAfter(known.position, event),
    ...variablesAfter(known, event),
    ...(known.item !== undefined && { item: known.item }),
    ...(event.private?.item !== undefined && { item: event.private.item }),
  };
  const moved = withFlow({ ...execution, lastEventId: event.id, end: endOf(event) }, flow);
  const entered = event.type.endsWith('StateEntered') ? withoutBranches(moved, path) : moved;
  const ended = ranOut(event) ? followedBy(entered, parentPath(path), event.id) : entered;
  const retry = event.private?.retry;
  return retry === undefined ? ended : retrying(ended, event, retry);
}

function endOf(event: HistoryEvent): EndEvent | undefined {
  switch (event.type) {
    case 'ExecutionSucceeded':
    case 'ExecutionFailed':
    case 'ExecutionAborted':
    case 'ExecutionTimedOut':
      return event;
    default:
      return undefined;
  }
}

/** Whether the flow around goes on after this event: an iteration has succeeded, a branch has left its last state. */
function ranOut(event: HistoryEvent): boolean {
  return event.type === 'MapIterationSucceeded' || event.private?.ended === true;
}

function withFlow(execution: Execution, flow: Flow): Execution {
  if (flow.path === '') return { ...execution, root: flow };
  return { ...execution, branches: new Map(execution.branches).set(flow.path, flow) };
}

function withoutBranches(execution: Execution, path: string): Execution {
  if (execution.branches.size === 0) return execution;
  const branches = new Map([...execution.branches].filter(([key]) => !key.startsWith(`${path}/`)));
  return { ...execution, branches };
}

function followedBy(execution: Execution, path: string, lastEventId: number): Execution {
  const flow = flowAt(execution, path);
  return flow === undefined ? execution : withFlow(execution, { ...flow, lastEventId });
}

type Retry = NonNullable<NonNullable<HistoryEvent['private']>['retry']>;

/** The state of a flow tries again, because of the event or of what failed inside it. */
function retrying(execution: Execution, event: HistoryEvent, retry: Retry): Execution {
  const flow = flowAt(execution, retry.flow);
  if (flow === undefined || flow.position.at !== 'state') return execution;
  const { attempts: done } = flow.position;
  const attempts = Array.from({ length: Math.max(done.length, retry.retrier + 1) }, (_, i) => done[i] ?? 0);
  attempts[retry.retrier] = (attempts[retry.retrier] ?? 0) + 1;
  const waiting: Waiting = { for: 'retry', eventId: event.id, dueAt: retry.dueAt };
  const lastEventId = retry.after ?? event.id;
  const again: Flow = { ...flow, lastEventId, position: { ...flow.position, attempts, waiting } };
  return withoutBranches(withFlow(execution, again), retry.flow);
}

function positionAfter(position: Position, event: HistoryEvent): Position {
  switch (event.type) {
    case 'PassStateEntered':
    case 'TaskStateEntered':
    case 'ChoiceStateEntered':
    case 'SucceedStateEntered':
    case 'FailStateEntered':
    case 'WaitStateEntered':
    case 'ParallelStateEntered':
    case 'MapStateEntered': {
      const dueAt = event.private?.waitUntil;
      return {
        at: 'state',
        name: event.details.name,
        enteredEventId: event.id,
        previousEventId: event.previousEventId,
        enteredTime: event.timestamp,
        raw: event.details.input,
        mayRetry: /^(Task|Parallel|Map)/.test(event.type),
        attempts: [],
        waiting: dueAt === undefined ? undefined : { for: 'wait', eventId: event.id, dueAt },
      };
    }
    default:
      if (event.private?.ended === true && 'output' in event.details) {
        return { at: 'end', output: event.details.output };
      }
      return position.at === 'state' ? { ...position, waiting: waitingAfter(position.waiting, event) } : position;
  }
}

function waitingAfter(waiting: Waiting | undefined, event: HistoryEvent): Waiting | undefined {
  switch (event.type) {
    case 'LambdaFunctionScheduled':
    case 'ActivityScheduled':
    case 'TaskScheduled': {
      const { timeoutInSeconds: timeoutSeconds } = event.details;
      const heartbeatSeconds = 'heartbeatInSeconds' in event.details ? event.details.heartbeatInSeconds : undefined;
      const taskToken = event.private?.taskToken;
      return {
        for: 'task',
        eventId: event.id,
        since: event.timestamp,
        ...(taskToken !== undefined && { taskToken }),
        ...(heartbeatSeconds !== undefined && { heartbeatSeconds }),
        ...(timeoutSeconds !== undefined && { timeoutSeconds }),
      };
    }
    case 'ActivityStarted':
      return waiting?.for === 'task' ? { ...waiting, since: event.timestamp } : waiting;
    case 'MapRunStarted':
      return { for: 'map-run', eventId: event.id };
    case 'MapStateStarted':
    case 'ParallelStateStarted':
      return { for: 'branches', eventId: event.id };
    case 'TaskFailed':
    case 'TaskSubmitFailed':
    case 'TaskTimedOut':
    case 'LambdaFunctionFailed':
    case 'LambdaFunctionTimedOut':
    case 'ActivityFailed':
    case 'ActivityTimedOut':
    case 'MapStateFailed':
    case 'ParallelStateFailed':
    case 'EvaluationFailed':
      return undefined;
    default:
      return waiting;
  }
}

function variablesAfter(flow: Flow, event: HistoryEvent): Pick<Flow, 'variables' | 'variableSizes'> {
  const { variables, variableSizes } = flow;
  const assigned = 'assignedVariables' in event.details ? event.details.assignedVariables : undefined;
  if (assigned === undefined) return { variables, variableSizes };
  return {
    variables: { ...variables, ...assigned },
    variableSizes: { ...variableSizes, ...sizesOf(assigned) },
  };
}

export function sizesOf(variables: Flow['variables']): Flow['variableSizes'] {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, utf8Size(JSON.stringify(value))] as const),
  );
}
