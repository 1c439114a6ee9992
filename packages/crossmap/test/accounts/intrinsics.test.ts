import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DiagnosticCode } from '../../src/accounts/assembly-error.ts';
import {
  IntrinsicResolver,
  NO_VALUE,
  type Resolved,
  references,
  type Scope,
  UNRESOLVED,
} from '../../src/accounts/intrinsics.ts';
import type { Json } from '../../src/asl/json.ts';

const SCOPE: Scope = {
  ref: (name) =>
    name === 'Gone' ? UNRESOLVED : name === 'Machine' ? 'arn:aws:states:r:a:stateMachine:M' : `ref-${name}`,
  attribute: (logicalId, attribute) => `${logicalId}.${attribute}`,
};

function resolve(value: Json): { value: Resolved; reported: [DiagnosticCode, string][] } {
  const reported: [DiagnosticCode, string][] = [];
  const resolver = new IntrinsicResolver(SCOPE, (code, property) => reported.push([code, property]));
  return { value: resolver.resolve(value, 'P'), reported };
}

function resolved(value: Json): Resolved {
  const { value: found, reported } = resolve(value);
  assert.deepEqual(reported, []);
  return found;
}

test('Ref and Fn::GetAtt, in both forms, give what the stack knows', () => {
  assert.equal(resolved({ Ref: 'Bucket' }), 'ref-Bucket');
  assert.equal(resolved({ 'Fn::GetAtt': ['Bucket', 'Arn'] }), 'Bucket.Arn');
  assert.equal(resolved({ 'Fn::GetAtt': 'Bucket.Arn' }), 'Bucket.Arn');
});

test('Fn::Join joins nested values and numbers', () => {
  assert.equal(
    resolved({ 'Fn::Join': [':', ['arn', { Ref: 'A' }, 3, { 'Fn::Join': ['', ['x', 'y']] }]] }),
    'arn:ref-A:3:xy',
  );
  assert.equal(resolved({ 'Fn::Join': ['-', { 'Fn::Split': ['/', 'a/b'] }] }), 'a-b');
});

test('Fn::Select over Fn::Split takes the name out of an ARN', () => {
  assert.equal(resolved({ 'Fn::Select': [6, { 'Fn::Split': [':', { Ref: 'Machine' }] }] }), 'M');
  assert.equal(resolved({ 'Fn::Select': ['0', ['a', 'b']] }), 'a');
});

test('Fn::Sub replaces names, attributes and its own values, and keeps literals', () => {
  assert.equal(resolved({ 'Fn::Sub': 'a-${AWS::Region}-${B.Arn}-${!Kept}' }), 'a-ref-AWS::Region-B.Arn-${Kept}');
  assert.equal(resolved({ 'Fn::Sub': ['${Own}/${Other}', { Own: { Ref: 'X' } }] }), 'ref-X/ref-Other');
});

test('AWS::NoValue removes the property or the list element', () => {
  assert.deepEqual(resolved({ a: { Ref: 'AWS::NoValue' }, b: [1, { Ref: 'AWS::NoValue' }] }), { b: [1] });
  assert.equal(resolved({ Ref: 'AWS::NoValue' }), NO_VALUE);
});

test('a statement with a Condition is no intrinsic', () => {
  const statement = { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
  assert.deepEqual(resolved(statement), statement);
});

test('intrinsics that are not supported are all reported, each where it is', () => {
  const { value, reported } = resolve({
    a: { 'Fn::If': ['C', 1, 2] },
    b: [{ 'Fn::ImportValue': 'x' }],
    c: { 'Fn::FindInMap': [] },
  });
  assert.equal(value, UNRESOLVED);
  assert.deepEqual(reported, [
    ['UNSUPPORTED_INTRINSIC', 'P.a.Fn::If'],
    ['UNSUPPORTED_INTRINSIC', 'P.b[0].Fn::ImportValue'],
    ['UNSUPPORTED_INTRINSIC', 'P.c.Fn::FindInMap'],
  ]);
});

test('arguments of the wrong shape are invalid', () => {
  const wrong: Json[] = [
    { Ref: 3 },
    { 'Fn::GetAtt': ['OnlyId'] },
    { 'Fn::Join': [',', 'not a list'] },
    { 'Fn::Join': [',', [{ a: 1 }]] },
    { 'Fn::Split': ['', 'text'] },
    { 'Fn::Select': [2, ['a', 'b']] },
    { 'Fn::Select': [-1, ['a', 'b']] },
    { 'Fn::Sub': { a: 1 } },
    { Ref: 'A', other: 1 },
  ];
  for (const value of wrong) {
    const { value: found, reported } = resolve(value);
    assert.equal(found, UNRESOLVED, JSON.stringify(value));
    assert.deepEqual(
      reported.map(([code]) => code),
      ['INVALID_TEMPLATE'],
      JSON.stringify(value),
    );
  }
});

test('a value that depends on something reported already is unresolved without another report', () => {
  const { value, reported } = resolve({ 'Fn::Select': [1, { 'Fn::Split': [':', { 'Fn::Sub': 'a:${Gone}' }] }] });
  assert.equal(value, UNRESOLVED);
  assert.deepEqual(reported, []);
});

test('references are found in every form, without the names Fn::Sub brings itself', () => {
  const value: Json = [
    { Ref: 'A' },
    { 'Fn::GetAtt': ['B', 'Arn'] },
    { 'Fn::GetAtt': 'C.Arn' },
    { 'Fn::Sub': '${D}${E.Arn}${!No}' },
    { 'Fn::Sub': ['${Own}${F}', { Own: { Ref: 'G' } }] },
    { 'Fn::If': ['cond', { Ref: 'H' }, 'x'] },
  ];
  assert.deepEqual([...references(value)].sort(), ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H']);
});
