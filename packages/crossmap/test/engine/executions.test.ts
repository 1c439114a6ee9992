import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Executions } from '../../src/engine/executions.ts';
import type { TaskOutcome } from '../../src/engine/ports.ts';
import { MemoryExecutions } from './memory-executions.ts';
import { SimulatedClock } from './simulated-clock.ts';
import {
  countingIds,
  EXECUTION,
  FUNCTION,
  failed,
  headerOf,
  machineOf,
  settled,
  succeeded,
  Workbench,
} from './workbench.ts';

const task = { T: { Type: 'Task', Resource: FUNCTION, End: true } };
const retried = { T: { ...task.T, Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 60 }] } };
const never = () => new Promise<TaskOutcome>(() => {});

test('started resolves with the start, ended with the end', async () => {
  const bench = new Workbench();
  bench.task = never;
  const { started } = bench.start(task);
  await started;
  assert.equal(bench.store.records.get(EXECUTION)?.status, 'RUNNING');
  assert.deepEqual(bench.types, [
    'ExecutionStarted',
    'TaskStateEntered',
    'LambdaFunctionScheduled',
    'LambdaFunctionStarted',
  ]);
  assert.equal(bench.executions.running, 1);
});

test('a task is run only when its events are durable', async () => {
  const order: string[] = [];
  class SlowStore extends MemoryExecutions {
    override async recordExecution(...written: Parameters<MemoryExecutions['recordExecution']>): Promise<void> {
      await settled();
      await super.recordExecution(...written);
      order.push(written[1].at(-1)?.type ?? '');
    }
  }
  const clock = new SimulatedClock();
  const run = async () => {
    order.push('task');
    return succeeded({});
  };
  const executions = new Executions({
    clock,
    ids: countingIds(),
    store: new SlowStore(),
    tasks: { run },
    mapRuns: { run: async () => ({ kind: 'succeeded', output: [] }) },
    onFault: assert.fail,
  });
  const running = executions.start({ header: headerOf({}, clock.now()), inputText: '{}', machine: machineOf(task) });
  await running.ended;
  assert.deepEqual(order, ['LambdaFunctionStarted', 'task', 'ExecutionSucceeded']);
});

describe('abort', () => {
  test('ends a running execution as ABORTED, with an event before which is none', async () => {
    const bench = new Workbench();
    bench.task = never;
    const { ended } = bench.start(task);
    await settled();
    await bench.executions.abort(EXECUTION, { cause: 'stopped' });
    const record = await ended;
    assert.deepEqual(bench.told.at(-1), [0, 'ExecutionAborted', { cause: 'stopped' }]);
    assert.ok(record.status === 'ABORTED' && record.cause === 'stopped' && !('error' in record));
    assert.equal(bench.executions.running, 0);
  });

  test('an execution that waits for a retry does not wait on', async () => {
    const bench = new Workbench();
    bench.task = () => failed({ error: 'E' });
    bench.start(retried);
    await settled();
    assert.equal(bench.clock.waiting, 1);
    await bench.executions.abort(EXECUTION, {});
    assert.equal(bench.clock.waiting, 0);
    await bench.clock.advance(600_000);
    assert.deepEqual(bench.told.at(-1), [0, 'ExecutionAborted', {}]);
  });

  test('what comes back later from a task changes nothing', async () => {
    const bench = new Workbench();
    let answer: (outcome: TaskOutcome) => void = () => {};
    bench.task = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    bench.start(task);
    await settled();
    await bench.executions.abort(EXECUTION, {});
    const { length } = bench.history;
    answer(succeeded({}));
    await settled();
    assert.equal(bench.history.length, length);
    assert.deepEqual(bench.faults, []);
  });

  test('an execution that is not running is left as it is', async () => {
    const bench = new Workbench();
    await bench.run({ S: { Type: 'Succeed' } });
    await bench.executions.abort(EXECUTION, {});
    assert.equal(bench.types.at(-1), 'ExecutionSucceeded');
  });
});

