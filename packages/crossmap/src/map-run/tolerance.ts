import type { Failure } from '../asl/failure.ts';
import type { Tolerance } from '../asl/map-fields.ts';

/**
 * A Map Run fails when more items have failed than either number tolerates: not at the number, only above it. What is
 * not declared does not limit; with neither declared no item may fail.
 */
export function toleratedFailureExceeded(
  failedItems: number,
  totalItems: number,
  { count, percentage }: Tolerance,
): boolean {
  if (count === undefined && percentage === undefined) return failedItems > 0;
  if (count !== undefined && failedItems > count) return true;
  return percentage !== undefined && failedItems * 100 > percentage * totalItems;
}

export const toleratedFailureThresholdExceeded: Failure = {
  error: 'States.ExceedToleratedFailureThreshold',
  cause: 'The specified tolerated failure threshold was exceeded',
};
