import type { Json } from '../asl/json.ts';
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
  /** The revision of the state machine that it runs; absent for the first. */
  readonly revisionId?: string;
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

export function newFlow(path: string, lastEventId: number): Flow {
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

/** Whether a running execution waits for the task or the Map Run that the event began. */
export function awaitsWork(execution: Execution, eventId: number): boolean {
  if (execution.end !== undefined) return false;
  return flowsOf(execution).some((flow) => {
    const waiting = waitingOf(flow);
    return (waiting?.for === 'task' || waiting?.for === 'map-run') && waiting.eventId === eventId;
  });
}

/** The branches or iterations that the state started by an event has, in no order. */
export function branchesOf(execution: Execution, parent: string, startedEventId: number): readonly Flow[] {
  const prefix = `${parent}/${startedEventId}.`;
  return [...execution.branches.values()].filter(({ path }) => path.startsWith(prefix) && parentPath(path) === parent);
}
