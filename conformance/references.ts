import type { Case } from './case.ts';
import { exceptionName } from './exception.ts';
import { canonicalText, isList, isObject, type Json, pythonText } from './json.ts';
import { jsonPathHits } from './json-path.ts';

/** A text that is compared as it is: no date, account or Region in it is masked. */
export class RawText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Resolved = Json | RawText;

/** A reference whose call gave nothing of that name. */
export class UnresolvedReference extends Error {
  constructor(expression: string) {
    super(`Nothing at the reference ${expression}`);
  }
}

const DAY = 86_400_000;
const REFERENCE = /\$\{(?<expression>(?:op\d+|definition|input|now|cfn|rootResourceId)\b[^}]*)\}/g;

/** What the calls of one case gave, and the texts that refer to them. */
export class References {
  readonly #responses = new Map<string, Json>();
  readonly #case: Pick<Case, 'definition' | 'input'>;
  /** Epoch ms: one moment for the whole case. */
  readonly #now: number;

  constructor(definitionAndInput: Pick<Case, 'definition' | 'input'>, now: number) {
    this.#case = definitionAndInput;
    this.#now = now;
  }

  /** An error is kept as `{error}`. */
  keep(id: string, response: Json): void {
    this.#responses.set(id, response);
  }

  /** Whether every reference in the value has something to refer to. */
  resolves(value: Json): boolean {
    try {
      this.resolve(value);
      return true;
    } catch (thrown) {
      if (thrown instanceof UnresolvedReference) return false;
      throw thrown;
    }
  }

  /** The value with every `${…}` in its texts and every `{"$ref"}` replaced. Throws `UnresolvedReference`. */
  resolve(value: Json): Json {
    return this.#replace(value, (resolved) => (resolved instanceof RawText ? resolved.text : resolved)) as Json;
  }

  /** The same, keeping what is to be compared raw. */
  resolveToCompare(value: Json): ResolvedTree {
    return this.#replace(value, (resolved) => resolved);
  }

  /** The value of an expression such as `op3.mapRuns[0].mapRunArn|json`. */
  value(expression: string): Resolved {
    const [head = '', ...filters] = expression.split('|');
    const start = this.#start(head);
    if (start === undefined) throw new UnresolvedReference(expression);
    const result = filters.reduce<Resolved | undefined>(
      (value, filter) => (value === undefined ? undefined : applyFilter(value, filter)),
      start,
    );
    if (result === undefined) throw new UnresolvedReference(expression);
    return result;
  }

  #start(head: string): Json | undefined {
    const { definition, input } = this.#case;
    if (head === 'definition') return definition;
    if (head === 'input') return input === undefined ? undefined : this.resolve(input);
    const moment = /^now(?:\+(?<days>\d+)d)?$/.exec(head);
    if (moment !== null) {
      const days = Number(moment.groups?.days ?? '0');
      return new Date(this.#now + days * DAY).toISOString().slice(0, 19);
    }
    const [id = '', rest = ''] = /^(\w+)(.*)$/.exec(head)?.slice(1) ?? [];
    const response = this.#responses.get(id);
    return response === undefined ? undefined : jsonPathHits(rest, response)[0];
  }

  #replace(value: Json, keep: (resolved: Resolved) => Resolved): ResolvedTree {
    if (typeof value === 'string') return this.#replaceText(value);
    if (isList(value)) return value.map((element) => this.#replace(element, keep));
    if (!isObject(value)) return value;
    if (typeof value.$ref === 'string') return keep(this.value(value.$ref));
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.#replace(member, keep)]));
  }

  #replaceText(text: string): Json {
    const whole = /^\$\{(definition|input)\}$/.exec(text)?.[1];
    if (whole !== undefined) return textOf(this.value(whole));
    return text.replace(REFERENCE, (_, expression: string) => textOf(this.value(expression)));
  }
}

export type ResolvedTree = Resolved | readonly ResolvedTree[] | { readonly [member: string]: ResolvedTree };

function textOf(value: Resolved): string {
  if (value instanceof RawText) return value.text;
  return typeof value === 'string' ? value : pythonText(value);
}

function applyFilter(value: Resolved, filter: string): Resolved | undefined {
  if (value instanceof RawText) throw new Error(`Expected nothing after raw, got ${filter}`);
  if (filter.startsWith('$')) {
    const hits = jsonPathHits(filter, value);
    return hits.length > 1 ? hits : hits[0];
  }
  if (filter.startsWith('all:')) return jsonPathHits(filter.slice(4), value);
  const [name = '', path = ''] = /^(jsonl|json|sort|count|tail|raw|typename)(.*)$/.exec(filter)?.slice(1) ?? [];
  if (name === 'tail') return typeof value === 'string' ? value.slice(-Number(path.slice(1))) : undefined;
  const filtered = FILTERS[name]?.(value);
  if (filtered === undefined && FILTERS[name] === undefined) throw new Error(`Expected a known filter, got ${filter}`);
  if (path === '' || filtered === undefined || filtered instanceof RawText) return filtered;
  return jsonPathHits(path, filtered)[0];
}

const FILTERS: Readonly<Record<string, (value: Json) => Resolved | undefined>> = {
  json: (value) => (typeof value === 'string' ? parsed(value) : undefined),
  jsonl: (value) =>
    typeof value === 'string'
      ? value
          .split('\n')
          .filter(Boolean)
          .map((line) => parsed(line) ?? null)
      : undefined,
  sort: (value) => {
    if (!isList(value)) return undefined;
    const texts = value.map((element) => ({ element, text: canonicalText(element) }));
    return texts.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)).map(({ element }) => element);
  },
  count: (value) => (isList(value) ? value.length : undefined),
  raw: (value) => new RawText(JSON.stringify(value)),
  typename: (value) => exceptionName(value),
};

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
