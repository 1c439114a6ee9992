import type { HistoryEvent } from '../engine/history.ts';
import type {
  ActivityRecord,
  ExecutionQuery,
  ExecutionRecord,
  ExecutionStatus,
  ExecutionStore,
  Page,
  StateMachineRecord,
} from '../engine/ports.ts';
import type { MapRunRecord, MapRunStore, PendingChild, StartedChildren } from '../map-run/map-run.ts';
import { startedChildren } from '../map-run/started-children.ts';
import { FIRST_PLACE, inOrder, LAST_PLACE, pageOf, placeOf } from './cursor.ts';
import { packHistory, unpackHistory } from './packed-history.ts';
import { alreadyEnded, alreadyKept, arnBeforeName, checkContinues } from './refused-write.ts';
import { type Listed, SortedListing } from './sorted-listing.ts';

const CHILDREN_PER_PAGE = 500;

/** An execution with its events while it runs, packed when it has ended. */
interface Kept {
  readonly execution: ExecutionRecord;
  readonly history: readonly HistoryEvent[] | string;
}

/** Executions, state machines, activities and Map Runs in memory: everything is gone with the process. */
export class MemoryStore implements ExecutionStore, MapRunStore {
  readonly #executions = new Map<string, Kept>();
  /** Execution ARNs by the ARN of the state machine or Map Run they are listed under. */
  readonly #listings = new Map<string, SortedListing<string>>();
  readonly #machines = new Map<string, StateMachineRecord>();
  readonly #revisions = new Map<string, StateMachineRecord>();
  readonly #activities = new Map<string, ActivityRecord>();
  readonly #mapRuns = new Map<string, MapRunRecord>();
  readonly #spools = new Map<string, PendingChild[]>();
  #closed = false;

  async recordExecution(execution: ExecutionRecord, events: readonly HistoryEvent[]): Promise<void> {
    this.#checkOpen();
    const { executionArn } = execution;
    const kept = this.#executions.get(executionArn);
    if (kept !== undefined && events[0]?.id === 1) throw alreadyKept(executionArn);
    if (typeof kept?.history === 'string') throw alreadyEnded(executionArn, kept.execution.status);
    checkContinues(executionArn, kept?.history.length ?? 0, events);
    const all = (kept?.history ?? []).concat(events);
    const history = execution.status === 'RUNNING' ? all : packHistory(execution, all);
    if (kept === undefined) this.#list(execution);
    this.#executions.set(executionArn, { execution, history });
  }

  async execution(executionArn: string): Promise<ExecutionRecord | undefined> {
    return this.#executions.get(executionArn)?.execution;
  }

  async history(executionArn: string): Promise<readonly HistoryEvent[] | undefined> {
    const kept = this.#executions.get(executionArn);
    return typeof kept?.history === 'string' ? unpackHistory(kept.execution, kept.history) : kept?.history;
  }

