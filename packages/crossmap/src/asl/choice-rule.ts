import type { ChoiceRule } from './definition.ts';
import type { Json } from './json.ts';
import { type Path, parsePath, readPath } from './path.ts';
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
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})T(?!24)\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

export function isTimestamp(value: Json): value is string {
  const day = typeof value === 'string' ? TIMESTAMP.exec(value)?.[1] : undefined;
  return day !== undefined && isDay(day) && !Number.isNaN(Date.parse(String(value)));
}

/** Whether the month has that day: JavaScript takes the 30th of February for the 1st of March. */
function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
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

/** The comparison operators, each with what it compares with. */
export const operands: ReadonlyMap<string, OperandType | 'path'> = new Map(
  operators.map((operator) => {
    if (operator.endsWith('Path')) return [operator, 'path'] as const;
    if (operator.startsWith('Is')) return [operator, 'boolean'] as const;
    return [operator, comparisons.get(operator)?.operand ?? 'string'] as const;
  }),
);

/** Compiles a rule of JSONPath that has been validated. */
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
