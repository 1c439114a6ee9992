import type { Failure } from '../asl/failure.ts';

/** `undefined`: not declared. With neither declared no failed item is tolerated. */
export interface Tolerance {
  readonly toleratedFailureCount?: number | undefined;
  readonly toleratedFailurePercentage?: number | undefined;
}

/**
 * A Map Run fails when more items have failed than are tolerated: not at the tolerated number or percentage, only above
 * it. Of two declared ones either suffices.
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html#maprun-fail-threshold
 */
export function toleratedFailureExceeded(
  { failed, total }: { readonly failed: number; readonly total: number },
  { toleratedFailureCount, toleratedFailurePercentage }: Tolerance,
): boolean {
  if (toleratedFailurePercentage !== undefined && failed * 100 > toleratedFailurePercentage * total) return true;
  const undeclared = toleratedFailurePercentage === undefined ? 0 : Number.POSITIVE_INFINITY;
  return failed > (toleratedFailureCount ?? undeclared);
}

export const toleratedFailureThresholdExceeded: Failure = {
  error: 'States.ExceedToleratedFailureThreshold',
  cause: 'The specified tolerated failure threshold was exceeded',
};
