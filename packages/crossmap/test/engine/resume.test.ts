import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json, JsonObject } from '../../src/asl/json.ts';
import type { TaskOutcome, TaskRequest, TaskSubmitted } from '../../src/engine/ports.ts';
import { EXECUTION, failed, headerOf, INVOKE, machineOf, settled, succeeded, Workbench } from './workbench.ts';

const JOB = 'arn:aws:states:::states:startExecution.sync';
const CALLBACK = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
const ACTIVITY = 'arn:aws:states:eu-west-1:111111111111:activity:work';

/** A process that ends, without a word, at its write number `writes`. */
function processEndingAt(writes: number): Workbench {
  const bench = new Workbench();
  const { store } = bench;
  const record = store.recordExecution.bind(store);
  let made = 0;
  store.recordExecution = (...write) => (made++ < writes ? record(...write) : new Promise(() => {}));
  return bench;
}

/** The next process, which finds what the one before has committed. */
function nextProcess(before: Workbench): Workbench {
  const bench = new Workbench();
  for (const [arn, record] of before.store.records) bench.store.records.set(arn, record);
  for (const [arn, history] of before.store.histories) bench.store.histories.set(arn, history);
  return bench;
}

async function resume(bench: Workbench, states: JsonObject, inputText = '{}') {
  const header = headerOf(JSON.parse(inputText) as Json, bench.clock.now());
  const [ended] = await bench.executions.resume([{ header, inputText, machine: machineOf(states) }]);
  await settled();
  return { ended: ended! };
}

/** What of an ended execution does not depend on when it was interrupted. */
async function output(ended: Promise<{ readonly status: string; readonly output?: string }>) {
  const record = await ended;
  return { status: record.status, output: 'output' in record ? JSON.parse(record.output ?? 'null') : undefined };
}

const everything: JsonObject = {
  First: { Type: 'Pass', Result: { n: [1, 2, 3] }, Assign: { seen: 'first' }, Next: 'Pause' },
  Pause: { Type: 'Wait', Seconds: 30, Next: 'Flaky' },
  Flaky: {
    Type: 'Task',
    Resource: INVOKE,
    Parameters: { FunctionName: 'work', Payload: 'flaky' },
    ResultPath: null,
    Retry: [{ ErrorEquals: ['Once'], IntervalSeconds: 5 }],
    Next: 'Both',
  },
  Both: {
    Type: 'Parallel',
    Branches: [
      {
        StartAt: 'Left',
        States: {
          Left: { Type: 'Task', Resource: INVOKE, Parameters: { FunctionName: 'work', Payload: 'left' }, End: true },
        },
      },
      {
        StartAt: 'Right',
        States: {
          Right: { Type: 'Wait', Seconds: 3, Next: 'Right2' },
          Right2: { Type: 'Pass', Result: 'right', End: true },
        },
      },
    ],
    ResultPath: '$.both',
    Next: 'Each',
  },
  Each: {
    Type: 'Map',
    ItemsPath: '$.n',
    MaxConcurrency: 2,
    ItemProcessor: {
      StartAt: 'One',
      States: {
        One: { Type: 'Task', Resource: INVOKE, Parameters: { FunctionName: 'work', 'Payload.$': '$' }, End: true },
      },
    },
    ResultPath: '$.each',
    Next: 'Run',
  },
  Run: {
    Type: 'Map',
    ItemsPath: '$.n',
    MaxConcurrency: 7,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'P',
      States: { P: { Type: 'Pass', End: true } },
    },
    ResultPath: '$.run',
    End: true,
  },
};

function work(bench: Workbench): void {
  bench.task = ({ parameters }: TaskRequest): TaskOutcome => {
    const payload = (parameters as JsonObject).Payload ?? null;
    const attempts = bench.history.filter(({ type }) => type === 'TaskFailed').length;
    return payload === 'flaky' && attempts === 0 ? failed({ error: 'Once' }) : succeeded({ done: payload });
  };
  bench.mapRun = ({ plan }) => ({ kind: 'succeeded', output: ['ran', plan.maxConcurrency] });
}

