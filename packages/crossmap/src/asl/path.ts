import type { Json } from './json.ts';
import type { Scope } from './scope.ts';

/**
 * Paths of the reference kind: `$`, `$.a['b'][0]`, and the same over the context object, `$$.…`. They name one place.
 * Filters, slices, wildcards and `..` are not read here: `parsePath` says so by name.
 * https://states-language.net/spec.html#ref-paths
 */
export interface Path {
  readonly text: string;
  readonly of: 'input' | 'context';
  readonly steps: readonly (string | number)[];
}

export type ParsedPath = { readonly ok: true; readonly path: Path } | { readonly ok: false; readonly reason: string };

const NAME = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}_-]*/u;
const INDEX = /^\[(-?\d+)\]/;
const QUOTED = /^\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\]/s;

export function parsePath(text: string): ParsedPath {
  if (!text.startsWith('$')) return refuse(text, 'a path starts with `$`');
  const of = text.startsWith('$$') ? 'context' : 'input';
  let rest = text.slice(of === 'context' ? 2 : 1);
  if (NAME.test(rest)) return refuse(text, 'variables are not supported yet');
  const steps: (string | number)[] = [];
  while (rest !== '') {
    const step = readStep(rest);
    if (typeof step === 'string') return refuse(text, step);
    steps.push(step.value);
    rest = rest.slice(step.length);
  }
  return { ok: true, path: { text, of, steps } };
}

function readStep(rest: string): { readonly value: string | number; readonly length: number } | string {
  if (rest.startsWith('..')) return 'recursive descent (`..`) is not supported yet';
  if (rest.startsWith('.*') || rest.startsWith('[*')) return 'wildcards (`*`) are not supported yet';
  if (rest.startsWith('[?')) return 'filters (`[?(…)]`) are not supported yet';
  if (rest.startsWith('.')) {
    const name = NAME.exec(rest.slice(1));
    return name ? { value: name[0], length: name[0].length + 1 } : `expected a name after \`.\`, got \`${rest}\``;
  }
  const index = INDEX.exec(rest);
  if (index) {
    const value = Number(index[1]);
    return value < 0 ? 'negative indices are not supported yet' : { value, length: index[0].length };
  }
  const quoted = QUOTED.exec(rest);
  if (quoted)
    return { value: unquote(quoted[1] ?? quoted[2] ?? '', quoted[1] === undefined), length: quoted[0].length };
  if (rest.startsWith('[(')) return 'script expressions (`[(…)]`) are not supported yet';
  if (rest.startsWith('()')) return 'functions in paths are not supported yet';
  if (/^\[[-\d\s]*[:,]/.test(rest) || /^\[\s*['"].*,/.test(rest)) {
    return 'slices and unions (`[a:b]`, `[a,b]`) are not supported yet';
  }
  return `expected \`.name\`, \`['name']\` or \`[0]\`, got \`${rest}\``;
}

/** A backslash stands before the delimiter or another backslash; before anything else it is itself (recorded on AWS). */
function unquote(quoted: string, double: boolean): string {
  return quoted.replace(double ? /\\(["\\])/g : /\\(['\\])/g, '$1');
}

function refuse(text: string, why: string): ParsedPath {
  return { ok: false, reason: `\`${text}\`: ${why}` };
}

/** The value at the path, or `undefined` when there is nothing. `null` in the data is a value. */
export function readPath(path: Path, input: Json, scope: Scope): Json | undefined {
  let value: Json | undefined = path.of === 'context' ? scope.context : input;
  for (const step of path.steps) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (typeof step === 'number') {
      if (!Array.isArray(value)) return undefined;
      value = (value as readonly Json[])[step];
    } else {
      if (Array.isArray(value) || !Object.hasOwn(value, step)) return undefined;
      value = (value as { readonly [key: string]: Json })[step];
    }
  }
  return value;
}

export type Written = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly reason: string };

/** A copy of `target` with `value` at the path; missing objects on the way are made. Arrays are never grown. */
export function writePath(path: Path, target: Json, value: Json): Written {
  return writeStep(path.steps, 0, target, value);
}

function writeStep(steps: Path['steps'], at: number, target: Json | undefined, value: Json): Written {
  const step = steps[at];
  if (step === undefined) return { ok: true, value };
  if (typeof step === 'number') {
    if (!Array.isArray(target)) return { ok: false, reason: `expected an array for the index [${step}]` };
    if (step >= target.length) return { ok: false, reason: `index ${step} is outside an array of ${target.length}` };
    const inner = writeStep(steps, at + 1, target[step], value);
    return inner.ok ? { ok: true, value: target.map((element, i) => (i === step ? inner.value : element)) } : inner;
  }
  if (target !== undefined && (typeof target !== 'object' || target === null || Array.isArray(target))) {
    return { ok: false, reason: `expected an object to hold '${step}', got ${JSON.stringify(target)}` };
  }
  const object = (target ?? {}) as { readonly [key: string]: Json };
  const inner = writeStep(steps, at + 1, Object.hasOwn(object, step) ? object[step] : undefined, value);
  if (!inner.ok) return inner;
  const copy = { ...object };
  Object.defineProperty(copy, step, { value: inner.value, enumerable: true, configurable: true, writable: true });
  return { ok: true, value: copy };
}

/** What AWS says of a path that leads to nothing: where it leaves the data, unless only the last step is missing. */
export function notFound(path: Path, input: Json, scope: Scope): string {
  const missing = path.steps.findIndex(
    (_, i) => readPath({ ...path, steps: path.steps.slice(0, i + 1) }, input, scope) === undefined,
  );
  const intermediate = missing >= 0 && missing < path.steps.length - 1;
  return intermediate
    ? `Missing property in path ${bracketed(path.steps.slice(0, missing + 1))}`
    : `No results for path: ${bracketed(path.steps)}`;
}

/** The steps in the bracket form that AWS's messages use: `$['a'][0]`. */
function bracketed(steps: Path['steps']): string {
  return steps.reduce<string>((text, step) => text + (typeof step === 'number' ? `[${step}]` : `['${step}']`), '$');
}
