import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { openCloud } from '../src/cloud.ts';
import { startSyncExecution } from '../src/server/step-functions/operations/start-sync-execution.ts';
import { Parameters } from '../src/server/step-functions/parameters.ts';
import { startLocal, type TestLocal } from '../src/testing.ts';
import { ACCOUNT, REGION, ROLE_ARN, writeAssembly } from './cloud-assembly.ts';
import { SimulatedClock } from './engine/simulated-clock.ts';

const pass = (Result: unknown) => JSON.stringify({ StartAt: 'P', States: { P: { Type: 'Pass', Result, End: true } } });
const FAIL = JSON.stringify({ StartAt: 'F', States: { F: { Type: 'Fail', Error: 'No', Cause: 'because' } } });
const WAIT = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 3600, End: true } } };
const call = (Resource: string, fields: object = {}) => ({
  StartAt: 'Call',
  States: { Call: { Type: 'Task', Resource, ...fields, End: true } },
});
const arnOf = (name: string) => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;
const functionArn = (name: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;

/** A function that starts an EXPRESS state machine with the SDK's own settings. */
const NESTING = `
  const { SFNClient, StartSyncExecutionCommand } = require('@aws-sdk/client-sfn');
  exports.handler = async ({ stateMachineArn }) => {
    const { output } = await new SFNClient().send(new StartSyncExecutionCommand({ stateMachineArn }));
    return JSON.parse(output);
  };`;

const mockConfig = {
  StateMachines: {
    calling: {
      TestCases: { Recovers: { Call: 'Recovers' }, NoSuchState: { Elsewhere: 'Recovers' } },
    },
    sending: { TestCases: { Sent: { Call: 'Sent' } } },
  },
  MockedResponses: {
    Sent: { '0': { Return: { MessageId: '1' } } },
    Recovers: { '0-1': { Throw: { Error: 'Busy', Cause: 'try again' } }, '2': { Return: { mocked: true } } },
  },
};

async function refusal(call: Promise<unknown>): Promise<readonly [name: string, message: string]> {
  const error = await call.then(
    () => assert.fail('expected a refusal'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Error);
  return [error.name, error.message];
}

const TYPE_NOT_SUPPORTED = [
  'StateMachineTypeNotSupported',
  'This operation is not supported by this type of state machine',
];
const NOT_FOR_EXPRESS = ['InvalidArn', "Invalid Arn: 'Resource type not valid in this context: express'"];

describe('EXPRESS state machines, stops, logs and mocks, by the AWS SDK', () => {
  let local: TestLocal;
  let sfn: SFNClient;
  before(async () => {
    const Retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1, MaxDelaySeconds: 2 }];
    local = await startLocal({
      assembly: await writeAssembly({
        functions: { nesting: NESTING, real: 'exports.handler = async () => "real";' },
        stateMachines: {
          calling: call(functionArn('real'), { Retry }),
          nests: call(functionArn('nesting')),
          waiting: WAIT,
          sending: call('arn:aws:states:::sqs:sendMessage.waitForTaskToken', {
            Parameters: { QueueUrl: 'url', MessageBody: 'text' },
          }),
        },
        functionActions: ['states:StartSyncExecution', 'logs:*'],
        logGroups: ['/runs'],
      }),
      mockConfig,
    });
    sfn = new SFNClient(local.clientConfig(ACCOUNT));
  });
  after(() => local.close());

  const create = (name: string, definition: string, fields: object = {}) =>
    sfn.send(new CreateStateMachineCommand({ name, definition, roleArn: ROLE_ARN, type: 'EXPRESS', ...fields }));
  const startSync = (name: string, fields: object = {}) =>
    sfn.send(new StartSyncExecutionCommand({ stateMachineArn: arnOf(name), ...fields }));
  const describeMachine = (name: string) => sfn.send(new DescribeStateMachineCommand({ stateMachineArn: arnOf(name) }));
  /** The records of the group, parsed, once one of them ends an execution. */
  const records = async (): Promise<readonly { type: string; execution_arn: string }[]> => {
    for (;;) {
      const url = `${local.endpoint}/_crossmap/logs?group=arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/runs`;
      const { events } = (await (await fetch(url)).json()) as { events: { message: string }[] };
      const parsed = events.map(({ message }) => JSON.parse(message) as { type: string; execution_arn: string });
      if (parsed.some(({ type }) => /^Execution(Succeeded|Failed)$/.test(type))) return parsed;
    }
  };

  test('StartSyncExecution answers with the end of the execution', async () => {
    await create('answers', pass({ a: 1 }));
    const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793';
    const { $metadata, executionArn, startDate, stopDate, ...answer } = await startSync('answers', {
      name: 'one',
      input: '{"x": 1}',
      traceHeader,
    });
    assert.equal($metadata.httpStatusCode, 200);
    assert.match(executionArn ?? '', /:express:answers:one:[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    assert.ok(startDate instanceof Date && stopDate instanceof Date);
    assert.deepEqual(answer, {
      stateMachineArn: arnOf('answers'),
      name: 'one',
      status: 'SUCCEEDED',
      input: '{"x": 1}',
      inputDetails: { included: true },
      output: '{"a":1}',
      outputDetails: { included: true },
      traceHeader,
      billingDetails: { billedMemoryUsedInMB: 64, billedDurationInMilliseconds: 100 },
    });
    const metadata = await startSync('answers', { includedData: 'METADATA_ONLY' });
    assert.deepEqual(
      [metadata.input, metadata.output, metadata.outputDetails],
      [undefined, undefined, { included: false }],
    );
  });

  test('an execution that fails is an answer, not an error', async () => {
    await create('fails', FAIL);
    const { status, error, cause, output } = await startSync('fails');
    assert.deepEqual([status, error, cause, output], ['FAILED', 'No', 'because', undefined]);
  });

  test('a STANDARD state machine is not started synchronously', async () => {
    assert.deepEqual(await refusal(startSync('waiting')), TYPE_NOT_SUPPORTED);
  });

  test('the SDK in a function reaches StartSyncExecution by its own endpoint', async () => {
    await create('nested', pass('inside'));
    const { executionArn: _arn, ...ended } = await local.start({ stateMachineArn: arnOf('nested') }, 'nests');
    assert.deepEqual(ended, { status: 'SUCCEEDED', output: 'inside' });
  });

  test('EXPRESS executions may share a name, and have no history', async () => {
    await create('shares', pass(1));
    const start = () => sfn.send(new StartExecutionCommand({ stateMachineArn: arnOf('shares'), name: 'same' }));
    const [{ executionArn }, second] = [await start(), await start()];
    assert.match(executionArn ?? '', /:express:shares:same:/);
    assert.notEqual(executionArn, second.executionArn);
    assert.deepEqual(await refusal(sfn.send(new DescribeExecutionCommand({ executionArn }))), NOT_FOR_EXPRESS);
    assert.deepEqual(await refusal(sfn.send(new GetExecutionHistoryCommand({ executionArn }))), NOT_FOR_EXPRESS);
    assert.deepEqual(await refusal(sfn.send(new StopExecutionCommand({ executionArn }))), NOT_FOR_EXPRESS);
    const list = sfn.send(new ListExecutionsCommand({ stateMachineArn: arnOf('shares') }));
    assert.deepEqual(await refusal(list), TYPE_NOT_SUPPORTED);
  });

  test('the other type of a name that is taken is refused', async () => {
    await create('typed', pass(1));
    assert.equal((await refusal(create('typed', pass(1), { type: 'STANDARD' })))[0], 'StateMachineAlreadyExists');
    assert.equal((await describeMachine('typed')).type, 'EXPRESS');
    const [name, message] = await refusal(create('other', pass(1), { type: 'SLOW' }));
    assert.equal(name, 'ValidationException');
    assert.match(message, /enum value set: \[STANDARD, EXPRESS\]/);
  });

  test('StopExecution aborts with error and cause, and answers the same for what has ended', async () => {
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn: arnOf('waiting') }));
    const stop = () => sfn.send(new StopExecutionCommand({ executionArn, error: 'Enough', cause: 'by hand' }));
    const { stopDate } = await stop();
    const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    assert.deepEqual([described.status, described.error, described.cause], ['ABORTED', 'Enough', 'by hand']);
    assert.deepEqual(described.stopDate, stopDate);
    assert.deepEqual((await stop()).stopDate, stopDate);
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
    assert.deepEqual(
      events.map(({ id, previousEventId, type }) => [id, previousEventId, type]),
      [
        [1, 0, 'ExecutionStarted'],
        [2, 0, 'WaitStateEntered'],
        [3, 0, 'ExecutionAborted'],
      ],
    );
    const gone = `arn:aws:states:${REGION}:${ACCOUNT}:execution:waiting:gone`;
    const [name] = await refusal(sfn.send(new StopExecutionCommand({ executionArn: gone })));
    assert.equal(name, 'ExecutionDoesNotExist');
  });

  const destination = (name: string) => ({
    cloudWatchLogsLogGroup: { logGroupArn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}:*` },
  });

  test('what an execution logs is in the log group of its state machine', async () => {
    const loggingConfiguration = { level: 'ALL', includeExecutionData: false, destinations: [destination('/runs')] };
    await create('logs', pass(1), { loggingConfiguration });
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn: arnOf('logs') }));
    const all = await records();
    assert.deepEqual(
      all.filter(({ execution_arn }) => execution_arn === executionArn).map(({ type }) => type),
      ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded'],
    );
    assert.deepEqual((await describeMachine('logs')).loggingConfiguration, loggingConfiguration);
  });

  test('a logging configuration names exactly one log group that is there', async () => {
    const two = [destination('/runs'), destination('/runs')];
    for (const [level, destinations, why] of [
      ['ALL', [], 'Must specify exactly one Log Destination.'],
      ['ERROR', undefined, 'Must specify exactly one Log Destination.'],
      ['OFF', two, 'Must specify exactly one Log Destination.'],
      ['ALL', [destination('/gone')], 'Log Destination not found.'],
    ] as const) {
      const created = create('unlogged', pass(1), { loggingConfiguration: { level, destinations } });
      const expected = ['InvalidLoggingConfiguration', `Invalid Logging Configuration: ${why}`];
      assert.deepEqual(await refusal(created), expected);
    }
    const [name] = await refusal(create('unlogged', pass(1), { loggingConfiguration: { level: 'LOUD' } }));
    assert.equal(name, 'ValidationException');
    await create('unlogged', pass(1), { loggingConfiguration: { level: 'OFF', destinations: [] } });
    assert.deepEqual((await describeMachine('unlogged')).loggingConfiguration, {
      level: 'OFF',
      includeExecutionData: false,
      destinations: [],
    });
    const again = create('unlogged', pass(1), { loggingConfiguration: { includeExecutionData: true } });
    assert.equal((await refusal(again))[0], 'StateMachineAlreadyExists');
  });

  test('UpdateStateMachine changes what the next executions do, and its revision when it changes anything', async () => {
    await create('updated', pass('before'));
    assert.equal((await describeMachine('updated')).revisionId, undefined);
    const update = (change: object) =>
      sfn.send(new UpdateStateMachineCommand({ stateMachineArn: arnOf('updated'), ...change }));
    const { revisionId, updateDate } = await update({ definition: pass('after') });
    assert.ok(updateDate instanceof Date);
    assert.equal((await startSync('updated')).output, '"after"');
    assert.equal((await describeMachine('updated')).revisionId, revisionId);
    assert.equal((await update({ definition: pass('after'), roleArn: ROLE_ARN })).revisionId, revisionId);
    const logging = { level: 'ERROR', destinations: [destination('/runs')] };
    assert.notEqual((await update({ loggingConfiguration: logging })).revisionId, revisionId);
    assert.equal((await describeMachine('updated')).definition, pass('after'));

    assert.deepEqual(await refusal(update({})), [
      'MissingRequiredParameter',
      'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
    ]);
    assert.equal((await refusal(update({ definition: '{}' })))[0], 'InvalidDefinition');
    const stranger = `arn:aws:iam::${ACCOUNT}:role/function`;
    assert.equal((await refusal(update({ roleArn: stranger })))[0], 'AccessDeniedException');
    assert.equal((await refusal(update({ loggingConfiguration: { level: 'ALL' } })))[0], 'InvalidLoggingConfiguration');
    assert.equal((await startSync('updated')).output, '"after"');
  });

  test('a test case gives its mocked responses, retries included, and without one the task runs', async () => {
    const mocked = await local.start({}, 'calling#Recovers');
    assert.deepEqual(mocked, {
      executionArn: mocked.executionArn,
      status: 'SUCCEEDED',
      output: { mocked: true },
    });
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn: mocked.executionArn }));
    assert.equal(events.filter(({ type }) => type === 'LambdaFunctionFailed').length, 2);
    const real = await local.start({}, 'calling');
    assert.equal(real.status === 'SUCCEEDED' && real.output, 'real');
  });

  test('a service that is not here is mocked, its callback too', async () => {
    const mocked = await local.start({}, 'sending#Sent');
    assert.equal(mocked.status, 'SUCCEEDED');
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn: mocked.executionArn }));
    assert.deepEqual(
      events.map(({ type }) => type),
      [
        'ExecutionStarted',
        'TaskStateEntered',
        'TaskScheduled',
        'TaskStarted',
        'TaskSubmitted',
        'TaskSucceeded',
        'TaskStateExited',
        'ExecutionSucceeded',
      ],
    );
    const unmocked = await local.start({}, 'sending');
    assert.ok(unmocked.status === 'FAILED' && unmocked.error === 'States.Runtime');
  });

  test('a test case that there is not, or that mocks no task, is refused', async () => {
    const start = (testCase: string) =>
      sfn.send(new StartExecutionCommand({ stateMachineArn: `${arnOf('calling')}#${testCase}` }));
    assert.deepEqual(await refusal(start('Gone')), [
      'InvalidArn',
      "Invalid Arn: 'Expected a test case of calling (Recovers, NoSuchState), found Gone'",
    ]);
    assert.deepEqual(await refusal(start('NoSuchState')), [
      'InvalidArn',
      "Invalid Arn: 'The test case NoSuchState mocks Elsewhere, which is no Task of calling that calls a service'",
    ]);
  });
});

