import { isObject, type Json } from './json.ts';

/** Events of a list from `from` to before `to` whose order, `id` and `previousEventId` are free. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const BRANCHES_END = /^ParallelState(Succeeded|Failed|Aborted|Exited)$/;
const ITERATIONS_END = /^MapState(Succeeded|Failed|Aborted|Exited)$/;

/**
 * Where the recording shows that things happened at the same time: the events of a Parallel state that were masked or
 * began more than one branch, and of a Map state whose iterations overlapped. Outermost states only.
 */
export function concurrentSpans(events: readonly Json[]): readonly Span[] {
  const spans: Span[] = [];
  for (let from = 1; from < events.length; from += 1) {
    const started = typeOf(events[from - 1]);
    const end =
      started === 'ParallelStateStarted' ? BRANCHES_END : started === 'MapStateStarted' ? ITERATIONS_END : null;
    if (end === null) continue;
    const to = endOfState(events, from, started, end);
    const inside = events.slice(from, to);
    const free = started === 'ParallelStateStarted' ? hasBranches(inside, events[from - 1]) : iterationsOverlap(inside);
    if (!free) continue;
    spans.push({ from, to });
    from = to - 1;
  }
  return spans;
}

/** The index of the event that ends the state begun before `from`, or begins it anew after a retry. */
function endOfState(events: readonly Json[], from: number, started: string, end: RegExp): number {
  const entered = started.replace('Started', 'Entered');
  const exited = started.replace('Started', 'Exited');
  let depth = 0;
  for (let index = from; index < events.length; index += 1) {
    const type = typeOf(events[index]);
    if (depth === 0 && (type === started || end.test(type))) return index;
    if (type === entered) depth += 1;
    if (type === exited || (end.test(type) && typeOf(events[index + 1]) !== exited)) depth -= 1;
  }
  return events.length;
}

function hasBranches(events: readonly Json[], started: Json | undefined): boolean {
  const id = member(started, 'id');
  const beginnings = events.filter((event) => member(event, 'previousEventId') === id);
  return beginnings.length > 1 || events.some((event) => typeof member(event, 'id') !== 'number');
}

function iterationsOverlap(events: readonly Json[]): boolean {
  let open = 0;
  for (const event of events) {
    if (typeOf(event) === 'MapIterationStarted') open += 1;
    else if (/^MapIteration(Succeeded|Failed|Aborted)$/.test(typeOf(event))) open -= 1;
    if (open > 1) return true;
  }
  return false;
}

function typeOf(event: Json | undefined): string {
  const type = member(event, 'type');
  return typeof type === 'string' ? type : '';
}

function member(event: Json | undefined, name: string): Json | undefined {
  return isObject(event) ? event[name] : undefined;
}
