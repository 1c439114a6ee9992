import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MAX_PAYLOAD_BYTES } from '../../src/asl/json.ts';
import { advance } from '../../src/engine/advance.ts';
import { newExecution } from '../../src/engine/execution.ts';
import { FUNCTION, headerOf, INVOKE, machineOf, succeeded, Workbench } from './workbench.ts';

/** A string whose JSON text has that many bytes; three to a character where it can be. */
const textOf = (bytes: number) => '€'.repeat(Math.floor((bytes - 2) / 3)) + 'a'.repeat((bytes - 2) % 3);
const tooLarge = (name: string) =>
  `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`;

describe('256 KiB', () => {
  const catchAll = [{ ErrorEquals: ['States.ALL'], Next: 'H' }];
  const direct = { T: { Type: 'Task', Resource: FUNCTION, Catch: catchAll, Next: 'H' }, H: { Type: 'Succeed' } };

  test('a result of exactly the limit goes through', async () => {
    const bench = new Workbench();
    bench.task = () => succeeded(textOf(MAX_PAYLOAD_BYTES));
    const ended = await bench.run(direct);
    assert.equal(ended.status === 'SUCCEEDED' && Buffer.byteLength(ended.output), MAX_PAYLOAD_BYTES);
  });

  test('a result above it is the failure of the task, which Catch sees', async () => {
    const bench = new Workbench();
    bench.task = () => succeeded(textOf(MAX_PAYLOAD_BYTES + 1));
    await bench.run(direct);
    const failure = { error: 'States.DataLimitExceeded', cause: tooLarge(FUNCTION) };
    const output = { Error: failure.error, Cause: failure.cause };
    assert.deepEqual(bench.told.slice(4, 6), [
      [4, 'LambdaFunctionFailed', failure],
      [5, 'TaskStateExited', { name: 'T', output }],
    ]);
  });

  test('the optimised integration is named lambda in the cause', async () => {
    const bench = new Workbench();
    bench.task = () => succeeded({ Payload: textOf(MAX_PAYLOAD_BYTES) });
    const states = { T: { Type: 'Task', Resource: INVOKE, Parameters: { FunctionName: 'f' }, End: true } };
    const ended = await bench.run(states);
    assert.equal(ended.status === 'FAILED' && ended.cause, tooLarge('lambda'));
  });

  test('an output that a state makes too large fails the execution', async () => {
    const bench = new Workbench();
    const half = JSON.stringify({ a: textOf(MAX_PAYLOAD_BYTES / 2) });
    await bench.run({ S: { Type: 'Pass', ResultPath: '$.b', End: true } }, half);
    assert.deepEqual(bench.told.slice(2), [
      [2, 'ExecutionFailed', { error: 'States.DataLimitExceeded', cause: tooLarge('S') }],
    ]);
  });

  test('Parameters above it schedule nothing', async () => {
    const bench = new Workbench();
    const Parameters = { 'a.$': '$', 'b.$': '$' };
    const states = { T: { Type: 'Task', Resource: FUNCTION, Parameters, End: true } };
    const ended = await bench.run(states, JSON.stringify(textOf(MAX_PAYLOAD_BYTES / 2)));
    assert.equal(ended.status === 'FAILED' && ended.error, 'States.DataLimitExceeded');
    assert.match((ended.status === 'FAILED' && ended.cause) || '', /parameters of the state 'T'/);
    assert.deepEqual(bench.taskRequests, []);
  });
});

