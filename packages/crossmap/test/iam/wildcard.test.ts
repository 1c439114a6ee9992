import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern } from '../../src/iam/wildcard.ts';

function matches(pattern: string, text: string, variables = true): boolean {
  return compilePattern(pattern, { wildcards: true, variables, at: 'here' })(text, {});
}

test('a pattern must match the whole text', () => {
  assert.equal(matches('ab', 'ab'), true);
  assert.equal(matches('ab', 'abc'), false);
  assert.equal(matches('b*', 'ab'), false);
  assert.equal(matches('', ''), true);
});

test('an asterisk matches any characters, none, slashes and colons included', () => {
  assert.equal(matches('b/*', 'b/'), true);
  assert.equal(matches('b/*.json', 'b/x/y:z.json'), true);
  assert.equal(matches('a*b*c', 'a-b-b-c'), true);
  assert.equal(matches('a*b*c', 'a-c-b'), false);
  assert.equal(matches('*a', 'ba'), true);
  assert.equal(matches('a**', 'a'), true);
});

test('a question mark matches exactly one character, also one outside the basic plane', () => {
  assert.equal(matches('a?c', 'abc'), true);
  assert.equal(matches('a?c', 'ac'), false);
  assert.equal(matches('a?', 'a'), false);
  assert.equal(matches('a?c', 'a😀c'), true);
  assert.equal(matches('a??c', 'a😀c'), false);
  assert.equal(matches('*??', '😀'), false);
});

test('time stays linear in pattern × text for a pattern that would make a regular expression backtrack', () => {
  const matches = compilePattern(`${'a*'.repeat(30)}b`, { wildcards: true, variables: false, at: '' });
  assert.equal(matches('a'.repeat(5000), {}), false);
});

test('the literal variables stand for the characters themselves, in Version 2012-10-17 only', () => {
  const dollar = '$';
  assert.equal(matches(`a${dollar}{*}b`, 'a*b'), true);
  assert.equal(matches(`a${dollar}{*}b`, 'axb'), false);
  assert.equal(matches(`a${dollar}{?}`, 'a?'), true);
  assert.equal(matches(`a${dollar}{$}`, 'a$'), true);
  assert.equal(matches(`a${dollar}{$}`, `a${dollar}{$}`, false), true);
});
