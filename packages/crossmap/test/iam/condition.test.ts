import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileCondition } from '../../src/iam/condition.ts';
import type { Context } from '../../src/iam/context.ts';
import { PolicyError } from '../../src/iam/policy.ts';

function met(operator: string, values: string | readonly string[], value?: string | readonly string[]): boolean {
  const context: Context = value === undefined ? {} : { 'aws:key': value };
  const list = typeof values === 'string' ? [values] : values;
  return compileCondition(operator, 'aws:key', list, { variables: true, at: 'here' }).met(context);
}

test('values are alternatives, and a negated operator is met when none of them matches', () => {
  assert.equal(met('StringEquals', ['a', 'b'], 'b'), true);
  assert.equal(met('StringEquals', ['a', 'b'], 'c'), false);
  assert.equal(met('StringNotEquals', ['a', 'b'], 'b'), false);
  assert.equal(met('StringNotEquals', ['a', 'b'], 'c'), true);
});

test('an absent key fails a positive operator and meets a negated one', () => {
  for (const operator of ['StringEquals', 'StringLike', 'StringEqualsIgnoreCase'])
    assert.equal(met(operator, 'a'), false);
  for (const operator of ['StringNotEquals', 'StringNotLike', 'StringNotEqualsIgnoreCase']) {
    assert.equal(met(operator, 'a'), true);
  }
  assert.equal(met('Bool', 'false'), false);
  assert.equal(met('ArnLike', 'arn:aws:iam::111111111111:role/a'), false);
  assert.equal(met('ArnNotEquals', 'arn:aws:iam::111111111111:role/a'), true);
});

test('IfExists is met by an absent key and still compares a present one', () => {
  assert.equal(met('StringEqualsIfExists', 'a'), true);
  assert.equal(met('StringEqualsIfExists', 'a', 'b'), false);
  assert.equal(met('BoolIfExists', 'true'), true);
  assert.equal(met('ForAnyValue:StringEqualsIfExists', 'a'), true);
});

test('Null tests presence; an empty list is an absent key', () => {
  assert.equal(met('Null', 'true'), true);
  assert.equal(met('Null', 'true', 'x'), false);
  assert.equal(met('Null', 'false', 'x'), true);
  assert.equal(met('Null', 'false'), false);
  assert.equal(met('Null', 'true', []), true);
});

test('ForAllValues is met by no value, ForAnyValue is not', () => {
  assert.equal(met('ForAllValues:StringEquals', ['a', 'b'], ['a', 'b']), true);
  assert.equal(met('ForAllValues:StringEquals', ['a', 'b'], ['a', 'c']), false);
  assert.equal(met('ForAllValues:StringEquals', 'a'), true);
  assert.equal(met('ForAllValues:StringNotEquals', 'a', ['b', 'a']), false);
  assert.equal(met('ForAnyValue:StringLike', 'o-*', ['x', 'o-1']), true);
  assert.equal(met('ForAnyValue:StringLike', 'o-*', ['x']), false);
  assert.equal(met('ForAnyValue:StringLike', 'o-*'), false);
  assert.equal(met('ForAnyValue:StringNotEquals', 'a', ['b', 'a']), true);
  assert.equal(met('ForAnyValue:StringNotEquals', 'a'), false);
});

test('only the Like operators know wildcards, only IgnoreCase and Bool ignore case', () => {
  assert.equal(met('StringEquals', 'a*', 'ab'), false);
  assert.equal(met('StringEquals', 'a*', 'a*'), true);
  assert.equal(met('StringLike', 'a*', 'ab'), true);
  assert.equal(met('StringLike', 'A*', 'ab'), false);
  assert.equal(met('StringEqualsIgnoreCase', 'Ab', 'aB'), true);
  assert.equal(met('Bool', 'TRUE', 'true'), true);
});

test('Arn operators compare segment by segment, wildcards in ArnEquals too', () => {
  const role = 'arn:aws:iam::111111111111:role/team/Reader';
  assert.equal(met('ArnEquals', 'arn:aws:iam::111111111111:role/*', role), true);
  assert.equal(met('ArnLike', 'arn:aws:iam::*:role/team/?eader', role), true);
  assert.equal(met('ArnLike', 'arn:aws:*:111111111111:role/team/*:*', `${role}:x`), false);
  assert.equal(met('ArnLike', 'arn:aws:iam::111111111111:role/*', `${role}:x`), true);
  assert.equal(met('ArnLike', 'arn:*:*:*:*:role/*', 'not an arn'), false);
  assert.equal(met('ArnNotLike', 'arn:aws:iam::111111111111:role/*', role), false);
});

