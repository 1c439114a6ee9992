import { dataLimitExceeded, failureOf } from '../asl/data-flow.ts';
import type { Failure } from '../asl/failure.ts';
import type { Json } from '../asl/json.ts';
import type { CompiledState, Machine } from '../asl/machine.ts';
import { findCatcher, nextRetry } from '../asl/retry.ts';
import { Advancement, HistoryFull } from './advancement.ts';
import type { Command } from './command.ts';
import type { Execution } from './execution.ts';
import type { EventType, HistoryEvent } from './history.ts';
import type { Occurrence } from './occurrence.ts';
import { enterChoice } from './states/choice.ts';
import { endMapRun, enterMap } from './states/map.ts';
import { enterPass } from './states/pass.ts';
import { endTask, enterTask } from './states/task.ts';

export interface Advanced {
  readonly execution: Execution;
  readonly events: readonly HistoryEvent[];
  readonly commands: readonly Command[];
}

/**
 * What a state has done when it stops working for now.
 * `exited`: it is over, with this output. `failed`: Retry and Catch decide. `waiting`: an occurrence will go on.
 * `ended`: it has ended the execution.
 */
export type Work =
  | { readonly kind: 'exited'; readonly output: Json; readonly next: string | undefined; readonly previous?: number }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly event?: FailedEvent }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'ended' };

/** The event that records the failure; it is written once it is known whether the state tries again. */
export type FailedEvent = (retry: { readonly retrier: number; readonly dueAt: number } | undefined) => number;

/**
 * The next events of an execution and what is to be done after them. Pure: time and chance come with the occurrence,
 * everything else is in the machine and the execution. An occurrence that is not waited for gives no events.
 */
export async function advance(machine: Machine, execution: Execution, occurrence: Occurrence): Promise<Advanced> {
  const advancement = new Advancement(execution, occurrence);
  try {
    takeUp(machine, advancement, occurrence);
  } catch (thrown) {
    if (!(thrown instanceof HistoryFull)) throw thrown;
  }
  return { execution: advancement.execution, events: advancement.events, commands: advancement.commands };
}

function takeUp(machine: Machine, advancement: Advancement, occurrence: Occurrence): void {
  const { position } = advancement.execution;
  if (position.at === 'end') return;
  if (occurrence.kind === 'execution-aborted') {
    advancement.emit('ExecutionAborted', occurrence.failure, { previous: 0 });
    return;
  }
  if (position.at === 'start') {
    if (occurrence.kind !== 'execution-started') return;
    const { input, roleArn } = advancement.execution.header;
    advancement.emit('ExecutionStarted', { input, roleArn });
    return run(machine, advancement, enter(machine, advancement, machine.startAt, input, 0));
  }
  const state = stateOf(machine, position.name);
  const { waiting } = position;
  if (occurrence.kind === 'task-ended') {
    if (waiting?.for !== 'task' || waiting.scheduledEventId !== occurrence.scheduledEventId) return;
    if (state.type === 'Task')
      run(
        machine,
        advancement,
        attempt(advancement, () => endTask(state, advancement, occurrence.outcome)),
      );
  } else if (occurrence.kind === 'retry-due') {
    if (waiting?.for !== 'retry' || waiting.failedEventId !== occurrence.failedEventId) return;
    run(machine, advancement, work(state, advancement));
  } else if (occurrence.kind === 'map-run-ended') {
    if (waiting?.for !== 'map-run' || waiting.startedEventId !== occurrence.startedEventId) return;
    if (state.type === 'Map')
      run(
        machine,
        advancement,
        attempt(advancement, () => endMapRun(state, advancement, occurrence.outcome)),
      );
  }
}

