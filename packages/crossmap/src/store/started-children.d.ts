import type { ExecutionStatus } from '../engine/ports.ts';
import type { StartedChildren } from '../map-run/map-run.ts';
/** Sums up the children of a Map Run from their numbers, in order, and from how many there are of each status. */
export declare function startedChildren(
  indexes: Iterable<number>,
  totals: readonly {
    readonly status: ExecutionStatus;
    readonly children: number;
    readonly items: number;
  }[],
): StartedChildren;
