import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FUNCTION, failed, INVOKE, ROLE, succeeded, Workbench } from './workbench.ts';

const direct = (fields: object = {}) => ({ S: { Type: 'Task', Resource: FUNCTION, End: true, ...fields } });
const LAMBDA = { resourceType: 'lambda', resource: 'invoke' };
const optimised = (fields: object = {}) => ({
  S: { Type: 'Task', Resource: INVOKE, Parameters: { FunctionName: 'work', 'Payload.$': '$' }, End: true, ...fields },
});

test('a function named by its ARN: scheduled, started, succeeded', async () => {
  const bench = new Workbench();
  bench.task = () => succeeded({ b: 2 });
  await bench.run(direct(), '{"a":1}');
  assert.deepEqual(bench.told.slice(1), [
    [0, 'TaskStateEntered', { name: 'S', input: { a: 1 } }],
    [2, 'LambdaFunctionScheduled', { resource: FUNCTION, input: { a: 1 } }],
    [3, 'LambdaFunctionStarted', {}],
    [4, 'LambdaFunctionSucceeded', { output: { b: 2 } }],
    [5, 'TaskStateExited', { name: 'S', output: { b: 2 } }],
    [6, 'ExecutionSucceeded', { output: { b: 2 } }],
  ]);
  const caller = { roleArn: ROLE, region: 'eu-west-1', sessionName: 'one' };
  const resource = { kind: 'lambda-function', functionArn: FUNCTION };
  assert.deepEqual(bench.taskRequests, [{ caller, resource, parameters: { a: 1 } }]);
});

test('lambda:invoke: the events name the integration, the Region and the parameters', async () => {
  const bench = new Workbench();
  bench.task = () => succeeded({ Payload: 5, StatusCode: 200 });
  await bench.run(
    optimised({ ResultSelector: { 'p.$': '$.Payload' }, ResultPath: '$.r', OutputPath: '$.r' }),
    '{"a":1}',
  );
  const parameters = { FunctionName: 'work', Payload: { a: 1 } };
  assert.deepEqual(bench.told.slice(2), [
    [2, 'TaskScheduled', { ...LAMBDA, region: 'eu-west-1', parameters }],
    [3, 'TaskStarted', LAMBDA],
    [4, 'TaskSucceeded', { ...LAMBDA, output: { Payload: 5, StatusCode: 200 } }],
    [5, 'TaskStateExited', { name: 'S', output: { p: 5 } }],
    [6, 'ExecutionSucceeded', { output: { p: 5 } }],
  ]);
  assert.deepEqual(bench.taskRequests[0]?.resource, {
    kind: 'service',
    service: 'lambda',
    action: 'invoke',
    pattern: 'request-response',
    resource: 'invoke',
  });
});

test('a failure nobody handles fails the execution with its error and cause', async () => {
  for (const [states, type, details] of [
    [direct(), 'LambdaFunctionFailed', {}],
    [optimised(), 'TaskFailed', LAMBDA],
  ] as const) {
    const bench = new Workbench();
    bench.task = () => failed({ error: 'E', cause: 'c' });
    await bench.run(states);
    assert.deepEqual(bench.told.slice(4), [
      [4, type, { ...details, error: 'E', cause: 'c' }],
      [5, 'ExecutionFailed', { error: 'E', cause: 'c' }],
    ]);
  }
});

test('a path of Parameters that leads to nothing fails before anything is scheduled', async () => {
  const bench = new Workbench();
  await bench.run(direct({ Parameters: { 'a.$': '$.none' } }), '{"b":1}');
  const at = "An error occurred while executing the state 'S' (entered at the event id #2). ";
  const cause = `${at}The JSONPath '$.none' specified for the field 'a.$' could not be found in the input '{"b":1}'`;
  assert.deepEqual(bench.told.slice(2), [[2, 'ExecutionFailed', { error: 'States.Runtime', cause }]]);
  assert.deepEqual(bench.taskRequests, []);
});

