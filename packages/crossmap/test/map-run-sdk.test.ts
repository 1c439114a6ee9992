import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateMapRunCommand,
  type UpdateMapRunCommandInput,
} from '@aws-sdk/client-sfn';
import { startLocal, type TestLocal } from '../src/testing.ts';
import { ACCOUNT, REGION, ROLE_ARN, writeAssembly } from './cloud-assembly.ts';
import { refusal } from './refusal.ts';

const machineArn = (name: string) => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;

const machine = { StartAt: 'W', States: { W: { Type: 'Wait', SecondsPath: '$', End: true } } };
const mapOf = (fields: object, ExecutionType = 'STANDARD', processor: object = machine) => ({
  StartAt: 'M',
  States: {
    M: {
      Type: 'Map',
      Label: 'Items',
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType }, ...processor },
      End: true,
      ...fields,
    },
  },
});

describe('the Map Run API, by the AWS SDK', () => {
  let local: TestLocal;
  let sfn: SFNClient;
  before(async () => {
    local = await startLocal({ assembly: await writeAssembly({ stateMachines: { none: machine } }) });
    sfn = new SFNClient(local.clientConfig(ACCOUNT));
  });
  after(() => local.close());

  const create = async (name: string, definition: object) => {
    await sfn.send(new CreateStateMachineCommand({ name, definition: JSON.stringify(definition), roleArn: ROLE_ARN }));
    return machineArn(name);
  };
  const start = async (stateMachineArn: string, input: unknown) =>
    (await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }))).executionArn ?? '';
  const runOf = async (executionArn: string) => {
    for (;;) {
      const { mapRuns = [] } = await sfn.send(new ListMapRunsCommand({ executionArn }));
      if (mapRuns[0]?.mapRunArn !== undefined) return mapRuns[0].mapRunArn;
    }
  };
  const describeRun = (mapRunArn: string) => sfn.send(new DescribeMapRunCommand({ mapRunArn }));
  const untilRunning = async (mapRunArn: string, running: number) => {
    while ((await describeRun(mapRunArn)).executionCounts?.running !== running);
  };
  const ended = async (executionArn: string) => {
    for (;;) {
      const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (execution.status !== 'RUNNING') return execution;
    }
  };
  const update = (input: UpdateMapRunCommandInput) => sfn.send(new UpdateMapRunCommand(input));

  test('UpdateMapRun changes a running Map Run, and what is not given stays', async () => {
    const arn = await create('updated', mapOf({ MaxConcurrency: 1, ToleratedFailureCount: 2 }));
    const executionArn = await start(arn, [600, 600, 600]);
    const mapRunArn = await runOf(executionArn);
    await untilRunning(mapRunArn, 1);
    await update({ mapRunArn, maxConcurrency: 2, toleratedFailurePercentage: 12.5 });
    await untilRunning(mapRunArn, 2);
    const { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = await describeRun(mapRunArn);
    assert.deepEqual([maxConcurrency, toleratedFailureCount, toleratedFailurePercentage], [2, 2, 12.5]);
    await update({ mapRunArn, maxConcurrency: 0 });
    await untilRunning(mapRunArn, 3);
    await sfn.send(new StopExecutionCommand({ executionArn }));
    while ((await describeRun(mapRunArn)).status === 'RUNNING');
    assert.deepEqual((await describeRun(mapRunArn)).maxConcurrency, 0, 'the ended run keeps what it was changed to');
  });

  test('UpdateMapRun refuses a completed run, no setting, a number out of range and an unknown run', async () => {
    const arn = await create('refused', mapOf({}));
    const executionArn = await start(arn, [0]);
    await ended(executionArn);
    const mapRunArn = await runOf(executionArn);
    const completed = await refusal(update({ mapRunArn, maxConcurrency: 1 }));
    assert.deepEqual([completed.name, completed.reason], ['ValidationException', 'CANNOT_UPDATE_COMPLETED_MAP_RUN']);
    const nothing = await refusal(update({ mapRunArn }));
    assert.deepEqual([nothing.name, nothing.reason], ['ValidationException', 'MISSING_REQUIRED_PARAMETER']);
    for (const setting of [
      { maxConcurrency: -1 },
      { toleratedFailureCount: 0.5 },
      { toleratedFailurePercentage: 100.1 },
      { toleratedFailurePercentage: -1 },
    ]) {
      const [name = ''] = Object.keys(setting);
      assert.match((await refusal(update({ mapRunArn, ...setting }))).message, new RegExp(`at '${name}'`));
    }
    const unknown = mapRunArn.replace('refused', 'nobody');
    assert.deepEqual(await refusal(update({ mapRunArn: unknown, maxConcurrency: 1 })), {
      name: 'ResourceNotFound',
      message: `Resource not found: '${unknown}'`,
    });
  });

  test('an ARN with a label is that of what the children run', async () => {
    const inner = { ...mapOf({ Label: undefined }), Comment: 'around' };
    const arn = await create('labelled', {
      StartAt: 'P',
      States: { P: { Type: 'Parallel', Branches: [{ StartAt: 'M', States: inner.States }], End: true } },
    });
    const executionArn = await start(arn, [0]);
    await ended(executionArn);
    const { executions = [] } = await sfn.send(new ListExecutionsCommand({ mapRunArn: await runOf(executionArn) }));
    const stateMachineArn = executions[0]?.stateMachineArn ?? '';
    const label = stateMachineArn.split('/')[1];
    assert.match(label ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-3/);
    const described = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    assert.deepEqual(
      [described.stateMachineArn, described.label, described.name, described.type],
      [stateMachineArn, label, 'labelled', 'STANDARD'],
    );
    assert.deepEqual(JSON.parse(described.definition ?? ''), machine);
    const child = executions[0]?.executionArn;
    const ofChild = await sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn: child }));
    assert.deepEqual(
      [ofChild.label, ofChild.mapRunArn, ofChild.definition, ofChild.stateMachineArn],
      [label, await runOf(executionArn), described.definition, stateMachineArn],
    );
    const missing = `${arn}/nobody`;
    assert.deepEqual(await refusal(sfn.send(new DescribeStateMachineCommand({ stateMachineArn: missing }))), {
      name: 'StateMachineDoesNotExist',
      message: `State Machine Does Not Exist: '${missing}'`,
    });
  });

  test('EXPRESS children are listed and described; as other EXPRESS executions they are not stopped', async () => {
    const quick = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
    const arn = await create('express-children', mapOf({}, 'EXPRESS', quick));
    const executionArn = await start(arn, ['a']);
    assert.equal((await ended(executionArn)).output, '["a"]');
    const mapRunArn = await runOf(executionArn);
    const { executions = [] } = await sfn.send(new ListExecutionsCommand({ mapRunArn }));
    const child = executions[0]?.executionArn ?? '';
    assert.match(child, /:express:express-children\/Items:[^:]+:[^:]+$/);
    const described = await sfn.send(new DescribeExecutionCommand({ executionArn: child }));
    assert.deepEqual(
      [described.name, described.output, described.mapRunArn, described.redriveStatus],
      [child.split(':').slice(-2).join(':'), '"a"', mapRunArn, undefined],
    );
    assert.equal(executions[0]?.name, described.name);
    const notHere = { name: 'InvalidArn', message: "Invalid Arn: 'Resource type not valid in this context: express'" };
    assert.deepEqual(await refusal(sfn.send(new StopExecutionCommand({ executionArn: child }))), notHere);
    const other = child.replace('/Items', '');
    assert.deepEqual(await refusal(sfn.send(new DescribeExecutionCommand({ executionArn: other }))), notHere);
    const stateMachineArn = executions[0]?.stateMachineArn;
    assert.equal((await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))).type, 'EXPRESS');
  });
});
