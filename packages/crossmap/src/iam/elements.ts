import { unexpected, unsupported } from './policy-error.ts';

/** A part of a document whose elements are not yet read. */
export type Elements = Readonly<Record<string, unknown>>;

export function record(value: unknown, element: string, at: string): Elements {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unexpected(element, 'an object', value, at);
  }
  return Object.fromEntries(Object.entries(value));
}

/** A string or a list of them; booleans and numbers count as their text, as in conditions such as `"Bool": true`. */
export function strings(value: unknown, element: string, at: string): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) throw unexpected(element, 'at least one value', value, at);
  return values.map((one) => {
    if (typeof one === 'string') return one;
    if (typeof one === 'boolean' || typeof one === 'number') return String(one);
    throw unexpected(element, 'a string or a list of strings', one, at);
  });
}

/** Exactly one of an element and its negation must be there. */
export function oneOf(
  statement: Elements,
  element: string,
  negation: string,
  at: string,
): readonly [element: string, negated: boolean] {
  const negated = statement[negation] !== undefined;
  if (negated === (statement[element] !== undefined)) {
    throw unexpected(`${element} or ${negation}`, 'present, and not both', negated ? 'both' : 'neither', at);
  }
  return [negated ? negation : element, negated];
}

export function known(value: object, elements: readonly string[], at: string): void {
  for (const element of Object.keys(value)) {
    if (!elements.includes(element)) throw unsupported(`The element \`${element}\``, at);
  }
}
