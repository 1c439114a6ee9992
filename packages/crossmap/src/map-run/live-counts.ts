import type { ExecutionStatus } from '../engine/ports.ts';
import type { Counts, StartedChildren } from './map-run.ts';

export type CountedStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'timedOut' | 'aborted';

const COUNTED_AS = {
  RUNNING: 'pending',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'aborted',
} as const satisfies Record<ExecutionStatus, CountedStatus>;

/** The counts of a running Map Run, by child and by item. Each change keeps `total` the sum of the statuses. */
export class LiveCounts {
  readonly #executions = emptyCounts();
  readonly #items = emptyCounts();

  addPending(children: number, items: number): void {
    this.#executions.pending += children;
    this.#items.pending += items;
  }

  /** Children that an earlier process ended or left running, which are pending until they go on. */
  restore(totals: StartedChildren['totals']): void {
    for (const { status, children, items } of totals) {
      const counted = COUNTED_AS[status];
      this.#executions[counted] += children;
      this.#items[counted] += items;
    }
  }

  move(from: CountedStatus, to: CountedStatus, items: number): void {
    this.#executions[from] -= 1;
    this.#executions[to] += 1;
    this.#items[from] -= items;
    this.#items[to] += items;
  }

  get pendingExecutions(): number {
    return this.#executions.pending;
  }

  /** Items that count against the tolerance: failed and timed out. */
  get failedItems(): number {
    return this.#items.failed + this.#items.timedOut;
  }

  get executionCounts(): Counts {
    return withTotals(this.#executions, false);
  }

  get itemCounts(): Counts {
    return withTotals(this.#items, false);
  }

  /** The counts of the ended run: every child and item counts as written, pending and aborted ones too (observed). */
  get final(): { readonly executionCounts: Counts; readonly itemCounts: Counts } {
    return { executionCounts: withTotals(this.#executions, true), itemCounts: withTotals(this.#items, true) };
  }
}

function emptyCounts(): Record<CountedStatus, number> {
  return { pending: 0, running: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0 };
}

function withTotals(counts: Record<CountedStatus, number>, written: boolean): Counts {
  const total = counts.pending + counts.running + counts.succeeded + counts.failed + counts.timedOut + counts.aborted;
  return { ...counts, total, resultsWritten: written ? total : 0 };
}
