import { isJsonObject, type Json } from '../json.ts';
import type { Scope } from '../scope.ts';
import { type Evaluated, isExpression, type JsonType, parseExpression } from './expression.ts';

/** A compiled field: its value or the failure of the state. */
export type JsonataEvaluation = (scope: Scope) => Promise<Evaluated>;

/** Any JSON with expressions in it (Arguments, Output, Assign, Items …); every string that is none is itself. */
export interface JsonataTemplate {
  /** Whether there is nothing to evaluate. */
  readonly constant: boolean;
  readonly evaluate: JsonataEvaluation;
}

/**
 * Compiles a template that has no problems. `field` is its place in the state: the parts are named from it,
 * `Output/list[0]/total`. `expected` is for a field that takes one type: it is held against what an expression in the
 * place of the whole field gives.
 */
export function compileJsonata(template: Json, field: string, expected?: JsonType): JsonataTemplate {
  if (typeof template === 'string' && isExpression(template)) {
    const parsed = parseExpression(template);
    if (!parsed.ok) throw new Error(`Compiled before validation: ${parsed.reason}`);
    const { expression } = parsed;
    return { constant: false, evaluate: (scope) => expression.evaluate(scope, field, expected) };
  }
  const parts = partsOf(template, field).map(([name, value, place]) => ({ name, ...compileJsonata(value, place) }));
  if (parts.every(({ constant }) => constant)) {
    const value: Evaluated = { ok: true, value: template };
    return { constant: true, evaluate: async () => value };
  }
  const evaluate: JsonataEvaluation = async (scope) => {
    const fields: [string, Json][] = [];
    for (const part of parts) {
      const evaluated = await part.evaluate(scope);
      if (!evaluated.ok) return evaluated;
      fields.push([part.name, evaluated.value]);
    }
    return { ok: true, value: Array.isArray(template) ? fields.map(([, value]) => value) : Object.fromEntries(fields) };
  };
  return { constant: false, evaluate };
}

/** The fields or elements of a template, each with its place. */
export function partsOf(template: Json, at: string): readonly (readonly [name: string, value: Json, place: string])[] {
  if (Array.isArray(template)) {
    return template.map((value: Json, i) => [String(i), value, `${at}[${i}]`] as const);
  }
  if (!isJsonObject(template)) return [];
  return Object.entries(template).map(([name, value]) => [name, value, `${at}/${name}`] as const);
}
