import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  ListStateMachinesCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
  paginateListStateMachines,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { startLocal, type TestLocal } from '../src/testing.ts';
import { ACCOUNT, REGION, ROLE_ARN, writeAssembly } from './cloud-assembly.ts';
import { refusal } from './refusal.ts';
import { signedHeaders } from './server/sign.ts';

const PASS = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Pass', End: true } } });
const arnOf = (name: string) => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;

const mapping = {
  StartAt: 'Map',
  States: {
    Map: {
      Type: 'Map',
      Label: 'Items',
      MaxConcurrency: 3,
      ToleratedFailureCount: 5,
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSON' },
        Parameters: { Bucket: 'workflow-bucket', Key: 'items.json' },
      },
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'Odd',
        States: {
          Odd: { Type: 'Choice', Choices: [{ Variable: '$.n', NumericEquals: 7, Next: 'No' }], Default: 'Yes' },
          Yes: { Type: 'Succeed' },
          No: { Type: 'Fail', Error: 'Seven', Cause: 'not this one' },
        },
      },
      End: true,
    },
  },
};

describe('the Step Functions API, by the AWS SDK', () => {
  let local: TestLocal;
  let sfn: SFNClient;
  before(async () => {
    local = await startLocal({ assembly: await writeAssembly({ stateMachines: { mapping } }) });
    sfn = new SFNClient(local.clientConfig(ACCOUNT));
  });
  after(() => local.close());

  const create = (name: string, definition = PASS) =>
    sfn.send(new CreateStateMachineCommand({ name, definition, roleArn: ROLE_ARN }));

  test('creates a state machine once, gives it again for the same definition, and refuses another', async () => {
    const first = await create('created');
    assert.equal(first.stateMachineArn, arnOf('created'));
    assert.deepEqual((await create('created')).creationDate, first.creationDate);
    assert.deepEqual(await refusal(create('created', `${PASS} `)), {
      name: 'StateMachineAlreadyExists',
      message: `State Machine Already Exists: '${arnOf('created')}'`,
    });
    const described = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: arnOf('created') }));
    assert.equal(described.definition, PASS);
    assert.equal(described.status, 'ACTIVE');
    assert.equal(described.type, 'STANDARD');
  });

  test('refuses a definition with all that is wrong with it', async () => {
    const { name, message } = await refusal(
      create(
        'wrong',
        '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","End":true},"B":{"Type":"Pass","Next":"C"}}}',
      ),
    );
    assert.equal(name, 'InvalidDefinition');
    assert.match(message, /sqs:sendMessage` is not supported yet.* at \/States\/A\/Resource/);
    assert.match(message, /MISSING_TRANSITION_TARGET: Missing 'Next' target: C at \/States\/B\/Next/);
  });

  test('refuses a role that Step Functions cannot assume, a bad name, and members it does not act on', async () => {
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/function`;
    const other = sfn.send(new CreateStateMachineCommand({ name: 'other', definition: PASS, roleArn }));
    assert.equal((await refusal(other)).name, 'AccessDeniedException');
    assert.deepEqual(await refusal(create('a b')), { name: 'InvalidName', message: "Invalid Name: 'a b'" });
    const tagged = { name: 'x', definition: PASS, roleArn: ROLE_ARN, tags: [{ key: 'a', value: 'b' }] };
    assert.match((await refusal(sfn.send(new CreateStateMachineCommand(tagged)))).message, /'tags'/);
  });

  test('lists state machines in pages', async () => {
    for (const name of ['listed-1', 'listed-2', 'listed-3']) await create(name);
    const names: (string | undefined)[] = [];
    for await (const page of paginateListStateMachines({ client: sfn, pageSize: 2 }, {})) {
      assert.ok((page.stateMachines?.length ?? 0) <= 2);
      names.push(...(page.stateMachines ?? []).map(({ name }) => name));
    }
    assert.deepEqual(
      names.filter((name) => name?.startsWith('listed-')),
      ['listed-1', 'listed-2', 'listed-3'],
    );
    const tooMany = sfn.send(new ListStateMachinesCommand({ maxResults: 1001 }));
    assert.match((await refusal(tooMany)).message, /Value '1001' at 'maxResults'/);
  });

  test('keeps the input as it was written, and refuses what is no input', async () => {
    await create('inputs');
    const start = (input: string, name?: string) =>
      sfn.send(new StartExecutionCommand({ stateMachineArn: arnOf('inputs'), input, ...(name && { name }) }));
    const { executionArn } = await start('{ "a" : 1 }', 'spaces');
    const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    assert.equal(described.status, 'SUCCEEDED');
    assert.equal(described.input, '{ "a" : 1 }');
    assert.equal(described.output, '{ "a" : 1 }');
    assert.deepEqual(await refusal(start('not json')), {
      name: 'InvalidExecutionInput',
      message:
        "Invalid State Machine Execution Input: 'Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')'",
    });
    assert.equal((await refusal(start(JSON.stringify('x'.repeat(262_144))))).name, 'InvalidExecutionInput');
    assert.equal((await refusal(start('{}', 'spaces'))).name, 'ExecutionAlreadyExists');
    const nowhere = sfn.send(new StartExecutionCommand({ stateMachineArn: arnOf('nowhere') }));
    assert.equal((await refusal(nowhere)).name, 'StateMachineDoesNotExist');
  });

  test('gives a history in pages and in reverse, with and without data', async () => {
    await create('history');
    const start = new StartExecutionCommand({ stateMachineArn: arnOf('history'), input: '{"a":1}' });
    const { executionArn } = await sfn.send(start);
    const events = [];
    for await (const page of paginateGetExecutionHistory({ client: sfn, pageSize: 3 }, { executionArn })) {
      events.push(...(page.events ?? []));
    }
    assert.deepEqual(
      events.map(({ id, previousEventId, type }) => [id, previousEventId, type]),
      [
        [1, 0, 'ExecutionStarted'],
        [2, 0, 'PassStateEntered'],
        [3, 2, 'PassStateExited'],
        [4, 3, 'ExecutionSucceeded'],
      ],
    );
    assert.deepEqual(events[1]?.stateEnteredEventDetails, {
      name: 'Done',
      input: '{"a":1}',
      inputDetails: { truncated: false },
    });
    const reversed = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, includeExecutionData: false }),
    );
    assert.deepEqual(
      reversed.events?.map(({ id }) => id),
      [4, 3, 2, 1],
    );
    assert.deepEqual(reversed.events?.[2]?.stateEnteredEventDetails, { name: 'Done' });
    const bad = sfn.send(new GetExecutionHistoryCommand({ executionArn, nextToken: 'made up' }));
    assert.equal((await refusal(bad)).name, 'InvalidToken');
  });

  test('describes a Map Run and lists its children by status and in pages', async () => {
    const items = Array.from({ length: 25 }, (_, n) => ({ n }));
    const s3 = new S3Client(local.clientConfig(ACCOUNT));
    await s3.send(new PutObjectCommand({ Bucket: 'workflow-bucket', Key: 'items.json', Body: JSON.stringify(items) }));
    const { executionArn, status } = await local.start({}, 'mapping');
    assert.equal(status, 'SUCCEEDED');
    const { mapRuns = [] } = await sfn.send(new ListMapRunsCommand({ executionArn }));
    const mapRunArn = mapRuns[0]?.mapRunArn;
    assert.equal(mapRuns.length, 1);
    assert.equal(mapRuns[0]?.stateMachineArn, `${arnOf('mapping')}/Items`);

    const run = await sfn.send(new DescribeMapRunCommand({ mapRunArn }));
    const counts = {
      pending: 0,
      running: 0,
      succeeded: 24,
      failed: 1,
      timedOut: 0,
      aborted: 0,
      total: 25,
      resultsWritten: 25,
      failuresNotRedrivable: 0,
      pendingRedrive: 0,
    };
    assert.deepEqual(run.itemCounts, counts);
    assert.deepEqual(run.executionCounts, counts);
    assert.equal(run.maxConcurrency, 3);
    assert.equal(run.toleratedFailureCount, 5);

    const all: (string | undefined)[] = [];
    for await (const page of paginateListExecutions({ client: sfn, pageSize: 10 }, { mapRunArn })) {
      all.push(...(page.executions ?? []).map((each) => each.executionArn));
    }
    assert.equal(new Set(all).size, 25);
    const failed = await sfn.send(new ListExecutionsCommand({ mapRunArn, statusFilter: 'FAILED' }));
    assert.equal(failed.executions?.length, 1);
    const [child] = failed.executions ?? [];
    assert.equal(child?.itemCount, 1);
    const described = await sfn.send(new DescribeExecutionCommand({ executionArn: child?.executionArn }));
    assert.deepEqual([described.error, described.cause, described.input], ['Seven', 'not this one', '{"n":7}']);
    assert.equal(described.mapRunArn, mapRunArn);
    const parents = await sfn.send(new ListExecutionsCommand({ stateMachineArn: arnOf('mapping') }));
    assert.deepEqual(
      parents.executions?.map((each) => each.executionArn),
      [executionArn],
    );
  });

  test('a page of a history ends before it holds many megabytes, and the next goes on', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `S${i}`);
    const States = Object.fromEntries(
      names.map((name, i) => [name, { Type: 'Pass', ...(i === 19 ? { End: true } : { Next: `S${i + 1}` }) }]),
    );
    const { stateMachineArn } = await create('large', JSON.stringify({ StartAt: 'S0', States }));
    const input = JSON.stringify('x'.repeat(250_000));
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
    const sizes: number[] = [];
    const ids: (number | undefined)[] = [];
    for await (const { events = [] } of paginateGetExecutionHistory(
      { client: sfn, pageSize: 1000 },
      { executionArn },
    )) {
      sizes.push(events.length);
      ids.push(...events.map(({ id }) => id));
    }
    assert.deepEqual(sizes, [17, 17, 8]);
    assert.deepEqual(
      ids,
      Array.from({ length: 42 }, (_, i) => i + 1),
    );
  });

  test('names what it does not know', async () => {
    const redrive = sfn.send(new RedriveExecutionCommand({ executionArn: `${arnOf('x')}:y` }));
    assert.deepEqual(await refusal(redrive), {
      name: 'UnknownOperationException',
      message: 'The operation RedriveExecution is not supported yet',
    });
    const missing = `arn:aws:states:${REGION}:${ACCOUNT}:execution:mapping:gone`;
    assert.deepEqual(await refusal(sfn.send(new DescribeExecutionCommand({ executionArn: missing }))), {
      name: 'ExecutionDoesNotExist',
      message: `Execution Does Not Exist: '${missing}'`,
    });
    const malformed = sfn.send(new DescribeExecutionCommand({ executionArn: 'nothing' }));
    assert.deepEqual(await refusal(malformed), {
      name: 'InvalidArn',
      message: "Invalid Arn: 'Invalid ARN prefix: nothing'",
    });
  });

  test('refuses a request that is signed for another service', async () => {
    const { credentials, endpoint } = local.clientConfig(ACCOUNT);
    const { headers } = signedHeaders(credentials, {
      method: 'POST',
      path: '/',
      headers: { host: new URL(endpoint).host, 'x-amz-target': 'AWSStepFunctions.ListStateMachines' },
      payload: createHash('sha256').update('{}').digest('hex'),
      now: Date.now(),
    });
    const answer = await fetch(endpoint, { method: 'POST', headers, body: '{}' });
    assert.equal(answer.status, 400);
    assert.equal(((await answer.json()) as { __type: string }).__type, 'InvalidSignatureException');
  });

  test('refuses credentials that are wrong and resources of another account', async () => {
    const config = local.clientConfig(ACCOUNT);
    const { accessKeyId } = config.credentials;
    const wrong = new SFNClient({ ...config, credentials: { accessKeyId, secretAccessKey: 'wrong' } });
    assert.equal((await refusal(wrong.send(new ListStateMachinesCommand({})))).name, 'InvalidSignatureException');
    const unknown = new SFNClient({ ...config, credentials: { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' } });
    assert.equal((await refusal(unknown.send(new ListStateMachinesCommand({})))).name, 'UnrecognizedClientException');
    const theirs = arnOf('x').replace(ACCOUNT, '333333333333');
    const foreign = sfn.send(new DescribeStateMachineCommand({ stateMachineArn: theirs }));
    assert.equal((await refusal(foreign)).name, 'AccessDeniedException');
  });
});
