import { isJsonObject, type Json } from './json.ts';
import { type Path, parsePath, readPath } from './path.ts';
import type { Evaluation } from './scope.ts';

/**
 * A compiled payload template (Parameters, ItemSelector, ResultSelector, BatchInput …): a field whose name ends in `.$`
 * takes the value at its path; everything else is itself.
 * https://states-language.net/spec.html#payload-template
 */

/** Thrown inside an evaluation and turned into a failure of the state by `dataFlow`. */
export class PathNotFound extends Error {
  readonly path: Path;
  readonly field: string;
  readonly searched: Json;
  constructor(path: Path, field: string, searched: Json) {
    super(`${path.text} is not there`);
    this.path = path;
    this.field = field;
    this.searched = searched;
  }
}

/** Each problem of the template, with the field it is at. A template without problems compiles. */
export function templateProblems(template: Json): readonly { readonly field: string; readonly reason: string }[] {
  if (Array.isArray(template)) return template.flatMap(templateProblems);
  if (!isJsonObject(template)) return [];
  return Object.entries(template).flatMap(([field, value]) => {
    if (!field.endsWith('.$')) return templateProblems(value);
    if (Object.hasOwn(template, field.slice(0, -2))) return [{ field, reason: 'the same field is given without `.$`' }];
    if (typeof value !== 'string') return [{ field, reason: `expected a path, got ${JSON.stringify(value)}` }];
    if (/^States\.\w+\(/.test(value)) {
      return [{ field, reason: `\`${value}\`: intrinsic functions are not supported yet` }];
    }
    const parsed = parsePath(value);
    return parsed.ok ? [] : [{ field, reason: parsed.reason }];
  });
}

export function compileTemplate(template: Json): Evaluation {
  if (Array.isArray(template)) {
    const elements = template.map(compileTemplate);
    return (input, scope) => elements.map((element) => element(input, scope));
  }
  if (!isJsonObject(template)) return () => template;
  const fields = Object.entries(template).map(([field, value]) => compileField(field, value));
  return (input, scope) => Object.fromEntries(fields.map(({ name, value }) => [name, value(input, scope)]));
}

function compileField(field: string, value: Json): { readonly name: string; readonly value: Evaluation } {
  if (!field.endsWith('.$')) return { name: field, value: compileTemplate(value) };
  return { name: field.slice(0, -2), value: compilePath(String(value), field) };
}

/** The value at a path that `parsePath` accepts; throws `PathNotFound`, which names `field`, where there is none. */
export function compilePath(text: string, field: string): Evaluation {
  const parsed = parsePath(text);
  if (!parsed.ok) throw new Error(`Compiled before validation: ${parsed.reason}`);
  const { path } = parsed;
  if (path.steps.length === 0) return path.of === 'context' ? (_, scope) => scope.context : (input) => input;
  return (input, scope) => {
    const found = readPath(path, input, scope);
    if (found === undefined) throw new PathNotFound(path, field, path.of === 'context' ? scope.context : input);
    return found;
  };
}
