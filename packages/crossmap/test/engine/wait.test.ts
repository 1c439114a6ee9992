import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FUNCTION, INVOKE, succeeded, Workbench } from './workbench.ts';

const wait = (fields: object) => ({ W: { Type: 'Wait', End: true, ...fields } });

describe('Wait', () => {
  test('a number of seconds, by itself or by a path, passes on the input', async () => {
    for (const fields of [{ Seconds: 90 }, { SecondsPath: '$.s' }]) {
      const bench = new Workbench();
      await bench.run(wait(fields), '{"s":90}');
      const [, entered, exited] = bench.history;
      assert.deepEqual([entered?.type, exited?.type], ['WaitStateEntered', 'WaitStateExited']);
      assert.equal((exited?.timestamp ?? 0) - (entered?.timestamp ?? 0), 90_000);
      assert.deepEqual(bench.history.at(-1)?.details, { output: { s: 90 } });
    }
  });

  test('a year passes at once under the test clock, and a time that has passed is no wait', async () => {
    const bench = new Workbench();
    const year = 365 * 86_400_000;
    const until = new Date(bench.clock.now() + year).toISOString();
    const { ended } = bench.start(wait({ TimestampPath: '$.t' }), JSON.stringify({ t: until }));
    await bench.clock.advance(year - 1);
    assert.equal(bench.executions.running, 1);
    await bench.clock.advance(1);
    assert.equal((await ended).status, 'SUCCEEDED');
    const past = new Workbench();
    await past.run(wait({ Timestamp: '2016-03-14T01:59:00Z' }));
    assert.equal(past.history.at(-1)?.timestamp, past.history[0]?.timestamp);
  });

  test('what is no time or too far away fails the execution', async () => {
    const fails = async (fields: object, input: object) => {
      const bench = new Workbench();
      await bench.run(wait(fields), JSON.stringify(input));
      const { cause = '' } = (bench.history.at(-1)?.details ?? {}) as { cause?: string };
      return cause.replace(/^.*#2\)\. /, '');
    };
    assert.equal(
      await fails({ SecondsPath: '$.s' }, { s: -1 }),
      'The SecondsPath parameter references a negative value: $.s == -1',
    );
    assert.equal(
      await fails({ TimestampPath: '$.t' }, { t: '2016-12-05 21:29:29Z' }),
      'The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.t == 2016-12-05 21:29:29Z',
    );
    const far = new Date(new Workbench().clock.now() + 24_856 * 86_400_000).toISOString();
    assert.equal(await fails({ TimestampPath: '$.t' }, { t: far }), 'Wait state delay is too long.');
    assert.equal(await fails({ SecondsPath: '$.s' }, { s: 2 ** 31 }), 'Wait state delay is too long.');
  });

  test('the longest wait is of so many seconds as an int holds', async () => {
    const bench = new Workbench();
    const longest = (2 ** 31 - 1) * 1000;
    const until = new Date(bench.clock.now() + longest).toISOString();
    const { ended } = bench.start(wait({ TimestampPath: '$.t' }), JSON.stringify({ t: until }));
    await bench.clock.advance(longest);
    assert.equal((await ended).status, 'SUCCEEDED');
  });
});

describe('time-outs', () => {
  test('seconds of a task that are out of range fail the execution', async () => {
    for (const name of ['TimeoutSeconds', 'HeartbeatSeconds']) {
      for (const seconds of [-1, 100_000_000]) {
        const bench = new Workbench();
        const states = { T: { Type: 'Task', Resource: FUNCTION, [`${name}Path`]: '$.s', End: true } };
        const ended = await bench.run(states, JSON.stringify({ s: seconds }));
        const cause = `${name} must be between 0 and 99999999 but was: ${seconds}`;
        assert.ok(ended.status === 'FAILED' && ended.cause?.endsWith(` ${cause}`), JSON.stringify(ended));
        assert.deepEqual(bench.types.slice(2), ['ExecutionFailed']);
      }
    }
  });

  test('a task that takes too long has timed out; Retry by States.Timeout tries again', async () => {
    const bench = new Workbench();
    bench.task = (_, call) => (call === 1 ? new Promise(() => {}) : succeeded('late'));
    await bench.run({
      T: {
        Type: 'Task',
        Resource: FUNCTION,
        TimeoutSeconds: 5,
        Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 1 }],
        End: true,
      },
    });
    assert.deepEqual(bench.types.slice(2, 6), [
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionTimedOut',
      'LambdaFunctionScheduled',
    ]);
    const [scheduled, , timedOut] = bench.history.slice(2);
    assert.deepEqual(scheduled?.details, { resource: FUNCTION, input: {}, timeoutInSeconds: 5 });
    assert.deepEqual(timedOut?.details, { error: 'States.Timeout' });
    assert.equal((timedOut?.timestamp ?? 0) - (scheduled?.timestamp ?? 0), 5_000);
    assert.deepEqual(bench.history.at(-1)?.details, { output: 'late' });
  });

  test('States.TaskFailed does not match a time-out, and a task in time leaves no timer', async () => {
    const bench = new Workbench();
    bench.task = () => new Promise(() => {});
    await bench.run(
      {
        T: {
          Type: 'Task',
          Resource: INVOKE,
          Parameters: { FunctionName: 'f' },
          TimeoutSecondsPath: '$.s',
          Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'No' }],
          End: true,
        },
        No: { Type: 'Pass', End: true },
      },
      '{"s":2}',
    );
    assert.deepEqual(bench.types.slice(-2), ['TaskTimedOut', 'ExecutionFailed']);
    const inTime = new Workbench();
    const { ended } = inTime.start({ T: { Type: 'Task', Resource: FUNCTION, TimeoutSeconds: 5, End: true } });
    await inTime.clock.advance(0);
    assert.equal((await ended).status, 'SUCCEEDED');
    assert.equal(inTime.clock.waiting, 0);
  });
});
