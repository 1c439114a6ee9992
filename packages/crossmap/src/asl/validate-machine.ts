import type { QueryLanguage } from './definition.ts';
import {
  anything,
  atMostOne,
  checkFields,
  exactlyOne,
  type Fields,
  integer,
  oneOf,
  text,
  wrongType,
} from './field-check.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { Report } from './report.ts';
import { exclusiveFields, queryLanguage, requiredFields, stateFields, WAIT_FIELDS } from './state-fields.ts';
import { choiceRule } from './validate-choice.ts';
import { checkMap, processorField } from './validate-map.ts';
import { checkTask, type WorkflowType } from './validate-task.ts';

/** What the walk through a definition carries along. */
export interface Walk {
  readonly report: Report;
  readonly routed: ReadonlySet<string>;
  /** Of the whole machine: what a state has that names none, at any depth. */
  readonly language: QueryLanguage;
  /** Of the state machine, or of the children of the Distributed Map around. */
  readonly type: WorkflowType;
  readonly labels: Set<string>;
  /** The names of all states so far. */
  readonly names: Set<string>;
  /** Every machine that has been met, the outer before the inner. */
  readonly machines: { readonly machine: JsonObject; readonly at: string }[];
}

const partFields: Fields = { Comment: text, StartAt: text, States: anything };
const machineFields: Fields = {
  ...partFields,
  Version: oneOf('1.0'),
  QueryLanguage: queryLanguage,
  TimeoutSeconds: integer(1, 99_999_999),
};
const processorFields: Fields = { ...partFields, ProcessorConfig: anything };
const childFields: Fields = { ...processorFields, TimeoutSeconds: integer(1, 99_999_999) };

export function checkStateMachine(machine: JsonObject, walk: Walk): void {
  checkMachine(machine, '', machineFields, walk);
}

/** Checks a state machine, a branch or a processor, and its states. */
function checkMachine(machine: JsonObject, at: string, fields: Fields, walk: Walk): void {
  const { report, machines, names } = walk;
  machines.push({ machine, at });
  checkFields(machine, fields, ['StartAt', 'States'], at, report);
  const states = machine.States;
  if (states === undefined) return;
  if (!isJsonObject(states)) return wrongType('Object', `${at}/States`, report);
  if (Object.keys(states).length === 0) report.error(`${at}/States`, 'Value cannot be empty');
  for (const [name, state] of Object.entries(states)) {
    const place = `${at}/States/${name}`;
    if (name.length > 80) {
      report.error(place, `State name cannot be longer than 80 characters: ${name}`, 'INVALID_STATE_NAME');
    }
    if (names.has(name)) report.error(place, `Duplicate State name: ${name}`, 'DUPLICATE_STATE_NAME');
    names.add(name);
    if (isJsonObject(state)) checkState(state, place, walk);
    else wrongType('Object', place, report);
  }
}

function checkState(state: JsonObject, at: string, walk: Walk): void {
  const { report } = walk;
  const type = state.Type;
  if (type === undefined) return report.error(at, 'These fields are required: [Type]');
  const tables = typeof type === 'string' && Object.hasOwn(stateFields, type) ? stateFields[type] : undefined;
  if (typeof type !== 'string' || tables === undefined) {
    return report.error(`${at}/Type`, `Value must be one of: [${Object.keys(stateFields).join(', ')}]`);
  }
  const language = languageOf(state, at, walk);
  const fields = tables[language];
  checkFields(state, fields, requiredFields[type] ?? [], at, report);
  if (fields.Next !== undefined) exactlyOne(['Next', 'End'], state, at, report);
  for (const names of exclusiveFields[type] ?? []) atMostOne(names, state, at, report);
  if (type === 'Wait') exactlyOne(WAIT_FIELDS[language] ?? [], state, at, report);
  if (type === 'Task') checkTask(state, at, report, walk);
  if (type === 'Choice')
    elements(state.Choices, `${at}/Choices`, (rule, place) => choiceRule[language](rule, place, report));
  if (type === 'Parallel')
    elements(state.Branches, `${at}/Branches`, (branch, place) => checkBranch(branch, place, walk));
  if (type === 'Map') checkMapState(state, at, walk);
}

function elements(list: Json | undefined, at: string, check: (element: Json, place: string) => void): void {
  const all: readonly Json[] = Array.isArray(list) ? list : [];
  for (const [i, element] of all.entries()) check(element, `${at}[${i}]`);
}

function checkBranch(branch: Json, at: string, walk: Walk): void {
  if (isJsonObject(branch)) checkMachine(branch, at, partFields, walk);
  else wrongType('Object', at, walk.report);
}

function checkMapState(state: JsonObject, at: string, walk: Walk): void {
  const map = checkMap(state, at, walk);
  const field = processorField(state);
  const processor = state[field];
  if (!isJsonObject(processor)) return;
  const place = `${at}/${field}`;
  if (map.mode === 'INLINE') checkMachine(processor, place, processorFields, walk);
  else checkMachine(processor, place, childFields, { ...walk, type: map.type });
}

/** The state's own language or that of the machine, to which a state of a JSONata machine has no choice. */
function languageOf({ QueryLanguage }: JsonObject, at: string, { language, report }: Walk): QueryLanguage {
  if (language === 'JSONata' && QueryLanguage === 'JSONPath') {
    report.error(at, "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
  }
  if (QueryLanguage === undefined) return language;
  return QueryLanguage === 'JSONPath' ? 'JSONPath' : 'JSONata';
}
