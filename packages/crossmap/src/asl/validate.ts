import { isTimestamp, ruleProblems } from './choice-rule.ts';
import type { Definition } from './definition.ts';
import type { Diagnostic } from './diagnostics.ts';
import {
  anything,
  type Check,
  checkFields,
  exclusive,
  type Fields,
  integer,
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
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { parseTaskResource } from './task-resource.ts';
import { checkMapState, mapFields } from './validate-map.ts';

export type Validated =
  | { readonly ok: true; readonly definition: Definition }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Reads a definition and gives all its problems at once. What Amazon States Language has and this engine does not yet
 * run is a problem too, named; so a definition that passes runs as written.
 */
export function validateDefinition(definition: string): Validated {
  const report = new Report();
  let parsed: Json;
  try {
    parsed = JSON.parse(definition) as Json;
  } catch (error) {
    report.add('/', `Definition must be valid JSON: ${(error as Error).message}`, 'INVALID_JSON_DESCRIPTION');
    return { ok: false, diagnostics: report.diagnostics };
  }
  if (isJsonObject(parsed)) checkMachine(parsed, '', machineFields, { report, labels: new Set() });
  else report.add('/', 'Definition must be a valid JSON object', 'INVALID_JSON_DESCRIPTION');
  if (report.diagnostics.length > 0) return { ok: false, diagnostics: report.diagnostics };
  return { ok: true, definition: parsed as unknown as Definition };
}

/** Whether the whole machine or state is in the language that is not run here; then nothing else of it is looked at. */
function isJsonata({ QueryLanguage }: JsonObject, at: string, report: Report): boolean {
  if (QueryLanguage !== 'JSONata') return false;
  report.add(`${at}/QueryLanguage`, "'JSONata' is not supported yet: use JSONPath");
  return true;
}

/** What the walk carries along. `labels` is absent inside a Distributed Map, where no other may stand yet. */
interface Walk {
  readonly report: Report;
  readonly labels?: Set<string>;
}

const machineFields: Fields = {
  Comment: text,
  Version: oneOf('1.0'),
  QueryLanguage: oneOf('JSONPath'),
  StartAt: text,
  States: anything,
  TimeoutSeconds: integer(1, 99_999_999),
};

const processorFields: Fields = { ...machineFields, ProcessorConfig: anything };
const { TimeoutSeconds: _ofExecutions, ...branchFields } = machineFields;
const inlineFields: Fields = { ...branchFields, ProcessorConfig: anything };

/** Checks a state machine or an ItemProcessor, its states, and that every transition has a target. */
function checkMachine(machine: JsonObject, at: string, fields: Fields, walk: Walk): void {
  const { report } = walk;
  if (isJsonata(machine, at, report)) return;
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

const common: Fields = {
  Type: anything,
  Comment: text,
  QueryLanguage: oneOf('JSONPath'),
  InputPath: pathOrNull,
  OutputPath: pathOrNull,
  Output: 'JSONata',
  Arguments: 'JSONata',
};
const assign: Fields = { Assign: objectTemplate };
const transition: Fields = { Next: text, End: oneOf(true) };
const result: Fields = { Parameters: template, ResultSelector: objectTemplate, ResultPath: referencePathOrNull };

const errorNames = list(text, 1);
const errors: Fields = {
  Retry: list(
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
  ),
  Catch: list(
    object(
      {
        ErrorEquals: errorNames,
        Next: text,
        ResultPath: referencePathOrNull,
        Comment: text,
        Assign: objectTemplate,
        Output: 'JSONata',
      },
      ['ErrorEquals', 'Next'],
    ),
  ),
};

const stateFields: Readonly<Record<string, Fields>> = {
  Pass: {
    ...common,
    ...transition,
    ...assign,
    Result: anything,
    Parameters: template,
    ResultPath: referencePathOrNull,
  },
  Task: {
    ...common,
    ...transition,
    ...result,
    ...errors,
    ...assign,
    Resource: checkResource,
    TimeoutSeconds: integer(1, 99_999_999),
    TimeoutSecondsPath: path,
    HeartbeatSeconds: 'heartbeats',
    HeartbeatSecondsPath: 'heartbeats',
    Credentials: 'roles of other accounts in a Task',
  },
  Choice: { ...common, ...assign, Choices: list(anything, 1), Default: text },
  Wait: {
    ...common,
    ...transition,
    ...assign,
    Seconds: integer(0, 99_999_999),
    SecondsPath: path,
    Timestamp: timestamp,
    TimestampPath: path,
  },
  Succeed: common,
  Fail: {
    Type: anything,
    Comment: text,
    QueryLanguage: oneOf('JSONPath'),
    Error: text,
    Cause: text,
    ErrorPath: pathOrIntrinsic,
    CausePath: pathOrIntrinsic,
  },
  Parallel: { ...common, ...transition, ...result, ...errors, ...assign, Branches: list(anything, 1) },
  Map: { ...common, ...transition, ...result, ...errors, ...assign, ...mapFields },
};

const requiredFields: Readonly<Record<string, readonly string[]>> = {
  Task: ['Resource'],
  Choice: ['Choices'],
  Parallel: ['Branches'],
};

const WAIT_FIELDS = ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'];

function timestamp(value: Json, at: string, report: Report): void {
  if (!isTimestamp(value)) report.add(at, 'String does not match RFC3339 timestamp');
}

function checkState(state: JsonObject, at: string, walk: Walk, target: Check): void {
  const { report, labels } = walk;
  const type = state.Type;
  if (typeof type !== 'string') return report.add(at, 'These fields are required: [Type]');
  const fields = Object.hasOwn(stateFields, type) ? stateFields[type] : undefined;
  if (fields === undefined) return report.add(`${at}/Type`, `Expected a state type, got ${show(type)}`);
  if (isJsonata(state, at, report)) return;
  checkFields(state, fields, requiredFields[type] ?? [], at, report);
  if (fields.Next !== undefined) checkTransition(state, at, report, target);
  if (type === 'Pass') exclusive(state, 'Result', 'Parameters', at, report);
  if (type === 'Task' && LAMBDA_INVOKE.test(String(state.Resource))) {
    serviceParameters(['FunctionName'], ['Payload', 'InvocationType'])(
      state.Parameters ?? {},
      `${at}/Parameters`,
      report,
    );
  }
  if (type === 'Choice') checkChoice(state, at, report, target);
  if (type === 'Wait' && WAIT_FIELDS.filter((field) => state[field] !== undefined).length !== 1) {
    report.add(at, `Expected exactly one of ${WAIT_FIELDS.map((field) => `'${field}'`).join(', ')}`);
  }
  if (type === 'Fail') for (const field of ['Error', 'Cause']) exclusive(state, field, `${field}Path`, at, report);
  if (type === 'Task') exclusive(state, 'TimeoutSeconds', 'TimeoutSecondsPath', at, report);
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
      const inner = distributed ? { report } : walk;
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

function checkChoice(state: JsonObject, at: string, report: Report, target: Check): void {
  if (Array.isArray(state.Choices)) {
    state.Choices.forEach((rule: Json, i) => {
      const place = `${at}/Choices[${i}]`;
      for (const problem of ruleProblems(rule, place)) report.add(problem.at, problem.reason);
      if (!isJsonObject(rule)) return;
      if (rule.Assign !== undefined) objectTemplate(rule.Assign, `${place}/Assign`, report);
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

const LAMBDA_FUNCTION = /^arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/;
const LAMBDA_INVOKE = /^arn:aws[\w-]*:states:::lambda:invoke$/;

function checkResource(value: Json, at: string, report: Report): void {
  if (typeof value !== 'string') return text(value, at, report);
  if (LAMBDA_FUNCTION.test(value) || parseTaskResource(value)?.kind === 'service') return;
  report.add(
    at,
    `The resource \`${value}\` is not supported yet: use \`arn:aws:states:::lambda:invoke\` or the ARN of a Lambda function`,
  );
}
