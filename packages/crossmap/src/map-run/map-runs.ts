import type { Failure } from '../asl/failure.ts';
import { type Json, MAX_PAYLOAD_BYTES, utf8Size } from '../asl/json.ts';
import type { Executions, MapRunRequest, MapRunStarter } from '../engine/executions.ts';
import { withoutLabel } from '../engine/map-label.ts';
import { type ResultFormat, SelectionFailed } from '../engine/map-run-plan.ts';
import type { MapRunOutcome } from '../engine/occurrence.ts';
import type { Clock, ExecutionRecord, Ids, Objects, Permissions } from '../engine/ports.ts';
import { callerOf } from '../engine/task-request.ts';
import type { Child } from './child-runner.ts';
import { ChildWorkflows, labelledStateMachineArn } from './child-workflow.ts';
import { dispatch } from './dispatch.ts';
import { childInputs, ItemTooLarge } from './item-batcher.ts';
import { readItems } from './item-reader.ts';
import { ItemReaderFailure } from './item-reader-failure.ts';
import { LiveCounts } from './live-counts.ts';
import { type LimitsChange, LiveLimits } from './live-limits.ts';
import type { MapRunRecord, MapRunStore, StartedChildren } from './map-run.ts';
import { pendingChildren } from './pending-children.ts';
import { resultTexts } from './result-format.ts';
import { ResultWriter, ResultWriterFailure } from './result-writer.ts';
import { toleratedFailureThresholdExceeded } from './tolerance.ts';

export interface MapRunPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly store: MapRunStore;
  readonly objects: Objects;
  readonly permissions: Permissions;
  /** The executions that run the children. */
  readonly executions: () => Executions;
}

/** `aborted`: nothing waits for it any more. */
type Outcome = MapRunOutcome | { readonly kind: 'aborted' };
type RunningRecord = Extract<MapRunRecord, { status: 'RUNNING' }>;
interface LiveRun {
  record: RunningRecord;
  readonly counts: LiveCounts;
  readonly limits: LiveLimits;
  /** An earlier process began it. */
  readonly resumed: boolean;
  /** Its end is being recorded. */
  ended: boolean;
}

/** Runs Map Runs: reads and spools every item first, then runs the children, then writes the results. */
export class MapRuns implements MapRunStarter {
  readonly #ports: MapRunPorts;
  readonly #live = new Map<string, LiveRun>();

  constructor(ports: MapRunPorts) {
    this.#ports = ports;
  }

  /** A Map Run as it stands at this instant. */
  async describe(mapRunArn: string): Promise<MapRunRecord | undefined> {
    const live = this.#live.get(mapRunArn);
    return live === undefined ? this.#ports.store.mapRun(mapRunArn) : asItStands(live);
  }

  /** Changes the limits of a running Map Run at once. */
  async update(mapRunArn: string, change: LimitsChange): Promise<'updated' | 'ended' | 'unknown'> {
    const { store } = this.#ports;
    const live = this.#live.get(mapRunArn);
    if (live === undefined) return (await store.mapRun(mapRunArn)) === undefined ? 'unknown' : 'ended';
    if (live.ended) return 'ended';
    live.limits.change(change);
    await store.recordMapRun(asItStands(live));
    return 'updated';
  }

  /** Runs it to its end, from wherever an earlier process has left it. */
  async run(request: MapRunRequest): Promise<MapRunOutcome> {
    const { clock, store } = this.#ports;
    const kept = await store.mapRun(request.mapRunArn);
    if (kept !== undefined && kept.status !== 'RUNNING') return this.#outcomeOf(kept, request);
    const { maxConcurrency, tolerance } = request.plan;
    const limits = new LiveLimits(maxConcurrency, tolerance);
    if (kept !== undefined) limits.restore(limitsOf(kept));
    const record = kept ?? startedRecord(request, clock.now(), limits);
    const live: LiveRun = { record, counts: new LiveCounts(), limits, resumed: kept !== undefined, ended: false };
    this.#live.set(request.mapRunArn, live);
    if (kept === undefined) await store.recordMapRun(record);
    const outcome = await this.#outcome(request, live);
    live.ended = true;
    await store.recordMapRun({ ...asItStands(live), ...live.counts.final, ...endOf(outcome, clock.now()) });
    this.#live.delete(request.mapRunArn);
    return outcome.kind === 'aborted' ? { kind: 'failed', failure: {} } : outcome;
  }

