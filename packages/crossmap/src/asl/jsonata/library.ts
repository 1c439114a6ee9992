import jsonata from 'jsonata';

/**
 * The `jsonata` package with exact types for what we use of it. Version 2.0.6 is the one that AWS documents: later ones
 * accept `??` and `?:`, which AWS refuses, and no version has limits that end the same way each time.
 */

/** A node of the syntax tree that the evaluator walks. What its fields hold depends on its type. */
export interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly steps?: readonly Node[];
  readonly lhs?: Node | readonly Pair[];
  readonly rhs?: Node;
  readonly expression?: Node;
  readonly expressions?: readonly Node[];
  readonly procedure?: Node;
  readonly arguments?: readonly Node[];
  readonly body?: Node;
  readonly condition?: Node;
  readonly then?: Node;
  readonly else?: Node;
  readonly pattern?: Node;
  readonly update?: Node;
  readonly delete?: Node;
  readonly terms?: readonly { readonly expression: Node }[];
  readonly group?: { readonly lhs: readonly Pair[] };
  readonly predicate?: readonly Stage[];
  readonly stages?: readonly Stage[];
  /** The variable that `@` binds to each item, and the one that `#` binds to its index. */
  readonly focus?: string;
  readonly index?: string;
}

export type Pair = readonly [key: Node, value: Node];

export type Stage =
  | { readonly type: 'filter'; readonly expr: Node }
  | { readonly type: 'index'; readonly value: string };

export interface Environment {
  lookup(name: string): unknown;
}

/** What a registered function has as its `this`. */
export interface Focus {
  readonly environment: Environment;
}

/** Called around each node that is evaluated. A promise holds the evaluation up; what it throws ends it. */
export interface Watch {
  enter(node: Node, environment: Environment): Promise<void> | undefined;
  exit(node: Node, environment: Environment, result: unknown): void;
}

export interface CompiledExpression {
  readonly tree: Node;
  evaluate(bindings: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** Functions by name, without `$`. https://docs.jsonata.org/embedding-extending#function-signature-syntax */
export type Functions = Readonly<
  Record<string, { readonly signature: string; readonly call: (this: Focus, ...args: never[]) => unknown }>
>;

/** Throws a `JsonataError` where the text is no expression. */
export function compile(text: string, functions: Functions, watch: Watch): CompiledExpression {
  const expression = jsonata(text);
  for (const [name, { signature, call }] of Object.entries(functions)) {
    expression.registerFunction(name, call as () => unknown, signature);
  }
  const assign = expression.assign as (name: string | symbol, value: unknown) => void;
  assign(Symbol.for('jsonata.__evaluate_entry'), (node: Node, _: unknown, environment: Environment) =>
    watch.enter(node, environment),
  );
  assign(Symbol.for('jsonata.__evaluate_exit'), (node: Node, _: unknown, environment: Environment, result: unknown) =>
    watch.exit(node, environment, result),
  );
  return {
    tree: expression.ast() as unknown as Node,
    evaluate: (bindings) => expression.evaluate(undefined, bindings),
  };
}

/** What the package throws. Some of its functions let errors of JavaScript out, which have no code. */
export interface JsonataError {
  readonly code: string | undefined;
  readonly message: string;
}

export function jsonataError(thrown: unknown): JsonataError {
  if (typeof thrown !== 'object' || thrown === null) return { code: undefined, message: String(thrown) };
  const { code, message } = thrown as { readonly code?: unknown; readonly message?: unknown };
  return { code: typeof code === 'string' ? code : undefined, message: String(message) };
}

type Implementation = (this: unknown, ...args: readonly unknown[]) => unknown;

/**
 * The package's own function, whatever an expression does with its name. It hands its functions to expressions only:
 * the first node of one is entered before `evaluate` returns.
 */
export function ownFunction(name: string): Implementation {
  let found: unknown;
  const enter = (_: Node, environment: Environment) => {
    found = environment.lookup(name);
    return undefined;
  };
  void compile('null', {}, { enter, exit: () => {} }).evaluate({});
  return (found as { readonly implementation: Implementation }).implementation;
}

export function isFunctionValue(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  const { _jsonata_function, _jsonata_lambda } = value as Readonly<Record<string, unknown>>;
  return _jsonata_function === true || _jsonata_lambda === true;
}
