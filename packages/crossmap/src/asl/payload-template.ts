import { isIntrinsic, type ParsedIntrinsic, parseIntrinsic } from './intrinsic.ts';
import { isJsonObject, type Json } from './json.ts';
import { type ParsedPath, type Path, parsePath, readPathOrNone, searchedBy } from './path.ts';
import type { Evaluation } from './scope.ts';

/**
 * A compiled payload template (Parameters, ItemSelector, ResultSelector, BatchInput …): a field whose name ends in `.$`
 * takes the value at its path or of its intrinsic function; everything else is itself.
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

/** `unsupported`: Step Functions accepts it, this engine does not. */
export interface TemplateProblem {
  readonly message: string;
  readonly unsupported: boolean;
}

/** What AWS says of each problem of the template. A template without problems compiles. */
export function templateProblems(template: Json): readonly TemplateProblem[] {
  if (Array.isArray(template)) return template.flatMap(templateProblems);
  if (!isJsonObject(template)) return [];
  return Object.entries(template).flatMap(([field, value]) => {
    if (!field.endsWith('.$')) return templateProblems(value);
    if (Object.hasOwn(template, field.slice(0, -2))) {
      return [{ message: `The field '${field}' is also given without \`.$\``, unsupported: false }];
    }
    const parsed = typeof value === 'string' ? parseExpression(value) : undefined;
    if (parsed?.ok) return [];
    const message = `The value for the field '${field}' must be a valid JSONPath or a valid intrinsic function call`;
    if (parsed?.unsupported) return [{ message: `${message}: ${parsed.reason}`, unsupported: true }];
    return [{ message, unsupported: false }];
  });
}

/** A path or the call of an intrinsic function. */
export function parseExpression(text: string): ParsedPath | ParsedIntrinsic {
  return isIntrinsic(text) ? parseIntrinsic(text) : parsePath(text);
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
  return { name: field.slice(0, -2), value: compileExpression(String(value), field) };
}

/** The value of what `parseExpression` accepts. Throws `PathNotFound`, which names `field`, or `IntrinsicFailed`. */
export function compileExpression(text: string, field: string): Evaluation {
  if (!isIntrinsic(text)) return compilePath(text, field);
  const parsed = parseIntrinsic(text);
  if (!parsed.ok) throw new Error(`Compiled before validation: ${parsed.reason}`);
  return parsed.evaluate;
}

/**
 * The value at a path that `parsePath` accepts. An indefinite path gives a list, an empty one where it leads nowhere;
 * for a definite one that does, throws `PathNotFound`, which names `field`.
 */
export function compilePath(text: string, field: string): Evaluation {
  const parsed = parsePath(text);
  if (!parsed.ok) throw new Error(`Compiled before validation: ${parsed.reason}`);
  const { path } = parsed;
  return (input, scope) => {
    const found = readPathOrNone(path, input, scope);
    if (found === undefined) throw new PathNotFound(path, field, searchedBy(path, input, scope));
    return found;
  };
}