  /** What cannot be read, started or written is the failure of the run; anything else thrown is a fault. */
  async #outcome(request: MapRunRequest, live: LiveRun): Promise<Outcome> {
    try {
      return await this.#work(request, live);
    } catch (thrown) {
      return { kind: 'failed', failure: failureOfRun(thrown) };
    }
  }

  async #work(request: MapRunRequest, live: LiveRun): Promise<Outcome> {
    const { store } = this.#ports;
    const writer = this.#writer(request);
    const refused = live.record.spooled === undefined ? await this.#begin(request, live, writer) : undefined;
    if (refused !== undefined) return refused;
    const started = await store.startedChildren(request.mapRunArn);
    const { children, items } = live.record.spooled ?? { children: 0, items: 0 };
    live.counts.restore(started.totals);
    const { executionCounts, itemCounts } = live.counts;
    live.counts.addPending(children - executionCounts.total, items - itemCounts.total);
    const notStarted = children - childrenIn(started);
    const end = await this.#dispatch(request, live, started);
    const skip = notStarted - live.counts.pendingExecutions;
    await writer?.write(store, pendingChildren(store, request.mapRunArn, started, skip));
    if (end === 'aborted') return { kind: 'aborted' };
    if (end === 'breached') return { kind: 'failed', failure: toleratedFailureThresholdExceeded };
    return this.#result(request);
  }

  /** Checks that it may run, and spools every item. Gives why there is nothing to run. */
  async #begin(request: MapRunRequest, live: LiveRun, writer: ResultWriter | undefined): Promise<Outcome | undefined> {
    const { store } = this.#ports;
    const refused = this.#startRefused(request);
    if (refused !== undefined) return { kind: 'failed', failure: refused };
    await writer?.writeTestManifest();
    // What a process that ended while it read has left.
    if (live.resumed) await store.clearSpool(request.mapRunArn);
    const spooled = await this.#spool(request);
    if (spooled === 'abandoned') return { kind: 'aborted' };
    live.record = { ...live.record, spooled };
    await store.recordMapRun(asItStands(live));
    return undefined;
  }

  #writer({ parent, plan, mapRunArn }: MapRunRequest): ResultWriter | undefined {
    const { resultWriter: place, resultFormat: format } = plan;
    return place && new ResultWriter({ place, format }, parent, mapRunArn, this.#ports.objects);
  }

  /** The output of a run whose results are written. */
  async #result(request: MapRunRequest): Promise<MapRunOutcome> {
    const { mapRunArn, plan } = request;
    const writer = this.#writer(request);
    if (writer === undefined) return this.#inlineResult(mapRunArn, plan.resultFormat);
    const { bucket } = plan.resultWriter ?? { bucket: '' };
    const output = { MapRunArn: mapRunArn, ResultWriterDetails: { Bucket: bucket, Key: writer.manifestKey } };
    return { kind: 'succeeded', output };
  }

  /** Of a run whose end was recorded when the process ended before its parent heard of it. */
  async #outcomeOf(ended: MapRunRecord, request: MapRunRequest): Promise<MapRunOutcome> {
    switch (ended.status) {
      case 'SUCCEEDED':
        return this.#result(request);
      case 'FAILED':
        return { kind: 'failed', failure: ended.failure };
      default:
        return { kind: 'failed', failure: {} };
    }
  }

  /** A Map Run starts its children as the state machine's role, which must be allowed to. Text observed on AWS. */
  #startRefused({ parent }: MapRunRequest): Failure | undefined {
    const resource = withoutLabel(parent.stateMachineArn);
    const check = this.#ports.permissions.check(callerOf(parent), 'states:StartExecution', resource);
    if (check.kind === 'allowed') return undefined;
    const service = `(Service: Sfn, Status Code: 400, Request ID: ${this.#ports.ids.uuid()}) (SDK Attempt Count: 1)`;
    const cause = `Error contacting AWS Service. | Message from Service: ${check.message} ${service}`;
    return { error: 'States.Runtime', cause };
  }

  /** Reads every item before the first child starts: a file that ends badly starts nothing. */
  async #spool(request: MapRunRequest): Promise<{ readonly children: number; readonly items: number } | 'abandoned'> {
    const { mapRunArn, parent, plan } = request;
    const { objects, store } = this.#ports;
    let isAbandoned = false;
    request.abandoned.then(() => {
      isAbandoned = true;
    });
    let [children, items] = [0, 0];
    for await (const group of childInputs(readItems(plan.source, parent, objects), plan)) {
      if (isAbandoned) return 'abandoned';
      await store.spoolChildren(mapRunArn, group);
      children += group.length;
      for (const { itemCount } of group) items += itemCount;
    }
    return { children, items };
  }

  #dispatch(request: MapRunRequest, live: LiveRun, started: StartedChildren): ReturnType<typeof dispatch> {
    const { executions } = this.#ports;
    return dispatch({
      children: this.#childrenToRun(request.mapRunArn, started),
      runner: new ChildWorkflows(request, executions(), this.#ports),
      counts: live.counts,
      limits: live.limits,
      stop: request.abandoned,
    });
  }

  async *#childrenToRun(mapRunArn: string, started: StartedChildren): AsyncGenerator<readonly Child[]> {
    const { store } = this.#ports;
    if (started.next > 0) {
      for await (const group of store.children(mapRunArn, ['RUNNING'])) yield group.map(leftRunning);
    }
    yield* pendingChildren(store, mapRunArn, started);
  }

  /**
   * What stands for the children in item order, as an array; as a text of lines with JSONL, which is inferred. Reading
   * stops above 256 KiB.
   */
  async #inlineResult(mapRunArn: string, { transformation, outputType }: ResultFormat): Promise<MapRunOutcome> {
    const texts: string[] = [];
    let size = 1;
    for await (const group of this.#ports.store.children(mapRunArn, ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'])) {
      for (const child of group) {
        for (const text of resultTexts(child, transformation)) {
          size += utf8Size(text) + 1;
          if (size > MAX_PAYLOAD_BYTES) return { kind: 'result-too-large' };
          texts.push(text);
        }
      }
    }
    if (outputType === 'JSON') return { kind: 'succeeded', output: JSON.parse(`[${texts.join(',')}]`) as Json };
    const output = texts.map((text) => `${text}\n`).join('');
    return utf8Size(JSON.stringify(output)) > MAX_PAYLOAD_BYTES
      ? { kind: 'result-too-large' }
      : { kind: 'succeeded', output };
  }
}

