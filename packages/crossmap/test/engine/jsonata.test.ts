import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json, JsonObject } from '../../src/asl/json.ts';
import { failed, INVOKE, succeeded, Workbench } from './workbench.ts';

const JSONATA = { QueryLanguage: 'JSONata' };
const pass = (fields: JsonObject = {}): JsonObject => ({ ...JSONATA, Type: 'Pass', End: true, ...fields });
const task = (fields: JsonObject = {}): JsonObject => ({
  ...JSONATA,
  Type: 'Task',
  Resource: INVOKE,
  Arguments: { FunctionName: 'work' },
  End: true,
  ...fields,
});

async function outputOf(states: JsonObject, input: Json = {}, bench = new Workbench()): Promise<Json> {
  const ended = await bench.run(states, JSON.stringify(input));
  assert.ok(ended.status === 'SUCCEEDED', JSON.stringify(ended));
  return JSON.parse(ended.output) as Json;
}

/** The event of that type, by what it says and what it follows. */
function eventOf(bench: Workbench, type: string): Readonly<Record<string, Json>> | undefined {
  const event = bench.history.find((each) => each.type === type);
  return event && { previous: event.previousEventId, ...event.details };
}

const UNDEFINED = "The JSONata expression '$none' specified for the field";
const at = (state: string, entered: number) =>
  `An error occurred while executing the state '${state}' (entered at the event id #${entered}). `;

