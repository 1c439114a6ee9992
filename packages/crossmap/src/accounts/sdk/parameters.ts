import { isJsonObject, type Json, type JsonObject } from '../../asl/json.ts';
import type { Member, Shape } from './shape.ts';

/** The input of a client's command; `problems` are AWS's words for why a task cannot be started with these parameters. */
export interface ReadParameters {
  readonly input: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

export interface ParameterRules {
  /** Optimised integrations take JSON where the API takes text, and send its text. */
  readonly jsonForText: boolean;
}

/** What Java's RequestBody.fromString says of a body that Step Functions writes (cases task-s3 test_s3_put_object). */
const BODY_TYPE = 'text/plain; charset=UTF-8';

/**
 * Reads the Parameters of a task as the input of an operation. Members are named as Step Functions names them; null is
 * as good as absent. Bytes are given as JSON and sent as its text when they are the body of the request, otherwise as
 * the text itself (cases task-s3, error-handling test_dynamodb_invalid_param, task-apigateway test_invoke_with_headers).
 */
export function readParameters(shape: Shape, parameters: Json, rules: ParameterRules): ReadParameters {
  const problems: string[] = [];
  if (shape.kind !== 'structure') throw new Error(`Expected the input of an operation to be a structure`);
  if (!isJsonObject(parameters)) return { input: {}, problems: ['The parameters must be a JSON object'] };
  const input = new Reading(rules, problems).structure(shape, parameters);
  return { input: withBodyType(shape, input), problems };
}

/**
 * What is wrong with the names in Parameters or Arguments before they are evaluated: a name may end in `.$`, a text of
 * JSONata may become all of them.
 */
export function templateProblems(shape: Shape, template: Json): readonly string[] {
  if (shape.kind !== 'structure' || !isJsonObject(template)) return [];
  const given = Object.entries(template).map(([key, value]) => [key.replace(/\.\$$/, ''), value] as const);
  const names = new Set(given.map(([name]) => name));
  return [
    ...shape.required.filter((name) => !names.has(name)).map(missing),
    ...given.flatMap(([name, value]) => {
      const member = shape.members.get(name);
      if (member === undefined) return [unsupported(name)];
      const inner = member.shape();
      const values: readonly Json[] = inner.kind === 'list' && Array.isArray(value) ? value : [value];
      return values.flatMap((each) => templateProblems(inner.kind === 'list' ? inner.of() : inner, each));
    }),
  ];
}

function unsupported(name: string): string {
  return `The field "${name}" is not supported by Step Functions`;
}

function missing(name: string): string {
  return `The field '${name}' is required but was missing`;
}

class Reading {
  readonly #rules: ParameterRules;
  readonly #problems: string[];

  constructor(rules: ParameterRules, problems: string[]) {
    this.#rules = rules;
    this.#problems = problems;
  }

  structure(shape: Extract<Shape, { kind: 'structure' }>, given: JsonObject): Record<string, unknown> {
    const input: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(given)) {
      const member = shape.members.get(name);
      if (member === undefined) this.#problems.push(unsupported(name));
      else if (value !== null) input[member.name] = this.#member(name, member, value);
    }
    for (const name of shape.required) {
      const none = given[name] === undefined || (given[name] === null && shape.members.get(name)?.label === true);
      if (none) this.#problems.push(missing(name));
    }
    return input;
  }

  #member(name: string, member: Member, value: Json): unknown {
    const shape = member.shape();
    if (member.payload && (shape.kind === 'blob' || shape.kind === 'stream')) return Buffer.from(JSON.stringify(value));
    return this.#value(name, shape, value);
  }

  #value(name: string, shape: Shape, value: Json): unknown {
    switch (shape.kind) {
      case 'structure':
        return isJsonObject(value) ? this.structure(shape, value) : this.#invalid(name);
      case 'list':
        return Array.isArray(value)
          ? value.map((each: Json) => this.#value(name, shape.of(), each))
          : this.#invalid(name);
      case 'map':
        if (!isJsonObject(value)) return this.#invalid(name);
        return Object.fromEntries(
          Object.entries(value).map(([key, each]) => [key, this.#value(name, shape.of(), each)]),
        );
      case 'text':
        if (typeof value === 'string') return value;
        return this.#rules.jsonForText ? JSON.stringify(value) : this.#invalid(name);
      case 'number':
        return typeof value === 'number' ? value : this.#invalid(name);
      case 'boolean':
        return typeof value === 'boolean' ? value : this.#invalid(name);
      case 'timestamp':
        return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? new Date(value) : this.#invalid(name);
      case 'blob':
      case 'stream':
        return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
      case 'any':
        return value;
    }
  }

  #invalid(name: string): undefined {
    this.#problems.push(`The value of the field '${name}' has an invalid format`);
    return undefined;
  }
}

function withBodyType(shape: Extract<Shape, { kind: 'structure' }>, input: Record<string, unknown>) {
  const streams = [...shape.members.values()].some(({ name, shape: of }) => name in input && of().kind === 'stream');
  return streams && shape.members.has('ContentType') ? { ContentType: BODY_TYPE, ...input } : input;
}
