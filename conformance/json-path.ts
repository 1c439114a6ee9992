import { isList, isObject, type Json } from './json.ts';

type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'element'; readonly index: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'descend' }
  | { readonly kind: 'filter'; readonly member: string; readonly equals: Json };

const STEP =
  /\.\.(?=[\w$-])|\.\.(?=\[|\*)|\.?\*|\.?(?<name>[\w$-]+)|\[(?<index>-?\d+)\]|\[\*\]|\[\?\(@\.(?<member>[\w$-]+)\s*==\s*(?<literal>'[^']*'|[^)]*)\)\]/y;

/**
 * The hits of a JSONPath, in document order: members, `[n]` (negative from the end), `[*]`, `..` and filters
 * `[?(@.member=='literal')]`. The path begins with `$` or, for a plain path, with its first member. Throws for any
 * other form.
 */
export function jsonPathHits(path: string, value: Json): readonly Json[] {
  let hits: readonly Json[] = [value];
  for (const step of parseSteps(path)) hits = hits.flatMap((hit) => take(step, hit));
  return hits;
}

function parseSteps(path: string): readonly Step[] {
  const steps: Step[] = [];
  const pattern = new RegExp(STEP);
  pattern.lastIndex = path.startsWith('$') ? 1 : 0;
  while (pattern.lastIndex < path.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(path);
    if (match === null) throw new Error(`Expected a JSONPath, got ${path} (at ${path.slice(at)})`);
    const { name, index, member, literal } = match.groups ?? {};
    if (name !== undefined) steps.push({ kind: 'member', name });
    else if (index !== undefined) steps.push({ kind: 'element', index: Number(index) });
    else if (member !== undefined) steps.push({ kind: 'filter', member, equals: literalOf(literal ?? '') });
    else if (match[0] === '..') steps.push({ kind: 'descend' });
    else steps.push({ kind: 'all' });
  }
  return steps;
}

function literalOf(text: string): Json {
  return text.startsWith("'") ? text.slice(1, -1) : (JSON.parse(text) as Json);
}

function take(step: Step, value: Json): readonly Json[] {
  switch (step.kind) {
    case 'member':
      return isObject(value) && step.name in value ? [value[step.name] ?? null] : [];
    case 'element':
      return isList(value) ? value.slice(step.index).slice(0, 1) : [];
    case 'all':
      return childrenOf(value);
    case 'descend':
      return [value, ...childrenOf(value).flatMap((child) => take(step, child))];
    case 'filter':
      return childrenOf(value).filter((child) => isObject(child) && child[step.member] === step.equals);
  }
}

function childrenOf(value: Json): readonly Json[] {
  if (isList(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}
