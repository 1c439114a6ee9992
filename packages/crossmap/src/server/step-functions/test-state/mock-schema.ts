import { type ApiModel, type Shape, shapeOf } from '../../../accounts/api-model.ts';
import { isJsonObject, type Json } from '../../../asl/json.ts';

/**
 * The first thing in a mocked result that an API's model forbids, in AWS's words; `undefined` when there is none.
 * `strict` also asks for the required members. What the model does not name is not looked at.
 * https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html#mocking-service-integrations,
 * recorded in test_field_validation_mode*.
 */
export function schemaProblem(model: ApiModel, name: string, value: Json, strict: boolean): string | undefined {
  return checkValue({ model, strict }, 'result', shapeOf(model, name), value);
}

interface Against {
  readonly model: ApiModel;
  readonly strict: boolean;
}

/** `field` is the member the value stands in: elements of a list and values of a map have the name of theirs. */
function checkValue(against: Against, field: string, shape: Shape, value: Json): string | undefined {
  switch (shape.kind) {
    case 'any':
      return undefined;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `Field '${field}' must be a boolean`;
    case 'number':
      return typeof value === 'number' ? checkNumber(field, shape, value) : `Field '${field}' must be a number`;
    case 'string':
      return typeof value === 'string' ? checkText(field, shape, value) : `Field '${field}' must be a string`;
    case 'list':
      if (!Array.isArray(value)) return `Field '${field}' must be an array`;
      return checkLength(field, shape, value.length) ?? checkEach(against, field, shape.member, value);
    case 'map':
      if (!isJsonObject(value)) return `Field '${field}' must be an object`;
      return checkEach(against, field, shape.member, Object.values(value));
    case 'structure':
      if (!isJsonObject(value)) return `Field '${field}' must be an object`;
      return checkMembers(against, shape, value);
  }
}

function checkMembers(
  against: Against,
  { required = [], members }: Extract<Shape, { kind: 'structure' }>,
  value: { readonly [key: string]: Json },
): string | undefined {
  const missing = against.strict ? required.find((name) => !Object.hasOwn(value, name)) : undefined;
  if (missing !== undefined) return `Required field '${missing}' is missing`;
  return firstOf(Object.entries(members), ([name, member]) => {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    return given === undefined ? undefined : checkValue(against, name, shapeOf(against.model, member), given);
  });
}

function checkEach(against: Against, field: string, member: string, values: readonly Json[]): string | undefined {
  const shape = shapeOf(against.model, member);
  return firstOf(values, (value) => checkValue(against, field, shape, value));
}

type Limits = { readonly min?: number; readonly max?: number };

function checkNumber(field: string, { min, max }: Limits, value: number): string | undefined {
  if (min !== undefined && value < min) return `Field '${field}' is less than the minimum value`;
  if (max !== undefined && value > max) return `Field '${field}' exceeds the maximum value`;
  return undefined;
}

function checkText(field: string, shape: Extract<Shape, { kind: 'string' }>, value: string): string | undefined {
  if (shape.enum?.includes(value) === false) return `Field '${field}' is not an expected value`;
  return checkLength(field, shape, value.length);
}

function checkLength(field: string, { min, max }: Limits, length: number): string | undefined {
  if (min !== undefined && length < min) return `Field '${field}' is smaller than the minimum length`;
  if (max !== undefined && length > max) return `Field '${field}' exceeds the maximum length`;
  return undefined;
}

function firstOf<T>(values: readonly T[], problem: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = problem(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
