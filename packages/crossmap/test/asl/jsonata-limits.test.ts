import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { evaluate } from './jsonata-scope.ts';

const tooDeep =
  'threw an error during evaluation: Stack overflow error: Check for non-terminating recursive function. ' +
  'Consider rewriting as tail-recursive';
const tooLong = 'threw an error during evaluation: Expression evaluation timeout: Check for infinite loop';
const tooLarge =
  'threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage';

const recursion = (n: number) => `($f := function($x){ $x <= 0 ? 0 : 1 + $f($x - 1) }; $f(${n}))`;
const doubling = (n: number) => `($f := function($s, $n){ $n = 0 ? $s : $f($s & $s, $n - 1) }; $length($f('x', ${n})))`;

test('evaluations nest as deep as at AWS and no deeper', async () => {
  for (const [shape, most] of [
    [(n: number) => `1${'+1'.repeat(n)}`, 99],
    [(n: number) => `${'('.repeat(n)}1${')'.repeat(n)}`, 99],
    [(n: number) => `${'['.repeat(n)}1${']'.repeat(n)}`, 99],
    [(n: number) => `1${'~>$string'.repeat(n)}`, 99],
    [recursion, 31],
  ] as const) {
    assert.notEqual(await evaluate(shape(most)), tooDeep);
    assert.equal(await evaluate(shape(most + 1)), tooDeep);
  }
});

test('the parts of a constructor are each as deep as if they stood alone', async () => {
  const list = Array.from({ length: 300 }, () => '1 + 1');
  assert.deepEqual(
    await evaluate(`[${list.join(', ')}]`),
    list.map(() => 2),
  );
  const fields = list.map((value, i) => `'f${i}': ${value}`);
  assert.equal(await evaluate(`$count($keys({${fields.join(', ')}}))`), 300);
  assert.deepEqual(await evaluate(`[0, [${recursion(31)}], [${recursion(31)}]]`), [0, [31], [31]]);
  assert.equal(await evaluate(`[0, [0, [${recursion(31)}]]]`), tooDeep);
  assert.equal(await evaluate(`{'a': 0, 'b': ${recursion(32)}}`), tooDeep);
});

test('a constructor that has ended leaves no depth behind', async () => {
  assert.equal(await evaluate(`([1, 2, [3, 4]]; {'a': 1, 'b': 2}; ${recursion(31)})`), 31);
  assert.equal(await evaluate(`([1, 2]; ${recursion(32)})`), tooDeep);
});

test('a tree walked by a function that calls itself in a constructor is as deep as the tree', async () => {
  const walk = "($f := function($n){ $n = 0 ? [] : {'l': $f($n - 1), 'r': $f($n - 1)} }; $string($f(8)))";
  assert.equal(String(await evaluate(walk)).split('"l"').length, 256);
});

test('a recursion without end is stopped', async () => {
  assert.equal(await evaluate('($f := function($x){ 1 + $f($x) }; $f(1))'), tooDeep);
});

test('an endless loop of tail calls is stopped, also beside other parts', async () => {
  // The hooks of the test runner would make a million steps take long: they do not reach into a worker.
  const module = new URL('./jsonata-scope.js', import.meta.url).href;
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.module)
      .then(({ evaluate }) => evaluate(workerData.text))
      .then((value) => parentPort.postMessage(value));`,
    { eval: true, workerData: { module, text: '[1, ($f := function($x){ $f($x + 1) }; $f(1))]' } },
  );
  const [value] = await once(worker, 'message');
  assert.equal(value, tooLong);
  await worker.terminate();
});

test('the parts behind one that fails are not evaluated', async () => {
  let drawn = 0;
  const random = () => drawn++;
  assert.match(String(await evaluate("[$random(), $error('no'), $random()]", { random })), /D3137: no/);
  await Promise.resolve();
  assert.equal(drawn, 1);
});

test('values grow as large as at AWS and no larger', async () => {
  assert.equal(await evaluate('[1..873782] ~> $count()'), 873_782);
  assert.equal(await evaluate('[1..873783] ~> $count()'), tooLarge);
  assert.equal(await evaluate(doubling(22)), 4_194_304);
  assert.equal(await evaluate(doubling(23)), tooLarge);
  assert.equal(await evaluate("$pad('x', 1e9)"), tooLarge);
  assert.equal(await evaluate("$pad('x', -3, '-')"), '--x');
});
