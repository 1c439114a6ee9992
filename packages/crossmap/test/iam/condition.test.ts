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

test('every other operator is refused by its name', () => {
  const others = [
    'IpAddress',
    'NumericEquals',
    'DateLessThan',
    'BinaryEquals',
    'stringEquals',
    'NullIfExists',
    'toString',
  ];
  for (const operator of [...others, 'ForSomeValues:StringEquals', 'ForAllValues:Null']) {
    assert.throws(
      () => met(operator, 'true'),
      (error: unknown) => error instanceof PolicyError && error.message.includes(`\`${operator}\``),
      operator,
    );
  }
});

test('a value that its operator cannot compare is refused', () => {
  assert.throws(() => met('Bool', 'yes'), PolicyError);
  assert.throws(() => met('Null', 'absent'), PolicyError);
  assert.throws(() => met('ArnLike', 'arn:aws:s3'), PolicyError);
});

test('a key that nothing here fills refuses the policy by name, one that is absent on AWS too does not', () => {
  const compile = (key: string) =>
    compileCondition('StringEquals', key, ['x'], { variables: true, at: 'Statement[0]' });
  for (const key of ['aws:PrincipalTag/team', 's3:ExistingObjectTag/state', 'aws:SourceIp', 'aws:CurrentTime']) {
    assert.throws(
      () => compile(key),
      (error) => error instanceof PolicyError && error.message.includes(key),
    );
  }
  for (const key of ['aws:SourceVpce', 'aws:PrincipalOrgID', 's3:prefix']) assert.equal(compile(key).met({}), false);
});
