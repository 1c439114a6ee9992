import { DataFlowFailure, invalidPath } from './data-flow.ts';
import { type Json, textOf } from './json.ts';
import { parsePath, readPath } from './path.ts';
import type { Field, Scope } from './scope.ts';

/** A number or a way to one; `undefined` when neither is given. Throws `DataFlowFailure` or `QueryFailed`. */
export type NumberField = Field<number | undefined>;

/** The number at the path that the field `${name}Path` gives. */
export function numberAtPath(
  name: string,
  path: string,
  kind: 'integer' | 'float',
): (input: Json, scope: Scope) => number {
  const parsed = parsePath(path);
  if (!parsed.ok) throw new Error(`Compiled before validation: ${parsed.reason}`);
  return (input, scope) => {
    const value = readPath(parsed.path, input, scope);
    if (value === undefined) throw invalidPath(parsed.path, input, scope);
    const written = kind === 'integer' ? /^-?\d+$/ : /^-?\d+(\.\d+)?$/;
    const number = typeof value === 'string' && written.test(value) ? Number(value) : value;
    if (typeof number === 'number' && (kind === 'float' || Number.isInteger(number))) return number;
    throw invalidValue(name, value, kind, path);
  };
}

/** The value at the path that the field `${name}Path` gives is none for the field. */
export function invalidValue(name: string, value: Json, kind: string, path: string): DataFlowFailure {
  return new DataFlowFailure(
    'States.Runtime',
    `The ${name}Path field refers to value "${textOf(value)}" which is not a valid ${kind}: ${path}`,
  );
}

/** The field, whose value must not be negative. */
export function nonNegative(name: string, field: NumberField): NumberField {
  return async (input, scope) => {
    const value = await field(input, scope);
    if (value !== undefined && value < 0)
      throw new DataFlowFailure('States.Runtime', `${name} cannot be negative.`, name);
    return value;
  };
}

/** The field, whose value must be at least one. `location`: what EvaluationFailed names. */
export function positive(name: string, field: NumberField, location = name): NumberField {
  return async (input, scope) => {
    const value = await field(input, scope);
    if (value === undefined || value >= 1) return value;
    throw new DataFlowFailure('States.Runtime', `field ${name} must be positive`, location);
  };
}

const MOST_SECONDS = 99_999_999;

/** The field, whose value is a time of a Task or, in JSONata, of a Wait. The words are not recorded at AWS. */
export function seconds(name: string, field: NumberField): NumberField {
  return async (input, scope) => {
    const value = await field(input, scope);
    if (value === undefined || (value >= 0 && value <= MOST_SECONDS)) return value;
    const cause = `${name} must be between 0 and ${MOST_SECONDS} but was: ${value}`;
    throw new DataFlowFailure('States.Runtime', cause, name);
  };
}

/** ToleratedFailurePercentage. */
export function percentage(field: NumberField): NumberField {
  return async (input, scope) => {
    const value = await field(input, scope);
    if (value === undefined || (value >= 0 && value <= 100)) return value;
    const name = 'ToleratedFailurePercentage';
    throw new DataFlowFailure('States.Runtime', `${name} must be between 0 and 100.`, name);
  };
}
