import { isTimestamp, ruleProblems } from './choice-rule.ts';
import type { Definition, QueryLanguage } from './definition.ts';
import type { Diagnostic } from './diagnostics.ts';
import {
  anything,
  both,
  type Check,
  checkFields,
  exclusive,
  type Fields,
  fieldsOf,
  integer,
  jsonata,
  jsonataObject,
  jsonataOr,
  list,
  number,
  object,
  objectTemplate,
  oneOf,
  path,
  pathOrIntrinsic,
  pathOrNull,
  Report,
  referencePathOrNull,
  serviceParameters,
  show,
  template,
  text,
} from './field-check.ts';
import { integrationRefusal } from './integrations.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { isExpression } from './jsonata/expression.ts';
import { checkMapState, mapFields } from './validate-map.ts';

export type Validated =
  | { readonly ok: true; readonly definition: Definition }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export interface ValidationOptions {
  /** Services, as Resources name them (`sqs`, `aws-sdk:dynamodb`), whose tasks go to configured endpoints. */
  readonly routed?: ReadonlySet<string>;
}

/**
 * Reads a definition and gives all its problems at once. What Amazon States Language has and this engine does not yet
 * run is a problem too, named; so a definition that passes runs as written.
 */
export function validateDefinition(definition: string, { routed = new Set() }: ValidationOptions = {}): Validated {
  const report = new Report();
  let parsed: Json;
  try {
    parsed = JSON.parse(definition) as Json;
  } catch (error) {
    report.add('/', `Definition must be valid JSON: ${(error as Error).message}`, 'INVALID_JSON_DESCRIPTION');
    return { ok: false, diagnostics: report.diagnostics };
  }
  if (isJsonObject(parsed)) {
    const language = parsed.QueryLanguage === 'JSONata' ? 'JSONata' : 'JSONPath';
    checkMachine(parsed, '', machineFields, { report, routed, language, labels: new Set() });
  } else report.add('/', 'Definition must be a valid JSON object', 'INVALID_JSON_DESCRIPTION');
  if (report.diagnostics.length > 0) return { ok: false, diagnostics: report.diagnostics };
  return { ok: true, definition: parsed as unknown as Definition };
}

/** What the walk carries along. `labels` is absent inside a Distributed Map, where no other may stand yet. */
interface Walk {
  readonly report: Report;
  readonly routed: ReadonlySet<string>;
  /** Of the whole machine. */
  readonly language: QueryLanguage;
  readonly labels: Set<string> | undefined;
}

const queryLanguage = oneOf('JSONPath', 'JSONata');

const machineFields: Fields = {
  Comment: text,
  Version: oneOf('1.0'),
  QueryLanguage: queryLanguage,
  StartAt: text,
  States: anything,
  TimeoutSeconds: integer(1, 99_999_999),
};

const { QueryLanguage: _ofTheMachine, ...processedFields } = machineFields;
const processorFields: Fields = { ...processedFields, ProcessorConfig: anything };
const { TimeoutSeconds: _ofExecutions, ...branchFields } = processedFields;
const inlineFields: Fields = { ...branchFields, ProcessorConfig: anything };

/** Checks a state machine or an ItemProcessor, its states, and that every transition has a target. */
function checkMachine(machine: JsonObject, at: string, fields: Fields, walk: Walk): void {
  const { report } = walk;
  checkFields(machine, fields, ['StartAt', 'States'], at, report);
  const states = machine.States;
  if (states === undefined) return;
  if (!isJsonObject(states)) return report.add(`${at}/States`, `Expected an object, got ${show(states)}`);
  if (Object.keys(states).length === 0) report.add(`${at}/States`, 'Value cannot be empty');
  const target: Check = (value, place) => {
    if (typeof value === 'string' && !Object.hasOwn(states, value)) {
      report.add(place, `Missing 'Next' target: ${value}`, 'MISSING_TRANSITION_TARGET');
    }
  };
  if (typeof machine.StartAt === 'string' && !Object.hasOwn(states, machine.StartAt)) {
    report.add(`${at}/StartAt`, `Missing 'StartAt' target: ${machine.StartAt}`, 'MISSING_TRANSITION_TARGET');
  }
  for (const [name, state] of Object.entries(states)) {
    const place = `${at}/States/${name}`;
    if (name.length > 80) report.add(place, 'State names have at most 80 characters', 'INVALID_STATE_NAME');
    if (isJsonObject(state)) checkState(state, place, walk, target);
    else report.add(place, `Expected an object, got ${show(state)}`);
  }
}

