import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FUNCTION, failed, succeeded, Workbench } from './workbench.ts';

const each = (state: object) => ({ ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Do', States: { Do: state } });
const map = (fields: object) => ({ M: { Type: 'Map', End: true, ...fields } });

test('iterations one after the other follow the last state of the one before', async () => {
  const bench = new Workbench();
  await bench.run(
    map({
      MaxConcurrency: 1,
      ItemSelector: { 'v.$': '$$.Map.Item.Value', 'i.$': '$$.Map.Item.Index' },
      ItemProcessor: each({ Type: 'Pass', End: true }),
    }),
    '["a","b"]',
  );
  assert.deepEqual(bench.told.slice(1), [
    [0, 'MapStateEntered', { name: 'M', input: ['a', 'b'] }],
    [2, 'MapStateStarted', { length: 2 }],
    [3, 'MapIterationStarted', { name: 'M', index: 0 }],
    [4, 'PassStateEntered', { name: 'Do', input: { v: 'a', i: 0 } }],
    [5, 'PassStateExited', { name: 'Do', output: { v: 'a', i: 0 } }],
    [6, 'MapIterationSucceeded', { name: 'M', index: 0 }],
    [6, 'MapIterationStarted', { name: 'M', index: 1 }],
    [8, 'PassStateEntered', { name: 'Do', input: { v: 'b', i: 1 } }],
    [9, 'PassStateExited', { name: 'Do', output: { v: 'b', i: 1 } }],
    [10, 'MapIterationSucceeded', { name: 'M', index: 1 }],
    [11, 'MapStateSucceeded', {}],
    [
      11,
      'MapStateExited',
      {
        name: 'M',
        output: [
          { v: 'a', i: 0 },
          { v: 'b', i: 1 },
        ],
      },
    ],
    [
      13,
      'ExecutionSucceeded',
      {
        output: [
          { v: 'a', i: 0 },
          { v: 'b', i: 1 },
        ],
      },
    ],
  ]);
});

test('no items: the state succeeds at once with an empty list', async () => {
  const bench = new Workbench();
  await bench.run(map({ ItemProcessor: each({ Type: 'Pass', End: true }) }), '[]');
  assert.deepEqual(bench.told.slice(2), [
    [2, 'MapStateStarted', { length: 0 }],
    [3, 'MapStateSucceeded', {}],
    [3, 'MapStateExited', { name: 'M', output: [] }],
    [5, 'ExecutionSucceeded', { output: [] }],
  ]);
});

test('at most 40 iterations run at once, and outputs keep the order of the items', async () => {
  const bench = new Workbench();
  const open: (() => void)[] = [];
  let most = 0;
  let running = 0;
  bench.task = ({ parameters }) => {
    running += 1;
    most = Math.max(most, running);
    return new Promise((resolve) => {
      open.push(() => {
        running -= 1;
        resolve(succeeded(parameters));
      });
    });
  };
  const items = Array.from({ length: 100 }, (_, i) => i);
  const { ended } = bench.start(
    map({ ItemProcessor: each({ Type: 'Task', Resource: FUNCTION, End: true }) }),
    JSON.stringify(items),
  );
  while (bench.executions.running > 0) {
    await bench.clock.advance(0);
    open.pop()?.();
  }
  const record = await ended;
  assert.equal(most, 40);
  assert.ok(record.status === 'SUCCEEDED');
  assert.deepEqual(JSON.parse(record.output), items);
});

test('an iteration that fails fails the state with its error, and those still running are aborted', async () => {
  const bench = new Workbench();
  bench.task = ({ parameters }) => (parameters === 1 ? failed({ error: 'E', cause: 'c' }) : new Promise(() => {}));
  const { ended } = bench.start(map({ ItemProcessor: each({ Type: 'Task', Resource: FUNCTION, End: true }) }), '[0,1]');
  const record = await ended;
  assert.ok(record.status === 'FAILED');
  assert.deepEqual([record.error, record.cause], ['E', 'c']);
  const failure = bench.history.find(({ type }) => type === 'LambdaFunctionFailed')?.id;
  assert.deepEqual(bench.told.slice(-7), [
    [bench.told.at(-7)?.[0], 'LambdaFunctionFailed', { error: 'E', cause: 'c' }],
    [failure, 'MapIterationFailed', { name: 'M', index: 1 }],
    [failure, 'TaskStateAborted', {}],
    [failure, 'MapIterationAborted', { name: 'M', index: 0 }],
    [failure, 'TaskStateAborted', {}],
    [failure, 'MapStateFailed', {}],
    [bench.history.length - 1, 'ExecutionFailed', { error: 'E', cause: 'c' }],
  ]);
});

test('a Retry starts the Map anew after what failed, without MapStateFailed between', async () => {
  const bench = new Workbench();
  await bench.run(
    map({
      MaxConcurrency: 1,
      Iterator: { StartAt: 'Do', States: { Do: { Type: 'Fail', Error: 'E' } } },
      Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }],
    }),
    '[1]',
  );
  assert.deepEqual(bench.told.slice(2), [
    [2, 'MapStateStarted', { length: 1 }],
    [3, 'MapIterationStarted', { name: 'M', index: 0 }],
    [4, 'FailStateEntered', { name: 'Do', input: 1 }],
    [5, 'MapIterationFailed', { name: 'M', index: 0 }],
    [5, 'MapStateStarted', { length: 1 }],
    [7, 'MapIterationStarted', { name: 'M', index: 0 }],
    [8, 'FailStateEntered', { name: 'Do', input: 1 }],
    [9, 'MapIterationFailed', { name: 'M', index: 0 }],
    [9, 'MapStateFailed', {}],
    [11, 'ExecutionFailed', { error: 'E' }],
  ]);
});

test('ten thousand items in a row need no deep stack, until the history is full', async () => {
  const bench = new Workbench();
  const items = JSON.stringify(Array.from({ length: 10_000 }, (_, i) => i));
  const { ended } = bench.start(map({ MaxConcurrency: 1, ItemProcessor: each({ Type: 'Pass', End: true }) }), items);
  const record = await ended;
  assert.ok(record.status === 'FAILED');
  assert.equal(record.error, 'States.Runtime');
  assert.equal(bench.history.length, 25_000);
});
