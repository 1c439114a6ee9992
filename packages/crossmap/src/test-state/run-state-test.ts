import type { Json } from '../asl/json.ts';
import { type CompiledState, compileMachine, type Machine } from '../asl/machine.ts';
import { findCatcher, matchesError } from '../asl/retry.ts';
import { advance } from '../engine/advance.ts';
import type { Command } from '../engine/command.ts';
import { branchIndex, type Execution, newExecution } from '../engine/execution.ts';
import type { Happening } from '../engine/occurrence.ts';
import type { Clock, Ids, TaskOutcome, Tasks } from '../engine/ports.ts';
import { taskRequestOf } from '../engine/task-request.ts';
import { mockMapRun } from './mock-map-run.ts';
import { StateInspection } from './state-inspection.ts';
import type { Inspected, InspectedMap, Mock, StateTest, StateTestResult } from './state-test.ts';
import { contextOf, headerOf } from './test-context.ts';

export interface StateTestPorts {
  readonly tasks: Tasks;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** A test takes five minutes at most. https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html */
const LONGEST_TEST = 300_000;

/**
 * Runs one state as the engine runs it, up to its exit or its first retry. Without a mock the state does its work with
 * the role of the test: it waits, it calls. Rejects with `StateTestRefused` for a configuration that cannot be.
 */
export async function runStateTest(test: StateTest, ports: StateTestPorts): Promise<StateTestResult> {
  return new StateRun(test, ports).run();
}

class StateRun {
  readonly #test: StateTest;
  readonly #ports: StateTestPorts;
  readonly #machine: Machine;
  readonly #state: CompiledState;
  readonly #inspection: StateInspection;
  readonly #deadline: number;
  #execution: Execution;
  #map: InspectedMap | undefined;

  constructor(test: StateTest, ports: StateTestPorts) {
    this.#test = test;
    this.#ports = ports;
    const started = ports.clock.now();
    this.#deadline = started + LONGEST_TEST;
    this.#machine = test.mock === undefined ? test.machine : withMocks(test.machine);
    this.#state = firstState(this.#machine);
    const header = headerOf(test, started, ports.ids);
    const { root, ...execution } = newExecution(header);
    this.#execution = { ...execution, root: { ...root, variables: test.variables } };
    this.#inspection = new StateInspection(contextOf(test, this.#state, header, ports.ids));
  }