describe('Retry', () => {
  const retry = (...retriers: object[]) => direct({ Retry: retriers });

  test('each attempt is scheduled again, after the delay of its number', async () => {
    const bench = new Workbench();
    bench.task = (_, call) => (call <= 2 ? failed({ error: 'E' }) : succeeded('done'));
    const begin = bench.clock.now();
    await bench.run(retry({ ErrorEquals: ['E'], IntervalSeconds: 3 }));
    assert.deepEqual(
      bench.history.map(({ previousEventId, type, timestamp }) => [previousEventId, type, timestamp - begin]),
      [
        [0, 'ExecutionStarted', 0],
        [0, 'TaskStateEntered', 0],
        [2, 'LambdaFunctionScheduled', 0],
        [3, 'LambdaFunctionStarted', 0],
        [4, 'LambdaFunctionFailed', 0],
        [5, 'LambdaFunctionScheduled', 3_000],
        [6, 'LambdaFunctionStarted', 3_000],
        [7, 'LambdaFunctionFailed', 3_000],
        [8, 'LambdaFunctionScheduled', 9_000],
        [9, 'LambdaFunctionStarted', 9_000],
        [10, 'LambdaFunctionSucceeded', 9_000],
        [11, 'TaskStateExited', 9_000],
        [12, 'ExecutionSucceeded', 9_000],
      ],
    );
  });

  test('when the attempts are used up the last failure is the failure of the execution', async () => {
    const bench = new Workbench();
    bench.task = (_, call) => failed({ error: 'E', cause: `call ${call}` });
    await bench.run(retry({ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }));
    assert.deepEqual(bench.types.filter((type) => type === 'LambdaFunctionFailed').length, 2);
    assert.deepEqual(bench.told.at(-1), [8, 'ExecutionFailed', { error: 'E', cause: 'call 2' }]);
  });

  test('the private part of an event says which retrier waits and until when; the last failure has none', async () => {
    const bench = new Workbench();
    const begin = bench.clock.now();
    bench.task = (_, call) => failed({ error: call === 1 ? 'B' : 'C' });
    await bench.run(retry({ ErrorEquals: ['A'] }, { ErrorEquals: ['B'], IntervalSeconds: 2 }));
    const failures = bench.history.filter(({ type }) => type === 'LambdaFunctionFailed');
    assert.deepEqual(
      failures.map((event) => event.private),
      [{ retry: { flow: '', retrier: 1, dueAt: begin + 2_000 } }, undefined],
    );
  });

  test('each retrier counts for itself, and counting starts anew when the state is entered again', async () => {
    const bench = new Workbench();
    const errors = ['A', 'B', undefined, 'A', 'A'];
    bench.task = (_, call) => {
      const error = errors[call - 1];
      return error === undefined ? succeeded({}) : failed({ error });
    };
    const states = {
      S: {
        Type: 'Task',
        Resource: FUNCTION,
        Retry: [
          { ErrorEquals: ['A'], MaxAttempts: 1 },
          { ErrorEquals: ['B'], MaxAttempts: 1 },
        ],
        Next: 'Again',
      },
      Again: { Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, Next: 'End' }], Default: 'S' },
      End: { Type: 'Succeed' },
    };
    await bench.run(states);
    assert.equal(bench.taskRequests.length, 5);
    assert.equal(bench.types.at(-1), 'ExecutionFailed');
  });

  test('full jitter waits less than the whole delay', async () => {
    const bench = new Workbench();
    const begin = bench.clock.now();
    bench.task = (_, call) => (call === 1 ? failed({ error: 'E' }) : succeeded({}));
    await bench.run(retry({ ErrorEquals: ['E'], IntervalSeconds: 1000, JitterStrategy: 'FULL' }));
    const again = (bench.history[5]?.timestamp ?? 0) - begin;
    assert.ok(again >= 0 && again < 1_000_000 && again % 1000 !== 0, String(again));
  });

  test('$$.State.RetryCount counts the attempts before this one', async () => {
    const bench = new Workbench();
    bench.task = (_, call) => (call < 3 ? failed({ error: 'E' }) : succeeded('ok'));
    const Parameters = { 'n.$': '$$.State.RetryCount' };
    const states = direct({ Parameters, Retry: [{ ErrorEquals: ['E'] }], ResultSelector: Parameters });
    const ended = await bench.run(states);
    assert.deepEqual(
      bench.taskRequests.map(({ parameters }) => parameters),
      [{ n: 0 }, { n: 1 }, { n: 2 }],
    );
    assert.equal(ended.status === 'SUCCEEDED' && ended.output, '{"n":2}');
  });
});