describe('what goes through a state', () => {
  test('Arguments is what a task is given, Output what the state gives', async () => {
    const bench = new Workbench();
    bench.task = () => succeeded({ Payload: 2 });
    const Arguments = { FunctionName: 'work', Payload: { n: '{% $states.input.n + 1 %}' } };
    const Output = { was: '{% $states.input.n %}', is: '{% $states.result.Payload %}' };
    assert.deepEqual(await outputOf({ T: task({ Arguments, Output }) }, { n: 1 }, bench), { was: 1, is: 2 });
    assert.deepEqual(bench.taskRequests[0]?.parameters, { FunctionName: 'work', Payload: { n: 2 } });
  });

  test('without Output a task gives its result, and a Pass, Wait, Choice and Succeed their input', async () => {
    const bench = new Workbench();
    bench.task = () => succeeded('result');
    assert.equal(await outputOf({ T: task() }, {}, bench), 'result');
    const states = {
      P: { ...JSONATA, Type: 'Pass', Next: 'W' },
      W: { ...JSONATA, Type: 'Wait', Seconds: 1, Next: 'C' },
      C: { ...JSONATA, Type: 'Choice', Choices: [{ Condition: true, Next: 'S' }] },
      S: { ...JSONATA, Type: 'Succeed' },
    };
    assert.deepEqual(await outputOf(states, { a: 1 }), { a: 1 });
  });

  test('only a state that works has $states.result', async () => {
    const Output = '{% $keys($states) %}';
    assert.deepEqual(await outputOf({ P: pass({ Output }) }), ['input', 'context']);
    assert.deepEqual(await outputOf({ T: task({ Output }) }), ['input', 'result', 'context']);
  });

  test('Assign and Output see the variables as they were before the state', async () => {
    const states = {
      A: { ...JSONATA, Type: 'Pass', Assign: { v: 1 }, Next: 'B' },
      B: { ...JSONATA, Type: 'Pass', Assign: { v: '{% $v + 1 %}' }, Output: '{% $v %}', Next: 'C' },
      C: pass({ Output: ['{% $states.input %}', '{% $v %}'] }),
    };
    assert.deepEqual(await outputOf(states), [1, 2]);
  });

  test('an Assign that assigns nothing shows no assigned variables', async () => {
    const bench = new Workbench();
    await outputOf({ P: pass({ Assign: {} }) }, {}, bench);
    assert.deepEqual(eventOf(bench, 'PassStateExited'), { previous: 2, name: 'P', output: {} });
  });

  test('the rule of a Choice that holds has its own Assign and Output, the state those of Default', async () => {
    const states = {
      C: {
        ...JSONATA,
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input = 1 %}', Next: 'End', Output: 'first' },
          { Condition: '{% $states.input = 2 %}', Next: 'End', Assign: { v: 'second' } },
        ],
        Default: 'End',
        Output: 'default',
        Assign: { v: 'none' },
      },
      End: pass({ Output: ['{% $states.input %}', '{% $exists($v) ? $v : 0 %}'] }),
    };
    assert.deepEqual(await outputOf(states, 1), ['first', 0]);
    assert.deepEqual(await outputOf(states, 2), [2, 'second']);
    assert.deepEqual(await outputOf(states, 3), ['default', 'none']);
  });

  test('a Wait takes its seconds or its time from an expression', async () => {
    const bench = new Workbench();
    const start = bench.clock.now();
    await outputOf({ W: { ...JSONATA, Type: 'Wait', Seconds: '{% $states.input.s %}', End: true } }, { s: 5 }, bench);
    assert.equal((bench.history.at(-1)?.timestamp ?? 0) - start, 5_000);
    const Timestamp = '{% $fromMillis($millis() + 7000) %}';
    const other = new Workbench();
    await outputOf({ W: { ...JSONATA, Type: 'Wait', Timestamp, End: true } }, {}, other);
    assert.equal((other.history.at(-1)?.timestamp ?? 0) - start, 7_000);
  });

  test('a Fail takes error and cause from expressions', async () => {
    const bench = new Workbench();
    const fail = { ...JSONATA, Type: 'Fail', Error: '{% $states.input.e %}', Cause: "{% 'be' & 'cause' %}" };
    await bench.run({ F: fail }, '{"e":"E"}');
    assert.deepEqual(eventOf(bench, 'ExecutionFailed'), { previous: 2, error: 'E', cause: 'because' });
  });

  test('a Map takes items and ItemSelector, a Parallel Arguments, and both give Output from their results', async () => {
    const inner = (name: string, Output: Json) => ({ StartAt: name, States: { [name]: pass({ Output }) } });
    const map = {
      ...JSONATA,
      Type: 'Map',
      Items: '{% $states.input.list %}',
      ItemSelector: { i: '{% $states.context.Map.Item.Index %}', v: '{% $states.context.Map.Item.Value %}' },
      ItemProcessor: inner('I', "{% $states.input.v & '@' & $string($states.input.i) %}"),
      Output: '{% $join($states.result) %}',
      Next: 'P',
    };
    const parallel = {
      ...JSONATA,
      Type: 'Parallel',
      Arguments: { given: '{% $states.input %}' },
      Branches: [inner('A', '{% $states.input.given %}'), inner('B', 'second')],
      Output: '{% $states.result[1] %}',
      End: true,
    };
    const bench = new Workbench();
    assert.equal(await outputOf({ M: map, P: parallel }, { list: ['a', 'b'] }, bench), 'second');
    assert.equal(eventOf(bench, 'MapStateExited')?.output, 'a@0b@1');
  });

  test('the states of a JSONata state in a machine of JSONPath are of JSONPath unless they say otherwise', async () => {
    const I = { Type: 'Pass', Parameters: { 'v.$': '$.a' }, End: true };
    const map = {
      ...JSONATA,
      Type: 'Map',
      Items: [{ a: 1 }],
      ItemProcessor: { StartAt: 'I', States: { I } },
      End: true,
    };
    assert.deepEqual(await outputOf({ M: map }), [{ v: 1 }]);
  });

  test('a Catch makes its Output and Assign from $states.errorOutput; without Output that is the output', async () => {
    const bench = new Workbench();
    bench.task = () => failed({ error: 'E', cause: 'c' });
    const caught = (handler: JsonObject) => ({
      T: task({ Catch: [{ ErrorEquals: ['E'], Next: 'End', ...handler }] }),
      End: pass({ Output: ['{% $states.input %}', '{% $exists($v) ? $v : 0 %}'] }),
    });
    assert.deepEqual(await outputOf(caught({}), {}, bench), [{ Error: 'E', Cause: 'c' }, 0]);
    const Output = '{% $states.errorOutput.Cause %}';
    const handled = caught({ Output, Assign: { v: '{% $states.errorOutput.Error %}' } });
    const other = new Workbench();
    other.task = bench.task;
    assert.deepEqual(await outputOf(handled, {}, other), ['c', 'E']);
  });
});

