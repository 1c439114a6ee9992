import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from './jsonata-scope.ts';

const nothing = 'returned nothing (undefined).';

function mismatch(name: string, index: number): string {
  return `threw an error during evaluation. T0410: Argument ${index} of function "${name}" does not match function signature`;
}

test('$partition gives chunks of the size, whose fraction is cut off', async () => {
  assert.deepEqual(await evaluate('$partition([1,2,3,4,5], 2)'), [[1, 2], [3, 4], [5]]);
  assert.deepEqual(await evaluate('$partition([1,2,3,4,5], 2.9)'), [[1, 2], [3, 4], [5]]);
  assert.deepEqual(await evaluate('$partition([1,2,3])'), [[1, 2, 3]]);
  assert.deepEqual(await evaluate('$partition(1, 2)'), [[1]]);
});

test('$partition gives nothing for no elements and for a size of zero', async () => {
  for (const call of ['$partition([], 2)', '$partition([1,2], 0)', '$partition([1,2], -0.5)', '$partition($x, 2)']) {
    assert.equal(await evaluate(call), nothing);
  }
});

test('$partition refuses a negative size and null', async () => {
  const negative = 'threw an error during evaluation. D3137: Second argument must be zero or greater';
  assert.equal(await evaluate('$partition([1,2,3], -1)'), negative);
  assert.match(
    String(await evaluate('$partition(null, 2)')),
    /T0412: Argument 1 of function "partition" must be an array/,
  );
});

test('$range goes to its end in either direction, with fractions cut off', async () => {
  assert.deepEqual(await evaluate('$range(0, 10, 2)'), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(await evaluate('$range(0, 9, 2)'), [0, 2, 4, 6, 8]);
  assert.deepEqual(await evaluate('$range(10, 0, -2)'), [10, 8, 6, 4, 2, 0]);
  assert.deepEqual(await evaluate('$range(-1.7, 2, 1)'), [-1, 0, 1, 2]);
  assert.deepEqual(await evaluate('$range(5, 1, -1.5)'), [5, 4, 3, 2, 1]);
  assert.equal(await evaluate('$range(3, 3, 1)'), 3);
});

test('$range gives nothing without a step, with none of zero and away from its end', async () => {
  for (const call of ['$range(1, 5)', '$range(1, 5, 0)', '$range(5, 1, 1)'])
    assert.equal(await evaluate(call), nothing);
  assert.equal(await evaluate('$range(1)'), mismatch('range', 2));
});

test('$range makes as many elements as at AWS', async () => {
  assert.equal(await evaluate('$count($range(1, 360145, 1))'), 360_145);
  const refused =
    'threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage';
  assert.equal(await evaluate('$range(1, 360146, 1)'), refused);
  assert.equal(await evaluate('$range(1, 1e15, 1)'), refused);
});

test('$hash digests UTF-8 with the five algorithms', async () => {
  assert.equal(await evaluate("$hash('Hello', 'MD5')"), '8b1a9953c4611296a827abf8c47804d7');
  assert.equal(await evaluate("$hash('input', 'SHA-1')"), '140f86aae51ab9e1cda9b4254fe98a74eb54c1a1');
  assert.equal(
    await evaluate("$hash('Hello', 'SHA-256')"),
    '185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969',
  );
  assert.equal(await evaluate("$hash('ñ', 'MD5')"), '94e9342ecbb1458b6043ecd3bfcbc192');
  for (const [algorithm, length] of [
    ['SHA-384', 96],
    ['SHA-512', 128],
  ]) {
    assert.equal(await evaluate(`$length($hash('Hello', '${algorithm}'))`), length);
  }
});

test('$hash refuses an algorithm in other letters, gives nothing without one', async () => {
  assert.match(String(await evaluate("$hash('Hello', 'md5')")), /D3137: /);
  assert.equal(await evaluate("$hash('Hello')"), nothing);
  assert.equal(await evaluate("$hash(42, 'MD5')"), mismatch('hash', 1));
  assert.equal(await evaluate("$hash('a', 5)"), mismatch('hash', 2));
});

test('$parse reads JSON and refuses what is none', async () => {
  assert.deepEqual(await evaluate('$parse(\'{"b":1,"a":[null]}\')'), { b: 1, a: [null] });
  assert.deepEqual(await evaluate("$map(['[1]', '[2]'], $parse)"), [[1], [2]]);
  assert.equal(await evaluate('$parse()'), nothing);
  assert.equal(await evaluate('$parse(null)'), mismatch('parse', 1));
  for (const text of ["''", "'x'", "'[1] [2]'"]) {
    assert.equal(await evaluate(`$parse(${text})`), 'threw an error during evaluation. D3137: Invalid JSON');
  }
});

test('$random with a seed gives what AWS gives for it', async () => {
  assert.equal(await evaluate('$random(42)'), 0.7275636800328681);
  assert.equal(await evaluate('$random(0)'), 0.730967787376657);
  assert.equal(await evaluate('$random(7)'), 0.7306990420600421);
  assert.equal(await evaluate('$random(0.9)'), 0.730967787376657);
});

test('$random, $uuid and $shuffle are made of the chance given', async () => {
  assert.deepEqual(await evaluate('[$random(), $random()]', { random: () => 0.25 }), [0.25, 0.25]);
  assert.equal(await evaluate('$uuid()'), '01234567-89ab-4cde-b012-3456789abcde');
  assert.deepEqual(await evaluate('$shuffle([1..4])', { random: () => 0 }), [2, 3, 4, 1]);
  assert.equal(await evaluate("$uuid('x')"), mismatch('uuid', 1));
  assert.equal(await evaluate('$random(1, 2)'), mismatch('random', 2));
});

test('chance is drawn in the order of the text', async () => {
  assert.deepEqual(await evaluate("[$random() * 16, [$random() * 16], {'a': $random() * 16, 'b': $random() * 16}]"), [
    0,
    [1],
    { a: 2, b: 3 },
  ]);
  assert.deepEqual(await evaluate('[1..5].($random() * 16)'), [0, 1, 2, 3, 4]);
  assert.deepEqual(await evaluate("[{'k': 'x'}, {'k': 'y'}]{k: $random() * 16}"), { x: 0, y: 1 });
});

test('$now and $millis are the time given', async () => {
  const time = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
  assert.equal(await evaluate('$now()', { time }), '2026-01-02T03:04:05.006Z');
  assert.equal(await evaluate("$now('[Y]-[M01]', '-0500')", { time }), '2026-01');
  assert.equal(await evaluate('$millis()', { time }), time);
  assert.equal(await evaluate('($fromMillis := function($x){ 0 }; $now())', { time }), '2026-01-02T03:04:05.006Z');
});

test('a partial application of a function that needs the time or chance is refused by name', async () => {
  const refused =
    'threw an error during evaluation: a partial application of a function that needs the time or chance is not supported';
  assert.equal(await evaluate('($s := $shuffle(?); $s([1]))'), refused);
});
