import type { ChoiceRule } from './definition.ts';
import { onlyFor } from './diagnostics.ts';
import { isJsonObject, type Json } from './json.ts';
import { type Path, parsePath, readingRefusal, readPath } from './path.ts';
import type { Scope } from './scope.ts';

export type Condition = (input: Json, scope: Scope) => boolean;

/** Thrown when a rule compares a place that is not there; the execution fails with States.Runtime. */
export class ConditionPathNotFound extends Error {
  constructor(path: string) {
    super(`Invalid path '${path}': The choice state's condition path references an invalid value.`);
  }
}

type Compare = (value: Json, operand: Json) => boolean;
type OperandType = 'string' | 'number' | 'boolean' | 'timestamp';

const order: Record<string, (a: number | string, b: number | string) => boolean> = {
  Equals: (a, b) => a === b,
  LessThan: (a, b) => a < b,
  GreaterThan: (a, b) => a > b,
  LessThanEquals: (a, b) => a <= b,
  GreaterThanEquals: (a, b) => a >= b,
};

/** RFC 3339 with an upper-case `T` and a zone, as the language demands. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

export function isTimestamp(value: Json): value is string {
  return typeof value === 'string' && TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value));
}

const comparisons = new Map<string, { readonly operand: OperandType; readonly compare: Compare }>();
for (const [suffix, compare] of Object.entries(order)) {
  comparisons.set(`String${suffix}`, {
    operand: 'string',
    compare: (value, operand) => typeof value === 'string' && typeof operand === 'string' && compare(value, operand),
  });
  comparisons.set(`Numeric${suffix}`, {
    operand: 'number',
    compare: (value, operand) => typeof value === 'number' && typeof operand === 'number' && compare(value, operand),
  });
  comparisons.set(`Timestamp${suffix}`, {
    operand: 'timestamp',
    compare: (value, operand) =>
      isTimestamp(value) && isTimestamp(operand) && compare(Date.parse(value), Date.parse(operand)),
  });
}
comparisons.set('BooleanEquals', {
  operand: 'boolean',
  compare: (value, operand) => typeof value === 'boolean' && value === operand,
});

const typeTests: Record<string, (value: Json) => boolean> = {
  IsNull: (value) => value === null,
  IsString: (value) => typeof value === 'string',
  IsNumeric: (value) => typeof value === 'number',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: isTimestamp,
};

const operators = [
  ...[...comparisons.keys()].flatMap((name) => [name, `${name}Path`]),
  ...Object.keys(typeTests),
  'StringMatches',
  'IsPresent',
];

type Problem = { readonly at: string; readonly reason: string };

/** What a rule of a Choice state has beside its condition. */
const RULE_FIELDS = ['Next', 'Assign'];
const JSONATA_FIELDS = ['Condition', 'Output'];

/**
 * Every problem of a rule; `at` is where the rule stands in the definition. A rule without problems compiles.
 * Only the rule of a Choice state itself has `Next` and `Assign`, which are not looked at here.
 */
export function ruleProblems(rule: Json | undefined, at: string, nested = false): readonly Problem[] {
  if (!isJsonObject(rule)) return [{ at, reason: 'a choice rule must be an object' }];
  const foreign = Object.keys(rule).filter((field) => JSONATA_FIELDS.includes(field));
  if (foreign.length > 0) return foreign.map((field) => ({ at, reason: onlyFor('JSONata', field) }));
  const misplaced = RULE_FIELDS.filter((field) => nested && rule[field] !== undefined).map((field) => ({
    at: `${at}/${field}`,
    reason: `a nested rule has no ${field}`,
  }));
  const fields = Object.keys(rule).filter((field) => field !== 'Comment' && !RULE_FIELDS.includes(field));
  const combinator = fields.find((field) => field === 'And' || field === 'Or' || field === 'Not');
  if (combinator === undefined) return [...misplaced, ...comparisonProblems(rule, fields, at)];
  if (fields.length > 1) {
    return [...misplaced, { at, reason: `expected ${combinator} alone, got [${fields.join(', ')}]` }];
  }
  return [...misplaced, ...combinedProblems(rule[combinator], combinator, `${at}/${combinator}`)];
}

