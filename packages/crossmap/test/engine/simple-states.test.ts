import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROLE, Workbench } from './workbench.ts';

const started = (input: object) => [0, 'ExecutionStarted', { input, roleArn: ROLE }] as const;

test('Pass: started, entered (both before event 0), exited, succeeded', async () => {
  const bench = new Workbench();
  const ended = await bench.run({ S: { Type: 'Pass', Result: { a: 1 }, ResultPath: '$.r', End: true } }, '{"x":0}');
  assert.deepEqual(bench.told, [
    started({ x: 0 }),
    [0, 'PassStateEntered', { name: 'S', input: { x: 0 } }],
    [2, 'PassStateExited', { name: 'S', output: { x: 0, r: { a: 1 } } }],
    [3, 'ExecutionSucceeded', { output: { x: 0, r: { a: 1 } } }],
  ]);
  assert.equal(ended.status, 'SUCCEEDED');
  assert.equal(ended.status === 'SUCCEEDED' && ended.output, '{"x":0,"r":{"a":1}}');
});

test('a second state is entered after the exit of the first', async () => {
  const bench = new Workbench();
  await bench.run({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Succeed' } });
  assert.deepEqual(bench.told.slice(3), [
    [3, 'SucceedStateEntered', { name: 'B', input: {} }],
    [4, 'SucceedStateExited', { name: 'B', output: {} }],
    [5, 'ExecutionSucceeded', { output: {} }],
  ]);
});

test('what only passed through keeps the text of the caller', async () => {
  const text = '{ "b": 1.0,  "a": [ ] }';
  const states = { A: { Type: 'Pass', ResultPath: null, Next: 'B' }, B: { Type: 'Succeed' } };
  const ended = await new Workbench().run(states, text);
  assert.equal(ended.status === 'SUCCEEDED' && ended.output, text);
  const changed = await new Workbench().run({ A: { Type: 'Pass', InputPath: '$.a', End: true } }, text);
  assert.equal(changed.status === 'SUCCEEDED' && changed.output, '[]');
});

test('Result null and Parameters are results of a Pass', async () => {
  const none = await new Workbench().run({ S: { Type: 'Pass', Result: null, End: true } });
  assert.equal(none.status === 'SUCCEEDED' && none.output, 'null');
  const states = { S: { Type: 'Pass', Parameters: { 'n.$': '$.a', 'me.$': '$$.State.Name' }, End: true } };
  const ended = await new Workbench().run(states, '{"a":2}');
  assert.equal(ended.status === 'SUCCEEDED' && ended.output, '{"n":2,"me":"S"}');
});

test('Succeed applies InputPath and OutputPath', async () => {
  const bench = new Workbench();
  await bench.run({ S: { Type: 'Succeed', InputPath: '$.a', OutputPath: '$.b' } }, '{"a":{"b":5}}');
  assert.deepEqual(bench.told[2], [2, 'SucceedStateExited', { name: 'S', output: 5 }]);
});

test('Fail has no exit event and gives its error and cause', async () => {
  const bench = new Workbench();
  const ended = await bench.run({ S: { Type: 'Fail', Error: 'E', Cause: 'because' } });
  assert.deepEqual(bench.told.slice(1), [
    [0, 'FailStateEntered', { name: 'S', input: {} }],
    [2, 'ExecutionFailed', { error: 'E', cause: 'because' }],
  ]);
  assert.deepEqual(
    { ...ended, startDate: 0, stopDate: 0 },
    {
      executionArn: ended.executionArn,
      stateMachineArn: ended.stateMachineArn,
      name: 'one',
      roleArn: ROLE,
      startDate: 0,
      input: '{}',
      status: 'FAILED',
      stopDate: 0,
      error: 'E',
      cause: 'because',
    },
  );
});

test('Fail takes a text from a path and nothing else', async () => {
  const failure = async (cause: object | string) => {
    const ended = await new Workbench().run(
      { S: { Type: 'Fail', ErrorPath: '$.e', CausePath: '$.c' } },
      JSON.stringify({ e: 'E', c: cause }),
    );
    return ended.status === 'FAILED' && [ended.error, ended.cause];
  };
  assert.deepEqual(await failure('because'), ['E', 'because']);
  const at = "An error occurred while executing the state 'S' (entered at the event id #2). ";
  assert.deepEqual(await failure({ x: 1 }), [
    'States.Runtime',
    `${at}The CausePath field refers to value "{"x":1}" which is not a valid string: $.c`,
  ]);
});

test('Fail without error and cause has neither', async () => {
  const bench = new Workbench();
  const ended = await bench.run({ S: { Type: 'Fail' } });
  assert.deepEqual(bench.told.at(-1), [2, 'ExecutionFailed', {}]);
  assert.ok(!('error' in ended) && !('cause' in ended));
});

const choice = {
  C: {
    Type: 'Choice',
    InputPath: '$.in',
    Choices: [
      { Variable: '$.n', NumericLessThan: 10, Next: 'Small' },
      { Variable: '$.n', NumericLessThan: 100, Next: 'Middle' },
    ],
    Default: 'Large',
  },
  Small: { Type: 'Succeed' },
  Middle: { Type: 'Succeed' },
  Large: { Type: 'Succeed' },
};

test('Choice goes where the first rule that holds says, else to Default', async () => {
  for (const [n, next] of [
    [1, 'Small'],
    [10, 'Middle'],
    [100, 'Large'],
  ] as const) {
    const bench = new Workbench();
    await bench.run(choice, JSON.stringify({ in: { n } }));
    assert.deepEqual(bench.told.slice(1, 4), [
      [0, 'ChoiceStateEntered', { name: 'C', input: { in: { n } } }],
      [2, 'ChoiceStateExited', { name: 'C', output: { n } }],
      [3, 'SucceedStateEntered', { name: next, input: { n } }],
    ]);
  }
});

test('Choice without a rule that holds and without Default is States.NoChoiceMatched', async () => {
  const bench = new Workbench();
  const { Large: _, ...others } = choice;
  const { Default: __, ...withoutDefault } = choice.C;
  await bench.run({ ...others, C: withoutDefault }, '{"in":{"n":500}}');
  const at = "An error occurred while executing the state 'C' (entered at the event id #2). ";
  const cause = `${at}Failed to transition out of the state. The state does not point to a next state.`;
  assert.deepEqual(bench.told.slice(2), [[2, 'ExecutionFailed', { error: 'States.NoChoiceMatched', cause }]]);
});

test('Choice over a place that is not there is States.Runtime', async () => {
  const bench = new Workbench();
  await bench.run(choice, '{"in":{}}');
  const at = "An error occurred while executing the state 'C' (entered at the event id #2). ";
  const cause = `${at}Invalid path '$.n': The choice state's condition path references an invalid value.`;
  assert.deepEqual(bench.told.slice(2), [[2, 'ExecutionFailed', { error: 'States.Runtime', cause }]]);
});

test('the dates of an execution are those of its first and last event', async () => {
  const bench = new Workbench();
  const begin = bench.clock.now();
  const ended = await bench.run({ S: { Type: 'Pass', End: true } });
  assert.equal(ended.startDate, begin);
  assert.equal(ended.stopDate, bench.history.at(-1)?.timestamp);
});