describe('close', () => {
  test('nothing is taken up any more, no retry is waited for, what is committed stays', async () => {
    const bench = new Workbench();
    bench.task = () => failed({ error: 'E' });
    bench.start(retried);
    await settled();
    const { length } = bench.history;
    bench.executions.close();
    assert.equal(bench.clock.waiting, 0);
    await bench.executions.abort(EXECUTION, {});
    assert.equal(bench.history.length, length);
  });

  test('a start after it is refused, never answered as if it were durable', async () => {
    const bench = new Workbench();
    bench.executions.close();
    await assert.rejects(bench.start(task).started, /closed/);
    assert.deepEqual(bench.history, []);
  });

  test('a task whose events were being written is not run', async () => {
    const bench = new Workbench();
    const { started } = bench.start(task);
    await Promise.resolve();
    bench.executions.close();
    await started.catch(() => {});
    assert.deepEqual(bench.taskRequests, []);
  });
});

describe('faults', () => {
  test('a store that cannot write: the start is refused and the fault reported', async () => {
    const bench = new Workbench();
    bench.store.broken = new Error('disk full');
    const { started, ended } = bench.start(task);
    await assert.rejects(started, /disk full/);
    await assert.rejects(ended, /disk full/);
    assert.equal(bench.faults.length, 1);
    assert.equal(bench.executions.running, 0);
  });

  test('a store that fails later: the execution stays as last committed', async () => {
    const bench = new Workbench();
    const { ended } = bench.start({ ...task });
    bench.task = () => {
      bench.store.broken = new Error('disk full');
      return succeeded({});
    };
    await assert.rejects(ended, /disk full/);
    assert.equal(bench.types.at(-1), 'LambdaFunctionStarted');
    assert.equal(bench.store.records.get(EXECUTION)?.status, 'RUNNING');
    assert.match(String(bench.faults[0]), /disk full/);
  });

  test('a fault that executions share is reported once, and each of them says what stopped it', async () => {
    const bench = new Workbench();
    const other = `${EXECUTION}-2`;
    const header = { ...headerOf({}, 0), executionArn: other };
    const disk = new Error('disk full');
    bench.store.broken = disk;
    const first = bench.start(task);
    const second = bench.executions.start({ header, inputText: '{}', machine: machineOf(task) });
    await assert.rejects(first.ended, /disk full/);
    await assert.rejects(second.ended, /disk full/);
    assert.deepEqual(bench.faults, [disk]);
    assert.equal(bench.executions.fault(EXECUTION), disk);
    assert.equal(bench.executions.fault(other), disk);
    bench.store.broken = undefined;
    await bench.executions.start({ header, inputText: '{}', machine: machineOf(task) }).ended;
    assert.equal(bench.executions.fault(other), undefined);
  });

  test('a fault in what an execution waits for stops the execution', async () => {
    const bench = new Workbench();
    bench.task = () => {
      throw new TypeError('bug');
    };
    await assert.rejects(bench.start(task).ended, /bug/);
    assert.equal(bench.executions.running, 0);
    assert.match(String(bench.executions.fault(EXECUTION)), /bug/);
  });

  test('a bug in a task is a fault, not a failure of the execution', async () => {
    const bench = new Workbench();
    bench.task = () => {
      throw new TypeError('bug');
    };
    const { ended } = bench.start(task);
    await assert.rejects(ended, /bug/);
    assert.match(String(bench.faults[0]), /bug/);
  });
});

test('what was evaluated in one state is not seen in another execution', async () => {
  const clock = new SimulatedClock();
  const store = new MemoryExecutions();
  const executions = new Executions({
    clock,
    ids: countingIds(),
    store,
    tasks: { run: async ({ parameters }) => succeeded(parameters) },
    mapRuns: { run: async () => ({ kind: 'succeeded', output: [] }) },
    onFault: assert.fail,
  });
  const machine = machineOf({
    S: { Type: 'Pass', Parameters: { 'n.$': '$.n', 'id.$': '$$.Execution.Id' }, End: true },
  });
  const runs = Array.from({ length: 50 }, (_, n) => {
    const header = { ...headerOf({ n }, clock.now()), executionArn: `${EXECUTION}-${n}` };
    return executions.start({ header, inputText: `{"n":${n}}`, machine }).ended;
  });
  const outputs = (await Promise.all(runs)).map((ended) => (ended.status === 'SUCCEEDED' ? ended.output : ''));
  outputs.forEach((output, n) => {
    assert.equal(output, JSON.stringify({ n, id: `${EXECUTION}-${n}` }));
  });
});