describe('Catch', () => {
  const caught = (fields: object = {}) => ({
    S: {
      Type: 'Task',
      Resource: FUNCTION,
      OutputPath: '$.never',
      Catch: [{ ErrorEquals: ['E'], Next: 'Handle', ...fields }],
      Next: 'Handle',
    },
    Handle: { Type: 'Pass', End: true },
  });

  test('the state exits with Error and Cause, without OutputPath, and goes on where the catcher says', async () => {
    const bench = new Workbench();
    bench.task = () => failed({ error: 'E', cause: 'c' });
    await bench.run(caught(), '{"x":1}');
    assert.deepEqual(bench.told.slice(4), [
      [4, 'LambdaFunctionFailed', { error: 'E', cause: 'c' }],
      [5, 'TaskStateExited', { name: 'S', output: { Error: 'E', Cause: 'c' } }],
      [6, 'PassStateEntered', { name: 'Handle', input: { Error: 'E', Cause: 'c' } }],
      [7, 'PassStateExited', { name: 'Handle', output: { Error: 'E', Cause: 'c' } }],
      [8, 'ExecutionSucceeded', { output: { Error: 'E', Cause: 'c' } }],
    ]);
  });

  test('ResultPath puts the error into the raw input, null drops it', async () => {
    for (const [ResultPath, output] of [
      ['$.error', { x: 1, error: { Error: 'E', Cause: 'c' } }],
      [null, { x: 1 }],
    ] as const) {
      const bench = new Workbench();
      bench.task = () => failed({ error: 'E', cause: 'c' });
      await bench.run(caught({ ResultPath }), '{"x":1}');
      assert.deepEqual(bench.told[5], [5, 'TaskStateExited', { name: 'S', output }]);
    }
  });

  test('a ResultPath that cannot be applied fails the execution', async () => {
    const bench = new Workbench();
    bench.task = () => failed({ error: 'E' });
    const ended = await bench.run(caught({ ResultPath: '$.x.y' }), '{"x":1}');
    assert.equal(ended.status === 'FAILED' && ended.error, 'States.ReferencePathConflict');
  });

  test('Retry comes first, Catch sees the failure of the last attempt', async () => {
    const bench = new Workbench();
    bench.task = (_, call) => failed({ error: 'E', cause: `call ${call}` });
    const states = caught();
    const ended = await bench.run({ ...states, S: { ...states.S, Retry: [{ ErrorEquals: ['E'], MaxAttempts: 2 }] } });
    assert.equal(ended.status === 'SUCCEEDED' && ended.output, '{"Error":"E","Cause":"call 3"}');
  });

  test('States.Runtime is not caught, whatever the catcher says', async () => {
    for (const name of ['States.ALL', 'States.TaskFailed', 'States.Runtime']) {
      const bench = new Workbench();
      await bench.run(caught({ ErrorEquals: [name] }));
      const at = "An error occurred while executing the state 'S' (entered at the event id #2). ";
      const cause = `${at}Invalid path '$.never' : No results for path: $['never']`;
      assert.deepEqual(bench.told.slice(4), [
        [4, 'LambdaFunctionSucceeded', { output: {} }],
        [5, 'ExecutionFailed', { error: 'States.Runtime', cause }],
      ]);
    }
  });
});
