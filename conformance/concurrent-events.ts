import type { Case } from './case.ts';
import { isList, isObject, type Json } from './json.ts';

/** Events of a list from `from` to before `to` whose order, `id` and `previousEventId` are free. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The names of the states in which things may happen at the same time: Parallel states of several branches (all of
 * them where the recording sorted their events), Map states whose concurrency is not 1.
 */
export function concurrentStates({ definition, operations, transformers = [] }: Case): ReadonlySet<string> {
  const sorted = transformers.some(({ t }) => t === 'parallelEvents');
  const names = new Set<string>();
  const visit = (value: Json): void => {
    if (isList(value)) value.forEach(visit);
    if (typeof value === 'string' && value.trimStart().startsWith('{')) visit(parsedOrNull(value));
    if (!isObject(value)) return;
    for (const [name, state] of Object.entries(isObject(value.States) ? value.States : {})) {
      if (isObject(state) && isConcurrent(state, sorted)) names.add(name);
    }
    Object.values(value).forEach(visit);
  };
  visit([definition ?? null, JSON.parse(JSON.stringify(operations ?? [])) as Json]);
  return names;
}

function isConcurrent({ Type, Branches, MaxConcurrency }: Readonly<Record<string, Json>>, sorted: boolean): boolean {
  if (Type === 'Map') return MaxConcurrency !== 1;
  return Type === 'Parallel' && (sorted || (isList(Branches) && Branches.length > 1));
}

/**
 * Where a recorded history is free: the events of a concurrent Parallel state, and of a concurrent Map state whose
 * iterations began together. Outermost states only.
 */
export function concurrentSpans(events: readonly Json[], concurrent: ReadonlySet<string>): readonly Span[] {
  const spans: Span[] = [];
  for (let from = 1; from < events.length; from += 1) {
    const kind = /^(Parallel|Map)StateStarted$/.exec(typeOf(events[from - 1]))?.[1];
    if (kind === undefined || !concurrent.has(enteredName(events.slice(0, from), kind))) continue;
    const to = endOfState(events, from, kind);
    if (to === from || (kind === 'Map' && !beganTogether(events.slice(from, to)))) continue;
    spans.push({ from, to });
    from = to - 1;
  }
  return spans;
}

function enteredName(events: readonly Json[], kind: string): string {
  const entered = events.findLast((event) => typeOf(event) === `${kind}StateEntered`);
  const details = member(entered, 'stateEnteredEventDetails');
  return isObject(details) ? String(details.name) : '';
}

/** The index of the event that ends the state begun before `from`, or begins it anew after a retry. */
function endOfState(events: readonly Json[], from: number, kind: string): number {
  const end = new RegExp(`^${kind}State(Succeeded|Failed|Aborted|Exited)$`);
  let depth = 0;
  for (let index = from; index < events.length; index += 1) {
    const type = typeOf(events[index]);
    if (depth === 0 && (type === `${kind}StateStarted` || end.test(type))) return index;
    if (type === `${kind}StateEntered`) depth += 1;
    const ends = end.test(type) && typeOf(events[index + 1]) !== `${kind}StateExited`;
    if (ends || type === `${kind}StateExited`) depth -= 1;
  }
  return events.length;
}

function beganTogether(events: readonly Json[]): boolean {
  const after = events
    .filter((event) => typeOf(event) === 'MapIterationStarted')
    .map((event) => member(event, 'previousEventId'));
  return new Set(after).size < after.length;
}

function typeOf(event: Json | undefined): string {
  const type = member(event, 'type');
  return typeof type === 'string' ? type : '';
}

function member(event: Json | undefined, name: string): Json | undefined {
  return isObject(event) ? event[name] : undefined;
}

function parsedOrNull(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