describe('an expression that has no value', () => {
  test('fails the state after what its entry follows, and names the field', async () => {
    const bench = new Workbench();
    await bench.run({ A: { ...JSONATA, Type: 'Pass', Next: 'B' }, B: pass({ Output: { x: '{% $none %}' } }) });
    const cause = `${at('B', 4)}${UNDEFINED} 'Output/x' returned nothing (undefined).`;
    const failure = { error: 'States.QueryEvaluationError', cause };
    assert.deepEqual(bench.told.slice(4), [
      [3, 'EvaluationFailed', { state: 'B', location: 'Output/x', ...failure }],
      [5, 'ExecutionFailed', failure],
    ]);
  });

  test('fails after the task when the task has succeeded', async () => {
    const bench = new Workbench();
    await bench.run({ T: task({ Output: '{% $none %}' }) });
    assert.equal(
      eventOf(bench, 'EvaluationFailed')?.previous,
      bench.history.find((e) => e.type === 'TaskSucceeded')?.id,
    );
  });

  test('fails a Wait after it was entered', async () => {
    const bench = new Workbench();
    await bench.run({ W: { ...JSONATA, Type: 'Wait', Timestamp: '{% $states.input %}', End: true } }, '"never"');
    const text = 'The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: never';
    assert.deepEqual(eventOf(bench, 'EvaluationFailed'), {
      previous: 2,
      state: 'W',
      location: 'Timestamp',
      error: 'States.QueryEvaluationError',
      cause: at('W', 2) + text,
    });
  });

  test('fails a Map with MapStateFailed, also when its input is no list, which is no field', async () => {
    const ItemProcessor = { StartAt: 'I', States: { I: pass() } };
    const map = (fields: JsonObject) => ({ M: { ...JSONATA, Type: 'Map', ItemProcessor, End: true, ...fields } });
    const bench = new Workbench();
    await bench.run(map({ Items: '{% 5 %}' }));
    assert.deepEqual(
      bench.told.slice(2).map(([previous, type]) => [previous, type]),
      [
        [0, 'EvaluationFailed'],
        [3, 'MapStateFailed'],
        [4, 'ExecutionFailed'],
      ],
    );
    const other = new Workbench();
    await other.run(map({}), '5');
    assert.deepEqual(eventOf(other, 'EvaluationFailed'), {
      previous: 0,
      state: 'M',
      error: 'States.QueryEvaluationError',
      cause: `${at('M', 2)}Map state input must be an array but was: 5`,
    });
  });

  test('is retried and caught as States.QueryEvaluationError', async () => {
    const bench = new Workbench();
    const Retry = [{ ErrorEquals: ['States.QueryEvaluationError'], IntervalSeconds: 3, MaxAttempts: 1 }];
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'End', Output: '{% $states.errorOutput.Error %}' }];
    const states = { T: task({ Arguments: '{% $none %}', Retry, Catch }), End: pass() };
    assert.equal(await outputOf(states, {}, bench), 'States.QueryEvaluationError');
    const times = bench.history.filter(({ type }) => type === 'EvaluationFailed').map(({ timestamp }) => timestamp);
    assert.deepEqual([times.length, (times[1] ?? 0) - (times[0] ?? 0)], [2, 3_000]);
  });

  test('in a Catch fails the execution', async () => {
    const bench = new Workbench();
    bench.task = () => failed({ error: 'E' });
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'T', Output: '{% $none %}' }];
    const ended = await bench.run({ T: task({ Catch }) });
    assert.equal(ended.status === 'FAILED' && ended.error, 'States.QueryEvaluationError');
    assert.equal(eventOf(bench, 'EvaluationFailed')?.state, 'T');
  });

  test('a number that is no integer is refused where one is needed', async () => {
    const bench = new Workbench();
    await bench.run({ T: task({ TimeoutSeconds: '{% 1.5 %}' }) });
    assert.match(
      String(eventOf(bench, 'EvaluationFailed')?.cause),
      / The TimeoutSeconds field cannot be parsed as an integer: 1\.5$/,
    );
  });

  test('the seconds of a Wait that are out of range are refused', async () => {
    for (const seconds of [-1, 100_000_000]) {
      const bench = new Workbench();
      await bench.run({ W: { ...JSONATA, Type: 'Wait', Seconds: '{% $states.input %}', End: true } }, String(seconds));
      assert.deepEqual(eventOf(bench, 'EvaluationFailed'), {
        previous: 2,
        state: 'W',
        location: 'Seconds',
        error: 'States.QueryEvaluationError',
        cause: `${at('W', 2)}Seconds must be between 0 and 99999999 but was: ${seconds}`,
      });
    }
  });
});

test('time and chance come with the occurrence: the same in all states that one occurrence reaches', async () => {
  const bench = new Workbench();
  const states = {
    A: { ...JSONATA, Type: 'Pass', Output: ['{% $millis() %}', '{% $uuid() %}'], Next: 'B' },
    B: pass({ Output: '{% $append($states.input, [$millis(), $uuid()]) %}' }),
  };
  const [time, first, again, second] = (await outputOf(states, {}, bench)) as readonly Json[];
  assert.equal(time, bench.history[0]?.timestamp);
  assert.equal(again, time);
  assert.notEqual(first, second);
  const same = (await outputOf(states, {}, new Workbench())) as readonly Json[];
  assert.deepEqual(same.slice(1, 2), [first]);
});
