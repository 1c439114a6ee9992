import type { Failure } from '../asl/failure.ts';

/** A Map Run fails when more items have failed than are tolerated: not at the tolerated number, only above it. */
export function toleratedFailureExceeded(
  failedItems: number,
  { toleratedFailureCount }: { readonly toleratedFailureCount: number },
): boolean {
  return failedItems > toleratedFailureCount;
}

export const toleratedFailureThresholdExceeded: Failure = {
  error: 'States.ExceedToleratedFailureThreshold',
  cause: 'The specified tolerated failure threshold was exceeded',
};
