import { concurrentSpans, type Span } from './concurrent-events.ts';
import { canonicalText, isList, isObject, type Json } from './json.ts';

/** Where an answer first differs from what was recorded. */
export interface Difference {
  readonly path: string;
  /** `undefined`: nothing was recorded there. */
  readonly expected: Json | undefined;
  /** `undefined`: nothing was answered there. */
  readonly actual: Json | undefined;
}

/** What `expected` leaves open, over a whole case. */
export interface Masks {
  /** Texts that stand for anything, each time anew. */
  readonly wildcards: ReadonlySet<string>;
  /** Texts in angle brackets that stand for themselves. */
  readonly literals: ReadonlySet<string>;
  /** The states whose events may come in any order. */
  readonly concurrent: ReadonlySet<string>;
}

/** Placeholder → the text it stands for. */
export type Bindings = ReadonlyMap<string, string>;

export type Unified =
  | { readonly kind: 'same'; readonly bindings: Bindings }
  | { readonly kind: 'different'; readonly difference: Difference };

const PLACEHOLDER = /<[^<>\n]{1,60}>/;
/** A UUID, or what the corpus writes for one that a call gives: eight digits. */
const UUID = '(?:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|\\d{8})';

/** The names of HTTP headers and SDK members whose values were masked with the name itself. */
const MASKED_WITH_NAME = new Set([
  'RequestId',
  'X-Amzn-Trace-Id',
  'x-amz-crc32',
  'x-amzn-RequestId',
  'x-amzn-requestid',
]);

/**
 * Compares what was answered, in normal form, with what was recorded: same members, same lengths and order, numbers by
 * value. A placeholder `<…>` stands for any non-empty text, the same in the whole case; `<name:1>` and `<name:2>` stand
 * for different texts, `<uuid:n>` for a UUID.
 */
export function unify(expected: Json, actual: Json, masks: Masks, bindings: Bindings, path: string): Unified {
  return new Unification(masks).values(expected, actual, bindings, path, '');
}

/** Whether a text of `expected`, member `name` of an object, is compared as it is: no mask covers it. */
export function isCompared(text: string, name: string, masks: Masks): boolean {
  if (masks.wildcards.has(text) || standsForAny(text, name)) return false;
  return text.split(new RegExp(PLACEHOLDER, 'g')).length === 1;
}

class Unification {
  readonly #masks: Masks;

  constructor(masks: Masks) {
    this.#masks = masks;
  }

  values(expected: Json, actual: Json, bindings: Bindings, path: string, name: string): Unified {
    if (typeof expected === 'string') return this.#text(expected, actual, bindings, path, name);
    if (isList(expected)) {
      if (!isList(actual)) return different(path, expected, actual);
      const spans = name === 'events' ? concurrentSpans(expected, this.#masks.concurrent) : [];
      return this.#lists(expected, actual, bindings, path, name, spans);
    }
    if (isObject(expected)) {
      if (!isObject(actual)) return different(path, expected, actual);
      return this.#objects(expected, actual, bindings, path, []);
    }
    return expected === actual ? same(bindings) : different(path, expected, actual);
  }

  #objects(
    expected: Readonly<Record<string, Json>>,
    actual: Readonly<Record<string, Json>>,
    start: Bindings,
    path: string,
    except: readonly string[],
  ): Unified {
    let bindings = start;
    for (const [name, member] of Object.entries(expected)) {
      const found = Object.hasOwn(actual, name) ? actual[name] : undefined;
      if (found === undefined) return different(`${path}.${name}`, member, undefined);
      if (except.includes(name)) continue;
      const unified = this.values(member, found, bindings, `${path}.${name}`, name);
      if (unified.kind === 'different') return unified;
      bindings = unified.bindings;
    }
    const [extra] = Object.keys(actual).filter((name) => !Object.hasOwn(expected, name));
    return extra === undefined ? same(bindings) : different(`${path}.${extra}`, undefined, actual[extra]);
  }