describe('25,000 events', () => {
  const failure = {
    error: 'States.Runtime',
    cause: 'The execution reached the maximum number of history events (25000).',
  };

  test('the last event ends the execution, whatever was to come', async () => {
    const bench = new Workbench();
    const end = { Variable: '$', IsNull: true, Next: 'End' };
    const states = { A: { Type: 'Choice', Choices: [end], Default: 'A' }, End: { Type: 'Succeed' } };
    await bench.run(states);
    assert.equal(bench.history.length, 25_000);
    assert.deepEqual(bench.told.at(-1), [24_999, 'ExecutionFailed', failure]);
  });

  /** Enters a Task after as many events, and says what is left to do. */
  async function enterTaskAfter(lastEventId: number) {
    const Catch = [
      { ErrorEquals: ['Never'], Next: 'End' },
      { ErrorEquals: ['States.ALL'], Next: 'T' },
    ];
    const machine = machineOf({
      P: { Type: 'Pass', Next: 'T' },
      T: { Type: 'Task', Resource: FUNCTION, Catch, Next: 'T' },
      End: { Type: 'Succeed' },
    });
    const at = { time: 0, seed: 0 };
    const begun = await advance(machine, newExecution(headerOf({}, 0)), { ...at, kind: 'execution-started' });
    const outcome = succeeded({});
    const { events, commands } = await advance(
      machine,
      { ...begun.execution, lastEventId },
      { ...at, kind: 'task-ended', eventId: 5, outcome },
    );
    return { types: events.map(({ type }) => type), commands: commands.map(({ kind }) => kind) };
  }
  const round = [
    'LambdaFunctionSucceeded',
    'TaskStateExited',
    'TaskStateEntered',
    'LambdaFunctionScheduled',
    'LambdaFunctionStarted',
  ];

  test('a task is run when its events leave one place for the end', async () => {
    assert.deepEqual(await enterTaskAfter(24_994), { types: round, commands: ['run-task'] });
  });

  test('a task whose events would take the last place is not run, and no Catch sees it', async () => {
    for (const places of [0, 1, 2, 3, 4]) {
      const types = [...round.slice(0, places), 'ExecutionFailed'];
      assert.deepEqual(await enterTaskAfter(24_999 - places), { types, commands: [] });
    }
  });

  test('an execution that ends with event 25,000 has not failed', async () => {
    const bench = new Workbench();
    // 24,999 events before the end: started, 12,499 passes of two events each.
    const states = Object.fromEntries(
      Array.from({ length: 12_499 }, (_, i) => [
        `S${i}`,
        { Type: 'Pass', ...(i === 12_498 ? { End: true } : { Next: `S${i + 1}` }) },
      ]),
    );
    const ended = await bench.run(states);
    assert.equal(bench.history.length, 25_000);
    assert.equal(ended.status, 'SUCCEEDED');
  });
});

describe('variables', () => {
  const assign = (names: readonly string[]) => Object.fromEntries(names.map((name) => [`${name}.$`, '$']));
  const run = async (states: Parameters<Workbench['run']>[0], bytes: number) => {
    const ended = await new Workbench().run(states, JSON.stringify(textOf(bytes)));
    return ended.status === 'FAILED' ? ended.error : ended.status;
  };

  test('one Assign takes 256 KiB of values, and no more', async () => {
    const states = { S: { Type: 'Pass', Assign: assign(['a', 'b']), End: true } };
    assert.equal(await run(states, MAX_PAYLOAD_BYTES / 2), 'SUCCEEDED');
    assert.equal(await run(states, MAX_PAYLOAD_BYTES / 2 + 1), 'States.DataLimitExceeded');
  });

  test('all variables of an execution together take 10 MiB; one that is assigned again counts once', async () => {
    const chain = (names: readonly string[]) =>
      Object.fromEntries(
        names.map((name, i) => {
          const next = i + 1 < names.length ? { Next: `S${i + 1}` } : { End: true };
          return [`S${i}`, { Type: 'Pass', Assign: assign([name]), ...next }];
        }),
      );
    const forty = Array.from({ length: 40 }, (_, i) => `v${i}`);
    assert.equal(await run(chain([...forty, 'v0']), MAX_PAYLOAD_BYTES), 'SUCCEEDED');
    assert.equal(await run(chain([...forty, 'more']), MAX_PAYLOAD_BYTES), 'States.DataLimitExceeded');
  });
});