describe('an execution goes on after its process ended', () => {
  test('at whichever write that was, with the end it would have had', async () => {
    const whole = new Workbench();
    work(whole);
    const expected = await output(whole.run(everything));
    assert.equal(expected.status, 'SUCCEEDED');
    let writes = 1;
    for (; ; writes += 1) {
      const before = processEndingAt(writes);
      work(before);
      before.start(everything);
      await before.clock.advance(3_600_000);
      if (before.executions.running === 0) break;
      const bench = nextProcess(before);
      work(bench);
      const { ended } = await resume(bench, everything);
      await bench.clock.advance(3_600_000);
      assert.deepEqual(bench.faults, []);
      assert.deepEqual(await output(ended), expected, `ended at write ${writes}`);
    }
    assert.ok(writes > 10, `${writes} writes`);
  });

  test('a task that was in flight runs again as it was, one that had ended does not', async () => {
    const states = {
      A: { Type: 'Task', Resource: INVOKE, Parameters: { FunctionName: 'work', Payload: 'a' }, Next: 'B' },
      B: {
        Type: 'Task',
        Resource: INVOKE,
        Parameters: { FunctionName: 'work', Payload: 'b' },
        TimeoutSeconds: 60,
        End: true,
      },
    };
    const before = new Workbench();
    before.task = (_request, call) => (call === 1 ? succeeded({}) : new Promise<TaskOutcome>(() => {}));
    before.start(states);
    await before.clock.advance(0);
    const bench = nextProcess(before);
    bench.task = () => new Promise<TaskOutcome>(() => {});
    const { ended } = await resume(bench, states);
    assert.deepEqual(bench.taskRequests, [before.taskRequests[1]]);
    await bench.clock.advance(59_999);
    assert.equal(bench.executions.running, 1);
    await bench.clock.advance(1);
    assert.equal((await ended).status, 'FAILED');
    assert.equal(bench.types.at(-2), 'TaskTimedOut');
  });

  test('a job that had begun is waited for, not begun again', async () => {
    const states = { Nested: { Type: 'Task', Resource: JOB, Parameters: { StateMachineArn: 'child' }, End: true } };
    const before = new Workbench();
    const never: TaskSubmitted = { kind: 'submitted', output: { ExecutionArn: 'x' }, ended: new Promise(() => {}) };
    before.task = () => never;
    before.start(states);
    await before.clock.advance(0);
    const bench = nextProcess(before);
    bench.task = ({ submitted }) => ({ ...never, ended: Promise.resolve(succeeded({ of: submitted ?? null })) });
    const { ended } = await resume(bench, states);
    assert.deepEqual(await output(ended), { status: 'SUCCEEDED', output: { of: { ExecutionArn: 'x' } } });
    assert.equal(bench.types.filter((type) => type === 'TaskSubmitted').length, 1);
  });

  test('a task waits on for its token, and for a heartbeat from now on', async () => {
    const parameters = { FunctionName: 'work', Payload: { 'token.$': '$$.Task.Token' } };
    const states = {
      Ask: { Type: 'Task', Resource: CALLBACK, Parameters: parameters, HeartbeatSeconds: 10, End: true },
    };
    const before = new Workbench();
    before.start(states);
    await before.clock.advance(5_000);
    const bench = nextProcess(before);
    await bench.clock.advance(60_000);
    const { ended } = await resume(bench, states);
    assert.deepEqual(bench.taskRequests, [], 'the function is not called again');
    await bench.clock.advance(9_999);
    const { Payload } = before.taskRequests[0]!.parameters as { Payload: { token: string } };
    const { token } = Payload;
    assert.equal(await bench.executions.endTask(token, succeeded('answered')), 'open');
    assert.deepEqual(await output(ended), { status: 'SUCCEEDED', output: 'answered' });
  });

  test('the task of an activity is offered again, unless a worker has it', async () => {
    const states = { Work: { Type: 'Task', Resource: ACTIVITY, HeartbeatSeconds: 20, End: true } };
    const before = new Workbench();
    before.activities.add(ACTIVITY);
    before.start(states);
    await before.clock.advance(0);
    const bench = nextProcess(before);
    await resume(bench, states);
    assert.equal(bench.offered[0]?.taskToken, before.offered[0]?.taskToken);
    await bench.clock.advance(60_000);
    assert.equal(bench.executions.running, 1, 'nobody has it: no heartbeat is due');
    await bench.offered[0]?.start('worker');
    const later = nextProcess(bench);
    await resume(later, states);
    assert.deepEqual(later.offered, []);
    await later.clock.advance(20_000);
    assert.equal(later.types.at(-1), 'ExecutionFailed');
  });

  test('the execution times out when it would have', async () => {
    const states = { Pause: { Type: 'Wait', Seconds: 1000, End: true } };
    const before = new Workbench();
    before.start(states);
    await before.clock.advance(0);
    const bench = nextProcess(before);
    const machine = { ...machineOf(states), timeoutSeconds: 10 };
    const header = headerOf({}, bench.clock.now() - 4_000);
    const [ended] = await bench.executions.resume([{ header, inputText: '{}', machine }]);
    await bench.clock.advance(6_000);
    assert.equal((await ended)?.status, 'TIMED_OUT');
  });

  test('a Map Run gets its parent, its ARN and its plan again', async () => {
    const before = new Workbench();
    work(before);
    before.mapRun = () => new Promise(() => {});
    before.start(everything);
    await before.clock.advance(3_600_000);
    const bench = nextProcess(before);
    work(bench);
    await resume(bench, everything);
    const [first, again] = [before.mapRunRequests[0], bench.mapRunRequests[0]];
    assert.equal(again?.mapRunArn, first?.mapRunArn);
    assert.equal(again?.parent.executionArn, EXECUTION);
    assert.deepEqual(again?.plan.source, first?.plan.source);
    assert.equal(again?.plan.maxConcurrency, 7);
  });
});
