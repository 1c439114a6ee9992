import { operands } from './choice-rule.ts';
import type { QueryLanguage } from './definition.ts';
import {
  byLanguage,
  type Check,
  checkFields,
  type Fields,
  list,
  number,
  object,
  oneOf,
  text,
  timestamp,
  wrongType,
} from './field-check.ts';
import { assign, jsonata, jsonataOr, literalText, path } from './field-values.ts';
import { isJsonObject, type Json } from './json.ts';
import type { Report } from './report.ts';

const operandChecks = {
  string: literalText,
  number: number(Number.NEGATIVE_INFINITY),
  boolean: oneOf(true, false),
  timestamp,
  path,
};

/** A condition of JSONPath: one comparison, or rules under And, Or or Not. */
const conditionFields: Fields = {
  Variable: path,
  Comment: text,
  ...Object.fromEntries([...operands].map(([operator, operand]) => [operator, operandChecks[operand]] as const)),
  And: list(nestedRule, 1),
  Or: list(nestedRule, 1),
  Not: nestedRule,
};
const COMBINATORS = ['And', 'Or', 'Not'];

const ruleFields = byLanguage(
  { Next: text, Comment: text },
  { ...conditionFields, Assign: assign('JSONPath') },
  { Condition: jsonataOr(oneOf(true, false)), Assign: assign('JSONata'), Output: jsonata() },
);

const jsonataRule = object(ruleFields.JSONata, ['Next', 'Condition']);

/** A rule of a Choice state. */
export const choiceRule: Readonly<Record<QueryLanguage, Check>> = {
  JSONPath: (rule, at, report) => checkRule(rule, ruleFields.JSONPath, ['Next'], at, report),
  JSONata: jsonataRule,
};

function nestedRule(rule: Json, at: string, report: Report): void {
  checkRule(rule, conditionFields, [], at, report);
}

function checkRule(rule: Json, fields: Fields, required: readonly string[], at: string, report: Report): void {
  if (!isJsonObject(rule)) return wrongType('Object', at, report);
  const conditions = Object.keys(rule).filter((field) => operands.has(field) || COMBINATORS.includes(field));
  const [condition, ...more] = conditions;
  const compares = condition !== undefined && operands.has(condition);
  checkFields(rule, fields, compares ? ['Variable', ...required] : required, at, report);
  if (condition === undefined && rule.Condition === undefined) {
    report.error(at, 'A choice rule needs a comparison operator or one of the following fields: [And, Or, Not]');
  } else if (more.length > 0) {
    report.error(at, `There should only be one of the following fields: [${conditions.join(', ')}]`);
  } else if (!compares && rule.Variable !== undefined) report.error(at, "Field 'Variable' is not supported");
}