test('the names of keys are case-insensitive', () => {
  const condition = compileCondition('StringEquals', 'AWS:SourceArn', ['x'], { variables: true, at: '' });
  assert.equal(condition.met({ 'aws:sourcearn': 'x' }), true);
});

test('Numeric operators compare numbers, not texts', () => {
  assert.equal(met('NumericEquals', '10', '10.0'), true);
  assert.equal(met('NumericNotEquals', '10', '9'), true);
  assert.equal(met('NumericNotEquals', '10', '10'), false);
  assert.equal(met('NumericLessThan', '10', '9'), true);
  assert.equal(met('NumericLessThan', '10', '10'), false);
  assert.equal(met('NumericLessThanEquals', '10', '10'), true);
  assert.equal(met('NumericGreaterThan', '9', '10'), true);
  assert.equal(met('NumericGreaterThan', '10', '10'), false);
  assert.equal(met('NumericGreaterThanEquals', '-1.5', '-1.5'), true);
  assert.equal(met('NumericLessThan', '10', 'nine'), false);
  assert.equal(met('NumericLessThanEqualsIfExists', '10'), true);
});

test('Date operators compare moments, in ISO 8601 or epoch seconds', () => {
  assert.equal(met('DateEquals', '2026-11-24T01:00:00Z', '2026-11-24T02:00:00+01:00'), true);
  assert.equal(met('DateEquals', '1795482000', '2026-11-24T01:00:00Z'), true);
  assert.equal(met('DateNotEquals', '2026', '2026-01-01'), false);
  assert.equal(met('DateLessThan', '2026-11-24', '2026-11-23T23:59:59.999Z'), true);
  assert.equal(met('DateLessThan', '2026-11-24', '2026-11-24'), false);
  assert.equal(met('DateLessThanEquals', '2026-11-24', '2026-11-24'), true);
  assert.equal(met('DateGreaterThan', '2026-11', '2026-11-02'), true);
  assert.equal(met('DateGreaterThanEquals', '2026-11-24T01:00Z', '2026-11-24T01:00:00Z'), true);
  assert.equal(met('DateLessThan', '2026-11-24', 'yesterday'), false);
  assert.equal(met('DateLessThan', '2026-11-24'), false);
});

test('IpAddress takes addresses and ranges of IPv4 and IPv6', () => {
  assert.equal(met('IpAddress', '203.0.113.0/24', '203.0.113.255'), true);
  assert.equal(met('IpAddress', '203.0.113.0/24', '203.0.114.0'), false);
  assert.equal(met('IpAddress', '203.0.113.77/25', '203.0.113.127'), true);
  assert.equal(met('IpAddress', '203.0.113.77/25', '203.0.113.128'), false);
  assert.equal(met('IpAddress', '203.0.113.7', '203.0.113.7'), true);
  assert.equal(met('IpAddress', '203.0.113.7', '203.0.113.6'), false);
  assert.equal(met('IpAddress', '0.0.0.0/0', '203.0.113.6'), true);
  assert.equal(met('IpAddress', '0.0.0.0/0', '2001:db8::1'), false);
  assert.equal(met('IpAddress', '2001:DB8:1234:5678::/64', '2001:db8:1234:5678:9::a'), true);
  assert.equal(met('IpAddress', '2001:DB8:1234:5678::/64', '2001:db8:1234:5679::'), false);
  assert.equal(met('IpAddress', '2001:db8::1', '2001:0db8:0:0:0:0:0:1'), true);
  assert.equal(met('IpAddress', '203.0.113.0/24', '::ffff:203.0.113.9'), true);
  assert.equal(met('NotIpAddress', ['10.0.0.0/8', '203.0.113.0/24'], '203.0.113.9'), false);
  assert.equal(met('NotIpAddress', ['10.0.0.0/8'], '203.0.113.9'), true);
  assert.equal(met('NotIpAddress', ['10.0.0.0/8']), true);
  assert.equal(met('IpAddress', '203.0.113.0/24', 'not an address'), false);
});

test('BinaryEquals compares what base64 stands for', () => {
  assert.equal(met('BinaryEquals', 'QmluYXJ5', 'QmluYXJ5'), true);
  assert.equal(met('BinaryEquals', 'YQ==', 'YQ'), true);
  assert.equal(met('BinaryEquals', 'YQ==', 'YR=='), false);
});

