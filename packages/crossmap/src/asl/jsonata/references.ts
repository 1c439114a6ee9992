import type { Json } from '../json.ts';
import { isExpression, parseExpression } from './expression.ts';
import { FUNCTION_NAMES } from './functions.ts';
import type { Node } from './library.ts';
import { followers, left, operands } from './syntax-tree.ts';
import { partsOf } from './template.ts';

/** What is wrong with an expression of a definition, with AWS's codes and words. */
export interface JsonataProblem {
  readonly code: 'INVALID_JSONATA_EXPRESSION' | 'UNSUPPORTED_JSONATA_EXPRESSION';
  readonly message: string;
  readonly location: string;
}

/** What `$states` has beside `input` and `context`: `result` after the work, `errorOutput` in a Catch. */
export type StatesField = 'result' | 'errorOutput';

/** Each problem of a template. `at` is its place in the definition: `/States/Sum/Output`. */
export function jsonataProblems(template: Json, at: string, has: readonly StatesField[]): readonly JsonataProblem[] {
  if (typeof template !== 'string') {
    return partsOf(template, at).flatMap(([, part, place]) => jsonataProblems(part, place, has));
  }
  const invalid = (message: string): JsonataProblem => ({ code: 'INVALID_JSONATA_EXPRESSION', message, location: at });
  if (!isExpression(template)) {
    const halfDelimited = template.startsWith('{%') || template.endsWith('%}');
    return halfDelimited ? [invalid("A JSONata expression must start with '{%' and end with '%}'")] : [];
  }
  const parsed = parseExpression(template);
  if (!parsed.ok) return [invalid(parsed.reason)];
  const available: readonly string[] = ['input', 'context', ...has];
  const { rootless, statesFields } = referencesIn(parsed.expression.tree);
  const messages = [
    ...[...rootless].map((name) =>
      name === '$$'
        ? `Reference to '$$' is not supported.`
        : `Reference to '${name}' at the top level is not supported.`,
    ),
    ...[...statesFields]
      .filter((name) => !available.includes(name))
      .map((name) => `Field '$states.${name}' does not exist.`),
  ];
  return messages.map((message) => ({ code: 'UNSUPPORTED_JSONATA_EXPRESSION', message, location: at }));
}

/** The names of the variables that a template without problems reads, each once. */
export function jsonataVariables(template: Json): readonly string[] {
  if (typeof template !== 'string') {
    return [...new Set(partsOf(template, '').flatMap(([, part]) => jsonataVariables(part)))];
  }
  const parsed = isExpression(template) ? parseExpression(template) : undefined;
  return parsed?.ok ? [...referencesIn(parsed.expression.tree).variables] : [];
}

interface References {
  /** Names that are looked for in a context item, where an expression of Step Functions has none; `$` and `$$` too. */
  readonly rootless: Set<string>;
  readonly statesFields: Set<string>;
  readonly variables: Set<string>;
}

function referencesIn(tree: Node): References {
  const references: References = { rootless: new Set(), statesFields: new Set(), variables: new Set() };
  const scope = { bound: new Set<string>(), later: new Set<string>() };
  collect(tree, true, scope, references);
  return references;
}

/** The expression's own variables: those bound so far, and those a function will see once it is called. */
interface Bound {
  readonly bound: Set<string>;
  readonly later: ReadonlySet<string>;
}

/** `atTop`: there is no context item. A lambda has the one of the expression around it. */
function collect(node: Node, atTop: boolean, scope: Bound, references: References): void {
  const inner = scopeOf(node, scope);
  if (node.type === 'name' && atTop) references.rootless.add(String(node.value));
  if (node.type === 'variable') collectVariable(String(node.value), atTop, scope, references);
  const [first, second] = node.steps ?? [];
  if (first?.type === 'variable' && first.value === 'states' && second?.type === 'name') {
    references.statesFields.add(String(second.value));
  }
  const binds = boundBy(node);
  if (binds !== undefined && node.rhs?.type === 'lambda') scope.bound.add(binds);
  for (const operand of operands(node)) {
    if (binds === undefined || operand !== node.lhs) collect(operand, atTop, inner, references);
  }
  if (binds !== undefined) scope.bound.add(binds);
  for (const stage of [...(node.steps ?? []), node]) bindPosition(stage, inner);
  for (const follower of followers(node)) collect(follower, false, inner, references);
}

/** The variable that `:=` binds. */
function boundBy(node: Node): string | undefined {
  return node.type === 'bind' ? String(left(node)?.value) : undefined;
}

/** `@$item` and `#$index` on a step. */
function bindPosition({ focus, index, stages }: Node, scope: Bound): void {
  const indexes = (stages ?? []).map((stage) => (stage.type === 'index' ? stage.value : undefined));
  for (const name of [focus, index, ...indexes]) if (name !== undefined) scope.bound.add(name);
}

function scopeOf(node: Node, { bound, later }: Bound): Bound {
  if (node.type === 'block') {
    const binds = (node.expressions ?? []).map(boundBy).filter((name) => name !== undefined);
    return { bound: new Set(bound), later: new Set([...later, ...binds]) };
  }
  if (node.type !== 'lambda') return { bound, later };
  const parameters = (node.arguments ?? []).map(({ value }) => String(value));
  return { bound: new Set([...bound, ...later, ...parameters]), later };
}

/** The name of `$` is empty and that of `$$` is `$`. */
function collectVariable(name: string, atTop: boolean, { bound }: Bound, references: References): void {
  if (name === '$' || (name === '' && atTop)) references.rootless.add(`$${name}`);
  else if (name !== '' && name !== 'states' && !bound.has(name) && !FUNCTION_NAMES.has(name)) {
    references.variables.add(name);
  }
}
