import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Case, Transformer } from '../case.ts';
import { NormalForm } from '../normal-form.ts';
import { RawText, References } from '../references.ts';

function normalForm(...transformers: readonly Transformer[]): NormalForm {
  const each: Case = { id: 'x', area: 'x', tier: 1, flow: 'operations', expected: {}, transformers };
  return new NormalForm(each, new References(each, Date.UTC(2025, 0, 31, 12, 30, 45)));
}

test('a text that holds a JSON object becomes the object, once', () => {
  const answer = { output: '{"a":"{\\"b\\":1}"}', list: ['{"a":1}'], array: '[1]', more: [{ input: '{}' }], bad: '{x' };
  assert.deepEqual(normalForm().of(answer), {
    output: { a: '{"b":1}' },
    list: ['{"a":1}'],
    array: '[1]',
    more: [{ input: {} }],
    bad: '{x',
  });
});

test('dates with an offset, partition and Region are masked in every text', () => {
  const text = 'at 2025-01-31T12:30:45.678Z, not 2025-13-31T12:30:45Z nor 2025-01-31T12:30:45';
  assert.deepEqual(normalForm().of({ text, arn: 'arn:aws:s3:us-east-1::x' }), {
    text: 'at date, not 2025-13-31T12:30:45Z nor 2025-01-31T12:30:45',
    arn: 'arn:<partition>:s3:<region>::x',
  });
});

test('a date that `expected` names is compared as it is', () => {
  const named = '2022-11-16T00:29:32.000Z';
  const each: Case = { id: 'x', area: 'x', tier: 1, flow: 'operations', expected: { rows: [{ at: named }] } };
  const form = new NormalForm(each, new References(each, 0));
  assert.deepEqual(form.of({ a: named, b: '2022-11-16T00:29:33.000Z' }), { a: named, b: 'date' });
});

test('the regex rules of the case come before the masks and see names as well', () => {
  const form = normalForm(
    { t: 'regex', pattern: 'arn:aws:iam::1:role/r', replacement: 'role_arn' },
    { t: 'regex', pattern: '${now}Z', replacement: '<timestamp>' },
    { t: 'regex', pattern: '${op7.nothing}', replacement: 'never' },
  );
  assert.deepEqual(form.of({ 'arn:aws:iam::1:role/r': '2025-01-31T12:30:45Z' }), { role_arn: '<timestamp>' });
  assert.deepEqual(form.written, ['role_arn', '<timestamp>']);
});

test('a text asked for raw stays as it is', () => {
  assert.deepEqual(normalForm().of({ a: new RawText('"2025-01-31T12:30:45Z"') }), { a: '"2025-01-31T12:30:45Z"' });
});

test('sorted parallel events lack the end that the exit follows', () => {
  const events = ['ParallelStateStarted', 'ParallelStateSucceeded', 'ParallelStateExited'].map((type) => ({ type }));
  const [started, , exited] = events;
  assert.deepEqual(normalForm({ t: 'parallelEvents' }).of({ events }), { events: [started, exited] });
  assert.deepEqual(normalForm().of({ events }), { events });
});