/** Goes on from what a state has done, state after state, until one waits or the execution ends. */
function run(machine: Machine, advancement: Advancement, done: Work): void {
  let current = done;
  while (current.kind !== 'waiting' && current.kind !== 'ended') {
    const state = stateOf(machine, advancement.state.name);
    const exit = current.kind === 'exited' ? current : handleFailure(state, advancement, current);
    if (exit === undefined) return;
    if (advancement.tooLarge(exit.output)) return advancement.fail(dataLimitExceeded(state.name));
    const exited = advancement.emit(
      `${state.type}StateExited` as Extract<EventType, `${string}StateExited`>,
      { name: state.name, output: exit.output },
      exit.previous === undefined ? {} : { previous: exit.previous },
    );
    if (exit.next === undefined) {
      advancement.emit('ExecutionSucceeded', { output: exit.output });
      return;
    }
    current = enter(machine, advancement, exit.next, exit.output, exited);
  }
}

function enter(machine: Machine, advancement: Advancement, name: string, input: Json, previous: number): Work {
  const state = stateOf(machine, name);
  advancement.emit(
    `${state.type}StateEntered` as Extract<EventType, `${string}StateEntered`>,
    { name, input },
    { previous },
  );
  return work(state, advancement);
}

/** Lets the state do what it does when entered or tried again. */
function work(state: CompiledState, advancement: Advancement): Work {
  return attempt(advancement, () => {
    switch (state.type) {
      case 'Pass':
        return enterPass(state, advancement);
      case 'Task':
        return enterTask(state, advancement);
      case 'Choice':
        return enterChoice(state, advancement);
      case 'Map':
        return enterMap(state, advancement);
      case 'Succeed': {
        const { raw } = advancement.state;
        const input = state.flow.input(raw, advancement.scope);
        return { kind: 'exited', output: state.flow.output(raw, input, advancement.scope), next: undefined };
      }
      case 'Fail':
        advancement.fail({
          ...(state.error !== undefined && { error: state.error }),
          ...(state.cause !== undefined && { cause: state.cause }),
        });
        return { kind: 'ended' };
    }
  });
}

/** What the language throws while data flows is the failure of the state. */
function attempt(advancement: Advancement, evaluate: () => Work): Work {
  try {
    return evaluate();
  } catch (thrown) {
    if (thrown instanceof HistoryFull) throw thrown;
    const { name, enteredEventId } = advancement.state;
    return { kind: 'failed', failure: failureOf(thrown, name, enteredEventId) };
  }
}

/** Retry, else Catch, else the execution fails. Gives the exit of a state that caught. */
function handleFailure(
  state: CompiledState,
  advancement: Advancement,
  { failure, event }: Extract<Work, { kind: 'failed' }>,
): Extract<Work, { kind: 'exited' }> | undefined {
  const handlers = state.type === 'Task' || state.type === 'Map' ? state : { retriers: [], catchers: [] };
  const { attempts, raw } = advancement.state;
  const error = failure.error ?? '';
  const retry = nextRetry(handlers.retriers, attempts, error, advancement.random());
  if (retry !== undefined && event !== undefined) {
    const dueAt = advancement.time + Math.round(retry.delaySeconds * 1000);
    const failedEventId = event({ retrier: retry.retrier, dueAt });
    advancement.commands.push({ kind: 'await-retry', failedEventId, dueAt });
    return undefined;
  }
  event?.(undefined);
  const catcher = findCatcher(handlers.catchers, error);
  if (catcher === undefined) {
    advancement.fail(failure);
    return undefined;
  }
  const errorOutput: Json = { Error: error, ...(failure.cause !== undefined && { Cause: failure.cause }) };
  try {
    return { kind: 'exited', output: catcher.output(raw, errorOutput), next: catcher.next };
  } catch (thrown) {
    advancement.fail(failureOf(thrown, state.name, advancement.state.enteredEventId));
    return undefined;
  }
}

function stateOf(machine: Machine, name: string): CompiledState {
  const state = machine.states.get(name);
  if (state === undefined) throw new Error(`Expected a state named ${name} in the machine, found none`);
  return state;
}
