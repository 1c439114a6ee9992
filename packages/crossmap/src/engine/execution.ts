import { type Json, utf8Size } from '../asl/json.ts';
import type { HistoryEvent } from './history.ts';
import type { LoggingConfiguration } from './ports.ts';

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
  /** Absent: STANDARD. Synchronous: StartSyncExecution waits for its end. */
  readonly express?: 'asynchronous' | 'synchronous';
  /** Absent: nothing is logged. */
  readonly logging?: LoggingConfiguration;
  /** The test case whose mocked responses its tasks get: the same object for the children of its Map Runs. */
  readonly testCase?: TestCase;
}

export interface TestCase {
  /** As the mock configuration has it for the state machine. */
  readonly name: string;
}

/** Where an execution stands: nothing but the fold of its events. */
export interface Execution {
  readonly header: ExecutionHeader;
  readonly lastEventId: number;
  /** The event that ended it. */
  readonly end: EndEvent | undefined;
  /** The sequence of states of the machine itself. */
  readonly root: Flow;
  /** The sequences inside Parallel and inline Map states, by their path. */
  readonly branches: ReadonlyMap<string, Flow>;
}

/** One sequence of states: that of the machine, of a branch of a Parallel state, of an iteration of an inline Map. */
export interface Flow {
  /** `''` for the machine; below it `PARENT/STARTED.INDEX`, of the event that started the state and the branch's number. */
  readonly path: string;
  /** The event that the next event of the flow follows. */
  readonly lastEventId: number;
  readonly position: Position;
  /** The variables assigned in this flow; those of the flows around it are visible too. */
  readonly variables: Readonly<Record<string, Json>>;
  /** The length in bytes of the JSON text of each of them. */
  readonly variableSizes: Readonly<Record<string, number>>;
  /** The item of an iteration of an inline Map, as the context object shows it. */
  readonly item?: { readonly Index: number; readonly Value: Json };
}

export type Position = { readonly at: 'start' } | InState | { readonly at: 'end'; readonly output: Json };

export interface InState {
  readonly at: 'state';
  readonly name: string;
  readonly enteredEventId: number;
  /** The event that the entry follows. */
  readonly previousEventId: number;
  readonly enteredTime: number;
  /** The state's raw input. */
  readonly raw: Json;
  /** Task, Parallel and Map states, which may have a Retry. */
  readonly mayRetry: boolean;
  /** How often each retrier has tried again in this visit of the state. */
  readonly attempts: readonly number[];
  readonly waiting: Waiting | undefined;
}

/** What a flow waits for. The event id names the one occurrence that can end the wait. */
export type Waiting =
  /**
   * With its token a task can be ended from outside. How long it may take, since when it was scheduled or started, and
   * how long it may stay silent.
   */
  | {
      readonly for: 'task';
      readonly eventId: number;
      readonly taskToken?: string;
      readonly heartbeatSeconds?: number;
      readonly timeoutSeconds?: number;
      readonly since: number;
    }
  | { readonly for: 'retry'; readonly eventId: number; readonly dueAt: number }
  | { readonly for: 'wait'; readonly eventId: number; readonly dueAt: number }
  | { readonly for: 'map-run'; readonly eventId: number }
  /** Its branches or iterations; the event is the one that started the state. */
  | { readonly for: 'branches'; readonly eventId: number };

export type EndEvent = Extract<
  HistoryEvent,
  { type: 'ExecutionSucceeded' | 'ExecutionFailed' | 'ExecutionAborted' | 'ExecutionTimedOut' }
>;

const NO_BRANCHES: ReadonlyMap<string, Flow> = new Map();

export function newExecution(header: ExecutionHeader): Execution {
  return { header, lastEventId: 0, end: undefined, root: newFlow('', 0), branches: NO_BRANCHES };
}

function newFlow(path: string, lastEventId: number): Flow {
  return { path, lastEventId, position: { at: 'start' }, variables: {}, variableSizes: {} };
}

export function flowAt(execution: Execution, path: string): Flow | undefined {
  return path === '' ? execution.root : execution.branches.get(path);
}

/** The state that waits for what answers the event; `undefined` when none does. */
export function stateWaitingFor({ root, branches }: Execution, eventId: number): string | undefined {
  for (const { position } of [root, ...branches.values()]) {
    if (position.at === 'state' && position.waiting?.eventId === eventId) return position.name;
  }
  return undefined;
}

/** The path of the flow around a branch. */
export function parentPath(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The number of a branch among those of its state. */
export function branchIndex(path: string): number {
  return Number(path.slice(path.lastIndexOf('.') + 1));
}

/** The event that started the state a branch is in. */
export function branchStarter(path: string): number {
  return Number.parseInt(path.slice(path.lastIndexOf('/') + 1), 10);
}

/** Whether a flow is there, or is about to begin in a state that waits for it. */
export function isLive(execution: Execution, path: string): boolean {
  if (flowAt(execution, path) !== undefined) return true;
  const around = flowAt(execution, parentPath(path))?.position;
  return around?.at === 'state' && around.waiting?.for === 'branches' && around.waiting.eventId === branchStarter(path);
}

export function branchPath(parent: string, startedEventId: number, index: number): string {
  return `${parent}/${startedEventId}.${index}`;
}

/** Every flow, the machine's own first. */
export function flowsOf({ root, branches }: Execution): readonly Flow[] {
  return [root, ...branches.values()];
}

/** What the flow waits for while it is in a state. */
export function waitingOf({ position }: Flow): Waiting | undefined {
  return position.at === 'state' ? position.waiting : undefined;
}

/** Whether the flow waits for a task that has had all its time. */
export function isOverdue(flow: Flow, time: number): boolean {
  const waiting = waitingOf(flow);
  if (waiting?.for !== 'task' || waiting.timeoutSeconds === undefined) return false;
  return waiting.since + waiting.timeoutSeconds * 1000 <= time;
}

/** The task that waits with this token. */
export function taskWithToken(execution: Execution, taskToken: string): Extract<Waiting, { for: 'task' }> | undefined {
  return flowsOf(execution)
    .map(waitingOf)
    .find((waiting) => waiting?.for === 'task' && waiting.taskToken === taskToken) as
    | Extract<Waiting, { for: 'task' }>
    | undefined;
}

/** Whether a running execution waits for the task that the event began. */
export function awaitsTask(execution: Execution, eventId: number): boolean {
  if (execution.end !== undefined) return false;
  return flowsOf(execution).some((flow) => {
    const waiting = waitingOf(flow);
    return waiting?.for === 'task' && waiting.eventId === eventId;
  });
}

/** The branches or iterations that the state started by an event has, in no order. */
export function branchesOf(execution: Execution, parent: string, startedEventId: number): readonly Flow[] {
  const prefix = `${parent}/${startedEventId}.`;
  return [...execution.branches.values()].filter(({ path }) => path.startsWith(prefix) && parentPath(path) === parent);
}

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
