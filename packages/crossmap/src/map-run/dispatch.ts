import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Child, ChildRunner } from './child-runner.ts';
import type { CountedStatus, LiveCounts } from './live-counts.ts';
import type { LiveLimits } from './live-limits.ts';
import { toleratedFailureExceeded } from './tolerance.ts';

/** The most children of one Map Run that run at once (Step Functions quotas). */
export const MAX_CONCURRENT_CHILDREN = 10_000;

/**
 * The most characters of input that running children hold together, one child alone excepted. Without it, memory grows
 * with the size of a batch: 10,000 children of 100 objects each took 700 MB.
 */
export const MAX_RUNNING_CHARACTERS = 16 * 1024 * 1024;

/**
 * How many children start before the event loop has a turn. Without it, nothing was answered for more than a second when
 * 9,000 more might start at once; with fewer, the store commits more often.
 */
const STARTS_PER_TURN = 1_000;

const counted = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'aborted',
} as const satisfies Record<string, CountedStatus>;

export interface Dispatch {
  /** Those that an earlier process left running first, then those to start. */
  readonly children: AsyncIterable<readonly Child[]>;
  readonly runner: ChildRunner;
  readonly counts: LiveCounts;
  /** Read at every start and end, so that a change holds at once. */
  readonly limits: LiveLimits;
  /** When it resolves the run is stopped. */
  readonly stop?: Promise<void>;
}

/**
 * Runs the children in order, holding only those that run: never more at once than the concurrency allows, nor more
 * than `MAX_RUNNING_CHARACTERS`.
 * `breached`: more items failed than are tolerated. `aborted`: the run was stopped. Then running children were aborted
 * and the others never started.
 */
export async function dispatch(options: Dispatch): Promise<'done' | 'breached' | 'aborted'> {
  const { children, runner, counts, limits } = options;
  const running = new Map<Child, Promise<void>>();
  const faults: unknown[] = [];
  let runningCharacters = 0;
  let oneEnded = () => {};
  let breached = false;
  let aborted = false;
  const untilOneEnds = () =>
    new Promise<void>((resolve) => {
      oneEnded = resolve;
    });

  const checkTolerance = () => {
    breached ||= toleratedFailureExceeded(counts.failedItems, counts.itemCounts.total, limits.tolerance);
  };

  const run = async (child: Child): Promise<void> => {
    counts.move('pending', 'running', child.itemCount);
    try {
      counts.move('running', counted[await runner.run(child)], child.itemCount);
      checkTolerance();
    } catch (fault) {
      faults.push(fault);
    }
    running.delete(child);
    runningCharacters -= child.input.length;
    oneEnded();
  };

  const stop = () => {
    aborted = true;
    oneEnded();
  };
  options.stop?.then(stop, () => {});
  limits.onChange = () => {
    checkTolerance();
    oneEnded();
  };

  const stopped = () => breached || aborted || faults.length > 0;
  const full = ({ input }: Child) =>
    running.size >= mostAtOnce(limits) ||
    (running.size > 0 && runningCharacters + input.length > MAX_RUNNING_CHARACTERS);
  checkTolerance();
  pulling: for await (const group of children) {
    for (const child of group) {
      if (child.index > 0 && child.index % STARTS_PER_TURN === 0) await nextTurn();
      // Also of a run that is to stop: they are aborted with the others.
      const left = child.left !== undefined;
      while (full(child) && !stopped() && !left) await untilOneEnds();
      if (stopped() && !left) break pulling;
      runningCharacters += child.input.length;
      running.set(child, run(child));
    }
  }
  while (running.size > 0 && !stopped()) await untilOneEnds();
  if (breached || aborted) await Promise.all([...running.keys()].map((child) => runner.abort(child)));
  if (faults.length === 0) await Promise.all(running.values());
  if (faults.length > 0) throw faults[0];
  if (aborted) return 'aborted';
  return breached ? 'breached' : 'done';
}

function mostAtOnce({ maxConcurrency }: LiveLimits): number {
  return maxConcurrency === 0 ? MAX_CONCURRENT_CHILDREN : Math.min(maxConcurrency, MAX_CONCURRENT_CHILDREN);
}
