import type { Case, Transformer } from './case.ts';
import { isList, isObject, type Json } from './json.ts';
import { RawText, type References, type ResolvedTree } from './references.ts';

/** A date-time of ISO 8601 with its offset, as the recordings masked it. */
const ISO_DATE_TIME =
  /\b[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-][01]\d:?[0-5]\d)/g;

type RegexRule = Extract<Transformer, { t: 'regex' }>;

/**
 * Brings what was answered into the form of `expected`: JSON in texts parsed, the case's regex rules applied, dates,
 * account, Region and partition masked. What stands as placeholder or wildcard in `expected` is left to `unify`.
 */
export class NormalForm {
  readonly #transformers: readonly Transformer[];
  readonly #rules: readonly { readonly pattern: RegExp; readonly replacement: string }[];
  /** The dates that `expected` names: what is told of data, not of when it ran. They are not masked. */
  readonly #namedDates: ReadonlySet<string>;

  /** Rules that refer to what no call gave are left out: they masked nothing that was recorded. */
  constructor({ transformers = [], expected }: Case, references: References) {
    this.#transformers = transformers;
    this.#rules = transformers
      .filter((each): each is RegexRule => each.t === 'regex' && references.resolves(each.pattern))
      .map(({ pattern, replacement }) => ({
        pattern: pythonPattern(references.resolve(pattern) as string),
        replacement,
      }));
    this.#namedDates = new Set(JSON.stringify(expected).match(ISO_DATE_TIME));
  }

  /** The texts that the rules write: they stand for themselves in `expected`. */
  get written(): readonly string[] {
    const others = new Set(this.#transformers.flatMap((each) => (each.t === 'regex' ? [] : replacementsOf(each))));
    return this.#rules.map(({ replacement }) => replacement).filter((text) => !others.has(text));
  }

  of(answer: ResolvedTree): Json {
    const texts: string[] = [];
    const parsed = this.#parse(setAside(answer, texts), undefined);
    const masked = this.#mask(this.#applyRules(parsed));
    return this.#arrange(putBack(masked, texts));
  }

  /** Texts of objects become the objects, once: what was parsed is not searched again. */
  #parse(value: Json, name: string | undefined): Json {
    if (isList(value))
      return value.map((element) => (typeof element === 'string' ? element : this.#parse(element, name)));
    if (isObject(value)) return mapMembers(value, (member, key) => this.#parse(member, key));
    if (typeof value !== 'string' || name === undefined) return value;
    return value.startsWith('{') || (this.#has('custom') && name === 'output') ? parsedOr(value) : value;
  }

  #applyRules(value: Json): Json {
    if (this.#rules.length === 0) return value;
    const text = this.#rules.reduce(
      (whole, { pattern, replacement }) => whole.replace(pattern, () => JSON.stringify(replacement).slice(1, -1)),
      JSON.stringify(value, null, 1),
    );
    return JSON.parse(text) as Json;
  }

  #mask(value: Json): Json {
    if (isList(value)) return value.map((element) => this.#mask(element));
    if (isObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [this.#maskText(name), this.#mask(member)]),
      );
    }
    return typeof value === 'string' ? this.#maskText(value) : value;
  }

  #maskText(text: string): string {
    const masked = text
      .replace(ISO_DATE_TIME, (date) => (this.#namedDates.has(date) ? date : 'date'))
      .replaceAll('arn:aws:', 'arn:<partition>:')
      .replaceAll('us-east-1', '<region>');
    if (!this.#has('requestIds')) return masked;
    return masked
      .replace(/Extended Request ID: [\w+/=-]+/g, 'Extended Request ID: <extended_request_id>')
      .replace(/(?<!Extended )Request ID: [\w-]+/g, 'Request ID: <request_id>');
  }

  /** Sets are sorted; the end of a Parallel state is as `endOfParallel` says. */
  #arrange(value: Json): Json {
    const sets = this.#transformers.flatMap((each) => (each.t === 'sort' ? [each.key] : []));
    return arrange(value, sets, this.#has('parallelEvents'));
  }

  #has(t: Transformer['t']): boolean {
    return this.#transformers.some((each) => each.t === t);
  }
}

/** Sorts every list of texts below the members of these names, on both sides of the comparison. */
export function sortSets(value: Json, sets: readonly string[]): Json {
  return arrange(value, sets, false);
}

function arrange(value: Json, sets: readonly string[], parallelEvents: boolean): Json {
  if (isList(value)) return value.map((element) => arrange(element, sets, parallelEvents));
  if (!isObject(value)) return value;
  return mapMembers(value, (member, name) => {
    if (sets.includes(name)) return sortedLists(member);
    const arranged = arrange(member, sets, parallelEvents);
    return parallelEvents && name === 'events' && isList(arranged) ? withoutEndOfParallel(arranged) : arranged;
  });
}

function sortedLists(value: Json): Json {
  if (isObject(value)) return mapMembers(value, sortedLists);
  if (!isList(value)) return value;
  return value.every((element) => typeof element === 'string') ? value.toSorted() : value.map(sortedLists);
}

/**
 * Recordings whose parallel events were sorted (`parallelEvents`) lack the event that ends the Parallel state where its
 * exit follows: the sorting wrote over it.
 */
function withoutEndOfParallel(events: readonly Json[]): readonly Json[] {
  return events.filter(
    (event, index) =>
      !(/^ParallelState(Succeeded|Failed|Aborted)$/.test(typeOf(event)) && typeOf(events[index + 1]) === EXITED),
  );
}

const EXITED = 'ParallelStateExited';

function typeOf(event: Json | undefined): string {
  return isObject(event) && typeof event.type === 'string' ? event.type : '';
}

function mapMembers(value: Readonly<Record<string, Json>>, map: (member: Json, name: string) => Json): Json {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, map(member, name)]));
}

function parsedOr(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function replacementsOf(transformer: object): readonly string[] {
  const { replacement } = transformer as { readonly replacement?: string | readonly string[] };
  return replacement === undefined ? [] : [replacement].flat();
}

/** Python's inline flags at the start of a pattern are flags here. */
function pythonPattern(pattern: string): RegExp {
  const [, flags = '', rest = ''] = /^(?:\(\?([ims]+)\))?([\s\S]*)$/.exec(pattern) ?? [];
  return new RegExp(rest, `g${flags}`);
}

const ASIDE = '\u0000raw\u0000';

function setAside(value: ResolvedTree, texts: string[]): Json {
  if (value instanceof RawText) return `${ASIDE}${texts.push(value.text) - 1}`;
  if (Array.isArray(value)) return value.map((element: ResolvedTree) => setAside(element, texts));
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, ResolvedTree>>).map(([name, member]) => [
      name,
      setAside(member, texts),
    ]),
  );
}

function putBack(value: Json, texts: readonly string[]): Json {
  if (isList(value)) return value.map((element) => putBack(element, texts));
  if (isObject(value)) return mapMembers(value, (member) => putBack(member, texts));
  return typeof value === 'string' && value.startsWith(ASIDE)
    ? (texts[Number(value.slice(ASIDE.length))] ?? '')
    : value;
}