  async run(): Promise<StateTestResult> {
    let commands = await this.#take({ kind: 'execution-started' });
    this.#countRetries();
    while (this.#execution.end === undefined) {
      const retry = commands.find(isRetry);
      if (retry !== undefined) return this.#retriable(retry.dueAt);
      const happenings = await this.#perform(commands);
      commands = [];
      for (const happening of happenings) commands.push(...(await this.#take(happening)));
    }
    return this.#ended(this.#execution.end);
  }

  async #take(happening: Happening): Promise<Command[]> {
    const { clock, ids } = this.#ports;
    const occurrence = { ...happening, time: clock.now(), seed: ids.seed(), hasActivity: () => true };
    const advanced = await advance(this.#machine, this.#execution, occurrence, this.#inspection);
    this.#execution = advanced.execution;
    return [...advanced.commands];
  }

  /** Lets the retrier of the mocked error have tried as often as the configuration says. */
  #countRetries(): void {
    const { mock, configuration } = this.#test;
    const { root } = this.#execution;
    const count = configuration.retrierRetryCount ?? 0;
    if (mock?.kind !== 'error' || count === 0 || root.position.at !== 'state') return;
    const error = mock.failure.error ?? '';
    const attempts = retriersOf(this.#state).map(({ ErrorEquals }) => (matchesError(ErrorEquals, error) ? count : 0));
    this.#execution = { ...this.#execution, root: { ...root, position: { ...root.position, attempts } } };
  }

  /** What comes of the commands: of a mock all at once, else what happens first. */
  async #perform(commands: readonly Command[]): Promise<readonly Happening[]> {
    const { mock } = this.#test;
    if (mock === undefined) return [await this.#first(commands)];
    const happenings: Happening[] = [];
    const { root, branches, header } = this.#execution;
    for (const { path, position } of [root, ...branches.values()]) {
      if (position.at !== 'state' || position.waiting?.for !== 'task') continue;
      const { eventId } = position.waiting;
      happenings.push({ kind: 'task-ended', eventId, outcome: taskOutcome(mock, path) });
    }
    for (const command of commands) {
      if (command.kind !== 'start-map-run') continue;
      const { eventId, plan } = command;
      const selects = this.#state.type === 'Map' && this.#state.map.itemSelector !== undefined;
      const { outcome, map } = await mockMapRun({ plan, selects }, this.#test, header);
      this.#map = map;
      happenings.push({ kind: 'map-run-ended', eventId, outcome });
    }
    if (happenings.length === 0) throw new Error(`Expected ${this.#state.name} to wait for what its mock gives`);
    return happenings;
  }

  #first(commands: readonly Command[]): Promise<Happening> {
    const { clock } = this.#ports;
    const cancels: (() => void)[] = [];
    const first = new Promise<Happening>((resolve, reject) => {
      cancels.push(clock.at(this.#deadline, () => resolve({ kind: 'execution-timed-out' })));
      for (const command of commands) {
        if (command.kind === 'await-time') cancels.push(clock.at(command.dueAt, () => resolve(command.happening)));
        else if (command.kind === 'run-task') this.#runTask(command).then(resolve, reject);
      }
    });
    return first.finally(() => {
      for (const cancel of cancels) cancel();
    });
  }

  async #runTask(command: Extract<Command, { kind: 'run-task' }>): Promise<Happening> {
    const { eventId } = command;
    const outcome = await this.#ports.tasks.run(taskRequestOf(command, this.#execution.header));
    return { kind: 'task-ended', eventId, outcome: outcome.kind === 'submitted' ? await outcome.ended : outcome };
  }

  #retriable(dueAt: number): StateTestResult {
    const retryBackoffIntervalSeconds = Math.round((dueAt - this.#ports.clock.now()) / 1000);
    const failure = this.#inspection.failure ?? {};
    return { status: 'RETRIABLE', failure, inspected: this.#inspected({ retryBackoffIntervalSeconds }) };
  }

  #ended({ type, details }: NonNullable<Execution['end']>): StateTestResult {
    const { exit, failure } = this.#inspection;
    if (type !== 'ExecutionSucceeded' || exit === undefined) {
      const timedOut = { error: 'States.Timeout' };
      const end = type === 'ExecutionFailed' ? details : timedOut;
      return { status: 'FAILED', failure: end, inspected: this.#inspected({}) };
    }
    if (failure === undefined) return { status: 'SUCCEEDED', ...exit, inspected: this.#inspected({}) };
    const catchers = 'catchers' in this.#state ? this.#state.catchers : [];
    const catcher = findCatcher(catchers, this.#inspection.error);
    const catchIndex = catcher === undefined ? -1 : catchers.indexOf(catcher);
    const { output, nextState = '' } = exit;
    return { status: 'CAUGHT_ERROR', failure, output, nextState, inspected: this.#inspected({ catchIndex }) };
  }

  /** A retrier that matches is named even when it has no attempts left (recorded). */
  #inspected(details: NonNullable<Inspected['errorDetails']>): Inspected {
    const { stages, failure, error } = this.#inspection;
    const retriers = failure === undefined ? [] : retriersOf(this.#state);
    const retryIndex = retriers.findIndex(({ ErrorEquals }) => matchesError(ErrorEquals, error));
    const errorDetails = { ...details, ...(retryIndex >= 0 && { retryIndex }) };
    return {
      stages,
      variables: this.#execution.root.variables,
      ...(this.#map !== undefined && { map: this.#map }),
      ...(Object.keys(errorDetails).length > 0 && { errorDetails }),
    };
  }
}

function isRetry(command: Command): command is Extract<Command, { kind: 'await-time' }> {
  return command.kind === 'await-time' && command.happening.kind === 'retry-due';
}

function retriersOf(state: CompiledState) {
  return 'retriers' in state ? state.retriers : [];
}

export function firstState({ startAt, states }: Machine): CompiledState {
  const state = states.get(startAt);
  if (state === undefined) throw new Error(`Expected a machine that has its first state, ${startAt}`);
  return state;
}

/** What a mock gives to a task: to the one in a branch of a Parallel state its element, or its error. */
function taskOutcome(mock: Mock, path: string): TaskOutcome {
  if (mock.kind === 'error') return { kind: 'failed', failure: mock.failure };
  if (path === '' || !Array.isArray(mock.value)) return { kind: 'succeeded', output: mock.value };
  return { kind: 'succeeded', output: (mock.value as readonly Json[])[branchIndex(path)] ?? null };
}

/**
 * The machine with the work of its first state taken out, so that a mock can stand in: a Map state runs as a Map Run,
 * each branch of a Parallel state is one task.
 */
function withMocks(machine: Machine): Machine {
  const state = firstState(machine);
  const mocked: CompiledState =
    state.type === 'Map'
      ? { ...state, mode: 'DISTRIBUTED' }
      : state.type === 'Parallel'
        ? { ...state, branches: state.branches.map(() => MOCKED_BRANCH) }
        : state;
  return { ...machine, states: new Map(machine.states).set(machine.startAt, mocked) };
}

const MOCKED_BRANCH = compileMachine({
  StartAt: 'Branch',
  States: { Branch: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true } },
});
