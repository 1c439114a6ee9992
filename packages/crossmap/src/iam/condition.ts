import { COMPARISONS } from './comparisons.ts';
import { type Context, contextValue } from './context.ts';
import { unexpected, unsupported } from './policy-error.ts';
import { anyOf } from './wildcard.ts';

/** One operator applied to one key. All conditions of a statement must be met. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  readonly met: (context: Context) => boolean;
}

interface Source {
  readonly variables: boolean;
  readonly at: string;
}

const OPERATOR = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;
const KEY = /^[A-Za-z0-9-]+:[^\s]+$/;

/**
 * Compiles one operator, key and its values. Values are alternatives; a negated operator is met when none matches.
 * Of an absent key: a negated operator, `…IfExists` and `ForAllValues` are met, any other is not. An empty value is
 * none for `ForAllValues` and `ForAnyValue`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function compileCondition(operator: string, key: string, values: readonly string[], source: Source): Condition {
  const condition = { operator, key, values };
  if (!KEY.test(key)) throw unexpected('condition key', '`service:key`', key, source.at);
  if (operator === 'Null') return { ...condition, met: presence(key, values, source) };
  const [, quantifier, name = '', ifExists] = OPERATOR.exec(operator) ?? [];
  const comparison = Object.hasOwn(COMPARISONS, name) ? COMPARISONS[name] : undefined;
  if (comparison === undefined) throw unsupported(`The condition operator \`${operator}\``, source.at);

  const { negated } = comparison;
  const matches = anyOf(values.map((value) => comparison.compile(value, source)));
  const every = quantifier === 'ForAllValues' || (negated && quantifier === undefined);
  const metWhenAbsent = ifExists !== undefined || every;
  return {
    ...condition,
    met(context) {
      const present = contextValue(context, key);
      if (typeof present === 'string') {
        return present === '' && quantifier !== undefined ? metWhenAbsent : matches(present, context) !== negated;
      }
      const found = quantifier === undefined ? present : present?.filter((value) => value !== '');
      if (found === undefined || found.length === 0) return metWhenAbsent;
      for (const value of found) if ((matches(value, context) !== negated) !== every) return !every;
      return every;
    },
  };
}

function presence(key: string, values: readonly string[], { at }: Source): Condition['met'] {
  const absent = values.map((value) => {
    const lower = value.toLowerCase();
    if (lower !== 'true' && lower !== 'false') throw unexpected('value', '`true` or `false`', value, at);
    return lower === 'true';
  });
  return (context) => absent.includes(contextValue(context, key) === undefined);
}
