import type { Node, Pair } from './library.ts';

/** The fields of an object constructor. */
export function pairs(node: Node): readonly Pair[] {
  return isPairs(node.lhs) ? node.lhs : [];
}

/** The left operand; an object constructor has none. */
export function left(node: Node): Node | undefined {
  return isPairs(node.lhs) ? undefined : node.lhs;
}

function isPairs(lhs: Node['lhs']): lhs is readonly Pair[] {
  return Array.isArray(lhs);
}

/** The nodes inside a node that look at what the node looks at. */
export function operands(node: Node): readonly Node[] {
  return [
    node.steps?.[0],
    ...pairs(node).flat(),
    left(node),
    node.rhs,
    node.expression,
    ...(node.expressions ?? []),
    node.condition,
    node.then,
    node.else,
    node.procedure,
    ...(node.arguments ?? []),
    node.body,
  ].filter((operand) => operand !== undefined);
}

/** The nodes inside a node that look at its values: later steps, filters, orders, groupings and transformations. */
export function followers(node: Node): readonly Node[] {
  return [
    ...(node.steps?.slice(1) ?? []),
    ...[...(node.predicate ?? []), ...(node.stages ?? [])].flatMap((stage) =>
      stage.type === 'filter' ? [stage.expr] : [],
    ),
    ...(node.terms ?? []).map(({ expression }) => expression),
    ...(node.group?.lhs ?? []).flat(),
    node.pattern,
    node.update,
    node.delete,
  ].filter((follower) => follower !== undefined);
}

/** The nodes inside a node, in the order of the text. */
export function parts(node: Node): readonly Node[] {
  return [...operands(node), ...followers(node)];
}
