import type { QueryLanguage } from './definition.ts';
import { type Diagnostic, type DiagnosticCode, onlyFor } from './diagnostics.ts';
import { isIntrinsic, parseIntrinsic } from './intrinsic.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { isExpression } from './jsonata/expression.ts';
import { jsonataProblems, type StatesField } from './jsonata/references.ts';
import { parsePath, readingRefusal, writeRefusal } from './path.ts';
import { templateProblems } from './payload-template.ts';

/** Collects diagnostics while a definition is walked. */
export class Report {
  readonly diagnostics: Diagnostic[] = [];
  add(location: string, message: string, code: DiagnosticCode = 'SCHEMA_VALIDATION_FAILED'): void {
    this.diagnostics.push({ severity: 'ERROR', code, message, location: location === '' ? '/' : location });
  }
}

/** Looks at one field's value and reports what is wrong with it. `at` is the place of the value. */
export type Check = (value: Json, at: string, report: Report) => void;

/** A field that another query language than the state's has. */
export interface OtherLanguage {
  readonly only: QueryLanguage;
}

/** The fields an object may have. A string says why a field that AWS knows is refused here. */
export type Fields = Readonly<Record<string, Check | string | OtherLanguage>>;

export function checkFields(
  object: JsonObject,
  fields: Fields,
  required: readonly string[],
  at: string,
  report: Report,
): void {
  const missing = required.filter((field) => object[field] === undefined);
  if (missing.length > 0) report.add(at, `These fields are required: [${missing.join(', ')}]`);
  for (const [field, value] of Object.entries(object)) {
    const check = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (check === undefined) report.add(`${at}/${field}`, `Field '${field}' is not known`);
    else if (typeof check === 'string') report.add(`${at}/${field}`, `'${field}' is not supported yet: ${check}`);
    else if (typeof check === 'object') report.add(at, onlyFor(check.only, field));
    else check(value, `${at}/${field}`, report);
  }
}

/** Names fields that only the other query language has. */
export function fieldsOf(only: QueryLanguage, ...names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, { only }]));
}

/** A template of JSONata. `has`: what `$states` has there beside `input` and `context`. */
export function jsonata(...has: readonly StatesField[]): Check {
  return (value, at, report) => {
    for (const { location, message, code } of jsonataProblems(value, at, has)) report.add(location, message, code);
  };
}

/** A text in `{% %}`, or what `check` takes. */
export function jsonataOr(check: Check): Check {
  return (value, at, report) => {
    if (typeof value === 'string' && isExpression(value)) jsonata()(value, at, report);
    else check(value, at, report);
  };
}

/** An object of JSONata. */
export function jsonataObject(...has: readonly StatesField[]): Check {
  return (value, at, report) => {
    if (isJsonObject(value)) jsonata(...has)(value, at, report);
    else report.add(at, `Expected an object, got ${show(value)}`);
  };
}

export const anything: Check = () => {};

export const text: Check = (value, at, report) => {
  if (typeof value !== 'string') report.add(at, `Expected a string, got ${show(value)}`);
};

/** InputPath and OutputPath: any path, or null. */
export const pathOrNull: Check = (value, at, report) => {
  if (value === null) return;
  const parsed = typeof value === 'string' ? parsePath(value) : undefined;
  if (!parsed?.ok) report.add(at, `Value is not a valid JSONPath: ${parsed?.reason ?? show(value)}`);
};

/** A path that reads one place: no filters, wildcards, slices or unions. */
export const path: Check = (value, at, report) => {
  const reason = typeof value === 'string' ? readingRefusal(value) : `expected a path, got ${show(value)}`;
  if (reason !== undefined) report.add(at, `Value is not a Reference Path: ${reason}`);
};

/** A path into the state's own data: what ResultPath may name. */
export const referencePathOrNull: Check = (value, at, report) => {
  if (value === null) return;
  const reason = typeof value === 'string' ? writeRefusal(value) : `expected a path, got ${show(value)}`;
  if (reason !== undefined) report.add(at, `Value is not a Reference Path: ${reason}`);
};

/** CausePath and ErrorPath: a path to one place or the call of an intrinsic function. */
export const pathOrIntrinsic: Check = (value, at, report) => {
  const call = typeof value === 'string' && isIntrinsic(value) ? parseIntrinsic(value) : undefined;
  if (call === undefined) path(value, at, report);
  else if (!call.ok) report.add(at, `Value is not a valid intrinsic function call: ${call.reason}`);
};

export const template: Check = (value, at, report) => {
  for (const problem of templateProblems(value)) report.add(at, problem);
};

export const objectTemplate: Check = (value, at, report) => {
  if (isJsonObject(value)) template(value, at, report);
  else report.add(at, `Expected an object, got ${show(value)}`);
};

export function oneOf(...allowed: readonly Json[]): Check {
  return (value, at, report) => {
    if (!allowed.includes(value)) report.add(at, `Expected ${allowed.map(show).join(' or ')}, got ${show(value)}`);
  };
}

export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): Check {
  return (value, at, report) => {
    const fits = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
    const range = most === Number.MAX_SAFE_INTEGER ? `≥ ${least}` : `from ${least} to ${most}`;
    if (!fits) report.add(at, `Expected an integer ${range}, got ${show(value)}`);
  };
}

export function number(least: number): Check {
  return (value, at, report) => {
    if (typeof value !== 'number' || value < least) report.add(at, `Expected a number ≥ ${least}, got ${show(value)}`);
  };
}

export function list(check: Check, least = 0): Check {
  return (value, at, report) => {
    if (!Array.isArray(value)) return report.add(at, `Expected a list, got ${show(value)}`);
    if (value.length < least) report.add(at, 'Value cannot be empty');
    value.forEach((element: Json, i) => {
      check(element, `${at}[${i}]`, report);
    });
  };
}

export function object(fields: Fields, required: readonly string[] = []): Check {
  return (value, at, report) => {
    if (isJsonObject(value)) checkFields(value, fields, required, at, report);
    else report.add(at, `Expected an object, got ${show(value)}`);
  };
}

export function both(...checks: readonly Check[]): Check {
  return (value, at, report) => {
    for (const check of checks) check(value, at, report);
  };
}

/** Parameters of a service integration: each name as it is or with `.$`. */
export function serviceParameters(required: readonly string[], optional: readonly string[]): Check {
  return (value, at, report) => {
    if (!isJsonObject(value)) return report.add(at, `Expected an object, got ${show(value)}`);
    const given = Object.keys(value).map((name) => name.replace(/\.\$$/, ''));
    const missing = required.filter((name) => !given.includes(name));
    if (missing.length > 0) report.add(at, `These fields are required: [${missing.join(', ')}]`);
    for (const name of given.filter((each) => !required.includes(each) && !optional.includes(each))) {
      report.add(`${at}/${name}`, `'${name}' is not supported yet: expected ${[...required, ...optional].join(', ')}`);
    }
  };
}

/** Reports two fields of which only one may be given. */
export function exclusive(object: JsonObject, a: string, b: string, at: string, report: Report): void {
  if (object[a] !== undefined && object[b] !== undefined) report.add(at, `Only one of '${a}' and '${b}' may be given`);
}

export function show(value: Json): string {
  const shown = JSON.stringify(value);
  return shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
}
