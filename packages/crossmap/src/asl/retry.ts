import type { Catcher, Retrier } from './definition.ts';

/**
 * Whether one of the names of ErrorEquals stands for `error`. States.TaskFailed stands for any error but a time-out.
 * A missed heartbeat is a time-out too. States.Runtime always fails the execution: no retrier and no catcher sees it,
 * not even one that names it (recorded). States.ALL stands for States.DataLimitExceeded (recorded, against the page).
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function matchesError(names: readonly string[], error: string): boolean {
  if (error === 'States.Runtime') return false;
  const timedOut = error === 'States.Timeout' || error === 'States.HeartbeatTimeout';
  return names.some((name) => {
    if (name === 'States.ALL' || name === error) return true;
    return timedOut ? name === 'States.Timeout' : name === 'States.TaskFailed';
  });
}

/**
 * Which retrier tries again, and after how long. The first retrier that matches decides: when its attempts are used up
 * the error is not retried. `attempts[i]` counts what retrier `i` has done in this visit of the state.
 * `random` in [0, 1) is used by full jitter.
 */
export function nextRetry(
  retriers: readonly Retrier[],
  attempts: readonly number[],
  error: string,
  random: number,
): { readonly retrier: number; readonly delaySeconds: number } | undefined {
  const index = retriers.findIndex((retrier) => matchesError(retrier.ErrorEquals, error));
  const retrier = retriers[index];
  if (retrier === undefined) return undefined;
  const done = attempts[index] ?? 0;
  if (done >= (retrier.MaxAttempts ?? 3)) return undefined;
  const backedOff = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** done;
  const delay = Math.min(backedOff, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return { retrier: index, delaySeconds: retrier.JitterStrategy === 'FULL' ? delay * random : delay };
}

export function findCatcher<C extends Pick<Catcher, 'ErrorEquals'>>(
  catchers: readonly C[],
  error: string,
): C | undefined {
  return catchers.find((catcher) => matchesError(catcher.ErrorEquals, error));
}
