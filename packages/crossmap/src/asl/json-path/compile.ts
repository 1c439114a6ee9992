import { isJsonObject, type Json } from '../json.ts';
import { compileFilter } from './compile-filter.ts';
import type { Step } from './syntax.ts';

/** The steps of a path, compiled. */
export interface Reader {
  /** A definite path gives one value; any other gives the list of all it finds. */
  readonly definite: boolean;
  /** `undefined` when the path leads to nothing; an indefinite one only when its definite beginning does. */
  readonly read: (value: Json, root: Json) => Json | undefined;
  /** The definite beginning: names and indexes. */
  readonly beginning: readonly (string | number)[];
  /** The step after the beginning, whatever is not a name or an index. */
  readonly after: Step | undefined;
}

/** Hands everything that a path finds from `value` on to `found`. */
type Select = (value: Json, root: Json, found: Json[]) => void;

export function compileSteps(steps: readonly Step[]): Reader {
  const end = steps.findIndex(({ kind }) => kind !== 'name' && kind !== 'index');
  const beginning = (end === -1 ? steps : steps.slice(0, end)).flatMap<string | number>((step) =>
    step.kind === 'name' ? step.name : step.kind === 'index' ? step.index : [],
  );
  const [after, ...others] = end === -1 ? [] : steps.slice(end);
  if (after === undefined) return { definite: true, read: (value) => follow(beginning, value), beginning, after };
  if (after.kind === 'names') {
    const { names } = after;
    const read = (value: Json) => (others.length > 0 ? undefined : members(follow(beginning, value), names));
    return { definite: true, read, beginning, after };
  }
  const select = compileSelect([after, ...others]);
  const read = (value: Json, root: Json) => {
    const node = follow(beginning, value);
    if (node === undefined || !takes(after, node)) return undefined;
    const found: Json[] = [];
    select(node, root, found);
    return found;
  };
  return { definite: false, read, beginning, after };
}

/** The value that names and indexes lead to. A negative index counts from the end. */
export function follow(steps: readonly (string | number)[], from: Json): Json | undefined {
  let value: Json | undefined = from;
  for (const step of steps) {
    if (value === undefined) return undefined;
    value = typeof step === 'number' ? element(value, step) : member(value, step);
  }
  return value;
}

function member(value: Json, name: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function element(value: Json, index: number): Json | undefined {
  return Array.isArray(value) ? (value as readonly Json[]).at(index) : undefined;
}

function members(value: Json | undefined, names: readonly string[]): Json | undefined {
  if (!isJsonObject(value)) return undefined;
  const present = names.filter((name) => Object.hasOwn(value, name));
  return Object.fromEntries(present.map((name) => [name, value[name] ?? null]));
}

/** Whether the first indefinite step can be taken from `node` at all. */
export function takes({ kind }: Step, node: Json): boolean {
  if (kind === 'indexes' || kind === 'slice') return Array.isArray(node);
  return kind !== 'filter' || (typeof node === 'object' && node !== null);
}

function compileSelect(steps: readonly Step[]): Select {
  const [step, ...others] = steps;
  if (step === undefined) return (value, _, found) => void found.push(value);
  if (step.kind === 'descend') return descend(others);
  return take(step, others.length === 0, compileSelect(others));
}

/** Every node, parents first. A filter that follows tests each node itself, so that no element is tested twice. */
function descend(steps: readonly Step[]): Select {
  const [step, ...others] = steps;
  const select = step?.kind === 'filter' ? itself(step, compileSelect(others)) : compileSelect(steps);
  const all: Select = (node, root, found) => {
    select(node, root, found);
    for (const child of children(node)) all(child, root, found);
  };
  return all;
}

function itself(step: Step & { kind: 'filter' }, next: Select): Select {
  const holds = compileFilter(step.filter);
  return (node, root, found) => {
    if (isJsonObject(node) && holds(node, root)) next(node, root, found);
  };
}

function take(step: Exclude<Step, { kind: 'descend' }>, last: boolean, next: Select): Select {
  const some = (values: Iterable<Json | undefined>, root: Json, found: Json[]) => {
    for (const value of values) if (value !== undefined) next(value, root, found);
  };
  switch (step.kind) {
    case 'name':
      return (node, root, found) => some([member(node, step.name)], root, found);
    case 'names':
      return (node, root, found) => some([last ? members(node, step.names) : undefined], root, found);
    case 'index':
      return (node, root, found) => some([element(node, step.index)], root, found);
    case 'indexes':
      return (node, root, found) =>
        some(
          step.indexes.map((index) => element(node, index)),
          root,
          found,
        );
    case 'slice':
      return (node, root, found) => some(Array.isArray(node) ? slice(node, step) : [], root, found);
    case 'wildcard':
      return (node, root, found) => some(children(node), root, found);
    case 'filter': {
      const holds = compileFilter(step.filter);
      return (node, root, found) => {
        const tested = Array.isArray(node) ? (node as readonly Json[]) : isJsonObject(node) ? [node] : [];
        some(
          tested.filter((each) => holds(each, root)),
          root,
          found,
        );
      };
    }
  }
}

/** With both bounds nothing wraps around: `[1:-1]` is empty, `[-3:-1]` counts from the end (Jayway JsonPath). */
function slice(array: readonly Json[], { from, to }: { from: number | undefined; to: number | undefined }) {
  if (from === undefined || to === undefined) return array.slice(from ?? 0, to);
  const indexes = Array.from({ length: Math.max(0, Math.min(to, array.length) - from) }, (_, i) => from + i);
  return indexes.map((index) => array.at(index));
}

function children(node: Json): readonly Json[] {
  if (Array.isArray(node)) return node as readonly Json[];
  return isJsonObject(node) ? Object.values(node) : [];
}
