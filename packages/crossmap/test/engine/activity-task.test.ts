import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXECUTION, settled, Workbench } from './workbench.ts';

const ACTIVITY = 'arn:aws:states:eu-west-1:111111111111:activity:pack';
const task = (fields: object = {}) => ({ S: { Type: 'Task', Resource: ACTIVITY, End: true, ...fields } });

function bench(): Workbench {
  const made = new Workbench();
  made.activities.add(ACTIVITY);
  return made;
}

async function offered(made: Workbench) {
  await settled();
  const last = made.offered.at(-1);
  assert.ok(last, 'a task was offered');
  return last;
}

test('an activity: scheduled, started by its worker, ended by its token', async () => {
  const made = bench();
  const { ended } = made.start(task({ TimeoutSeconds: 60, HeartbeatSeconds: 10 }), '{"a":1}');
  const { activityArn, input, taskToken, start } = await offered(made);
  assert.deepEqual([activityArn, input], [ACTIVITY, { a: 1 }]);
  assert.equal(await start('packer'), true);
  assert.equal(await made.executions.endTask(taskToken, { kind: 'succeeded', output: 'packed' }), 'open');
  assert.equal((await ended).status, 'SUCCEEDED');
  assert.deepEqual(made.told.slice(2), [
    [2, 'ActivityScheduled', { resource: ACTIVITY, input: { a: 1 }, timeoutInSeconds: 60, heartbeatInSeconds: 10 }],
    [3, 'ActivityStarted', { workerName: 'packer' }],
    [4, 'ActivitySucceeded', { output: 'packed' }],
    [5, 'TaskStateExited', { name: 'S', output: 'packed' }],
    [6, 'ExecutionSucceeded', { output: 'packed' }],
  ]);
  assert.deepEqual(made.faults, []);
});

test('a worker without name starts without details; its failure is that of the activity', async () => {
  const made = bench();
  const { ended } = made.start(task());
  const { taskToken, start } = await offered(made);
  await start(undefined);
  await made.executions.endTask(taskToken, { kind: 'failed', failure: { error: 'E' } });
  await ended;
  assert.deepEqual(made.told.slice(3), [
    [3, 'ActivityStarted', {}],
    [4, 'ActivityFailed', { error: 'E' }],
    [5, 'ExecutionFailed', { error: 'E' }],
  ]);
});

test('an activity that does not exist fails the execution before anything is scheduled', async () => {
  const made = new Workbench();
  const ended = await made.run(task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'S' }] }));
  const at = "An error occurred while executing the state 'S' (entered at the event id #2). ";
  const cause = `${at}The activity ${ACTIVITY} does not exist.`;
  assert.equal(ended.status, 'FAILED');
  assert.deepEqual(made.told.slice(2), [[2, 'ExecutionFailed', { error: 'States.Runtime', cause }]]);
});

test('a task that no worker takes up has its TimeoutSeconds from when it was scheduled', async () => {
  const made = bench();
  made.start(task({ TimeoutSeconds: 60, HeartbeatSeconds: 10 }));
  await made.clock.advance(59_999);
  assert.equal(made.types.at(-1), 'ActivityScheduled');
  await made.clock.advance(1);
  assert.deepEqual(made.told.slice(3), [
    [3, 'ActivityTimedOut', { error: 'States.Timeout' }],
    [4, 'ExecutionFailed', { error: 'States.Timeout' }],
  ]);
  assert.equal(await made.offered[0]?.start('late'), false);
});

test('a worker has the whole of TimeoutSeconds from when it took the task up', async () => {
  const made = bench();
  made.start(task({ TimeoutSeconds: 60 }));
  await made.clock.advance(50_000);
  await (await offered(made)).start('packer');
  await made.clock.advance(59_999);
  assert.equal(made.types.at(-1), 'ActivityStarted');
  await made.clock.advance(1);
  assert.equal(made.types.at(-1), 'ExecutionFailed');
});

test('a worker that stays silent longer than HeartbeatSeconds times out; each heartbeat begins the time anew', async () => {
  const made = bench();
  made.start(task({ HeartbeatSeconds: 10 }));
  await made.clock.advance(1_000_000);
  const { taskToken, start } = await offered(made);
  await start('packer');
  for (let beat = 0; beat < 3; beat++) {
    await made.clock.advance(9_999);
    assert.equal(await made.executions.heartbeat(taskToken), 'open');
  }
  await made.clock.advance(9_999);
  assert.equal(made.types.at(-1), 'ActivityStarted');
  await made.clock.advance(1);
  assert.deepEqual(made.told.slice(4), [
    [4, 'ActivityTimedOut', { error: 'States.Timeout' }],
    [5, 'ExecutionFailed', { error: 'States.Timeout' }],
  ]);
  assert.equal(await made.executions.heartbeat(taskToken), 'closed');
});

test('each attempt has a token of its own, and the token of the one before is closed', async () => {
  const made = bench();
  const { ended } = made.start(task({ Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 1 }] }));
  const first = await offered(made);
  await first.start('a');
  await made.executions.endTask(first.taskToken, { kind: 'failed', failure: { error: 'E' } });
  await made.clock.advance(1_000);
  const second = await offered(made);
  assert.notEqual(second.taskToken, first.taskToken);
  await second.start('b');
  assert.equal(await made.executions.endTask(first.taskToken, { kind: 'succeeded', output: 1 }), 'closed');
  assert.equal(await made.executions.endTask(second.taskToken, { kind: 'succeeded', output: 2 }), 'open');
  const record = await ended;
  assert.ok(record.status === 'SUCCEEDED');
  assert.equal(record.output, '2');
  assert.equal(await made.executions.endTask(second.taskToken, { kind: 'succeeded', output: 3 }), 'closed');
});

test('the task of an aborted execution is closed, and no worker can start it', async () => {
  const made = bench();
  made.start(task());
  const { taskToken, start } = await offered(made);
  await made.executions.abort(EXECUTION, {});
  assert.deepEqual(made.withdrawn, made.offered);
  assert.equal(await start('late'), false);
  assert.equal(await made.executions.endTask(taskToken, { kind: 'succeeded', output: 1 }), 'closed');
});

test('a text that is no token, or is of an execution that never was, is unknown', async () => {
  const made = bench();
  const uuid = '00000000-0000-4000-8000-000000000000';
  const forged = Buffer.from(`arn:aws:states:eu-west-1:111111111111:execution:machine:none ${uuid}`).toString('base64');
  for (const token of ['none', '', forged]) assert.equal(await made.executions.heartbeat(token), 'unknown');
});

test('what an ended task waited for is forgotten while the execution goes on', async () => {
  const made = bench();
  made.start({
    ...task({ End: undefined, Next: 'W', TimeoutSeconds: 60, HeartbeatSeconds: 10 }),
    W: { Type: 'Wait', Seconds: 5, End: true },
  });
  const { taskToken, start } = await offered(made);
  await start('packer');
  assert.equal(made.clock.waiting, 2);
  await made.executions.endTask(taskToken, { kind: 'succeeded', output: 1 });
  await settled();
  assert.equal(made.clock.waiting, 1);
  assert.deepEqual(made.withdrawn, made.offered);
});
