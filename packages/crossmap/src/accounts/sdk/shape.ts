/**
 * What a value of an AWS API is, read from the schemas that the official clients export: they are the one description
 * of parameters and answers, ours is only how Step Functions names and writes them.
 */
export type Shape =
  | { readonly kind: 'structure'; readonly members: ReadonlyMap<string, Member>; readonly required: readonly string[] }
  | { readonly kind: 'list' | 'map'; readonly of: () => Shape }
  /** `stream`: bytes that are sent and read as they come. */
  | { readonly kind: 'text' | 'number' | 'boolean' | 'timestamp' | 'blob' | 'stream' | 'any' };

/** A member of a structure by the name that Step Functions gives it: the API's with the first letter in upper case. */
export interface Member {
  /** As the client names it. */
  readonly name: string;
  readonly shape: () => Shape;
  /** The whole body of the request or the answer. */
  readonly payload: boolean;
  /** A part of the URL, without which there is no request. */
  readonly label: boolean;
}

/** The schema of an operation as the clients export it: `[9, namespace, name, traits, input, output]`. */
export type OperationSchema = readonly [9, string, string, unknown, unknown, unknown];

/** https://github.com/smithy-lang/smithy-typescript: `@smithy/types`, schema sentinels and static schemas. */
const LIST = 64;
const MAP = 128;
const LABEL = 1;
const PAYLOAD = 16;

/** The client for JavaScript adds this beside `Expires`; no API has it. */
const NOT_OF_THE_API = 'ExpiresString';

export function shapeOf(schema: unknown): Shape {
  const resolved: unknown = typeof schema === 'function' ? schema() : schema;
  if (Array.isArray(resolved)) return staticShape(resolved);
  if (resolved === 'unit') return { kind: 'structure', members: new Map(), required: [] };
  if (typeof resolved !== 'number') throw new Error(`Expected a schema of the AWS SDK, got ${String(resolved)}`);
  if (resolved >= MAP) return { kind: 'map', of: () => shapeOf(resolved - MAP) };
  if (resolved >= LIST) return { kind: 'list', of: () => shapeOf(resolved - LIST) };
  return { kind: simpleKind(resolved) };
}

function simpleKind(sentinel: number): 'text' | 'number' | 'boolean' | 'timestamp' | 'blob' | 'stream' | 'any' {
  switch (sentinel) {
    case 0:
      return 'text';
    case 1:
    case 17:
    case 19:
      return 'number';
    case 2:
      return 'boolean';
    case 4:
    case 5:
    case 6:
    case 7:
      return 'timestamp';
    case 21:
      return 'blob';
    case 42:
      return 'stream';
    default:
      return 'any';
  }
}

function staticShape(schema: readonly unknown[]): Shape {
  // A bare pair is a member: a schema with traits of its own.
  if (schema.length === 2) return shapeOf(schema[0]);
  const [kind, , , , first, second] = schema;
  switch (kind) {
    case 0:
      return shapeOf(first);
    case 1:
      return { kind: 'list', of: () => shapeOf(first) };
    case 2:
      return { kind: 'map', of: () => shapeOf(second) };
    default:
      return structure(first as readonly string[], second as readonly unknown[], schema[6]);
  }
}

function structure(names: readonly string[], schemas: readonly unknown[], requiredCount: unknown): Shape {
  const members = new Map<string, Member>();
  for (const [index, name] of names.entries()) {
    if (name === NOT_OF_THE_API) continue;
    const schema = schemas[index];
    const [, traits] = Array.isArray(schema) && schema.length === 2 ? schema : [schema, 0];
    members.set(stepFunctionsName(name), {
      name,
      shape: () => shapeOf(schema),
      payload: hasTrait(traits, PAYLOAD, 'httpPayload'),
      label: hasTrait(traits, LABEL, 'httpLabel'),
    });
  }
  const count = typeof requiredCount === 'number' ? requiredCount : 0;
  return { kind: 'structure', members, required: names.slice(0, count).map(stepFunctionsName) };
}

function hasTrait(traits: unknown, bit: number, name: string): boolean {
  if (typeof traits === 'number') return (traits & bit) !== 0;
  return typeof traits === 'object' && traits !== null && name in traits;
}

export function stepFunctionsName(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
