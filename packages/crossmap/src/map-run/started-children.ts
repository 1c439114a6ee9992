import type { ExecutionStatus } from '../engine/ports.ts';
import type { StartedChildren } from './map-run.ts';

/** Sums up the children of a Map Run from their numbers, in order, and from how many there are of each status. */
export function startedChildren(
  indexes: Iterable<number>,
  totals: readonly { readonly status: ExecutionStatus; readonly children: number; readonly items: number }[],
): StartedChildren {
  const gaps: number[] = [];
  let next = 0;
  for (const index of indexes) {
    for (; next < index; next += 1) gaps.push(next);
    next = index + 1;
  }
  return { totals, gaps, next };
}
