import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MockConfig } from '../../src/accounts/mock-config.ts';
import { EVERY_SERVICE, MockedTasks } from '../../src/accounts/mocked-tasks.ts';
import { parseTaskResource } from '../../src/asl/task-resource.ts';
import type { TestCase } from '../../src/engine/execution.ts';
import type { TaskOutcome, TaskRequest } from '../../src/engine/ports.ts';

const FUNCTION = 'arn:aws:lambda:eu-west-1:111111111111:function:work';
const REAL: TaskOutcome = { kind: 'succeeded', output: 'really called' };
const mocks = new MockConfig({
  StateMachines: { machine: { TestCases: { Case: { Work: 'Work' }, Failing: { Work: 'Failing' } } } },
  MockedResponses: {
    Work: { '0': { Return: 'first' }, '1': { Return: 'second' } },
    Failing: { '0': { Throw: { Error: 'No', Cause: 'because' } } },
  },
});
const tasks = () => new MockedTasks(mocks, { run: async () => REAL }, new Set(['sns']));

function request(testCase?: TestCase, Resource = FUNCTION, stateName = 'Work'): TaskRequest {
  const resource = parseTaskResource(Resource);
  assert.ok(resource !== undefined && resource.kind !== 'activity');
  const caller = { roleArn: 'arn:aws:iam::111111111111:role/workflow', region: 'eu-west-1', sessionName: 'one' };
  const mock = testCase && { testCase, stateMachineName: 'machine', stateName };
  return { caller, resource, parameters: {}, ...(mock && { mock }) };
}

test('a mocked state gets its responses one after the other, in each execution from the first', async () => {
  const mocked = tasks();
  const [one, two] = [{ name: 'Case' }, { name: 'Case' }];
  assert.deepEqual(await mocked.run(request(one)), { kind: 'succeeded', output: 'first' });
  assert.deepEqual(await mocked.run(request(one)), { kind: 'succeeded', output: 'second' });
  assert.deepEqual(await mocked.run(request(two)), { kind: 'succeeded', output: 'first' });
  const over = await mocked.run(request(one));
  assert.ok(over.kind === 'failed' && over.failure.error === 'States.Runtime');
});

test('without a test case, and in a state it does not mock, the task runs', async () => {
  assert.deepEqual(await tasks().run(request()), REAL);
  assert.deepEqual(await tasks().run(request({ name: 'Case' }, FUNCTION, 'Other')), REAL);
});

test('a service that is not here fails the task unless it is mocked', async () => {
  const publish = 'arn:aws:states:::sns:publish';
  const send = 'arn:aws:states:::sqs:sendMessage';
  assert.ok(EVERY_SERVICE.has('sqs'));
  assert.deepEqual(await tasks().run(request({ name: 'Case' }, send)), { kind: 'succeeded', output: 'first' });
  assert.deepEqual(await tasks().run(request({ name: 'Case' }, publish, 'Other')), REAL);
  const failed = await tasks().run(request({ name: 'Case' }, send, 'Other'));
  assert.ok(failed.kind === 'failed' && failed.failure.error === 'States.Runtime');
  assert.match(failed.failure.cause ?? '', /sqs:sendMessage` is not supported yet.*\(Case does not mock Other\)$/);
});

test('a thrown response fails the task', async () => {
  const failed = { kind: 'failed', failure: { error: 'No', cause: 'because' } };
  assert.deepEqual(await tasks().run(request({ name: 'Failing' })), failed);
  const job = await tasks().run(request({ name: 'Failing' }, 'arn:aws:states:::ecs:runTask.sync'));
  assert.ok(job.kind === 'submitted');
  assert.deepEqual(await job.ended, failed);
});

for (const suffix of ['.sync', '.sync:2', '.waitForTaskToken']) {
  test(`${suffix}: the call is answered, and what it began ends with the same response`, async () => {
    const answered = await tasks().run(request({ name: 'Case' }, `arn:aws:states:::states:startExecution${suffix}`));
    assert.ok(answered.kind === 'submitted');
    assert.equal(answered.output, 'first');
    assert.deepEqual(await answered.ended, { kind: 'succeeded', output: 'first' });
  });
}