const common: Fields = { Type: anything, Comment: text, QueryLanguage: queryLanguage };
const transition: Fields = { Next: text, End: oneOf(true) };
const errorNames = list(text, 1);
const retry: Check = list(
  object(
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
  ),
);
const catcherFields: Fields = { ErrorEquals: errorNames, Next: text, Comment: text };
const taskSeconds = integer(1, 99_999_999);
const waitSeconds = integer(0, 99_999_999);
const branches = list(anything, 1);
const choices: Fields = { Choices: list(anything, 1), Default: text };

const jsonPathStates = (() => {
  const language = fieldsOf('JSONata', 'Arguments', 'Output');
  const fields: Fields = { ...language, ...common, InputPath: pathOrNull, OutputPath: pathOrNull };
  const assigning: Fields = { ...fields, Assign: objectTemplate };
  const work: Fields = {
    ...assigning,
    ...transition,
    Parameters: template,
    ResultSelector: objectTemplate,
    ResultPath: referencePathOrNull,
    Retry: retry,
    Catch: list(
      object({ ...language, ...catcherFields, ResultPath: referencePathOrNull, Assign: objectTemplate }, [
        'ErrorEquals',
        'Next',
      ]),
    ),
  };
  return {
    Pass: { ...assigning, ...transition, Result: anything, Parameters: template, ResultPath: referencePathOrNull },
    Task: {
      ...work,
      Resource: text,
      TimeoutSeconds: taskSeconds,
      TimeoutSecondsPath: path,
      HeartbeatSeconds: taskSeconds,
      HeartbeatSecondsPath: path,
      Credentials: credentials('RoleArn', 'RoleArn.$'),
    },
    Choice: { ...assigning, ...choices },
    Wait: {
      ...assigning,
      ...transition,
      Seconds: waitSeconds,
      SecondsPath: path,
      Timestamp: timestamp,
      TimestampPath: path,
    },
    Succeed: fields,
    Fail: { ...common, Error: text, Cause: text, ErrorPath: pathOrIntrinsic, CausePath: pathOrIntrinsic },
    Parallel: { ...work, Branches: branches },
    Map: { ...work, ...mapFields.JSONPath },
  } satisfies Record<string, Fields>;
})();

const jsonataStates = (() => {
  const language = fieldsOf('JSONPath', 'InputPath', 'OutputPath', 'Parameters', 'ResultSelector', 'ResultPath');
  const fields: Fields = { ...language, ...common, Output: jsonata() };
  const assigning: Fields = { ...fields, Assign: jsonataObject() };
  const work: Fields = {
    ...assigning,
    ...transition,
    Arguments: jsonataOr(jsonataObject()),
    Output: jsonata('result'),
    Assign: jsonataObject('result'),
    Retry: retry,
    Catch: list(
      object({ ...language, ...catcherFields, Output: jsonata('errorOutput'), Assign: jsonataObject('errorOutput') }, [
        'ErrorEquals',
        'Next',
      ]),
    ),
  };
  return {
    Pass: { ...assigning, ...transition },
    Task: {
      ...work,
      ...fieldsOf('JSONPath', 'TimeoutSecondsPath', 'HeartbeatSecondsPath'),
      Resource: text,
      TimeoutSeconds: jsonataOr(taskSeconds),
      HeartbeatSeconds: jsonataOr(taskSeconds),
      Credentials: both(credentials('RoleArn'), jsonata()),
    },
    Choice: { ...assigning, ...choices },
    Wait: {
      ...assigning,
      ...transition,
      ...fieldsOf('JSONPath', 'SecondsPath', 'TimestampPath'),
      Seconds: jsonataOr(waitSeconds),
      Timestamp: jsonataOr(timestamp),
    },
    Succeed: fields,
    Fail: {
      ...common,
      ...fieldsOf('JSONPath', 'ErrorPath', 'CausePath'),
      Error: both(text, jsonata()),
      Cause: both(text, jsonata()),
    },
    Parallel: { ...work, Branches: branches },
    Map: { ...work, ...mapFields.JSONata },
  } satisfies Record<string, Fields>;
})();

