import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskOutcome, TaskSubmitted } from '../../src/engine/ports.ts';
import { EXECUTION, failed, settled, succeeded, Workbench } from './workbench.ts';

const NESTED = 'arn:aws:states:::states:startExecution.sync';
const task = { Type: 'Task', Resource: NESTED, Parameters: { StateMachineArn: 'child' }, End: true };

/** A job that the test ends; `stopped` counts how often it was told to stop. */
class Job implements TaskSubmitted {
  readonly kind = 'submitted';
  readonly output = { ExecutionArn: 'child' };
  stopped = 0;
  end: (outcome: TaskOutcome) => void = () => {};
  readonly ended = new Promise<TaskOutcome>((resolve) => {
    this.end = resolve;
  });
  readonly stop = async () => {
    this.stopped += 1;
  };
}

async function begin(states: Parameters<Workbench['start']>[0]) {
  const bench = new Workbench();
  const job = new Job();
  bench.task = (_request, call) => (call === 1 ? job : failed({ error: 'Other' }));
  const { ended } = bench.start(states);
  await settled();
  await settled();
  return { bench, job, ended };
}

test('a job that ended is not stopped', async () => {
  const { bench, job, ended } = await begin({ Nested: task });
  job.end(succeeded('done'));
  assert.equal((await ended).status, 'SUCCEEDED');
  assert.equal(job.stopped, 0);
  assert.deepEqual(bench.types.slice(2), [
    'TaskScheduled',
    'TaskStarted',
    'TaskSubmitted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
});

test('a job is stopped with the execution that began it', async () => {
  const { bench, job } = await begin({ Nested: task });
  await bench.executions.abort(EXECUTION, {});
  assert.equal(job.stopped, 1);
});

test('a job is stopped when its task times out, though the execution goes on', async () => {
  const { bench, job } = await begin({
    Nested: {
      ...task,
      TimeoutSeconds: 60,
      Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Later' }],
    },
    Later: { Type: 'Wait', Seconds: 600, End: true },
  });
  await bench.clock.advance(59_000);
  assert.equal(job.stopped, 0);
  await bench.clock.advance(2_000);
  assert.equal(job.stopped, 1);
  assert.equal(bench.executions.running, 1);
});

test('a job is stopped when another branch fails', async () => {
  const wait = { Type: 'Wait', Seconds: 5, Next: 'Fails' };
  const { bench, job } = await begin({
    Both: {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'Nested', States: { Nested: task } },
        { StartAt: 'Waits', States: { Waits: wait, Fails: { Type: 'Fail' } } },
      ],
      End: true,
    },
  });
  assert.equal(job.stopped, 0);
  await bench.clock.advance(6_000);
  assert.equal(job.stopped, 1);
});

test('a job that began after its execution had ended is stopped at once', async () => {
  const bench = new Workbench();
  const job = new Job();
  let answer: (submitted: TaskSubmitted) => void = () => {};
  bench.task = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  bench.start({ Nested: task });
  await settled();
  await bench.executions.abort(EXECUTION, {});
  answer(job);
  await settled();
  assert.equal(job.stopped, 1);
});
