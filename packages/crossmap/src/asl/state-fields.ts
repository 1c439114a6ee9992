import { anything, byLanguage, type FieldsByLanguage, integer, list, oneOf, text, timestamp } from './field-check.ts';
import {
  assign,
  jsonata,
  jsonataObject,
  jsonataOr,
  literalText,
  looksLikePath,
  objectTemplate,
  path,
  pathOrIntrinsic,
  pathOrNull,
  referencePathOrNull,
  template,
} from './field-values.ts';
import { isJsonObject, type Json } from './json.ts';
import type { Report } from './report.ts';
import { jsonataHandlers, jsonPathHandlers } from './validate-handlers.ts';
import { mapFields } from './validate-map.ts';
import { credentials, jsonataCredentials, taskSeconds } from './validate-task.ts';

export const queryLanguage = oneOf('JSONPath', 'JSONata');

const common = { Type: anything, Comment: text, QueryLanguage: queryLanguage };
const moving = { ...common, Next: text, End: oneOf(true) };

const jsonPath = { InputPath: pathOrNull, OutputPath: pathOrNull };
const jsonPathAssigning = { ...jsonPath, Assign: assign('JSONPath') };
const jsonPathWork = {
  ...jsonPathAssigning,
  ...jsonPathHandlers,
  Parameters: template,
  ResultSelector: objectTemplate,
  ResultPath: referencePathOrNull,
};

const jsonataAssigning = { Output: jsonata(), Assign: assign('JSONata') };
const jsonataResult = { ...jsonataHandlers, Output: jsonata('result'), Assign: assign('JSONata', 'result') };
const jsonataWork = { ...jsonataResult, Arguments: jsonataOr(jsonataObject()) };

const waitSeconds = integer(0, 99_999_999);
const choices = { Choices: list(anything, 1), Default: text };
const branches = { Branches: list(anything, 1) };

/** The fields of each type of state, in each language. */
export const stateFields: Readonly<Record<string, FieldsByLanguage>> = {
  Pass: byLanguage(
    moving,
    { ...jsonPathAssigning, Result: staticResult, Parameters: template, ResultPath: referencePathOrNull },
    jsonataAssigning,
  ),
  Task: byLanguage(
    { ...moving, Resource: text },
    {
      ...jsonPathWork,
      TimeoutSeconds: taskSeconds,
      TimeoutSecondsPath: path,
      HeartbeatSeconds: taskSeconds,
      HeartbeatSecondsPath: path,
      Credentials: credentials,
    },
    {
      ...jsonataWork,
      TimeoutSeconds: jsonataOr(taskSeconds),
      HeartbeatSeconds: jsonataOr(taskSeconds),
      Credentials: jsonataCredentials,
    },
  ),
  Choice: byLanguage({ ...common, ...choices }, jsonPathAssigning, jsonataAssigning),
  Wait: byLanguage(
    moving,
    {
      ...jsonPathAssigning,
      Seconds: waitSeconds,
      SecondsPath: path,
      Timestamp: timestamp,
      TimestampPath: path,
    },
    { ...jsonataAssigning, Seconds: jsonataOr(waitSeconds), Timestamp: jsonataOr(timestamp) },
  ),
  Succeed: byLanguage(common, jsonPath, { Output: jsonata() }),
  Fail: byLanguage(
    common,
    { Error: literalText, Cause: literalText, ErrorPath: pathOrIntrinsic, CausePath: pathOrIntrinsic },
    { Error: jsonataText, Cause: jsonataText },
  ),
  Parallel: byLanguage({ ...moving, ...branches }, jsonPathWork, jsonataWork),
  Map: byLanguage(moving, { ...jsonPathWork, ...mapFields.JSONPath }, { ...jsonataResult, ...mapFields.JSONata }),
};

export const requiredFields: Readonly<Record<string, readonly string[]>> = {
  Task: ['Resource'],
  Choice: ['Choices'],
  Parallel: ['Branches'],
};

/** Fields of which at most one may be given; of those of Wait one must. */
export const exclusiveFields: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Task: [
    ['TimeoutSeconds', 'TimeoutSecondsPath'],
    ['HeartbeatSeconds', 'HeartbeatSecondsPath'],
  ],
  Fail: [
    ['Error', 'ErrorPath'],
    ['Cause', 'CausePath'],
  ],
};
export const WAIT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  JSONPath: ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  JSONata: ['Seconds', 'Timestamp'],
};

function jsonataText(value: Json, at: string, report: Report): void {
  text(value, at, report);
  jsonata()(value, at, report);
}

/** Result is given as it is, though it may look as if it were evaluated. */
function staticResult(value: Json, at: string, report: Report): void {
  if (readsPaths(value))
    report.warn(at, 'The Result of a Pass state is static: its paths are not read', 'PASS_RESULT_IS_STATIC');
}

function readsPaths(value: Json): boolean {
  if (Array.isArray(value)) return (value as readonly Json[]).some(readsPaths);
  if (!isJsonObject(value)) return looksLikePath(value);
  return Object.entries(value).some(([field, member]) => field.endsWith('.$') || readsPaths(member));
}
