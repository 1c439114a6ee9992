import { equalJson } from '../equal-json.ts';
import type { Json } from '../json.ts';
import { compileSteps } from './compile.ts';
import type { Filter, FilterPath, Operand, Operator } from './syntax.ts';

/** Whether the node passes. `root` is what `$` stands for. */
type Test = (node: Json, root: Json) => boolean;
type Value = (node: Json, root: Json) => Json | undefined;

export function compileFilter(filter: Filter): Test {
  switch (filter.kind) {
    case 'and': {
      const all = filter.filters.map(compileFilter);
      return (node, root) => all.every((test) => test(node, root));
    }
    case 'or': {
      const any = filter.filters.map(compileFilter);
      return (node, root) => any.some((test) => test(node, root));
    }
    case 'not': {
      const negated = compileFilter(filter.filter);
      return (node, root) => !negated(node, root);
    }
    case 'exists': {
      const value = compilePath(filter.path);
      return (node, root) => value(node, root) !== undefined;
    }
    case 'compare':
      return compileComparison(filter.operator, filter.left, filter.right);
  }
}

function compileComparison(operator: Operator, left: Operand, right: Operand): Test {
  if (operator === '=~') return matches(left, right);
  const [a, b] = [compileOperand(left), compileOperand(right)];
  const compare = comparisons[operator];
  return (node, root) => compare(a(node, root), b(node, root));
}

/** What is not there (`undefined`) equals nothing, so that it differs from everything. */
const comparisons: Record<Exclude<Operator, '=~'>, (a: Json | undefined, b: Json | undefined) => boolean> = {
  '==': equal,
  '!=': (a, b) => !equal(a, b),
  '<': (a, b) => ordered(a, b, (order) => order < 0),
  '<=': (a, b) => ordered(a, b, (order) => order <= 0),
  '>': (a, b) => ordered(a, b, (order) => order > 0),
  '>=': (a, b) => ordered(a, b, (order) => order >= 0),
  in: within,
  nin: (a, b) => a !== undefined && Array.isArray(b) && !within(a, b),
};

/** A number equals the string that writes it: `1 == '1'` holds in the dialect. */
function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  if (typeof a === 'number' && typeof b === 'string') return b.trim() !== '' && Number(b) === a;
  if (typeof a === 'string' && typeof b === 'number') return equal(b, a);
  return equalJson(a, b);
}

/** Only numbers with numbers and strings with strings have an order. */
function ordered(a: Json | undefined, b: Json | undefined, holds: (order: number) => boolean): boolean {
  if (typeof a === 'number' && typeof b === 'number') return holds(a - b);
  return typeof a === 'string' && typeof b === 'string' && holds(a < b ? -1 : a > b ? 1 : 0);
}

function within(a: Json | undefined, b: Json | undefined): boolean {
  return Array.isArray(b) && b.some((each: Json) => equal(a, each));
}

function matches(left: Operand, right: Operand): Test {
  const [text, pattern] = left.kind === 'pattern' ? [right, left] : [left, right];
  if (pattern.kind !== 'pattern') return () => false;
  const value = compileOperand(text);
  return (node, root) => {
    const found = value(node, root);
    return typeof found !== 'object' && found !== undefined && pattern.pattern.test(String(found));
  };
}

function compileOperand(operand: Operand): Value {
  if (operand.kind === 'path') return compilePath(operand);
  return operand.kind === 'literal' ? () => operand.value : () => undefined;
}

function compilePath({ from, steps }: FilterPath): Value {
  const { read } = compileSteps(steps);
  return from === '@' ? read : (_, root) => read(root, root);
}
