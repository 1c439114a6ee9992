import type { Json } from '../json.ts';
import type { Scope } from '../scope.ts';
import { EVALUATION, Evaluation, LimitExceeded, watchEvaluations } from './evaluation.ts';
import { functions } from './functions.ts';
import { type CompiledExpression, compile, isFunctionValue, jsonataError, type Node } from './library.ts';

/** `reason` is the cause without the state, `location` the field as the EvaluationFailed event names it. */
export type Evaluated =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly reason: string; readonly location: string };

export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

export interface Expression {
  readonly tree: Node;
  /** `field`: where the expression stands in its state, `Output/total`. `expected`: the types the field takes. */
  evaluate(scope: Scope, field: string, expected?: JsonType): Promise<Evaluated>;
}

export type ParsedExpression =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly reason: string };

/** Whether a string is evaluated: every other string is itself, also one with blanks around the delimiters. */
export function isExpression(text: string): boolean {
  return text.length >= 4 && text.startsWith('{%') && text.endsWith('%}');
}

/** An expression with its delimiters. The reason it is refused for is the package's, without its code, as AWS gives it. */
export function parseExpression(delimited: string): ParsedExpression {
  const text = delimited.slice(2, -2).trim();
  try {
    return { ok: true, expression: new JsonataExpression(text) };
  } catch (thrown) {
    return { ok: false, reason: jsonataError(thrown).message };
  }
}

class JsonataExpression implements Expression {
  readonly #text: string;
  readonly #compiled: CompiledExpression;

  constructor(text: string) {
    this.#text = text;
    this.#compiled = compile(
      text,
      functions,
      watchEvaluations(() => this.tree),
    );
  }

  get tree(): Node {
    return this.#compiled.tree;
  }

  async evaluate(scope: Scope, field: string, expected?: JsonType): Promise<Evaluated> {
    let result: unknown;
    try {
      result = await this.#compiled.evaluate(bindings(scope));
    } catch (thrown) {
      return this.#failed(field, `threw an error during evaluation${describe(thrown)}`);
    }
    if (result === undefined) return this.#failed(field, 'returned nothing (undefined).');
    const value = toJson(result);
    if (value === undefined) return this.#failed(field, 'returned an unsupported result type.');
    const type = typeOf(value);
    if (expected === undefined || type === expected) return { ok: true, value };
    const found = `Expected '${expected}', but was '${type}' for value: ${JSON.stringify(value)}`;
    return this.#failed(field, `returned an unexpected result type. ${found}`);
  }

  #failed(location: string, what: string): Evaluated {
    const reason = `The JSONata expression '${this.#text}' specified for the field '${location}' ${what}`;
    return { ok: false, reason, location };
  }
}

/** `$eval` is bound to nothing: to call it fails as AWS says, and no expression gets at the package's. */
function bindings({ input, context, result, errorOutput, variables, time, random }: Scope) {
  const states = {
    input,
    ...(result === undefined ? {} : { result }),
    ...(errorOutput === undefined ? {} : { errorOutput }),
    context,
  };
  return { eval: undefined, ...variables, states, [EVALUATION]: new Evaluation(time, random) };
}

/** AWS gives the package's errors with their codes, and what went over a limit after a colon. */
function describe(thrown: unknown): string {
  const { code, message } = jsonataError(thrown);
  return thrown instanceof LimitExceeded || code === undefined ? `: ${message}` : `. ${code}: ${message}`;
}

/**
 * A result as plain JSON, without the marks that the package leaves on sequences; undefined where there is a function
 * in it. A number that JSON has not is its name, as at AWS.
 */
function toJson(value: unknown): Json | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (isFunctionValue(value)) return undefined;
  if (Array.isArray(value)) {
    const elements = value.map((element: unknown) => toJson(element ?? null));
    return elements.every((element) => element !== undefined) ? elements : undefined;
  }
  if (typeof value !== 'object') return undefined;
  const fields: [string, Json][] = [];
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue;
    const json = toJson(field);
    if (json === undefined) return undefined;
    fields.push([name, json]);
  }
  return Object.fromEntries(fields);
}

function typeOf(value: Json): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as 'boolean' | 'number' | 'string' | 'object';
}
