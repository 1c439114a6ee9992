import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FUNCTION, failed, succeeded, Workbench } from './workbench.ts';

const pass = (name: string, fields: object = {}) => ({
  StartAt: name,
  States: { [name]: { Type: 'Pass', End: true, ...fields } },
});
const task = (name: string, fields: object = {}) => ({
  StartAt: name,
  States: { [name]: { Type: 'Task', Resource: FUNCTION, End: true, ...fields } },
});

describe('Parallel', () => {
  test('each branch gets the input, and the output is their outputs in the order of the branches', async () => {
    const bench = new Workbench();
    await bench.run(
      {
        P: {
          Type: 'Parallel',
          Parameters: { 'x.$': '$.a' },
          Branches: [pass('A', { Result: 1 }), pass('B')],
          End: true,
        },
      },
      '{"a":5}',
    );
    assert.deepEqual(bench.told.slice(1), [
      [0, 'ParallelStateEntered', { name: 'P', input: { a: 5 } }],
      [2, 'ParallelStateStarted', {}],
      [3, 'PassStateEntered', { name: 'A', input: { x: 5 } }],
      [4, 'PassStateExited', { name: 'A', output: 1 }],
      [3, 'PassStateEntered', { name: 'B', input: { x: 5 } }],
      [6, 'PassStateExited', { name: 'B', output: { x: 5 } }],
      [7, 'ParallelStateSucceeded', {}],
      [7, 'ParallelStateExited', { name: 'P', output: [1, { x: 5 }] }],
      [9, 'ExecutionSucceeded', { output: [1, { x: 5 }] }],
    ]);
  });

  test('branches run at the same time, and the last to end lets the state go on', async () => {
    const bench = new Workbench();
    const open: (() => void)[] = [];
    bench.task = (_, call) => new Promise((resolve) => open.push(() => resolve(succeeded(call))));
    const { ended } = bench.start({ P: { Type: 'Parallel', Branches: [task('A'), task('B')], End: true } });
    await bench.clock.advance(0);
    assert.equal(open.length, 2);
    open[1]?.();
    await bench.clock.advance(0);
    assert.equal(bench.executions.running, 1);
    open[0]?.();
    const record = await ended;
    assert.ok(record.status === 'SUCCEEDED');
    assert.equal(record.output, '[1,2]');
  });

  test('a branch that fails stops the others, and the state fails with its error', async () => {
    const bench = new Workbench();
    bench.task = () => new Promise(() => {});
    const { ended } = bench.start({
      P: {
        Type: 'Parallel',
        Branches: [task('Slow'), { StartAt: 'No', States: { No: { Type: 'Fail', Error: 'E', Cause: 'c' } } }],
        Catch: [{ ErrorEquals: ['E'], Next: 'Caught' }],
        Next: 'Never',
      },
      Never: { Type: 'Pass', End: true },
      Caught: { Type: 'Pass', End: true },
    });
    await ended;
    assert.deepEqual(bench.types, [
      'ExecutionStarted',
      'ParallelStateEntered',
      'ParallelStateStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'FailStateEntered',
      'TaskStateAborted',
      'ParallelStateFailed',
      'ParallelStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
    assert.equal(bench.told[8]?.[0], 7);
    assert.deepEqual(bench.told[9]?.slice(0, 2), [9, 'ParallelStateExited']);
    assert.deepEqual(bench.history.at(-1)?.details, { output: { Error: 'E', Cause: 'c' } });
  });

  test('a Retry runs all branches again, without ParallelStateFailed between', async () => {
    const bench = new Workbench();
    bench.task = (_, call) => (call === 1 ? failed({ error: 'E' }) : succeeded(call));
    await bench.run({
      P: {
        Type: 'Parallel',
        Branches: [pass('A', { Result: 'a' }), task('B')],
        Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 3 }],
        End: true,
      },
    });
    assert.deepEqual(
      bench.types.filter((type) => type.startsWith('Parallel')),
      [
        'ParallelStateEntered',
        'ParallelStateStarted',
        'ParallelStateStarted',
        'ParallelStateSucceeded',
        'ParallelStateExited',
      ],
    );
    const again = bench.history.filter(({ type }) => type === 'ParallelStateStarted')[1];
    const failure = bench.history.find(({ type }) => type === 'LambdaFunctionFailed');
    assert.equal(again?.previousEventId, failure?.id);
    assert.equal((again?.timestamp ?? 0) - (failure?.timestamp ?? 0), 3_000);
    assert.deepEqual(bench.history.at(-1)?.details, { output: ['a', 2] });
  });

  test('a failure inside nested Parallel states reaches the outermost that catches', async () => {
    const bench = new Workbench();
    const inner = {
      StartAt: 'I',
      States: {
        I: {
          Type: 'Parallel',
          Branches: [{ StartAt: 'F', States: { F: { Type: 'Fail', Error: 'Deep' } } }],
          End: true,
        },
      },
    };
    await bench.run({
      P: {
        Type: 'Parallel',
        Branches: [inner],
        Catch: [{ ErrorEquals: ['Deep'], ResultPath: '$.e', Next: 'C' }],
        Next: 'N',
      },
      N: { Type: 'Fail', Error: 'wrong' },
      C: { Type: 'Pass', End: true },
    });
    assert.deepEqual(bench.history.at(-1)?.details, { output: { e: { Error: 'Deep', Cause: null } } });
    assert.equal(bench.types.filter((type) => type === 'ParallelStateFailed').length, 2);
  });
});

describe('Assign', () => {
  test('variables are seen by the states after, by branches, and a branch keeps its own to itself', async () => {
    const bench = new Workbench();
    await bench.run(
      {
        Set: { Type: 'Pass', Assign: { 'x.$': '$.a', y: 2 }, Next: 'P' },
        P: {
          Type: 'Parallel',
          Branches: [
            {
              StartAt: 'In',
              States: {
                In: { Type: 'Pass', Assign: { 'z.$': '$x' }, Next: 'Out' },
                Out: { Type: 'Pass', Parameters: { 'x.$': '$x', 'z.$': '$z' }, End: true },
              },
            },
          ],
          Assign: { 'last.$': '$[0].z' },
          Next: 'After',
        },
        After: { Type: 'Pass', Parameters: { 'y.$': '$y', 'last.$': '$last' }, End: true },
      },
      '{"a":7}',
    );
    const exits = bench.history.filter(({ type }) => type.endsWith('StateExited'));
    assert.deepEqual(
      exits.map(({ details }) => ('assignedVariables' in details ? details.assignedVariables : undefined)),
      [{ x: 7, y: 2 }, { z: 7 }, undefined, { last: 7 }, undefined],
    );
    assert.deepEqual(bench.history.at(-1)?.details, { output: { y: 2, last: 7 } });
  });
});
