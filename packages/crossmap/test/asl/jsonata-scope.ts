import type { Json } from '../../src/asl/json.ts';
import { parseExpression } from '../../src/asl/jsonata/expression.ts';
import type { Scope } from '../../src/asl/scope.ts';

/** What an expression sees in these tests; chance comes as 0, 1/16, 2/16 … */
export function scopeOf(scope: Partial<Scope> = {}): Scope {
  let drawn = 0;
  const random = () => (drawn++ % 16) / 16;
  return { input: {}, context: {}, variables: {}, time: 0, random, ...scope };
}

/** The value of an expression in the field `Output`, or why there is none, from behind the field's name. */
export async function evaluate(text: string, scope?: Partial<Scope>): Promise<Json> {
  const parsed = parseExpression(`{% ${text} %}`);
  if (!parsed.ok) return `refused: ${parsed.reason}`;
  const evaluated = await parsed.expression.evaluate(scopeOf(scope), 'Output');
  return evaluated.ok ? evaluated.value : evaluated.reason.replace(/^.*specified for the field 'Output' /s, '');
}
