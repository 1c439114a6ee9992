import type { Case } from '../case.ts';
import { concurrentSpans } from '../concurrent-events.ts';
import { isList, isObject, type Json, type JsonObject } from '../json.ts';
import { isCompared, type Masks } from '../unify.ts';

/** `expected` of a case with one thing in it changed. */
export interface Alteration {
  readonly what: string;
  readonly expected: JsonObject;
}

type Path = readonly (string | number)[];

/** Changes each compared leaf there is, one at a time. What a mask covers, or may come in any order, is none. */
export function leafAlterations(each: Case, masks: Masks): readonly Alteration[] {
  return comparedLeaves(comparedPart(each), masks, [], '').map(({ path, leaf }) => ({
    what: `${path.join('.')} changed`,
    expected: replaced(each.expected, path, changed(leaf)) as JsonObject,
  }));
}

/** Drops, doubles or swaps with its neighbour each event there is that has its place, one at a time. */
export function eventAlterations(each: Case, masks: Masks): readonly Alteration[] {
  return historiesIn(comparedPart(each)).flatMap(({ path, events }) => {
    const spans = concurrentSpans(events, masks.concurrent);
    const isFree = (index: number) => spans.some(({ from, to }) => index >= from && index < to);
    return events.flatMap((event, index) => {
      const alter = (how: string, others: readonly Json[]): Alteration => ({
        what: `${path.join('.')}[${index}] ${how}`,
        expected: replaced(each.expected, path, others) as JsonObject,
      });
      if (isFree(index)) return [];
      const next = events[index + 1];
      return [
        alter('dropped', events.toSpliced(index, 1)),
        alter('doubled', events.toSpliced(index, 0, event)),
        ...(next === undefined || isFree(index + 1) ? [] : [alter('swapped', events.toSpliced(index, 2, next, event))]),
      ];
    });
  });
}

function comparedPart({ expected, clientSide = [] }: Case): JsonObject {
  return Object.fromEntries(Object.entries(expected).filter(([key]) => !clientSide.includes(key)));
}

function comparedLeaves(
  value: Json,
  masks: Masks,
  path: Path,
  name: string,
): readonly { readonly path: Path; readonly leaf: Json }[] {
  if (isList(value)) {
    const spans = name === 'events' ? concurrentSpans(value, masks.concurrent) : [];
    return value.flatMap((element, index) => {
      const free = spans.some(({ from, to }) => index >= from && index < to);
      const leaves = comparedLeaves(element, masks, [...path, index], name);
      return free
        ? leaves.filter((leaf) => !/^(id|previousEventId)$/.test(String(leaf.path[path.length + 1])))
        : leaves;
    });
  }
  if (isObject(value)) {
    return Object.entries(value).flatMap(([key, member]) => comparedLeaves(member, masks, [...path, key], key));
  }
  if (typeof value === 'string' && !isCompared(value, name, masks)) return [];
  return [{ path, leaf: value }];
}

function historiesIn(
  value: Json,
  path: Path = [],
): readonly { readonly path: Path; readonly events: readonly Json[] }[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'events' && isList(member)
      ? [{ path: [...path, name], events: member }]
      : historiesIn(member, [...path, name]),
  );
}

function changed(leaf: Json): Json {
  if (typeof leaf === 'number') return leaf + 1;
  if (typeof leaf === 'boolean') return !leaf;
  return typeof leaf === 'string' ? `${leaf}x` : 'x';
}

function replaced(value: Json, [first, ...rest]: Path, by: Json): Json {
  if (first === undefined) return by;
  if (isList(value)) return value.with(Number(first), replaced(value[Number(first)] ?? null, rest, by));
  return isObject(value) ? { ...value, [first]: replaced(value[first] ?? null, rest, by) } : value;
}
