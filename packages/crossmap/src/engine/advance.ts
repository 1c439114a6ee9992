import { dataLimitExceeded, failureOf, QUERY_EVALUATION_ERROR, tooManyVariables } from '../asl/data-flow.ts';
import { errorOutput as errorOutputOf, type Failure } from '../asl/failure.ts';
import type { Json } from '../asl/json.ts';
import type { CompiledState, Machine } from '../asl/machine.ts';
import { findCatcher, nextRetry } from '../asl/retry.ts';
import { Advancement, HistoryFull } from './advancement.ts';
import { abortBranches, endBranches, machineOf, startNextIteration } from './branches.ts';
import type { Command } from './command.ts';
import { evaluationFailed } from './evaluation-failed.ts';
import {
  branchIndex,
  branchStarter,
  type Execution,
  type ExecutionHeader,
  type Flow,
  flowAt,
  flowsOf,
  isLive,
  isOverdue,
  parentPath,
  waitingOf,
} from './execution.ts';
import type { EventType, HistoryEvent } from './history.ts';
import type { Inspection } from './inspection.ts';
import type { Occurrence } from './occurrence.ts';
import { enterState } from './states/enter.ts';
import { type Answer, resumeState } from './states/resume.ts';
import { timeOutTask } from './states/task.ts';
import type { Branch, FailedEvent, Work } from './work.ts';

/** How long an EXPRESS execution may take. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const EXPRESS_SECONDS = 300;

export interface Advanced {
  readonly execution: Execution;
  readonly events: readonly HistoryEvent[];
  readonly commands: readonly Command[];
}

/**
 * The next events of an execution and what is to be done after them. Pure: time and chance come with the occurrence,
 * everything else is in the machine and the execution. An occurrence that is not waited for gives no events. An
 * execution that is inspected ends with its first state.
 */
export async function advance(
  machine: Machine,
  execution: Execution,
  occurrence: Occurrence,
  inspection?: Inspection,
): Promise<Advanced> {
  const advancement = new Advancement(execution, occurrence, inspection);
  const advancing = new Advance(machine, advancement);
  try {
    await advancing.takeUp(occurrence);
  } catch (thrown) {
    if (!(thrown instanceof HistoryFull)) throw thrown;
  }
  return { execution: advancement.execution, events: advancement.events, commands: advancement.commands };
}

/** Awaits the time-out of the execution, when it has one. */
export function executionTimeout({ timeoutSeconds }: Machine, { express, startDate }: ExecutionHeader): Command[] {
  const limit = express === undefined ? [] : [EXPRESS_SECONDS];
  const seconds = Math.min(timeoutSeconds ?? Number.POSITIVE_INFINITY, ...limit);
  if (seconds === Number.POSITIVE_INFINITY) return [];
  return [{ kind: 'await-time', dueAt: startDate + seconds * 1000, happening: { kind: 'execution-timed-out' } }];
}

type Failed = Extract<Work, { kind: 'failed' }>;

/** The name by which Retry and Catch know a failure. */
function errorOf({ handledAs, failure }: Failed): string {
  return handledAs ?? failure.error ?? '';
}

class Advance {
  readonly #machine: Machine;
  readonly #advancement: Advancement;
  /** What is still to be worked at in this advance, flow by flow. */
  readonly #jobs: { readonly path: string; readonly work: () => Work | Promise<Work> }[] = [];

  constructor(machine: Machine, advancement: Advancement) {
    this.#machine = machine;
    this.#advancement = advancement;
  }

  async takeUp(occurrence: Occurrence): Promise<void> {
    const advancement = this.#advancement;
    if (advancement.ended) return;
    switch (occurrence.kind) {
      case 'execution-aborted':
        advancement.emit('ExecutionAborted', occurrence.failure, { previous: 0 });
        return;
      case 'execution-timed-out':
        advancement.emit('ExecutionTimedOut', {}, { previous: 0 });
        return;
      case 'execution-started':
        if (advancement.execution.lastEventId > 0) return;
        this.#begin();
        break;
      default:
        this.#answer(occurrence);
    }
    while (!advancement.ended) {
      const job = this.#jobs.shift();
      if (job === undefined) return;
      if (!isLive(advancement.execution, job.path)) continue;
      advancement.path = job.path;
      await this.#run(await job.work());
    }
  }