  #lists(
    expected: readonly Json[],
    actual: readonly Json[],
    start: Bindings,
    path: string,
    name: string,
    spans: readonly Span[],
  ): Unified {
    let bindings = start;
    let index = 0;
    while (index < expected.length && index < actual.length) {
      const from = index;
      const span = spans.find((each) => each.from === from);
      const unified =
        span === undefined
          ? this.values(expected[from] ?? null, actual[from] ?? null, bindings, `${path}[${from}]`, name)
          : this.#anyOrder(expected.slice(from, span.to), actual.slice(from, span.to), bindings, `${path}[${from}]`);
      if (unified.kind === 'different') return unified;
      bindings = unified.bindings;
      index = span === undefined ? index + 1 : span.to;
    }
    if (expected.length === actual.length) return same(bindings);
    return different(`${path}[${index}]`, expected[index], actual[index]);
  }

  /** Events that happened at the same time: each expected one is some actual one; `id` and `previousEventId` are free. */
  #anyOrder(expected: readonly Json[], actual: readonly Json[], bindings: Bindings, path: string): Unified {
    const [event, ...others] = expected;
    if (event === undefined) return actual.length === 0 ? same(bindings) : different(path, undefined, actual[0]);
    const tried = new Set<string>();
    let nearest: Unified = different(path, event, [...actual]);
    for (const [index, candidate] of actual.entries()) {
      const { id: _id, previousEventId: _previous, ...rest } = isObject(candidate) ? candidate : {};
      const text = canonicalText(rest);
      if (tried.has(text)) continue;
      tried.add(text);
      const unified = this.#concurrentEvent(event, candidate, bindings, path);
      if (unified.kind === 'different') continue;
      const remaining = this.#anyOrder(others, actual.toSpliced(index, 1), unified.bindings, path);
      if (remaining.kind === 'same') return remaining;
      nearest = remaining;
    }
    return nearest;
  }

  #concurrentEvent(expected: Json, actual: Json, bindings: Bindings, path: string): Unified {
    if (!isObject(expected) || !isObject(actual)) return different(path, expected, actual);
    return this.#objects(expected, actual, bindings, path, ['id', 'previousEventId']);
  }

  #text(expected: string, actual: Json, bindings: Bindings, path: string, name: string): Unified {
    if (expected === actual && !PLACEHOLDER.test(expected)) return same(bindings);
    if (this.#masks.wildcards.has(expected) || standsForAny(expected, name)) return same(bindings);
    const text = typeof actual === 'number' ? JSON.stringify(actual) : actual;
    if (typeof text !== 'string' || !PLACEHOLDER.test(expected)) return different(path, expected, actual);
    return this.#pattern(expected, text, bindings) ?? different(path, expected, actual);
  }

  /** What the placeholders of the pattern stand for in the text; `undefined` when it does not match. */
  #pattern(pattern: string, text: string, bindings: Bindings): Unified | undefined {
    const groups = new Map<string, string>();
    const parts = pattern.split(new RegExp(`(${PLACEHOLDER.source})`)).map((part) => {
      if (!PLACEHOLDER.test(part) || this.#masks.literals.has(part)) return escaped(part);
      if (this.#masks.wildcards.has(part)) return '[\\s\\S]+?';
      const bound = bindings.get(part);
      if (bound !== undefined) return escaped(bound);
      const group = groups.get(part);
      if (group !== undefined) return `\\k<${group}>`;
      groups.set(part, `g${groups.size}`);
      return `(?<${groups.get(part)}>${part.startsWith('<uuid:') ? UUID : '[\\s\\S]+?'})`;
    });
    const match = new RegExp(`^${parts.join('')}$`).exec(text);
    if (match === null) return undefined;
    if (groups.size === 0) return same(bindings);
    const bound = new Map(bindings);
    for (const [placeholder, group] of groups) {
      const value = match.groups?.[group] ?? '';
      const family = familyOf(placeholder);
      if (family !== undefined && [...bound].some(([other, taken]) => familyOf(other) === family && taken === value)) {
        return undefined;
      }
      bound.set(placeholder, value);
    }
    return same(bound);
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** `name` of `<name:1>`: numbered in the order of appearance, one number for one value. */
function familyOf(placeholder: string): string | undefined {
  return /^<(.+):\d+>$/.exec(placeholder)?.[1];
}

/** The texts that dates and request ids were masked with, at their place. */
function standsForAny(text: string, name: string): boolean {
  switch (text) {
    case 'datetime':
      return /date|time|modified/i.test(name);
    case 'timestamp':
      return /timestamp|^creationTime$|^ingestionTime$/i.test(name);
    case 'date':
      return name === 'Date';
    default:
      return text === name && MASKED_WITH_NAME.has(text);
  }
}

function same(bindings: Bindings): Unified {
  return { kind: 'same', bindings };
}

function different(path: string, expected: Json | undefined, actual: Json | undefined): Unified {
  return { kind: 'different', difference: { path, expected, actual } };
}