function combinedProblems(inner: Json | undefined, combinator: string, at: string): readonly Problem[] {
  if (combinator === 'Not') return ruleProblems(inner, at, true);
  if (!Array.isArray(inner) || inner.length === 0) return [{ at, reason: 'expected a list of rules' }];
  return inner.flatMap((each: Json, i) => ruleProblems(each, `${at}[${i}]`, true));
}

function comparisonProblems(rule: ChoiceRule, fields: readonly string[], at: string): readonly Problem[] {
  const problems: Problem[] = [];
  const variable = pathReason(rule.Variable);
  if (variable !== undefined) problems.push({ at: `${at}/Variable`, reason: variable });
  const [operator, ...more] = fields.filter((field) => field !== 'Variable');
  if (operator === undefined || more.length > 0 || !operators.includes(operator)) {
    return [...problems, { at, reason: `expected exactly one comparison operator, got [${fields.join(', ')}]` }];
  }
  const operand = rule[operator];
  const reason = operator.endsWith('Path') ? pathReason(operand) : operandReason(operator, operand);
  return reason === undefined ? problems : [...problems, { at: `${at}/${operator}`, reason }];
}

function pathReason(path: Json | undefined): string | undefined {
  if (typeof path !== 'string') return `expected a path, got ${JSON.stringify(path)}`;
  const reason = readingRefusal(path);
  return reason === undefined ? undefined : `Value is not a Reference Path: ${reason}`;
}

function operandReason(operator: string, operand: Json | undefined): string | undefined {
  const expected = operator.startsWith('Is')
    ? 'boolean'
    : operator === 'StringMatches'
      ? 'string'
      : (comparisons.get(operator)?.operand ?? 'string');
  const fits = expected === 'timestamp' ? operand !== undefined && isTimestamp(operand) : typeof operand === expected;
  return fits ? undefined : `expected a ${expected}, got ${JSON.stringify(operand)}`;
}

/** Compiles a rule that `ruleProblems` accepts. */
export function compileRule(rule: ChoiceRule): Condition {
  if (Array.isArray(rule.And)) {
    const all = (rule.And as ChoiceRule[]).map(compileRule);
    return (input, scope) => all.every((condition) => condition(input, scope));
  }
  if (Array.isArray(rule.Or)) {
    const any = (rule.Or as ChoiceRule[]).map(compileRule);
    return (input, scope) => any.some((condition) => condition(input, scope));
  }
  if (rule.Not !== undefined) {
    const negated = compileRule(rule.Not as ChoiceRule);
    return (input, scope) => !negated(input, scope);
  }
  return compileComparison(rule);
}

function compileComparison(rule: ChoiceRule): Condition {
  const variable = pathOf(rule.Variable);
  const operator = Object.keys(rule).find((field) => operators.includes(field)) ?? '';
  const operand = rule[operator] ?? null;
  if (operator === 'IsPresent') {
    return (input, scope) => (readPath(variable, input, scope) !== undefined) === operand;
  }
  const test = typeTests[operator];
  if (test !== undefined) return (input, scope) => test(required(variable, input, scope)) === operand;
  if (operator === 'StringMatches') {
    const pattern = wildcard(String(operand));
    return (input, scope) => {
      const value = required(variable, input, scope);
      return typeof value === 'string' && pattern.test(value);
    };
  }
  const compare = comparisons.get(operator.replace(/Path$/, ''))?.compare ?? (() => false);
  if (!operator.endsWith('Path')) return (input, scope) => compare(required(variable, input, scope), operand);
  const other = pathOf(operand);
  return (input, scope) => compare(required(variable, input, scope), required(other, input, scope));
}

function required(path: Path, input: Json, scope: Scope): Json {
  const value = readPath(path, input, scope);
  if (value === undefined) throw new ConditionPathNotFound(path.text);
  return value;
}

function pathOf(text: Json | undefined): Path {
  const parsed = parsePath(String(text));
  if (!parsed.ok) throw new Error(`Compiled before validation: ${parsed.reason}`);
  return parsed.path;
}

/** `*` stands for any characters, `\*` for the star itself. */
function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\\\|\\\*|\*|[\s\S]/g, (part) => {
    if (part === '*') return '[\\s\\S]*';
    const literal = part.length === 2 ? part.slice(1) : part;
    return literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 'u');
}