test('an empty value is none for ForAllValues and ForAnyValue, and a value for all others', () => {
  assert.equal(met('ForAllValues:StringEquals', 'a', ['']), true);
  assert.equal(met('ForAnyValue:StringEquals', '', ['']), false);
  assert.equal(met('StringEquals', '', ''), true);
});

function metWith(context: Context, operator: string, value: string, variables = true): boolean {
  return compileCondition(operator, 'aws:key', [value], { variables, at: 'here' }).met(context);
}

test('a variable stands for the one value of its key, literally', () => {
  const context = { 'aws:key': 'home/alice/x', 'aws:username': 'alice' };
  assert.equal(metWith(context, 'StringLike', 'home/${aws:username}/*'), true);
  assert.equal(metWith({ ...context, 'aws:username': 'bob' }, 'StringLike', 'home/${aws:username}/*'), false);
  assert.equal(metWith({ ...context, 'aws:username': '*' }, 'StringLike', 'home/${aws:username}/*'), false);
  assert.equal(metWith({ 'aws:key': 'Alice', 'aws:username': 'alice' }, 'StringEquals', '${aws:username}'), false);
  assert.equal(
    metWith({ 'aws:key': 'Alice', 'aws:username': 'aLICE' }, 'StringEqualsIgnoreCase', '${AWS:UserName}'),
    true,
  );
  assert.equal(metWith({ 'aws:key': '${aws:username}' }, 'StringEquals', '${aws:username}', false), true);
});

test('a variable without a value matches nothing, unless it has a default', () => {
  assert.equal(metWith({ 'aws:key': 'x' }, 'StringEquals', '${aws:username}'), false);
  assert.equal(metWith({ 'aws:key': 'x' }, 'StringNotEquals', '${aws:username}'), true);
  assert.equal(metWith({ 'aws:key': 'anonymous' }, 'StringEquals', "${aws:userid, 'anonymous'}"), true);
  assert.equal(
    metWith({ 'aws:key': 'anonymous', 'aws:userid': 'A' }, 'StringEquals', "${aws:userid, 'anonymous'}"),
    false,
  );
  assert.equal(metWith({ 'aws:key': 'a', 'aws:tagkeys': ['a', 'b'] }, 'StringEquals', '${aws:TagKeys}'), false);
});

test('a colon inside of a variable parts no segments of an ARN', () => {
  const arn = 'arn:aws:iam::${aws:PrincipalAccount}:role/${aws:PrincipalTag/team}-*';
  const context = {
    'aws:key': 'arn:aws:iam::111111111111:role/blue-1',
    'aws:PrincipalAccount': '111111111111',
    'aws:PrincipalTag/team': 'blue',
  };
  assert.equal(metWith(context, 'ArnLike', arn), true);
  assert.equal(metWith({ ...context, 'aws:PrincipalTag/team': 'red' }, 'ArnLike', arn), false);
});

test('every other operator is refused by its name', () => {
  const others = ['stringEquals', 'NullIfExists', 'toString', 'NumericLike', 'BinaryNotEquals'];
  for (const operator of [...others, 'ForSomeValues:StringEquals', 'ForAllValues:Null']) {
    assert.throws(
      () => met(operator, 'true'),
      (error: unknown) => error instanceof PolicyError && error.message.includes(`\`${operator}\``),
      operator,
    );
  }
});

test('a value that its operator cannot compare is refused', () => {
  for (const [operator, value] of [
    ['Bool', 'yes'],
    ['Null', 'absent'],
    ['ArnLike', 'arn:aws:s3'],
    ['NumericEquals', 'ten'],
    ['NumericEquals', ''],
    ['NumericEquals', '${aws:EpochTime}'],
    ['DateEquals', '2026-13-01'],
    ['DateEquals', '24.11.2026'],
    ['IpAddress', '203.0.113.0/33'],
    ['IpAddress', '203.0.113.256'],
    ['IpAddress', '2001:db8::1::2'],
    ['IpAddress', '2001:db8:1:2:3:4:5:6:7'],
    ['IpAddress', '*'],
    ['BinaryEquals', 'no base64!'],
    ['StringLike', '${aws:username'],
    ['StringLike', '${username}'],
  ] as const) {
    assert.throws(() => met(operator, value), PolicyError, `${operator} ${value}`);
  }
});

test('a condition key has the prefix of its service', () => {
  assert.throws(() => compileCondition('StringEquals', 'prefix', ['x'], { variables: true, at: '' }), PolicyError);
});