  #begin(): void {
    const { header } = this.#advancement.execution;
    const { input, roleArn, testCase } = header;
    const hidden = testCase && { hidden: { testCase: testCase.name } };
    this.#advancement.emit('ExecutionStarted', { input, roleArn }, hidden);
    this.#advancement.commands.push(...executionTimeout(this.#machine, header));
    this.#jobs.push({ path: '', work: () => this.#enter(this.#machine.startAt, header.input) });
  }

  /** Goes on with the flow that waits for what the occurrence answers, if one does. */
  #answer(occurrence: Answer): void {
    const { execution } = this.#advancement;
    const flow = flowsOf(execution).find((each) => waitingOf(each)?.eventId === occurrence.eventId);
    if (flow === undefined) return;
    if (occurrence.kind === 'task-timed-out') return this.#timeOutTasks(flow);
    this.#jobs.push({ path: flow.path, work: () => this.#resume(occurrence) });
  }

  /**
   * Tasks whose time is over at the same moment time out together, before Retry, Catch or the states around them see any
   * of it (case timeouts test_service_lambda_map_timeout).
   */
  #timeOutTasks(answered: Flow): void {
    const advancement = this.#advancement;
    const others = flowsOf(advancement.execution).filter(
      (flow) => flow !== answered && isOverdue(flow, advancement.time),
    );
    for (const { path } of [answered, ...others]) {
      advancement.path = path;
      const state = this.#state();
      if (state.type !== 'Task') continue;
      const { event, ...timedOut } = timeOutTask(state, advancement);
      if (!this.#record(state, { ...timedOut, event })) this.#jobs.push({ path, work: async () => timedOut });
    }
  }

  #resume(occurrence: Answer): Promise<Work> {
    const advancement = this.#advancement;
    const state = this.#state();
    return this.#attempt(() => resumeState(state, advancement, occurrence));
  }

  /** Goes on from what a state of the flow has done, state after state, until one waits or the flow ends. */
  async #run(done: Work): Promise<void> {
    const advancement = this.#advancement;
    let current = done;
    while (current.kind !== 'waiting') {
      if (current.kind === 'branches') return this.#beginBranches(current.branches);
      const state = this.#state();
      const exit = current.kind === 'exited' ? current : await this.#handleFailure(state, current);
      if (exit === undefined) return;
      if (advancement.tooLarge(exit.output)) return await this.#fail(dataLimitExceeded(state.name));
      if (exit.assigned !== undefined && advancement.assignsTooMuch(exit.assigned)) {
        return await this.#fail(tooManyVariables(state.name));
      }
      const { path } = advancement;
      advancement.emit(
        `${state.type}StateExited` as Extract<EventType, `${string}StateExited`>,
        {
          name: state.name,
          output: exit.output,
          ...(exit.assigned && Object.keys(exit.assigned).length > 0 && { assignedVariables: exit.assigned }),
        },
        {
          ...(exit.previous !== undefined && { previous: exit.previous }),
          ...(exit.next === undefined && path !== '' && { hidden: { ended: true } }),
        },
      );
      const { inspection } = advancement;
      inspection?.exited(exit.output, exit.next);
      if (exit.next === undefined || inspection !== undefined) return this.#end(exit.output);
      current = await this.#enter(exit.next, exit.output);
    }
  }

  #enter(name: string, input: Json): Promise<Work> {
    const state = this.#state(name);
    const type = `${state.type}StateEntered` as Extract<EventType, `${string}StateEntered`>;
    this.#advancement.emit(type, { name, input });
    return this.#attempt(() => enterState(state, this.#advancement));
  }

  /** What the language throws while data flows is the failure of the state. */
  async #attempt(evaluate: () => Work | Promise<Work>): Promise<Work> {
    try {
      return await evaluate();
    } catch (thrown) {
      if (thrown instanceof HistoryFull) throw thrown;
      return this.#evaluationFailed(thrown);
    }
  }

  #evaluationFailed(thrown: unknown): Extract<Work, { kind: 'failed' }> {
    const advancement = this.#advancement;
    const state = this.#state();
    const evaluation = failureOf(thrown, state, advancement.state.enteredEventId);
    const { location: _, ...failure } = evaluation;
    if (failure.error !== QUERY_EVALUATION_ERROR) return { kind: 'failed', failure };
    return { kind: 'failed', failure, event: evaluationFailed(state, advancement, evaluation) };
  }

  #beginBranches(branches: readonly Branch[]): void {
    for (const { path, input } of branches) {
      this.#jobs.push({
        path,
        work: () => this.#enter(machineOf(this.#machine, this.#advancement.execution, path).startAt, input),
      });
    }
  }

  /** The flow has left its last state: the execution succeeds, or the state around it may go on. */
  #end(output: Json): void {
    const advancement = this.#advancement;
    const { path } = advancement;
    if (path === '') {
      advancement.emit('ExecutionSucceeded', { output });
      return;
    }
    const lastEventId = advancement.flow.lastEventId;
    const around = parentPath(path);
    advancement.path = around;
    const state = this.#state();
    if (state.type === 'Map') {
      advancement.path = path;
      advancement.emit('MapIterationSucceeded', { name: state.name, index: branchIndex(path) });
      advancement.path = around;
    }
    if (state.type !== 'Map' && state.type !== 'Parallel') return;
    const startedEventId = branchStarter(path);
    this.#jobs.push({
      path: around,
      work: () =>
        this.#attempt(async () => {
          const { position } = advancement.flow;
          const waiting = position.at === 'state' ? position.waiting : undefined;
          if (waiting?.for !== 'branches' || waiting.eventId !== startedEventId) return { kind: 'waiting' };
          const next = state.type === 'Map' ? await startNextIteration(state, advancement, lastEventId) : undefined;
          if (next !== undefined) return { kind: 'branches', branches: [next] };
          return endBranches(state, advancement);
        }),
    });
  }

  /** The flow has failed and nothing in it caught the failure. */
  async #fail(failure: Failure): Promise<void> {
    const advancement = this.#advancement;
    const { path } = advancement;
    if (path === '') return advancement.fail(failure);
    const { lastEventId } = advancement.flow;
    advancement.path = parentPath(path);
    const state = this.#state();
    abortBranches(state, advancement, path, (branch) => this.#state(undefined, branch).type);
    advancement.path = parentPath(path);
    const failed = `${state.type}StateFailed` as 'MapStateFailed' | 'ParallelStateFailed';
    const event: FailedEvent = (retry) =>
      retry === undefined
        ? advancement.emit(failed, {}, { previous: lastEventId })
        : advancement.amend({ retry: { flow: parentPath(path), after: lastEventId, ...retry } });
    await this.#run({ kind: 'failed', failure, event });
  }

  /** Records a failure that is not in the history yet. Whether the state tries again. */
  #record(state: CompiledState, failed: Failed): boolean {
    const advancement = this.#advancement;
    const { failure, event, final } = failed;
    advancement.inspection?.failed(failure, errorOf(failed));
    if (event === undefined) return false;
    const retriers = 'retriers' in state && !final ? state.retriers : [];
    const retry = nextRetry(retriers, advancement.state.attempts, errorOf(failed), advancement.random());
    if (retry === undefined) {
      event(undefined);
      return false;
    }
    const dueAt = advancement.time + Math.round(retry.delaySeconds * 1000);
    const eventId = event({ retrier: retry.retrier, dueAt });
    advancement.commands.push({ kind: 'await-time', dueAt, happening: { kind: 'retry-due', eventId } });
    return true;
  }

  /** Retry, else Catch, else the flow fails. Gives the exit of a state that caught. */
  async #handleFailure(state: CompiledState, failed: Failed): Promise<Extract<Work, { kind: 'exited' }> | undefined> {
    const advancement = this.#advancement;
    if (this.#record(state, failed)) return undefined;
    const { failure, final } = failed;
    const catchers = 'catchers' in state && !final ? state.catchers : [];
    const { raw } = advancement.state;
    const catcher = findCatcher(catchers, errorOf(failed));
    if (catcher === undefined) {
      await this.#fail(failure);
      return undefined;
    }
    const errorOutput: Json = errorOutputOf(failure);
    try {
      const scope = { ...advancement.scope, errorOutput };
      const assigned = await catcher.assign?.(errorOutput, scope);
      return {
        kind: 'exited',
        output: await catcher.output(raw, errorOutput, scope),
        next: catcher.next,
        ...(assigned && { assigned }),
      };
    } catch (thrown) {
      const again = this.#evaluationFailed(thrown);
      again.event?.(undefined);
      await this.#fail(again.failure);
      return undefined;
    }
  }

  /** The state of that name in the machine of a flow; by default the one the current flow is in. */
  #state(name?: string, path = this.#advancement.path): CompiledState {
    const { execution } = this.#advancement;
    const position = flowAt(execution, path)?.position;
    const wanted = name ?? (position?.at === 'state' ? position.name : '');
    const state = machineOf(this.#machine, execution, path).states.get(wanted);
    if (state === undefined) throw new Error(`Expected a state named ${wanted} in the machine, found none`);
    return state;
  }
}
