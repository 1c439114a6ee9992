import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../src/asl/json.ts';
import { advance } from '../../src/engine/advance.ts';
import { newExecution } from '../../src/engine/execution.ts';
import type { Inspection } from '../../src/engine/inspection.ts';
import { headerOf, machineOf } from './workbench.ts';

const TIME = Date.UTC(2024, 4, 1, 12);

async function inspect(states: Parameters<typeof machineOf>[0], input: Json = {}) {
  const seen: (readonly [string, Json])[] = [];
  const inspection: Inspection = {
    context: { State: { Name: 'given' } },
    inspect: (stage, value) => seen.push([stage, value]),
    failed: ({ error }, handledAs) => seen.push(['failed', `${error} as ${handledAs}`]),
    exited: (output, next) => seen.push(['exited', [output, next ?? null]]),
  };
  const started = { kind: 'execution-started', time: TIME, seed: 1 } as const;
  const advanced = await advance(machineOf(states), newExecution(headerOf(input, TIME)), started, inspection);
  return { seen, ...advanced };
}

test('an execution that is inspected ends with its first state, which sees the context object given', async () => {
  const { seen, execution } = await inspect({
    A: { Type: 'Pass', Parameters: { 'name.$': '$$.State.Name' }, Next: 'B' },
    B: { Type: 'Fail' },
  });
  const output = { name: 'given' };
  assert.deepEqual(seen, [
    ['afterInputPath', {}],
    ['afterParameters', output],
    ['result', output],
    ['afterResultSelector', output],
    ['afterResultPath', output],
    ['exited', [output, 'B']],
  ]);
  assert.equal(execution.end?.type, 'ExecutionSucceeded');
});

test('what happens inside a state is not looked at, and goes on to its end', async () => {
  const inner = { Type: 'Pass', Parameters: { 'name.$': '$$.State.Name' } };
  const branch = { StartAt: 'X', States: { X: { ...inner, Next: 'Y' }, Y: { ...inner, End: true } } };
  const { seen } = await inspect({ A: { Type: 'Parallel', Branches: [branch], End: true } });
  assert.deepEqual(
    seen.map(([stage]) => stage),
    ['afterInputPath', 'afterParameters', 'result', 'afterResultSelector', 'afterResultPath', 'exited'],
  );
  assert.deepEqual(seen.at(-1), ['exited', [[{ name: 'Y' }], null]]);
});

test('a failure is told before it is caught', async () => {
  const { seen } = await inspect({
    A: {
      Type: 'Parallel',
      Branches: [{ StartAt: 'X', States: { X: { Type: 'Fail', Error: 'E', Cause: 'C' } } }],
      Catch: [{ ErrorEquals: ['E'], Next: 'B' }],
      End: true,
    },
    B: { Type: 'Succeed' },
  });
  assert.deepEqual(seen.slice(-2), [
    ['failed', 'E as E'],
    ['exited', [{ Error: 'E', Cause: 'C' }, 'B']],
  ]);
});
