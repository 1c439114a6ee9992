import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../src/asl/json.ts';
import { ROLE } from '../engine/workbench.ts';
import { INVOKE, mocked, mockedError, TestBench, task, testOf } from './bench.ts';

const jsonata = (fields: JsonObject): JsonObject => ({ QueryLanguage: 'JSONata', ...fields });
const retrier = { ErrorEquals: ['Busy'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 3 };

describe('a state that succeeds', () => {
  test('gives its output and the state that would follow, which is not run', async () => {
    const result = await testOf(
      { Type: 'Choice', Choices: [{ Variable: '$.n', NumericEquals: 2, Next: 'After' }], Default: 'Handler' },
      { input: { n: 2 } },
    );
    assert.ok(result.status === 'SUCCEEDED');
    assert.deepEqual([result.output, result.nextState], [{ n: 2 }, 'After']);
  });

  test('that leads to itself runs once', async () => {
    const result = await testOf({ Type: 'Pass', Next: 'StateName' });
    assert.ok(result.status === 'SUCCEEDED');
    assert.equal(result.nextState, 'StateName');
  });

  test('shows every stage of JSONPath', async () => {
    const fields = {
      InputPath: '$.in',
      Parameters: { FunctionName: 'work', 'Payload.$': '$.x' },
      ResultSelector: { 'got.$': '$.Payload' },
      ResultPath: '$.out',
      OutputPath: '$.out',
    };
    const result = await testOf(task(fields), { input: { in: { x: 1 } }, ...mocked({ Payload: 2 }) });
    assert.deepEqual(result.inspected.stages, {
      afterInputPath: { x: 1 },
      afterParameters: { FunctionName: 'work', Payload: 1 },
      result: { Payload: 2 },
      afterResultSelector: { got: 2 },
      afterResultPath: { in: { x: 1 }, out: { got: 2 } },
    });
    assert.ok(result.status === 'SUCCEEDED');
    assert.deepEqual(result.output, { got: 2 });
  });

  test('shows what the Arguments of JSONata give, and the variables it leaves', async () => {
    const state = jsonata({
      Type: 'Task',
      Resource: INVOKE,
      Arguments: { FunctionName: 'work', Payload: '{% $n + 1 %}' },
      Assign: { n: '{% $states.result %}' },
      End: true,
    });
    const { inspected } = await testOf(state, { variables: { n: 1, other: 2 }, ...mocked(5) });
    assert.deepEqual(inspected.stages.afterArguments, { FunctionName: 'work', Payload: 2 });
    assert.deepEqual(inspected.variables, { n: 5, other: 2 });
  });
});

describe('the context object', () => {
  const context = jsonata({ Type: 'Pass', Output: '{% $states.context %}', End: true });
  const seen = async (state: JsonObject, options = {}) => {
    const result = await testOf(state, options);
    assert.ok(result.status === 'SUCCEEDED');
    return result.output as Record<string, Record<string, unknown>>;
  };

  test('is that of an EXPRESS execution of a machine that is nowhere', async () => {
    const { Execution, StateMachine, State } = await seen(context, { input: { a: 1 } });
    assert.match(String(Execution?.Id), /^arn:aws:states:eu-west-1:111111111111:express:([\w-]+):([\w-]+)$/);
    assert.deepEqual(Object.keys(Execution ?? {}).sort(), ['Id', 'Input', 'Name', 'RoleArn', 'StartTime']);
    assert.deepEqual([Execution?.Input, Execution?.RoleArn], [{ a: 1 }, ROLE]);
    assert.equal(
      Execution?.Id,
      `arn:aws:states:eu-west-1:111111111111:express:${StateMachine?.Name}:${Execution?.Name}`,
    );
    assert.deepEqual(Object.keys(State ?? {}), ['Name', 'EnteredTime']);
  });

  test('has no role where none was given, and the retries of a state that may have any', async () => {
    const Arguments = { FunctionName: 'work' };
    const state = { ...context, Type: 'Task', Resource: INVOKE, Arguments };
    const { Execution, State } = await seen(state, { ...mocked(1), roleArn: undefined });
    assert.equal(Execution?.RoleArn, null);
    assert.equal(State?.RetryCount, 0);
  });

  test('that is given is all that the state sees', async () => {
    assert.deepEqual(await seen(context, { context: { State: { Name: 'mine' } } }), { State: { Name: 'mine' } });
  });

  test('has the input as the first item for a state in the processor of a Map state', async () => {
    const { Map: map } = await seen(context, { input: 'item', inMap: true });
    assert.deepEqual(map, { Item: { Index: 0, Value: 'item' } });
  });
});

describe('a state that fails', () => {
  test('FAILED with its error, the stages as far as they came', async () => {
    const result = await testOf(task(), mockedError('Broken'));
    assert.ok(result.status === 'FAILED');
    assert.deepEqual(result.failure, { error: 'Broken', cause: 'why' });
    assert.deepEqual(Object.keys(result.inspected.stages), ['afterInputPath', 'afterParameters']);
    assert.equal(result.inspected.errorDetails, undefined);
  });

  test('RETRIABLE: the retrier that matches, and how long it waits after so many retries', async () => {
    const Retry = [{ ErrorEquals: ['Other'] }, retrier];
    const after = (retrierRetryCount: number) =>
      testOf(task({ Retry }), { ...mockedError('Busy'), configuration: { retrierRetryCount } });
    const first = await after(0);
    assert.equal(first.status, 'RETRIABLE');
    assert.deepEqual(first.inspected.errorDetails, { retryIndex: 1, retryBackoffIntervalSeconds: 2 });
    assert.deepEqual((await after(2)).inspected.errorDetails, { retryIndex: 1, retryBackoffIntervalSeconds: 18 });
  });

  test('whose retries are used up is FAILED, and still names the retrier', async () => {
    const state = task({ Retry: [retrier] });
    const result = await testOf(state, { ...mockedError('Busy'), configuration: { retrierRetryCount: 3 } });
    assert.equal(result.status, 'FAILED');
    assert.deepEqual(result.inspected.errorDetails, { retryIndex: 0 });
  });

  test('CAUGHT_ERROR: the catcher, its output, where it leads, and the error', async () => {
    const Catch = [
      { ErrorEquals: ['Other'], Next: 'After' },
      { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Handler' },
    ];
    const result = await testOf(task({ Catch }), { input: { a: 1 }, ...mockedError('Busy') });
    assert.ok(result.status === 'CAUGHT_ERROR');
    assert.deepEqual(result.output, { a: 1, error: { Error: 'Busy', Cause: 'why' } });
    assert.deepEqual([result.nextState, result.failure.error], ['Handler', 'Busy']);
    assert.deepEqual(result.inspected.errorDetails, { catchIndex: 1 });
  });

  test('while it evaluates fails as the engine says', async () => {
    const result = await testOf({ Type: 'Pass', InputPath: '$.a', End: true });
    assert.ok(result.status === 'FAILED');
    assert.match(result.failure.cause ?? '', /^An error occurred while executing the state 'StateName' .*'\$\.a'/);
    assert.deepEqual(result.inspected.stages, {});
  });
});

describe('a Parallel state', () => {
  const parallel = (fields: JsonObject = {}): JsonObject => {
    const branch = { StartAt: 'B', States: { B: task({ Next: 'End' }), End: { Type: 'Succeed' } } };
    return { Type: 'Parallel', Branches: [branch, branch], End: true, ...fields };
  };

  test('has the mocked result of each branch in order, and runs none of them', async () => {
    const result = await testOf(parallel({ ResultPath: '$.r' }), { input: {}, ...mocked([1, null]) });
    assert.ok(result.status === 'SUCCEEDED');
    assert.deepEqual(result.output, { r: [1, null] });
  });

  test('has the mocked error as the failure of a branch, which its Retry and Catch see', async () => {
    const Catch = [{ ErrorEquals: ['States.TaskFailed'], Next: 'Handler' }];
    const caught = await testOf(parallel({ Catch }), mockedError('Broken'));
    assert.deepEqual([caught.status, caught.inspected.errorDetails], ['CAUGHT_ERROR', { catchIndex: 0 }]);
    const retried = await testOf(parallel({ Retry: [retrier] }), mockedError('Busy'));
    assert.equal(retried.status, 'RETRIABLE');
  });
});

describe('a task that something else ends', () => {
  test('has a token of its own in the context object', async () => {
    const Parameters = { FunctionName: 'work', 'Payload.$': '$$.Task.Token' };
    const state = task({ Resource: `${INVOKE}.waitForTaskToken`, Parameters });
    const { inspected } = await testOf(state, mocked({}));
    assert.match(JSON.stringify(inspected.stages.afterParameters), /"Payload":"[\w-]{36}"/);
  });

  test('of an activity, which need not be there, ends as it is mocked', async () => {
    const Resource = 'arn:aws:states:eu-west-1:111111111111:activity:work';
    const { Parameters: _, ...state } = task({ Resource, HeartbeatSeconds: 5 });
    const result = await testOf(state, mocked({ done: true }));
    assert.ok(result.status === 'SUCCEEDED');
    assert.deepEqual(result.output, { done: true });
    assert.equal((await testOf(state, mockedError('Broken'))).status, 'FAILED');
  });
});

describe('without a mock', () => {
  test('a task is called with the role of the test', async () => {
    const result = await testOf(task(), {
      input: { a: 1 },
      perform: async ({ caller, resource, parameters }) => {
        assert.equal(caller.roleArn, ROLE);
        assert.ok(resource.kind === 'service' && resource.service === 'lambda');
        return { kind: 'succeeded', output: { parameters } };
      },
    });
    assert.ok(result.status === 'SUCCEEDED');
    assert.deepEqual(result.output, { parameters: { FunctionName: 'work', Payload: { a: 1 } } });
  });

  test('a task that takes longer than its TimeoutSeconds fails with States.Timeout', async () => {
    const bench = new TestBench();
    const testing = bench.start(task({ TimeoutSeconds: 10 }), { perform: () => new Promise(() => {}) });
    await bench.clock.advance(10_000);
    const result = await testing;
    assert.ok(result.status === 'FAILED');
    assert.equal(result.failure.error, 'States.Timeout');
  });

  test('a Wait state waits', async () => {
    const bench = new TestBench();
    const testing = bench.start({ Type: 'Wait', Seconds: 200, Next: 'After' });
    await bench.clock.advance(200_000);
    assert.equal((await testing).status, 'SUCCEEDED');
  });

  test('a test that takes longer than five minutes fails with States.Timeout', async () => {
    const bench = new TestBench();
    const testing = bench.start({ Type: 'Wait', Seconds: 301, Next: 'After' });
    await bench.clock.advance(300_000);
    const result = await testing;
    assert.ok(result.status === 'FAILED');
    assert.equal(result.failure.error, 'States.Timeout');
  });
});
