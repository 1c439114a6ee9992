import type { Machine } from '../asl/machine.ts';
import type { ActivityTasks } from './activities.ts';
import { advance } from './advance.ts';
import type { Command } from './command.ts';
import { awaitsWork, type Execution, type ExecutionHeader, newExecution, taskWithToken } from './execution.ts';
import { recordOf, type Started } from './execution-record.ts';
import { fold } from './fold.ts';
import type { HistoryEvent } from './history.ts';
import type { MapRunPlan } from './map-run-plan.ts';
import type { Happening, MapRunOutcome, Occurrence } from './occurrence.ts';
import { outstanding } from './outstanding.ts';
import type { Clock, ExecutionRecord, ExecutionStore, Ids, TaskOutcome, TaskParameters, Tasks } from './ports.ts';
import { mockOf, taskRequestOf } from './task-request.ts';
import { executionOfToken } from './task-token.ts';
import { Timers } from './timers.ts';

export interface ExecutionPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly store: ExecutionStore;
  readonly tasks: Tasks;
  /** Absent: every task takes all parameters. */
  readonly taskParameters?: TaskParameters;
  /** Absent: there are none. */
  readonly activities?: ActivityTasks;
  readonly mapRuns: MapRunStarter;
  /** Told of events once they are committed, in their order. */
  readonly log?: (request: StartRequest, events: readonly HistoryEvent[]) => void;
  /** Called once with what should not happen: a bug, or a store that cannot write. Its executions stay as last committed. */
  readonly onFault: (fault: unknown, executionArn: string) => void;
  /** Forgets the execution after every event and folds it from the stored history: proves that the history is the state. */
  readonly restartEveryEvent?: boolean;
}

/** Runs a Map Run to its end. A failure of the run is an outcome; the promise rejects only for a bug or a full disk. */
export interface MapRunStarter {
  run(request: MapRunRequest): Promise<MapRunOutcome>;
}

export interface MapRunRequest {
  readonly mapRunArn: string;
  readonly parent: ExecutionHeader;
  readonly plan: MapRunPlan;
  /** Resolves when the parent has no use for the run any more: it ended, or the state failed with one around it. */
  readonly abandoned: Promise<void>;
}

export interface StartRequest extends Started {
  readonly header: ExecutionHeader;
  readonly machine: Machine;
}

type Ended = Exclude<ExecutionRecord, { status: 'RUNNING' }>;

export interface Running {
  /** Resolves once the start is durable. */
  readonly started: Promise<void>;
  /** Resolves with the ended execution once the end is durable; rejects only for a fault. */
  readonly ended: Promise<Ended>;
}

/** `closed`: the task has ended, or its time is over. `unknown`: no task of this token was ever here. */
export type TokenAnswer = 'open' | 'closed' | 'unknown';

interface Live {
  readonly request: StartRequest;
  execution: Execution;
  /** The occurrences of one execution are taken up one after the other. */
  queue: Promise<void>;
  readonly timers: Timers;
  /** Stops a job or a Map Run, by the event that began it. */
  readonly jobs: Map<number, () => Promise<void>>;
  readonly ended: Promise<Ended>;
  readonly end: (record: Ended) => void;
  readonly fault: (fault: unknown) => void;
}

/**
 * The shell around `advance`: writes the events, then does what they ask for, and brings back what happened. Of EXPRESS
 * executions nothing is kept but of children, as on AWS: they are gone with their end, or with the process.
 */
export class Executions {
  readonly #ports: ExecutionPorts;
  readonly #live = new Map<string, Live>();
  readonly #faults = new Map<string, unknown>();
  #reported: unknown;
  #closed = false;

  constructor(ports: ExecutionPorts) {
    this.#ports = ports;
  }

  /** The executions that are running in this process. */
  get running(): number {
    return this.#live.size;
  }

  /** What a running execution was started with; known from the moment `start` is called. */
  live(executionArn: string): StartRequest | undefined {
    return this.#live.get(executionArn)?.request;
  }

  /** What keeps an execution that was running in this process from going on. It stays as last committed. */
  fault(executionArn: string): unknown {
    return this.#faults.get(executionArn);
  }

  /** The end of a running execution, as `Running.ended`; `undefined` when it is not running in this process. */
  ended(executionArn: string): Promise<Ended> | undefined {
    return this.#live.get(executionArn)?.ended;
  }

  start(request: StartRequest): Running {
    const live = this.#admit(request, newExecution(request.header));
    const started = this.#deliver(live, { kind: 'execution-started' }).then(() => {});
    started.catch(() => {});
    return { started, ended: live.ended };
  }

