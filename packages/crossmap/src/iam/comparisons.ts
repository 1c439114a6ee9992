import { arnMatcher } from './arn.ts';
import { parseDate } from './date.ts';
import { parseAddress, parseRange, rangeContains } from './ip-address.ts';
import { unexpected } from './policy-error.ts';
import { compilePattern, type Matcher } from './wildcard.ts';

interface Source {
  readonly variables: boolean;
  readonly at: string;
}

/** How a condition operator compares a value of a policy with one of a request. */
export interface Comparison {
  /** Whether the operator asks that no value matches. */
  readonly negated: boolean;
  /** Throws `PolicyError` for a value that the operator cannot compare. */
  readonly compile: (value: string, source: Source) => Matcher;
}

type Order = (found: number, expected: number) => boolean;

const ORDERS: Readonly<Record<string, Order>> = {
  Equals: (found, expected) => found === expected,
  LessThan: (found, expected) => found < expected,
  LessThanEquals: (found, expected) => found <= expected,
  GreaterThan: (found, expected) => found > expected,
  GreaterThanEquals: (found, expected) => found >= expected,
};

/**
 * The condition operators by name, without `IfExists` and `Null`. Variables stand in the values of String and Arn
 * operators and of `Bool`; elsewhere the text of a variable is no number, date or address and is refused.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const COMPARISONS: Readonly<Record<string, Comparison>> = {
  ...withNegation('StringEquals', 'StringNotEquals', exactly),
  ...withNegation('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', ignoringCase),
  ...withNegation('StringLike', 'StringNotLike', like),
  ...withNegation('ArnEquals', 'ArnNotEquals', arnLike),
  ...withNegation('ArnLike', 'ArnNotLike', arnLike),
  ...withNegation('IpAddress', 'NotIpAddress', inRange),
  ...ordered('Numeric', 'a number', parseNumber),
  ...ordered('Date', 'an ISO 8601 date or epoch seconds', parseDate),
  Bool: { negated: false, compile: truth },
  BinaryEquals: { negated: false, compile: sameBytes },
};

function withNegation(name: string, negation: string, compile: Comparison['compile']) {
  return { [name]: { negated: false, compile }, [negation]: { negated: true, compile } };
}

function ordered(
  prefix: string,
  expectation: string,
  parse: (text: string) => number | undefined,
): Readonly<Record<string, Comparison>> {
  const comparison = (holds: Order, negated = false): Comparison => ({
    negated,
    compile(value, { at }) {
      const expected = parse(value);
      if (expected === undefined) throw unexpected('value', expectation, value, at);
      return (text) => {
        const found = parse(text);
        return found !== undefined && holds(found, expected);
      };
    },
  });
  const orders = Object.entries(ORDERS).map(([name, holds]) => [`${prefix}${name}`, comparison(holds)]);
  return {
    ...Object.fromEntries(orders),
    [`${prefix}NotEquals`]: comparison((found, expected) => found === expected, true),
  };
}

function exactly(value: string, source: Source): Matcher {
  return compilePattern(value, { wildcards: false, ...source });
}

function ignoringCase(value: string, source: Source): Matcher {
  return compilePattern(value, { wildcards: false, ignoreCase: true, ...source });
}

function like(value: string, source: Source): Matcher {
  return compilePattern(value, { wildcards: true, ...source });
}

function arnLike(value: string, source: Source): Matcher {
  const matches = arnMatcher(value, source);
  if (matches === undefined) throw unexpected('value', 'an ARN of six segments', value, source.at);
  return matches;
}

function truth(value: string, source: Source): Matcher {
  const variable = source.variables && value.startsWith('${');
  if (!variable && !/^(true|false)$/i.test(value)) throw unexpected('value', '`true` or `false`', value, source.at);
  return ignoringCase(value, source);
}

function parseNumber(text: string): number | undefined {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : undefined;
}

/** Both sides are base64; the padding says nothing. */
function sameBytes(value: string, { at }: Source): Matcher {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value)) throw unexpected('value', 'base64', value, at);
  const expected = value.replace(/=+$/, '');
  return (text) => text.replace(/=+$/, '') === expected;
}

function inRange(value: string, { at }: Source): Matcher {
  const range = parseRange(value);
  if (range === undefined) throw unexpected('value', 'an IP address or a CIDR range', value, at);
  return (text) => {
    const address = parseAddress(text);
    return address !== undefined && rangeContains(range, address);
  };
}
