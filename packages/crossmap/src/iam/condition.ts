import { arnMatcher } from './arn.ts';
import { type Context, contextValues } from './context.ts';
import { unexpected, unsupported } from './policy-error.ts';
import { anyOf, type Matcher, matcher, readPattern } from './wildcard.ts';

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

interface Comparison {
  readonly negated: boolean;
  readonly compile: (value: string, source: Source) => Matcher;
}

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: { negated: false, compile: exactly },
  StringNotEquals: { negated: true, compile: exactly },
  StringEqualsIgnoreCase: { negated: false, compile: ignoringCase },
  StringNotEqualsIgnoreCase: { negated: true, compile: ignoringCase },
  StringLike: { negated: false, compile: like },
  StringNotLike: { negated: true, compile: like },
  ArnEquals: { negated: false, compile: arnLike },
  ArnLike: { negated: false, compile: arnLike },
  ArnNotEquals: { negated: true, compile: arnLike },
  ArnNotLike: { negated: true, compile: arnLike },
  Bool: { negated: false, compile: truth },
};

/**
 * Keys that AWS would fill and nothing here does. A condition on one would be decided by its absence, so that a Deny
 * might silently never apply: the policy is refused instead. Keys that are absent here because they would be absent on
 * AWS too (of VPC endpoints, of organizations) are not among them.
 */
const NEVER_FILLED =
  /^(aws:(principaltag\/.*|requesttag\/.*|resourcetag\/.*|tagkeys|sourceip|useragent|referer|currenttime|epochtime|tokenissuetime)|s3:(existingobjecttag.*|requestobjecttag.*|signatureage|tlsversion|versionid|x-amz-copy-source))$/;

const OPERATOR = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

/**
 * Compiles one operator, key and its values. Values are alternatives; a negated operator is met when none matches.
 * Of an absent key: a negated operator, `…IfExists` and `ForAllValues` are met, any other is not.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function compileCondition(operator: string, key: string, values: readonly string[], source: Source): Condition {
  const condition = { operator, key, values };
  if (NEVER_FILLED.test(key.toLowerCase())) throw unsupported(`The condition key \`${key}\``, source.at);
  if (operator === 'Null') {
    const expectsAbsence = anyOf(values.map((value) => truth(value, source)));
    return { ...condition, met: (context) => expectsAbsence(String(contextValues(context, key) === undefined)) };
  }
  const [, quantifier, name = '', ifExists] = OPERATOR.exec(operator) ?? [];
  const comparison = Object.hasOwn(COMPARISONS, name) ? COMPARISONS[name] : undefined;
  if (comparison === undefined) throw unsupported(`The condition operator \`${operator}\``, source.at);

  const { negated } = comparison;
  const matches = anyOf(values.map((value) => comparison.compile(value, source)));
  const metWhenAbsent =
    ifExists !== undefined || quantifier === 'ForAllValues' || (negated && quantifier === undefined);
  const holds = (value: string) => matches(value) !== negated;
  const every = quantifier === 'ForAllValues' || (negated && quantifier === undefined);
  return {
    ...condition,
    met(context) {
      const found = contextValues(context, key);
      if (found === undefined) return metWhenAbsent;
      return every ? found.every(holds) : found.some(holds);
    },
  };
}

function exactly(value: string, source: Source): Matcher {
  return matcher(readPattern(value, { wildcards: false, ...source }));
}

function ignoringCase(value: string, source: Source): Matcher {
  const matches = exactly(value.toLowerCase(), source);
  return (text) => matches(text.toLowerCase());
}

function like(value: string, source: Source): Matcher {
  return matcher(readPattern(value, { wildcards: true, ...source }));
}

function arnLike(value: string, source: Source): Matcher {
  const matches = arnMatcher(value, source);
  if (matches === undefined) throw unexpected(value, 'an ARN of six segments', value, source.at);
  return matches;
}

function truth(value: string, source: Source): Matcher {
  const expected = value.toLowerCase();
  if (expected !== 'true' && expected !== 'false') throw unexpected('value', '`true` or `false`', value, source.at);
  return (text) => text.toLowerCase() === expected;
}