  async executions({ of, status, limit, after }: ExecutionQuery): Promise<Page<ExecutionRecord>> {
    const listing = this.#listings.get('mapRunArn' in of ? of.mapRunArn : of.stateMachineArn);
    const newest = listing?.newestBefore(after === undefined ? LAST_PLACE : placeOf(after)) ?? [];
    return pageOf(this.#take(newest, status && [status], limit + 1), limit, ({ value }) => value);
  }

  async recordStateMachine(machine: StateMachineRecord): Promise<void> {
    this.#checkOpen();
    this.#machines.set(machine.stateMachineArn, machine);
    this.#revisions.set(`${machine.stateMachineArn} ${machine.revisionId ?? ''}`, machine);
  }

  async stateMachine(stateMachineArn: string): Promise<StateMachineRecord | undefined> {
    return this.#machines.get(stateMachineArn);
  }

  async stateMachineRevision(
    stateMachineArn: string,
    revisionId: string | undefined,
  ): Promise<StateMachineRecord | undefined> {
    return this.#revisions.get(`${stateMachineArn} ${revisionId ?? ''}`);
  }

  async stateMachines(arnPrefix: string, limit: number, after?: string): Promise<Page<StateMachineRecord>> {
    return oldestFirst(this.#machines, arnPrefix, limit, after);
  }

  async recordActivity(activity: ActivityRecord): Promise<void> {
    this.#checkOpen();
    this.#activities.set(activity.activityArn, activity);
  }

  async deleteActivity(activityArn: string): Promise<void> {
    this.#checkOpen();
    this.#activities.delete(activityArn);
  }

  async activities(arnPrefix: string, limit: number, after?: string): Promise<Page<ActivityRecord>> {
    return oldestFirst(this.#activities, arnPrefix, limit, after);
  }

  async recordMapRun(run: MapRunRecord): Promise<void> {
    this.#checkOpen();
    this.#mapRuns.set(run.mapRunArn, run);
  }

  async mapRun(mapRunArn: string): Promise<MapRunRecord | undefined> {
    return this.#mapRuns.get(mapRunArn);
  }

  async mapRuns(executionArn: string): Promise<readonly MapRunRecord[]> {
    return Array.from(this.#mapRuns.values())
      .filter((run) => run.executionArn === executionArn)
      .sort((a, b) => a.startDate - b.startDate);
  }

  async runningMapRuns(): Promise<readonly MapRunRecord[]> {
    return [...this.#mapRuns.values()].filter(({ status }) => status === 'RUNNING');
  }

  async clearSpool(mapRunArn: string): Promise<void> {
    this.#checkOpen();
    this.#spools.delete(mapRunArn);
  }

  async startedChildren(mapRunArn: string): Promise<StartedChildren> {
    const totals = new Map<ExecutionStatus, { readonly status: ExecutionStatus; children: number; items: number }>();
    const indexes: number[] = [];
    for (const { position, value } of this.#listings.get(mapRunArn)?.after(FIRST_PLACE) ?? []) {
      const { status, child } = this.#executions.get(value)!.execution;
      const total = totals.get(status) ?? { status, children: 0, items: 0 };
      totals.set(status, total);
      total.children += 1;
      total.items += child?.itemCount ?? 0;
      indexes.push(position);
    }
    return startedChildren(indexes, [...totals.values()]);
  }

  async spoolChildren(mapRunArn: string, children: readonly PendingChild[]): Promise<void> {
    this.#checkOpen();
    const spool = this.#spools.get(mapRunArn) ?? [];
    this.#spools.set(mapRunArn, spool);
    for (const child of children) spool.push(child);
  }

  async *spooledChildren(mapRunArn: string, from: number): AsyncGenerator<readonly PendingChild[]> {
    const spool = this.#spools.get(mapRunArn) ?? [];
    for (let next = from; next < spool.length; ) {
      const children = spool.slice(next, next + CHILDREN_PER_PAGE);
      next += children.length;
      yield children;
    }
  }

  async *children(mapRunArn: string, statuses: readonly ExecutionStatus[]): AsyncGenerator<readonly ExecutionRecord[]> {
    for (let place = FIRST_PLACE; ; ) {
      const found = this.#take(this.#listings.get(mapRunArn)?.after(place) ?? [], statuses, CHILDREN_PER_PAGE);
      const last = found.at(-1);
      if (last === undefined) return;
      yield found.map(({ value }) => value);
      place = last;
    }
  }

  /** Later writes are refused. */
  async close(): Promise<void> {
    this.#closed = true;
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error('Expected an open store, found it closed: the write is not kept');
  }

  #list({ executionArn, name, stateMachineArn, startDate, child }: ExecutionRecord): void {
    arnBeforeName(executionArn, name);
    const listedUnder = child?.mapRunArn ?? stateMachineArn;
    const listing = this.#listings.get(listedUnder) ?? new SortedListing();
    this.#listings.set(listedUnder, listing);
    listing.add(child?.index ?? startDate, executionArn);
  }

  #take(
    listed: Iterable<Listed<string>>,
    statuses: readonly ExecutionStatus[] | undefined,
    count: number,
  ): Listed<ExecutionRecord>[] {
    const taken: Listed<ExecutionRecord>[] = [];
    for (const { position, id, value } of listed) {
      const { execution } = this.#executions.get(value)!;
      if (statuses?.includes(execution.status) ?? true) taken.push({ position, id, value: execution });
      if (taken.length === count) break;
    }
    return taken;
  }
}

/** A page of what is kept by its ARN. */
function oldestFirst<T extends { readonly creationDate: number }>(
  kept: ReadonlyMap<string, T>,
  arnPrefix: string,
  limit: number,
  after: string | undefined,
): Page<T> {
  const start = after === undefined ? FIRST_PLACE : placeOf(after);
  const found = Array.from(kept, ([arn, value], id) => ({ position: value.creationDate, id, arn, value }))
    .filter((one) => one.arn.startsWith(arnPrefix) && inOrder(one, start) > 0)
    .sort(inOrder);
  return pageOf(found, limit, ({ value }) => value);
}
