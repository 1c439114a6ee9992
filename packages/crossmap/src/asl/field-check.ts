import { isTimestamp } from './choice-rule.ts';
import type { QueryLanguage } from './definition.ts';
import { onlyFor } from './diagnostics.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { Report } from './report.ts';

/** Looks at one field's value and reports what is wrong with it. `at` is the place of the value. */
export type Check = (value: Json, at: string, report: Report) => void;

/** A field that only the other query language than the state's has. */
interface OtherLanguage {
  readonly only: QueryLanguage;
}

/** The fields that an object may have. */
export type Fields = Readonly<Record<string, Check | OtherLanguage>>;
export type FieldsByLanguage = Readonly<Record<QueryLanguage, Fields>>;

/** The tables of both languages, each of which also knows what only the other has. */
export function byLanguage(shared: Fields, jsonPath: Fields, jsonata: Fields): FieldsByLanguage {
  const marked = (fields: Fields, only: QueryLanguage): Fields =>
    Object.fromEntries(Object.keys(fields).map((name) => [name, { only }]));
  return {
    JSONPath: { ...marked(jsonata, 'JSONata'), ...shared, ...jsonPath },
    JSONata: { ...marked(jsonPath, 'JSONPath'), ...shared, ...jsonata },
  };
}

export function checkFields(
  object: JsonObject,
  fields: Fields,
  required: readonly string[],
  at: string,
  report: Report,
): void {
  const missing = required.filter((field) => object[field] === undefined);
  if (missing.length > 0) report.error(at, `These fields are required: [${missing.join(', ')}]`);
  for (const [field, value] of Object.entries(object)) {
    const check = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (check === undefined) report.error(at, `Field '${field}' is not supported`);
    else if (typeof check === 'object') report.error(at, onlyFor(check.only, field));
    else check(value, `${at}/${field}`, report);
  }
}

export const anything: Check = () => {};

type JsonType = 'String' | 'Boolean' | 'Integer' | 'Number' | 'Array' | 'Object';

export function wrongType(expected: JsonType, at: string, report: Report): void {
  report.error(at, `Expected value of type ${expected}`);
}

export const text: Check = (value, at, report) => {
  if (typeof value !== 'string') wrongType('String', at, report);
};

export const timestamp: Check = (value, at, report) => {
  if (!isTimestamp(value)) report.error(at, 'String does not match RFC3339 timestamp');
};

export function oneOf(...allowed: readonly (string | boolean)[]): Check {
  return (value, at, report) => {
    if (!allowed.some((each) => each === value)) report.error(at, `Value must be one of: [${allowed.join(', ')}]`);
  };
}

export function integer(least: number, most: number = Number.POSITIVE_INFINITY): Check {
  return (value, at, report) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return wrongType('Integer', at, report);
    if (value < least) report.error(at, `Minimum value is ${least}`);
    if (value > most) report.error(at, `Maximum value is ${most}`);
  };
}

export function number(least: number, most: number = Number.POSITIVE_INFINITY): Check {
  return (value, at, report) => {
    if (typeof value !== 'number') return wrongType('Number', at, report);
    if (value < least) report.error(at, `Minimum value is ${least.toFixed(1)}`);
    if (value > most) report.error(at, `Maximum value is ${most.toFixed(1)}`);
  };
}

export function list(check: Check, least = 0): Check {
  return (value, at, report) => {
    if (!Array.isArray(value)) return wrongType('Array', at, report);
    if (value.length < least) report.error(at, 'Value cannot be empty');
    value.forEach((element: Json, i) => {
      check(element, `${at}[${i}]`, report);
    });
  };
}

export function object(fields: Fields, required: readonly string[] = []): Check {
  return (value, at, report) => {
    if (isJsonObject(value)) checkFields(value, fields, required, at, report);
    else wrongType('Object', at, report);
  };
}

export function both(...checks: readonly Check[]): Check {
  return (value, at, report) => {
    for (const check of checks) check(value, at, report);
  };
}

/** A field that AWS acts on and this engine does not. */
export function unsupported(why: string, check: Check = anything): Check {
  return (value, at, report) => {
    check(value, at, report);
    report.refuse(at, `'${at.slice(at.lastIndexOf('/') + 1)}' is not supported yet: ${why}`);
  };
}

/** Reports fields of which only one may be given. */
export function atMostOne(names: readonly string[], object: JsonObject, at: string, report: Report): void {
  const given = names.filter((name) => object[name] !== undefined);
  if (given.length > 1) report.error(at, `There should only be one of the following fields: [${given.join(', ')}]`);
}

/** Reports fields of which one must be given, and only one may. */
export function exactlyOne(names: readonly string[], object: JsonObject, at: string, report: Report): void {
  atMostOne(names, object, at, report);
  if (names.every((name) => object[name] === undefined)) {
    report.error(at, `There should be one of the following fields: [${names.join(', ')}]`);
  }
}
