import { byLanguage, type Check, type Fields, integer, list, number, object, oneOf, text } from './field-check.ts';
import { assign, jsonata, referencePathOrNull } from './field-values.ts';
import { isJsonObject, type Json } from './json.ts';
import type { Report } from './report.ts';

const errorNames = list(text, 1);

const retrier = object(
  {
    ErrorEquals: errorNames,
    IntervalSeconds: integer(1, 99_999_999),
    MaxAttempts: integer(0, 99_999_999),
    BackoffRate: number(1),
    MaxDelaySeconds: integer(1, 31_622_400),
    JitterStrategy: oneOf('FULL', 'NONE'),
    Comment: text,
  },
  ['ErrorEquals'],
);

const catcherFields = byLanguage(
  { ErrorEquals: errorNames, Next: text, Comment: text },
  { ResultPath: referencePathOrNull, Assign: assign('JSONPath') },
  { Output: jsonata('errorOutput'), Assign: assign('JSONata', 'errorOutput') },
);

/** Retry and Catch, of the states that do work. */
export const jsonPathHandlers: Fields = { Retry: handlers(retrier), Catch: catchers(catcherFields.JSONPath) };
export const jsonataHandlers: Fields = { Retry: handlers(retrier), Catch: catchers(catcherFields.JSONata) };

function catchers(fields: Fields): Check {
  return handlers(object(fields, ['ErrorEquals', 'Next']));
}

/** A list of handlers, in which States.ALL stands alone and last. */
function handlers(handler: Check): Check {
  const each = list(handler);
  return (value, at, report) => {
    each(value, at, report);
    if (Array.isArray(value)) checkStatesAll(value, at, report);
  };
}

function checkStatesAll(entries: readonly Json[], at: string, report: Report): void {
  entries.forEach((entry, i) => {
    const names = isJsonObject(entry) && Array.isArray(entry.ErrorEquals) ? (entry.ErrorEquals as readonly Json[]) : [];
    const alone = names.length === 1 && i === entries.length - 1;
    names.forEach((name, j) => {
      if (name !== 'States.ALL' || alone) return;
      report.error(`${at}[${i}]/ErrorEquals[${j}]`, 'States.ALL must appear alone and at end of list');
    });
  });
}
