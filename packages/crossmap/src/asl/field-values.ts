import type { QueryLanguage } from './definition.ts';
import { type Check, wrongType } from './field-check.ts';
import { isIntrinsic, parseIntrinsic } from './intrinsic.ts';
import { isJsonObject, type Json } from './json.ts';
import { isExpression } from './jsonata/expression.ts';
import { jsonataProblems, type StatesField } from './jsonata/references.ts';
import { parsePath, readingRefusal, writeRefusal } from './path.ts';
import { templateProblems } from './payload-template.ts';
import type { Report } from './report.ts';

/** InputPath and OutputPath: any path, or null. */
export const pathOrNull: Check = (value, at, report) => {
  if (value === null) return;
  const parsed = typeof value === 'string' ? parsePath(value) : undefined;
  if (parsed?.ok) return;
  if (parsed?.unsupported) report.refuse(at, `The path ${parsed.reason}`);
  else report.error(at, 'Value must be a valid JSONPath.');
};

/** A path that reads one place: no filters, wildcards, slices or unions. */
export const path: Check = (value, at, report) => reportPath(value, readingRefusal, at, report);

/** A path that reads one place in the state's input or a variable, as the numbers of a Map state do. */
export const pathOutsideContext: Check = (value, at, report) => {
  path(value, at, report);
  if (typeof value === 'string' && value.startsWith('$$') && readingRefusal(value) === undefined) {
    report.error(at, 'Value is not a Reference Path: the Context Object cannot be read here');
  }
};

/** A path into the state's own data: what ResultPath may name. */
export const referencePathOrNull: Check = (value, at, report) => {
  if (value !== null) reportPath(value, writeRefusal, at, report);
};

/** CausePath and ErrorPath: a path to one place or the call of an intrinsic function. */
export const pathOrIntrinsic: Check = (value, at, report) => {
  const call = typeof value === 'string' && isIntrinsic(value) ? parseIntrinsic(value) : undefined;
  if (call === undefined) path(value, at, report);
  else if (!call.ok && call.unsupported) report.refuse(at, `The call ${call.reason}`);
  else if (!call.ok) report.error(at, 'Value must be a valid JSONPath or a valid intrinsic function call');
};

function reportPath(value: Json, refusal: (text: string) => string | undefined, at: string, report: Report): void {
  if (typeof value !== 'string') return wrongType('String', at, report);
  const reason = refusal(value);
  if (reason !== undefined) report.error(at, `Value is not a Reference Path: ${reason}`);
}

/** A payload template of JSONPath. All its problems are reported at the field that it is the value of, as AWS does. */
export const template: Check = (value, at, report) => {
  for (const { message, unsupported } of templateProblems(value)) {
    if (unsupported) report.refuse(at, message);
    else report.error(at, message);
  }
  warnOfPaths(value, at, report);
};

export const objectTemplate: Check = (value, at, report) => {
  if (isJsonObject(value)) template(value, at, report);
  else wrongType('Object', at, report);
};

/** A template of JSONata. `has`: what `$states` has there beside `input` and `context`. */
export function jsonata(...has: readonly StatesField[]): Check {
  return (value, at, report) => {
    for (const { location, message, code } of jsonataProblems(value, at, has)) report.error(location, message, code);
  };
}

/** A text in `{% %}`, or what `check` takes. */
export function jsonataOr(check: Check): Check {
  return (value, at, report) => {
    if (typeof value === 'string' && isExpression(value)) jsonata()(value, at, report);
    else check(value, at, report);
  };
}

/** An object with templates of JSONata in it. */
export function jsonataObject(...has: readonly StatesField[]): Check {
  return (value, at, report) => {
    if (isJsonObject(value)) jsonata(...has)(value, at, report);
    else wrongType('Object', at, report);
  };
}

/** Unicode identifiers of at most 80 characters: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html */
const VARIABLE = /^[\p{ID_Start}_][\p{ID_Continue}]{0,79}$/u;
/** What JSONata and the context object are called by. */
const RESERVED = ['states'];

/** Assign: an object whose fields name variables, each a template of the language. */
export function assign(language: QueryLanguage, ...has: readonly StatesField[]): Check {
  const values = language === 'JSONata' ? jsonataObject(...has) : objectTemplate;
  return (value, at, report) => {
    for (const field of isJsonObject(value) ? Object.keys(value) : []) {
      const name = language === 'JSONPath' ? field.replace(/\.\$$/, '') : field;
      if (RESERVED.includes(name)) report.error(at, `The variable name '${name}' is reserved`);
      else if (!VARIABLE.test(name)) report.error(at, `The variable name '${name}' is not valid`);
    }
    values(value, at, report);
  };
}

/** Whether a literal text looks like something to evaluate. */
export function looksLikePath(value: Json): boolean {
  return typeof value === 'string' && (/^\$(\$?[.[]|[\p{ID_Start}_])/u.test(value) || /^States\.\w+\(/.test(value));
}

/** A text that is taken as it is. */
export const literalText: Check = (value, at, report) => {
  if (typeof value !== 'string') return wrongType('String', at, report);
  if (looksLikePath(value)) {
    report.warn(at, "The value looks like a path but the field does not end with 'Path'", 'NO_PATH');
  }
};

function warnOfPaths(value: Json, at: string, report: Report): void {
  if (Array.isArray(value)) for (const each of value as readonly Json[]) warnOfPaths(each, at, report);
  if (!isJsonObject(value)) return;
  for (const [field, member] of Object.entries(value)) {
    if (field.endsWith('.$')) continue;
    if (looksLikePath(member)) report.warn(at, `The field '${field}' looks like a path but has no '.$'`, 'NO_DOLLAR');
    warnOfPaths(member, at, report);
  }
}
