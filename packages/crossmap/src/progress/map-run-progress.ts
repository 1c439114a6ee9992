/** The counts of a DescribeMapRun answer that progress reads; a count that is not there is 0. */
export interface ReportedCounts {
  readonly pending?: number | undefined;
  readonly running?: number | undefined;
  readonly succeeded?: number | undefined;
  readonly failed?: number | undefined;
  readonly timedOut?: number | undefined;
  readonly aborted?: number | undefined;
  readonly total?: number | undefined;
}

/** A DescribeMapRun answer, in the shape of the AWS SDK's `DescribeMapRunOutput`. */
export interface ReportedMapRun {
  readonly status: string | undefined;
  readonly startDate: Date | undefined;
  readonly stopDate?: Date | undefined;
  readonly itemCounts: ReportedCounts | undefined;
  readonly executionCounts: ReportedCounts | undefined;
}

export interface MapRunProgress {
  readonly ended: boolean;
  /** Items that will not change any more: succeeded or failed. */
  readonly done: number;
  /** Items read so far. It grows while the ItemReader reads, and is 0 until it has begun. */
  readonly total: number;
  /** Items that failed, timed out or were aborted. */
  readonly failed: number;
  readonly running: number;
  readonly pending: number;
  /** Child workflow executions that are running. */
  readonly childrenRunning: number;
  /** Between 0 and 1. Of zero items: undefined while the Map Run runs (nothing is known yet), 1 when it has ended. */
  readonly fraction: number | undefined;
  /** Over the last 20 s while running, over the whole Map Run when it has ended; undefined before two answers. */
  readonly itemsPerSecond: number | undefined;
  /** Undefined when nothing was read yet, nothing moved for 20 s, or the Map Run has ended. */
  readonly secondsLeft: number | undefined;
}

/** The last answer and the items done at the times of the answers before it, oldest first; times in epoch ms. */
export interface ObservedMapRun {
  readonly answer: ReportedMapRun;
  readonly samples: readonly { readonly time: number; readonly done: number }[];
}

const WINDOW_MS = 20_000;

/**
 * Adds an answer to what was observed of the same Map Run. Keeps no sample older than the rate's window, apart from the
 * one at its edge. Fewer items done than before (a redrive counts failed items again) starts a new window.
 */
export function observe(before: ObservedMapRun | undefined, answer: ReportedMapRun, time: number): ObservedMapRun {
  const sample = { time, done: itemsDone(answer) };
  const last = before?.samples.at(-1);
  if (before === undefined || last === undefined || sample.done < last.done) return { answer, samples: [sample] };
  if (time <= last.time) return { answer, samples: before.samples };
  const edge = before.samples.findLastIndex((kept) => time - kept.time >= WINDOW_MS);
  return { answer, samples: [...before.samples.slice(Math.max(edge, 0)), sample] };
}

export function progressOf(observed: ObservedMapRun): MapRunProgress {
  const { answer } = observed;
  const items = answer.itemCounts ?? {};
  const done = itemsDone(answer);
  const total = items.total ?? 0;
  const ended = answer.status !== 'RUNNING';
  const itemsPerSecond = ended ? overallRate(answer, done) : recentRate(observed);
  const movesAndKnowsTotal = !ended && total > 0 && itemsPerSecond !== undefined && itemsPerSecond > 0;
  return {
    ended,
    done,
    total,
    failed: (items.failed ?? 0) + (items.timedOut ?? 0) + (items.aborted ?? 0),
    running: items.running ?? 0,
    pending: items.pending ?? 0,
    childrenRunning: answer.executionCounts?.running ?? 0,
    fraction: total > 0 ? Math.min(done / total, 1) : ended ? 1 : undefined,
    itemsPerSecond,
    secondsLeft: movesAndKnowsTotal ? Math.max(total - done, 0) / itemsPerSecond : undefined,
  };
}

function itemsDone({ itemCounts }: ReportedMapRun): number {
  const { succeeded = 0, failed = 0, timedOut = 0, aborted = 0 } = itemCounts ?? {};
  return succeeded + failed + timedOut + aborted;
}

function recentRate({ samples }: ObservedMapRun): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.time === first.time) return undefined;
  return ((last.done - first.done) * 1000) / (last.time - first.time);
}

function overallRate({ startDate, stopDate }: ReportedMapRun, done: number): number | undefined {
  if (startDate === undefined || stopDate === undefined) return undefined;
  const seconds = (stopDate.getTime() - startDate.getTime()) / 1000;
  return seconds > 0 ? done / seconds : undefined;
}
