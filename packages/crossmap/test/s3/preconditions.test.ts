import assert from 'node:assert/strict';
import { test } from 'node:test';
import { S3Error } from '../../src/s3/errors.ts';
import { notModified, requestedRange, writeCondition } from '../../src/s3/preconditions.ts';

function refusal(code: string) {
  return (error: unknown) => error instanceof S3Error && error.code === code;
}

test('a range gives the bytes it names, cut at the end of the object', () => {
  const cases: readonly (readonly [string | undefined, number, object | undefined])[] = [
    [undefined, 10, undefined],
    ['bytes=0-0', 10, { start: 0, end: 1 }],
    ['bytes=2-5', 10, { start: 2, end: 6 }],
    ['bytes=2-', 10, { start: 2, end: 10 }],
    ['bytes=-3', 10, { start: 7, end: 10 }],
    ['bytes=-30', 10, { start: 0, end: 10 }],
    ['bytes=5-100', 10, { start: 5, end: 10 }],
    ['bytes=5-4', 10, undefined],
    ['bytes=-', 10, undefined],
    ['lines=1-2', 10, undefined],
    ['bytes=0-1,3-4', 10, undefined],
  ];
  for (const [range, size, expected] of cases) assert.deepEqual(requestedRange(range, size), expected, range);
});

test('a range without any byte of the object is not satisfiable', () => {
  for (const [range, size] of [
    ['bytes=10-', 10],
    ['bytes=10-12', 10],
    ['bytes=-0', 10],
    ['bytes=0-', 0],
  ] as const) {
    assert.throws(() => requestedRange(range, size), refusal('InvalidRange'), range);
  }
});

const object = { etag: 'abc', lastModified: Date.UTC(2026, 0, 2, 3, 4, 5) };
const BEFORE = 'Fri, 02 Jan 2026 03:04:04 GMT';
const THEN = 'Fri, 02 Jan 2026 03:04:05 GMT';

test('conditions decide by entity tag first and by date only without one', () => {
  const answers: readonly (readonly [Record<string, string>, boolean | 'PreconditionFailed'])[] = [
    [{}, false],
    [{ 'if-match': '"abc"' }, false],
    [{ 'if-match': 'abc' }, false],
    [{ 'if-match': '*' }, false],
    [{ 'if-match': '"x"' }, 'PreconditionFailed'],
    [{ 'if-match': '"abc"', 'if-unmodified-since': BEFORE }, false],
    [{ 'if-unmodified-since': BEFORE }, 'PreconditionFailed'],
    [{ 'if-unmodified-since': THEN }, false],
    [{ 'if-none-match': '"abc"' }, true],
    [{ 'if-none-match': '"x", "abc"' }, true],
    [{ 'if-none-match': '"x"' }, false],
    [{ 'if-none-match': '"x"', 'if-modified-since': THEN }, false],
    [{ 'if-modified-since': THEN }, true],
    [{ 'if-modified-since': BEFORE }, false],
    [{ 'if-modified-since': 'some day' }, false],
  ];
  for (const [headers, expected] of answers) {
    const name = JSON.stringify(headers);
    if (expected === 'PreconditionFailed') assert.throws(() => notModified(headers, object), refusal(expected), name);
    else assert.equal(notModified(headers, object), expected, name);
  }
});

test('a write takes If-Match with a tag and If-None-Match with a star', () => {
  assert.deepEqual(writeCondition({ 'if-match': '"abc"' }), { ifMatch: 'abc' });
  assert.deepEqual(writeCondition({ 'if-none-match': '*' }), { ifNoneMatch: '*' });
  assert.throws(() => writeCondition({ 'if-none-match': '"abc"' }), refusal('NotImplemented'));
  assert.throws(() => writeCondition({ 'if-match': '*' }), refusal('NotImplemented'));
});
