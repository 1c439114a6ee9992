import { isJsonObject, type Json } from './json.ts';
import { compileSteps, follow, type Reader, takes } from './json-path/compile.ts';
import { Cursor, PathSyntaxError } from './json-path/cursor.ts';
import { parseSteps } from './json-path/parse.ts';
import type { Scope } from './scope.ts';

/**
 * A path into a state's input (`$.a`), the context object (`$$.a`) or a variable (`$name.a`), compiled. The grammar is
 * that of Jayway JsonPath as Step Functions accepts it.
 * https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
 */
export type Path = Reader & { readonly text: string } & (
    | { readonly of: 'input' }
    | { readonly of: 'context' }
    | { readonly of: 'variable'; readonly variable: string }
  );

/** `unsupported`: Step Functions accepts the text, this engine does not. */
export type ParsedPath =
  | { readonly ok: true; readonly path: Path }
  | { readonly ok: false; readonly reason: string; readonly unsupported: boolean };

const VARIABLE = /\$([\p{ID_Start}_][\p{ID_Continue}]*)/uy;

/** Space after a path does not count. */
export function parsePath(text: string): ParsedPath {
  const cursor = new Cursor(text.trimEnd());
  try {
    const variable = cursor.match(VARIABLE)?.[1];
    if (variable !== undefined) return { ok: true, path: { text, of: 'variable', variable, ...rest(cursor) } };
    if (!cursor.take('$')) return refuse(text, 'a path starts with `$`');
    const of = cursor.take('$') ? 'context' : 'input';
    return { ok: true, path: { text, of, ...rest(cursor) } };
  } catch (error) {
    if (error instanceof PathSyntaxError) return refuse(text, error.message, error.unsupported);
    throw error;
  }
}

function rest(cursor: Cursor): Reader {
  return compileSteps(parseSteps(cursor, false));
}

function refuse(text: string, why: string, unsupported = false): ParsedPath {
  return { ok: false, reason: `\`${text}\`: ${why}`, unsupported };
}

/**
 * What the path finds: of a definite path the value, of any other the list of all it finds. `undefined` when there is
 * nothing: a definite path or the definite beginning of an indefinite one leads nowhere, or the variable is not set.
 * `null` in the data is a value.
 */
export function readPath(path: Path, input: Json, scope: Scope): Json | undefined {
  const root = rootOf(path, input, scope);
  return root === undefined ? undefined : path.read(root, root);
}

/** `readPath`, but an indefinite path that leads nowhere gives the empty list: templates and calls read so. */
export function readPathOrNone(path: Path, input: Json, scope: Scope): Json | undefined {
  const found = readPath(path, input, scope);
  return found === undefined && !path.definite ? [] : found;
}

function rootOf(path: Path, input: Json, scope: Scope): Json | undefined {
  if (path.of === 'input') return input;
  if (path.of === 'context') return scope.context;
  return Object.hasOwn(scope.variables, path.variable) ? scope.variables[path.variable] : undefined;
}

/** What a path is read in, as AWS's messages show it. */
export function searchedBy(path: Path, input: Json, scope: Scope): Json {
  return path.of === 'input' ? input : path.of === 'context' ? scope.context : scope.variables;
}

/** Why a text is no path that reads one place; `undefined` when it is one. */
export function readingRefusal(text: string): string | undefined {
  if (!text.startsWith('$')) return "Reference path didn't start with '$'";
  const parsed = parsePath(text);
  if (!parsed.ok) return parsed.reason;
  return parsed.path.after === undefined ? undefined : `\`${text}\`: a reference path names one place`;
}

/** Why a text is no path that may be written to; `undefined` when it may: names and indexes from `$` on. */
export function writeRefusal(text: string): string | undefined {
  if (!text.startsWith('$')) return "Reference path didn't start with '$'";
  const parsed = parsePath(text);
  if (!parsed.ok) return parsed.reason;
  const { of, after, beginning } = parsed.path;
  if (of === 'context') return `\`${text}\`: the context cannot be written`;
  if (of === 'variable') return `\`${text}\`: variables are written by Assign`;
  const negative = beginning.some((step) => typeof step === 'number' && step < 0);
  return after === undefined && !negative ? undefined : `\`${text}\`: a reference path names one place`;
}

