/** A function, as far as it competes for environments. */
export interface Competitor {
  /** Its invocations that wait, oldest first. `order` grows with every invocation of any function. */
  readonly waiting: readonly { readonly order: number }[];
}

export interface Slot<F extends Competitor> {
  readonly function: F;
  readonly environment: {
    readonly state: 'starting' | 'idle' | 'busy' | 'ending';
    /** When it last had something to do, in epoch ms. */
    readonly lastUsed: number;
  };
}

export type Allotment<F extends Competitor, S extends Slot<F>> =
  /** The oldest invocation of the slot's function runs in its environment. */
  | { readonly kind: 'run'; readonly slot: S }
  | { readonly kind: 'start'; readonly function: F }
  /** An idle environment gives way. What it makes room for is decided when it has ended. */
  | { readonly kind: 'end'; readonly slot: S }
  /** Nothing is to be done before an environment ends an invocation, or this time (epoch ms) if there is one. */
  | { readonly kind: 'wait'; readonly until: number | undefined };

/** For how long an unused environment of a function that is not ahead of the others is kept warm for its next call. */
const KEPT_WARM_MS = 1_000;

/**
 * The next thing to do so that at most `limit` environments serve all that waits. Invocations of one function go in
 * order. Between functions the one with the fewest environments is helped first. An idle environment gives way to a
 * function that has none or two fewer, or else once it was unused for a second. Given away at once, the environments of
 * two functions called in turn replace each other all the time: 8,000 such calls took 45 s instead of 1 s.
 * `slots` come least recently used first.
 */
export function allot<F extends Competitor, S extends Slot<F>>(
  functions: Iterable<F>,
  slots: ReadonlySet<S>,
  limit: number,
  now: number,
): Allotment<F, S> {
  const held = new Map<F, number>();
  const starting = new Map<F, number>();
  const idle: S[] = [];
  let ending = false;
  for (const slot of slots) {
    held.set(slot.function, (held.get(slot.function) ?? 0) + 1);
    if (slot.environment.state === 'starting') starting.set(slot.function, (starting.get(slot.function) ?? 0) + 1);
    if (slot.environment.state === 'idle') idle.push(slot);
    if (slot.environment.state === 'ending') ending = true;
  }
  const count = (of: F): number => held.get(of) ?? 0;
  const arrival = (of: F): number => of.waiting[0]?.order ?? Number.POSITIVE_INFINITY;

  let neediest: F | undefined;
  for (const candidate of functions) {
    if (candidate.waiting.length <= (starting.get(candidate) ?? 0)) continue;
    const difference = neediest && (count(candidate) - count(neediest) || arrival(candidate) - arrival(neediest));
    if (difference === undefined || difference < 0) neediest = candidate;
  }
  const full = slots.size >= limit;
  const isAhead = (one: F, other: F): boolean =>
    count(one) > count(other) + 1 || (count(other) === 0 && arrival(one) > arrival(other));

  const ready = idle.findLast((slot) => slot.function.waiting.length > 0);
  if (ready !== undefined) {
    const givesWay = full && !ending && neediest !== undefined && isAhead(ready.function, neediest);
    return { kind: givesWay ? 'end' : 'run', slot: ready };
  }
  if (neediest === undefined) return { kind: 'wait', until: undefined };
  if (!full) return { kind: 'start', function: neediest };
  if (ending) return { kind: 'wait', until: undefined };
  const needy = neediest;
  const ofOneAhead = idle.find((slot) => isAhead(slot.function, needy));
  const oldest = ofOneAhead ?? idle[0];
  if (oldest === undefined) return { kind: 'wait', until: undefined };
  const until = ofOneAhead === undefined ? oldest.environment.lastUsed + KEPT_WARM_MS : now;
  return until <= now ? { kind: 'end', slot: oldest } : { kind: 'wait', until };
}