const stateFields: Readonly<Record<QueryLanguage, Readonly<Record<string, Fields>>>> = {
  JSONPath: jsonPathStates,
  JSONata: jsonataStates,
};

/** The state's own language or that of the machine, to which a state of a JSONata machine has no choice. */
function languageOf({ QueryLanguage }: JsonObject, at: string, { language, report }: Walk): QueryLanguage {
  if (language === 'JSONata' && QueryLanguage === 'JSONPath') {
    report.add(at, "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
  }
  return QueryLanguage === 'JSONata' || QueryLanguage === 'JSONPath' ? QueryLanguage : language;
}

const requiredFields: Readonly<Record<string, readonly string[]>> = {
  Task: ['Resource'],
  Choice: ['Choices'],
  Parallel: ['Branches'],
};

const WAIT_FIELDS = ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'];

/** Credentials: the role under exactly one of the names. */
function credentials(...names: readonly string[]): Check {
  return (value, at, report) => {
    if (!isJsonObject(value)) return report.add(at, `Expected an object, got ${show(value)}`);
    if (names.filter((name) => value[name] !== undefined).length !== 1) {
      report.add(at, "The field 'RoleArn' is required but was missing");
    }
    const fields = Object.fromEntries(names.map((name) => [name, text] as const));
    both(object(fields), template)(value, at, report);
  };
}

function timestamp(value: Json, at: string, report: Report): void {
  if (!isTimestamp(value)) report.add(at, 'String does not match RFC3339 timestamp');
}

function checkState(state: JsonObject, at: string, walk: Walk, target: Check): void {
  const { report, routed, labels } = walk;
  const type = state.Type;
  if (typeof type !== 'string') return report.add(at, 'These fields are required: [Type]');
  const language = languageOf(state, at, walk);
  const types = stateFields[language];
  const fields = Object.hasOwn(types, type) ? types[type] : undefined;
  if (fields === undefined) return report.add(`${at}/Type`, `Expected a state type, got ${show(type)}`);
  checkFields(state, fields, requiredFields[type] ?? [], at, report);
  if (fields.Next !== undefined) checkTransition(state, at, report, target);
  if (type === 'Pass') exclusive(state, 'Result', 'Parameters', at, report);
  if (type === 'Choice') checkChoice(state, at, report, target, language);
  if (type === 'Wait' && WAIT_FIELDS.filter((field) => state[field] !== undefined).length !== 1) {
    report.add(at, `Expected exactly one of ${WAIT_FIELDS.map((field) => `'${field}'`).join(', ')}`);
  }
  if (type === 'Fail') for (const field of ['Error', 'Cause']) exclusive(state, field, `${field}Path`, at, report);
  if (type === 'Task') {
    exclusive(state, 'TimeoutSeconds', 'TimeoutSecondsPath', at, report);
    exclusive(state, 'HeartbeatSeconds', 'HeartbeatSecondsPath', at, report);
    checkResource(state, at, report, routed);
  }
  if (type === 'Parallel' && Array.isArray(state.Branches)) {
    state.Branches.forEach((branch: Json, i) => {
      const place = `${at}/Branches[${i}]`;
      if (isJsonObject(branch)) checkMachine(branch, place, branchFields, walk);
      else report.add(place, `Expected an object, got ${show(branch)}`);
    });
  }
  if (type === 'Map') {
    const distributed = checkMapState(state, at, report, labels);
    const field = state.ItemProcessor === undefined ? 'Iterator' : 'ItemProcessor';
    const processor = state[field];
    if (isJsonObject(processor)) {
      const inner = distributed ? { ...walk, labels: undefined } : walk;
      checkMachine(processor, `${at}/${field}`, distributed ? processorFields : inlineFields, inner);
    }
  }
  checkErrorHandlers(state, at, report, target);
}

function checkTransition(state: JsonObject, at: string, report: Report, target: Check): void {
  if ((state.Next === undefined) === (state.End === undefined)) {
    return report.add(at, "Expected exactly one of 'Next' and 'End'", 'MISSING_END_STATE');
  }
  if (state.Next !== undefined) target(state.Next, `${at}/Next`, report);
}

const jsonataRule = object(
  {
    ...fieldsOf('JSONPath', 'Variable', 'And', 'Or', 'Not'),
    Condition: jsonataOr(oneOf(true, false)),
    Next: text,
    Comment: text,
    Assign: jsonataObject(),
    Output: jsonata(),
  },
  ['Condition'],
);

function checkChoice(state: JsonObject, at: string, report: Report, target: Check, language: QueryLanguage): void {
  if (Array.isArray(state.Choices)) {
    state.Choices.forEach((rule: Json, i) => {
      const place = `${at}/Choices[${i}]`;
      if (language === 'JSONata') jsonataRule(rule, place, report);
      else for (const problem of ruleProblems(rule, place)) report.add(problem.at, problem.reason);
      if (!isJsonObject(rule)) return;
      if (language === 'JSONPath' && rule.Assign !== undefined) objectTemplate(rule.Assign, `${place}/Assign`, report);
      if (typeof rule.Next !== 'string') report.add(place, 'These fields are required: [Next]');
      else target(rule.Next, `${place}/Next`, report);
    });
  }
  if (state.Default !== undefined) target(state.Default, `${at}/Default`, report);
}

/** States.ALL must be alone in its list and its entry the last. */
function checkErrorHandlers(state: JsonObject, at: string, report: Report, target: Check): void {
  for (const field of ['Retry', 'Catch'] as const) {
    const entries = state[field];
    if (!Array.isArray(entries)) continue;
    entries.forEach((entry: Json, i) => {
      if (!isJsonObject(entry) || !Array.isArray(entry.ErrorEquals)) return;
      const place = `${at}/${field}[${i}]`;
      const all = entry.ErrorEquals.includes('States.ALL');
      if (all && (entry.ErrorEquals.length > 1 || i < entries.length - 1)) {
        report.add(`${place}/ErrorEquals`, "'States.ALL' must be alone, in the last entry");
      }
      if (field === 'Catch' && entry.Next !== undefined) target(entry.Next, `${place}/Next`, report);
    });
  }
}

const LAMBDA_INVOKE = /^arn:aws[\w-]*:states:::lambda:invoke(\.waitForTaskToken)?$/;
const lambdaParameters = serviceParameters(
  ['FunctionName'],
  ['Payload', 'InvocationType', 'ClientContext', 'LogType', 'Qualifier'],
);

/** What a task runs, and of the one integration whose parameters are known here its parameters. */
function checkResource(state: JsonObject, at: string, report: Report, routed: ReadonlySet<string>): void {
  const { Resource, Parameters, Arguments } = state;
  if (typeof Resource !== 'string') return;
  const refusal = integrationRefusal(Resource, routed);
  if (refusal !== undefined) report.add(`${at}/Resource`, refusal);
  if (!LAMBDA_INVOKE.test(Resource) || (typeof Arguments === 'string' && isExpression(Arguments))) return;
  lambdaParameters(
    Parameters ?? Arguments ?? {},
    `${at}/${Arguments === undefined ? 'Parameters' : 'Arguments'}`,
    report,
  );
}
