import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DeleteActivityCommand,
  DescribeActivityCommand,
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  ListActivitiesCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { startLocal, type TestLocal } from '../src/testing.ts';
import { ACCOUNT, REGION, ROLE_ARN, writeAssembly } from './cloud-assembly.ts';
import { refusal } from './refusal.ts';

const activityArnOf = (name: string) => `arn:aws:states:${REGION}:${ACCOUNT}:activity:${name}`;

describe('activities and task tokens, by the AWS SDK', () => {
  let local: TestLocal;
  let sfn: SFNClient;
  let other: SFNClient;
  before(async () => {
    local = await startLocal({ assembly: await writeAssembly({}) });
    sfn = new SFNClient(local.clientConfig(ACCOUNT));
    other = new SFNClient(local.clientConfig('111111111111'));
  });
  after(() => local.close());

  /** Starts an execution that waits for a worker of the activity. */
  async function start(name: string, input = '{}') {
    await sfn.send(new CreateActivityCommand({ name }));
    const definition = JSON.stringify({
      StartAt: 'Work',
      States: { Work: { Type: 'Task', Resource: activityArnOf(name), HeartbeatSeconds: 60, End: true } },
    });
    const created = await sfn.send(new CreateStateMachineCommand({ name, definition, roleArn: ROLE_ARN }));
    const { stateMachineArn } = created;
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
    const activityArn = activityArnOf(name);
    const task = await sfn.send(new GetActivityTaskCommand({ activityArn, workerName: 'worker' }));
    return { executionArn, ...task };
  }

  test('an activity is created once, described, listed and deleted', async () => {
    const created = await sfn.send(new CreateActivityCommand({ name: 'alone' }));
    const activityArn = activityArnOf('alone');
    assert.equal(created.activityArn, activityArn);
    assert.deepEqual((await sfn.send(new CreateActivityCommand({ name: 'alone' }))).creationDate, created.creationDate);
    const { $metadata: _, ...described } = await sfn.send(new DescribeActivityCommand({ activityArn }));
    const { creationDate } = created;
    const encryptionConfiguration = { type: 'AWS_OWNED_KEY' };
    assert.deepEqual(described, { activityArn, name: 'alone', creationDate, encryptionConfiguration });
    const { activities } = await sfn.send(new ListActivitiesCommand({}));
    assert.deepEqual(activities, [{ activityArn, name: 'alone', creationDate }]);
    for (let i = 0; i < 2; i++) await sfn.send(new DeleteActivityCommand({ activityArn }));
    assert.deepEqual(await refusal(sfn.send(new DescribeActivityCommand({ activityArn }))), {
      name: 'ActivityDoesNotExist',
      message: `Activity Does Not Exist: '${activityArn}'`,
    });
    assert.equal((await refusal(sfn.send(new GetActivityTaskCommand({ activityArn })))).name, 'ActivityDoesNotExist');
    assert.deepEqual(await refusal(sfn.send(new CreateActivityCommand({ name: 'a b' }))), {
      name: 'InvalidName',
      message: "Invalid Name: 'a b'",
    });
  });

  test('a worker takes the task, sends a heartbeat, and ends the task once', async () => {
    const { executionArn, taskToken, input } = await start('once', '{"a":1}');
    assert.equal(input, '{"a":1}');
    await sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{"b": 2}' }));
    const { status, output } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    assert.deepEqual([status, output], ['SUCCEEDED', '{"b":2}']);
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
    assert.deepEqual(events[2]?.activityScheduledEventDetails, {
      resource: activityArnOf('once'),
      input: '{"a":1}',
      inputDetails: { truncated: false },
      heartbeatInSeconds: 60,
    });
    assert.deepEqual(events[3]?.activityStartedEventDetails, { workerName: 'worker' });
    const late = { name: 'TaskTimedOut', message: "Task Timed Out: 'Provided task does not exist anymore'" };
    assert.deepEqual(await refusal(sfn.send(new SendTaskSuccessCommand({ taskToken, output: '1' }))), late);
    assert.deepEqual(await refusal(sfn.send(new SendTaskFailureCommand({ taskToken }))), late);
    assert.deepEqual(await refusal(sfn.send(new SendTaskHeartbeatCommand({ taskToken }))), late);
  });

  test('a worker fails the task with its error and cause', async () => {
    const { executionArn, taskToken } = await start('failing');
    const tooLong = new SendTaskFailureCommand({ taskToken, error: 'x'.repeat(257) });
    assert.equal((await refusal(sfn.send(tooLong))).name, 'ValidationException');
    await sfn.send(new SendTaskFailureCommand({ taskToken, error: 'E', cause: 'c' }));
    const { status, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    assert.deepEqual([status, error, cause], ['FAILED', 'E', 'c']);
  });

  test('an output that is no JSON, a token that is none, and one of another account are refused', async () => {
    const { taskToken } = await start('refusing');
    const output = await refusal(sfn.send(new SendTaskSuccessCommand({ taskToken, output: 'text' })));
    assert.equal(output.name, 'InvalidOutput');
    assert.match(output.message, /^Invalid Output: 'Unrecognized token 'text'/);
    const invalid = { name: 'InvalidToken', message: "Invalid Token: 'Invalid token'" };
    assert.deepEqual(await refusal(sfn.send(new SendTaskHeartbeatCommand({ taskToken: 'none' }))), invalid);
    assert.deepEqual(await refusal(other.send(new SendTaskHeartbeatCommand({ taskToken }))), invalid);
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
  });

  test('an activity of another account may not be asked for tasks', async () => {
    await sfn.send(new CreateActivityCommand({ name: 'ours' }));
    const asked = other.send(new GetActivityTaskCommand({ activityArn: activityArnOf('ours') }));
    assert.equal((await refusal(asked)).name, 'AccessDeniedException');
  });
});