/** `through`: the step whose value cannot hold what follows; `undefined` when the target itself cannot. */
export type Written =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly through: string | number | undefined };

/** A copy of `target` with `value` at the path; missing objects on the way are made. Arrays are never grown. */
export function writePath(path: Path, target: Json, value: Json): Written {
  return writeStep(path.beginning, 0, target, value);
}

function writeStep(steps: Path['beginning'], at: number, target: Json | undefined, value: Json): Written {
  const step = steps[at];
  if (step === undefined) return { ok: true, value };
  const through = steps[at - 1];
  if (typeof step === 'number') {
    if (!Array.isArray(target) || step >= target.length) return { ok: false, through };
    const inner = writeStep(steps, at + 1, target[step], value);
    return inner.ok ? { ok: true, value: target.map((element, i) => (i === step ? inner.value : element)) } : inner;
  }
  if (target !== undefined && !isJsonObject(target)) return { ok: false, through };
  const object = target ?? {};
  const inner = writeStep(steps, at + 1, Object.hasOwn(object, step) ? object[step] : undefined, value);
  if (!inner.ok) return inner;
  const copy = { ...object };
  Object.defineProperty(copy, step, { value: inner.value, enumerable: true, configurable: true, writable: true });
  return { ok: true, value: copy };
}

/** What AWS says of a path that leads to nothing: at which step it leaves the data. */
export function notFound(path: Path, input: Json, scope: Scope): string {
  const { beginning, after } = path;
  const all = after === undefined ? bracketed(beginning) : '';
  const root = rootOf(path, input, scope);
  if (root === undefined) return `No results for path: ${path.text}`;
  const { taken, value } = reach(beginning, root);
  const step = beginning[taken];
  if (step !== undefined) {
    return missing(beginning.slice(0, taken), step, value, taken === beginning.length - 1 ? all : '');
  }
  const here = bracketed(beginning);
  if (after?.kind === 'names') {
    const names = `['${after.names.join("', '")}']`;
    if (!isJsonObject(value)) return `Property ${names} not found in path ${here}`;
    return `Multi properties can only be used as path leafs: ${here}${names}`;
  }
  return after !== undefined && !takes(after, value)
    ? `Filter: ${path.text} can only be applied to arrays. Current context is: ${JSON.stringify(value)}`
    : `No results for path: ${here}`;
}

/** The step at which a path leaves the data that it is read in, and that data; `undefined` when there is none. */
export function leavingStep(
  path: Path,
  input: Json,
  scope: Scope,
): { readonly step: string | number; readonly data: Json } | undefined {
  const data = rootOf(path, input, scope);
  const step = data === undefined ? undefined : path.beginning[reach(path.beginning, data).taken];
  return data === undefined || step === undefined ? undefined : { step, data };
}

/** How many of the steps can be taken, and where they lead. */
function reach(steps: Path['beginning'], from: Json): { readonly taken: number; readonly value: Json } {
  let value = from;
  for (const [taken, step] of steps.entries()) {
    const next = follow([step], value);
    if (next === undefined) return { taken, value };
    value = next;
  }
  return { taken: steps.length, value };
}

/** `whole` is the path as a whole when `step` ends it, otherwise empty. */
function missing(before: Path['beginning'], step: string | number, value: Json, whole: string): string {
  const here = bracketed(before);
  if (typeof step === 'number') {
    if (value === null) return `The path ${here} is null`;
    if (Array.isArray(value)) return `No results for path: ${whole === '' ? bracketed([...before, step]) : whole}`;
    return `Filter: [${step}] can only be applied to arrays. Current context is: ${JSON.stringify(value)}`;
  }
  if (!isJsonObject(value)) return `Property ['${step}'] not found in path ${here}`;
  return whole === '' ? `Missing property in path ${here}['${step}']` : `No results for path: ${whole}`;
}

/** The steps in the bracket form that AWS's messages use: `$['a'][0]`. */
function bracketed(steps: Path['beginning']): string {
  return steps.reduce<string>((text, step) => text + (typeof step === 'number' ? `[${step}]` : `['${step}']`), '$');
}