  /**
   * Goes on with executions that an earlier process left running, from where their histories end. All of them are known
   * before the first does anything, since one may wait for another. Gives their ends, as `Running.ended`.
   */
  async resume(requests: readonly StartRequest[]): Promise<readonly Promise<Ended>[]> {
    const { store, clock } = this.#ports;
    const resumed = await Promise.all(
      requests.map(async (request) => {
        const events = (await store.history(request.header.executionArn)) ?? [];
        const live = this.#admit(request, fold(request.header, events));
        return { live, commands: () => outstanding(request.machine, live.execution, events, clock.now()) };
      }),
    );
    for (const { live, commands } of resumed) {
      this.#await(live, commands(), async (found) => {
        if (!this.#closed) for (const command of found) this.#perform(live, command);
      });
    }
    return resumed.map(({ live }) => live.ended);
  }

  #admit(request: StartRequest, execution: Execution): Live {
    let end: Live['end'] = () => {};
    let fault: Live['fault'] = () => {};
    const ended = new Promise<Ended>((resolve, reject) => {
      end = resolve;
      fault = reject;
    });
    ended.catch(() => {});
    const live: Live = {
      request,
      execution,
      queue: Promise.resolve(),
      timers: new Timers(),
      jobs: new Map(),
      ended,
      end,
      fault,
    };
    this.#faults.delete(request.header.executionArn);
    this.#live.set(request.header.executionArn, live);
    return live;
  }

  /** Ends a running execution as ABORTED. Nothing happens when it is not running. */
  async abort(executionArn: string, failure: { readonly error?: string; readonly cause?: string }): Promise<void> {
    const live = this.#live.get(executionArn);
    if (live !== undefined) await this.#deliver(live, { kind: 'execution-aborted', failure });
  }

  /** Ends the task that waits with this token. */
  async endTask(taskToken: string, outcome: TaskOutcome): Promise<TokenAnswer> {
    const open = this.#openTask(taskToken);
    if (open === undefined) return this.#closedTask(taskToken);
    const ended = await this.#deliver(open.live, { kind: 'task-ended', eventId: open.task.eventId, outcome });
    return ended ? 'open' : 'closed';
  }

  /** The task that waits with this token may be silent for as long again as it may be. */
  async heartbeat(taskToken: string): Promise<TokenAnswer> {
    const open = this.#openTask(taskToken);
    if (open === undefined) return this.#closedTask(taskToken);
    const { eventId, heartbeatSeconds } = open.task;
    if (heartbeatSeconds !== undefined) {
      const dueAt = this.#ports.clock.now() + heartbeatSeconds * 1000;
      this.#awaitTime(open.live, dueAt, { kind: 'heartbeat-missed', eventId });
    }
    return 'open';
  }

  #openTask(taskToken: string) {
    const live = this.#live.get(executionOfToken(taskToken) ?? '');
    const task = live && taskWithToken(live.execution, taskToken);
    return live && task && { live, task };
  }

  async #closedTask(taskToken: string): Promise<TokenAnswer> {
    const executionArn = executionOfToken(taskToken);
    if (executionArn === undefined) return 'unknown';
    return (await this.#ports.store.execution(executionArn)) === undefined ? 'unknown' : 'closed';
  }

  /** Takes up no further occurrence, starts nothing more and waits for no retry; what is committed stays. */
  close(): void {
    this.#closed = true;
    for (const { timers } of this.#live.values()) timers.cancelAll();
  }

  /** Resolves with whether it changed anything, once that is durable. */
  #deliver(live: Live, what: Happening): Promise<boolean> {
    const { clock, ids, activities, taskParameters } = this.#ports;
    const taken = live.queue.then(async () => {
      if (this.#closed && what.kind === 'execution-started')
        throw new Error('Expected open Executions, found them closed');
      if (this.#closed || this.#faults.has(live.request.header.executionArn)) return false;
      const drawn = {
        time: clock.now(),
        hasActivity: (activityArn: string) => activities?.has(activityArn) ?? false,
        parameterProblems: async (...task: Parameters<TaskParameters['problems']>) =>
          (await taskParameters?.problems(...task)) ?? [],
        // Only retries, Map Runs and task tokens need chance, which takes longer than a whole advance.
        get seed() {
          return ids.seed();
        },
      };
      return this.#takeUp(live, Object.assign(drawn, what));
    });
    live.queue = taken.then(
      () => {},
      (thrown: unknown) => this.#stop(live, thrown),
    );
    return taken;
  }

  /** A fault that many executions share, such as a commit that failed, is reported once. */
  #stop(live: Live, fault: unknown): void {
    const { executionArn } = live.request.header;
    this.#live.delete(executionArn);
    this.#faults.set(executionArn, fault);
    live.timers.cancelAll();
    live.fault(fault);
    if (fault === this.#reported) return;
    this.#reported = fault;
    this.#ports.onFault(fault, executionArn);
  }

  async #takeUp(live: Live, occurrence: Occurrence): Promise<boolean> {
    const { request } = live;
    const { store, log, restartEveryEvent } = this.#ports;
    const kept = request.header.express === undefined || request.child !== undefined;
    const { execution, events, commands } = await advance(request.machine, live.execution, occurrence);
    if (events.length === 0) return false;
    const record = recordOf(request, execution);
    if (kept) await store.recordExecution(record, events);
    live.execution = execution;
    log?.(request, events);
    if (restartEveryEvent && kept) {
      live.execution = fold(request.header, (await store.history(request.header.executionArn)) ?? []);
    }
    live.timers.keepAwaited(live.execution);
    if (!this.#closed) for (const command of commands) this.#perform(live, command);
    if (record.status !== 'RUNNING') {
      live.timers.cancelAll();
      this.#live.delete(request.header.executionArn);
      live.end(record);
    }
    this.#stopJobs(live);
    return true;
  }

  /** Stops the jobs that the execution does not wait for any more. */
  #stopJobs(live: Live): void {
    for (const [eventId, stop] of live.jobs) {
      if (awaitsWork(live.execution, eventId)) continue;
      live.jobs.delete(eventId);
      stop().catch((thrown: unknown) => this.#ports.onFault(thrown, live.request.header.executionArn));
    }
  }

  #perform(live: Live, command: Command): void {
    const { tasks, activities, mapRuns } = this.#ports;
    const { header } = live.request;
    const back = (occurrence: Happening) => this.#deliver(live, occurrence);
    switch (command.kind) {
      case 'run-task': {
        const { eventId, resource } = command;
        const mock = mockOf(live.execution, eventId);
        const request = { ...taskRequestOf(command, header), ...(mock && { mock }) };
        const end = (outcome: TaskOutcome) => {
          live.jobs.delete(eventId);
          return back({ kind: 'task-ended', eventId, outcome });
        };
        const pattern = resource.kind === 'service' ? resource.pattern : 'request-response';
        this.#await(live, tasks.run(request), async (outcome) => {
          if (outcome.kind === 'failed' && pattern !== 'request-response') {
            return back({ kind: 'submit-failed', eventId, failure: outcome.failure });
          }
          if (outcome.kind === 'failed') return end(outcome);
          if (outcome.kind === 'succeeded' && pattern !== 'wait-for-task-token') return end(outcome);
          const stop = outcome.kind === 'submitted' ? outcome.stop : undefined;
          if (stop !== undefined) live.jobs.set(eventId, stop);
          if (command.submitted === undefined) await back({ kind: 'task-submitted', eventId, output: outcome.output });
          this.#stopJobs(live);
          if (outcome.kind === 'submitted') this.#await(live, outcome.ended, end);
          return undefined;
        });
        return;
      }
      case 'offer-task': {
        const { eventId, activityArn, taskToken, input } = command;
        const start = (workerName: string | undefined) =>
          back({ kind: 'activity-started', eventId, ...(workerName !== undefined && { workerName }) });
        const offer = { activityArn, taskToken, input, start };
        if (activities !== undefined)
          live.timers.await({ kind: 'activity-started', eventId }, () => activities.offer(offer));
        return;
      }
      case 'await-time':
        return this.#awaitTime(live, command.dueAt, command.happening);
      case 'start-map-run': {
        const { eventId, mapRunArn, plan } = command;
        const abandoned = new Promise<void>((resolve) => live.jobs.set(eventId, async () => resolve()));
        const run = mapRuns.run({ mapRunArn, parent: header, plan, abandoned });
        this.#await(live, run, (outcome) => {
          live.jobs.delete(eventId);
          return back({ kind: 'map-run-ended', eventId, outcome });
        });
        return;
      }
    }
  }

  #awaitTime(live: Live, dueAt: number, happening: Happening): void {
    live.timers.await(happening, (happened) =>
      this.#ports.clock.at(dueAt, () => {
        happened();
        this.#deliver(live, happening).catch(() => {});
      }),
    );
  }

  #await<T>(live: Live, work: Promise<T>, then: (value: T) => Promise<unknown>): void {
    work.then(then, (thrown: unknown) => this.#stop(live, thrown)).catch(() => {});
  }
}
