import type { Json } from '../json.ts';
import type { Field } from '../scope.ts';
import type { JsonType } from './expression.ts';
import { compileJsonata } from './template.ts';

/** A field of a JSONata state has no value: `States.QueryEvaluationError`. `location` is the field, where one is known. */
export class QueryFailed extends Error {
  readonly location: string | undefined;
  constructor(reason: string, location: string | undefined) {
    super(reason);
    this.location = location;
  }
}

/** A field without problems, as `compileJsonata`. Throws `QueryFailed` when evaluated. */
export function jsonataField(template: Json, field: string, expected?: JsonType): Field {
  const { constant, evaluate } = compileJsonata(template, field, expected);
  if (constant) return () => template;
  return async (_, scope) => {
    const evaluated = await evaluate(scope);
    if (evaluated.ok) return evaluated.value;
    throw new QueryFailed(evaluated.reason, evaluated.location);
  };
}