test('a role that may not log is refused with the log group', async (context) => {
  const local = await startLocal({
    assembly: await writeAssembly({ workflowActions: ['logs:CreateLogDelivery'], logGroups: ['/runs'] }),
  });
  context.after(() => local.close());
  const sfn = new SFNClient(local.clientConfig(ACCOUNT));
  const logGroupArn = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/runs:*`;
  const loggingConfiguration = {
    level: 'ALL' as const,
    destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }],
  };
  const create = new CreateStateMachineCommand({
    name: 'x',
    definition: pass(1),
    roleArn: ROLE_ARN,
    loggingConfiguration,
  });
  assert.deepEqual(await refusal(sfn.send(create)), [
    'AccessDeniedException',
    'The state machine IAM Role is not authorized to access the Log Destination',
  ]);
  assert.equal(local.denials()[0]?.action, 'logs:GetLogDelivery');
  const stateMachineArn = `${arnOf('x')}#Case`;
  const [, message] = await refusal(sfn.send(new StartExecutionCommand({ stateMachineArn })));
  assert.match(message, /State Machine Does Not Exist/);
});

test('a synchronous execution is billed by 100 ms, and answers TIMED_OUT after five minutes', async (context) => {
  const clock = new SimulatedClock();
  const cloud = await openCloud({ data: undefined, environments: 1, onLog: () => {} }, { clock });
  context.after(() => cloud.close());
  cloud.accounts.createRole({
    accountId: ACCOUNT,
    roleName: 'workflow',
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
  });
  const scope = { accountId: ACCOUNT, region: REGION };
  const after = async (Seconds: number, ms: number) => {
    const definition = JSON.stringify({ StartAt: 'W', States: { W: { Type: 'Wait', Seconds, End: true } } });
    const machine = { ...scope, name: `waits-${Seconds}`, definition, roleArn: ROLE_ARN, type: 'EXPRESS' } as const;
    const { stateMachineArn } = await cloud.stepFunctions.stateMachines.create(machine);
    const answer = startSyncExecution.handle(new Parameters({ stateMachineArn }), cloud.stepFunctions, scope);
    await clock.advance(ms);
    const { status, billingDetails } = (await answer) as { status: string; billingDetails: object };
    return { status, billingDetails };
  };
  const billed = (billedDurationInMilliseconds: number) => ({ billedMemoryUsedInMB: 64, billedDurationInMilliseconds });
  assert.deepEqual(await after(1, 1_000), { status: 'SUCCEEDED', billingDetails: billed(1_000) });
  assert.deepEqual(await after(0, 0), { status: 'SUCCEEDED', billingDetails: billed(100) });
  assert.deepEqual(await after(3_600, 300_000), { status: 'TIMED_OUT', billingDetails: billed(300_000) });
});

test('a log group that the assembly does not hold is taken as there', async (context) => {
  const logGroupArn = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/elsewhere`;
  const logging = { Level: 'ALL', Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: `${logGroupArn}:*` } }] };
  const local = await startLocal({
    assembly: await writeAssembly({ stateMachines: { logs: JSON.parse(FAIL) }, logging }),
  });
  context.after(() => local.close());
  await local.start();
  const read = async (group: string) => {
    const { events } = (await (await fetch(`${local.endpoint}/_crossmap/logs?group=${group}`)).json()) as {
      events?: readonly object[];
    };
    return events?.length;
  };
  assert.deepEqual([await read(logGroupArn), await read(`${logGroupArn}:*`), await read('gone')], [3, 3, undefined]);
});