function leftRunning(left: ExecutionRecord): Child {
  const { index, itemCount } = left.child ?? { index: 0, itemCount: 0 };
  return { index, itemCount, input: left.input, left };
}

function childrenIn({ totals }: StartedChildren): number {
  return totals.reduce((sum, { children }) => sum + children, 0);
}

function limitsOf({ maxConcurrency, toleratedFailureCount, toleratedFailurePercentage }: MapRunRecord) {
  return { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage };
}

function failureOfRun(thrown: unknown): Failure {
  if (thrown instanceof ItemReaderFailure) return { error: 'States.ItemReaderFailed', cause: thrown.message };
  if (thrown instanceof ResultWriterFailure) return { error: 'States.ResultWriterFailed', cause: thrown.message };
  if (thrown instanceof ItemTooLarge) return { error: 'States.DataLimitExceeded', cause: thrown.message };
  if (thrown instanceof SelectionFailed) return thrown.failure;
  throw thrown;
}

function startedRecord(
  { mapRunArn, parent }: Pick<MapRunRequest, 'mapRunArn' | 'parent'>,
  startDate: number,
  limits: LiveLimits,
): RunningRecord {
  const none = new LiveCounts();
  return {
    mapRunArn,
    executionArn: parent.executionArn,
    stateMachineArn: labelledStateMachineArn(mapRunArn),
    startDate,
    ...limits.shown,
    itemCounts: none.itemCounts,
    executionCounts: none.executionCounts,
    status: 'RUNNING',
  };
}

function asItStands({ record, counts, limits }: LiveRun): RunningRecord {
  return { ...record, ...limits.shown, itemCounts: counts.itemCounts, executionCounts: counts.executionCounts };
}

function endOf(outcome: Outcome, stopDate: number) {
  if (outcome.kind === 'aborted') return { status: 'ABORTED', stopDate } as const;
  return outcome.kind === 'failed'
    ? ({ status: 'FAILED', stopDate, failure: outcome.failure } as const)
    : ({ status: 'SUCCEEDED', stopDate } as const);
}
