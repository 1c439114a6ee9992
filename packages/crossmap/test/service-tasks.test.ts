import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { type Cloud, openCloud } from '../src/cloud.ts';
import type { ExecutionRecord } from '../src/engine/ports.ts';

const ACCOUNT = '111111111111';
const REGION = 'us-east-1';
const BUCKET = 'workflow-bucket';
const arnOf = (name: string) => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;
const functionArn = (name: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

let cloud: Cloud;
let s3: S3Client;
let sfn: SFNClient;
let machines = 0;

before(async () => {
  cloud = await openCloud(
    { data: undefined, environments: 1, onLog: () => {} },
    {
      invoke(arn, payload) {
        if (arn === functionArn('echo')) {
          return Promise.resolve({ kind: 'returned', payload, executedVersion: '$LATEST' });
        }
        if (arn !== functionArn('raise')) return undefined;
        const error = JSON.stringify({ errorType: 'Oops', errorMessage: 'no' });
        return Promise.resolve({
          kind: 'error',
          payload: error,
          functionError: 'Unhandled',
          executedVersion: '$LATEST',
        });
      },
    },
  );
  await cloud.s3.provisionBucket({ name: BUCKET, accountId: ACCOUNT, region: REGION });
  const { port } = await cloud.listen(0);
  const credentials = cloud.accounts.account(ACCOUNT).developer.accessKey;
  const config = { endpoint: `http://127.0.0.1:${port}`, region: REGION, credentials, maxAttempts: 1 };
  s3 = new S3Client({ ...config, forcePathStyle: true });
  sfn = new SFNClient(config);
});

after(async () => {
  s3.destroy();
  sfn.destroy();
  await cloud.close();
});

/** A role that may do what the statements allow; everything, when there is none. */
function roleOf(name: string, statements: readonly object[] = [{ Effect: 'Allow', Action: '*', Resource: '*' }]) {
  const trustPolicy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const policies = [{ name: 'may', document: { Version: '2012-10-17', Statement: statements } }];
  return cloud.accounts.createRole({ accountId: ACCOUNT, roleName: name, trustPolicy, policies }).arn;
}

async function machine(states: object, roleArn: string, name: string): Promise<string> {
  const definition = JSON.stringify({ StartAt: Object.keys(states)[0], States: states });
  await cloud.stepFunctions.stateMachines.create({ accountId: ACCOUNT, region: REGION, name, definition, roleArn });
  return arnOf(name);
}

async function execution(stateMachineArn: string): Promise<ExecutionRecord> {
  const { StartExecutionCommand } = await import('@aws-sdk/client-sfn');
  const { executionArn = '' } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
  await cloud.stepFunctions.executions.ended(executionArn);
  return (await cloud.stepFunctions.store.execution(executionArn)) ?? assert.fail('the execution is gone');
}

interface TaskRun {
  readonly output: Record<string, unknown>;
  readonly error: string | undefined;
  readonly cause: string;
  readonly executionArn: string;
}

/** Runs one task and gives what came of it. */
async function run(
  resource: string,
  parameters: object,
  roleArn?: string,
  how: 'JSONPath' | 'JSONata' = 'JSONPath',
): Promise<TaskRun> {
  machines += 1;
  const name = `machine-${machines}`;
  // Of an expression nothing is known before it is evaluated.
  const Arguments = `{% ${JSON.stringify(parameters)} %}`;
  const given = how === 'JSONPath' ? { Parameters: parameters } : { QueryLanguage: how, Arguments };
  const Task = { Type: 'Task', Resource: `arn:aws:states:::${resource}`, End: true, ...given };
  const record = await execution(await machine({ Task }, roleArn ?? roleOf(`role-${machines}`), name));
  const output = record.status === 'SUCCEEDED' ? (JSON.parse(record.output) as Record<string, unknown>) : {};
  const failure = record.status === 'FAILED' ? record : { error: undefined, cause: undefined };
  return { output, error: failure.error, cause: failure.cause ?? '', executionArn: record.executionArn };
}

test('putObject stores the JSON text of the body, as text', async () => {
  const put = await run('aws-sdk:s3:putObject', { Bucket: BUCKET, Key: 'text', Body: 'text data' });
  assert.deepEqual(put.output, {
    ChecksumCRC32: 'KUmHvQ==',
    ChecksumType: 'FULL_OBJECT',
    ETag: '"2b5df3712557f503a9977a8ea893b2c9"',
    ServerSideEncryption: 'AES256',
  });
  const stored = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'text' }));
  assert.deepEqual(
    [await stored.Body?.transformToString(), stored.ContentType],
    ['"text data"', 'text/plain; charset=UTF-8'],
  );
  await run('aws-sdk:s3:putObject', { Bucket: BUCKET, Key: 'json', Body: { a: [1] }, ContentType: 'application/json' });
  const json = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'json' }));
  assert.deepEqual([await json.Body?.transformToString(), json.ContentType], ['{"a":[1]}', 'application/json']);
});

test('getObject gives the body as text, dates in ISO 8601 and no checksum', async () => {
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'a/ä', Body: 'grüß', Metadata: { of: 'me' } }));
  const { output } = await run('aws-sdk:s3:getObject', { Bucket: BUCKET, Key: 'a/ä' });
  const { LastModified, ETag, ...others } = output;
  assert.match(String(LastModified), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.match(String(ETag), /^"[0-9a-f]{32}"$/);
  assert.deepEqual(others, {
    AcceptRanges: 'bytes',
    Body: 'grüß',
    ContentLength: 6,
    ContentType: 'application/octet-stream',
    Metadata: { of: 'me' },
    ServerSideEncryption: 'AES256',
  });
});

test('every operation of the embedded S3 is an action', async () => {
  const { OPERATIONS } = await import('../src/s3/operations.ts');
  const { clientService } = await import('../src/accounts/sdk/client-package.ts');
  const client = clientService({ ...(await import('@aws-sdk/client-s3')) }, { kind: 'endpoint', url: 'http://unused' });
  for (const name of Object.keys(OPERATIONS)) assert.ok(client.operation(name), name);
  const { output } = await run('aws-sdk:s3:listObjectsV2', { Bucket: BUCKET, Prefix: 'none/', MaxKeys: 5 });
  assert.deepEqual(output, { IsTruncated: false, KeyCount: 0, MaxKeys: 5, Name: BUCKET, Prefix: 'none/' });
  const { output: created } = await run('aws-sdk:s3:createBucket', { Bucket: 'made-by-a-task' });
  assert.deepEqual(created, { Location: '/made-by-a-task' });
});

test("a refusal of S3 has the class and the words of the SDK's exception", async () => {
  const told =
    /^The specified key does not exist\. \(Service: S3, Status Code: 404, Request ID: \w+, Extended Request ID: \w+\)$/;
  const missing = await run('aws-sdk:s3:getObject', { Bucket: BUCKET, Key: 'missing' });
  assert.equal(missing.error, 'S3.NoSuchKeyException');
  assert.match(missing.cause, told);
  assert.equal((await run('aws-sdk:s3:listObjects', { Bucket: 'No_Bucket' })).error, 'S3.NoSuchBucketException');
  const unheard = await run('aws-sdk:s3:headObject', { Bucket: BUCKET, Key: 'missing' });
  assert.equal(unheard.error, 'S3.NoSuchKeyException');
  assert.match(unheard.cause, /^null \(Service: S3, Status Code: 404, /);
});

test('a task may do what the role of its state machine may, and no more', async () => {
  const roleArn = roleOf('reader', [
    { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/open/*` },
  ]);
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'open/a', Body: 'a' }));
  assert.equal((await run('aws-sdk:s3:getObject', { Bucket: BUCKET, Key: 'open/a' }, roleArn)).output.Body, 'a');
  const denied = await run('aws-sdk:s3:putObject', { Bucket: BUCKET, Key: 'open/a', Body: 'b' }, roleArn);
  assert.equal(denied.error, 'S3.S3Exception');
  assert.match(
    denied.cause,
    /^User: arn:aws:sts::111111111111:assumed-role\/reader\/.* is not authorized to perform: s3:PutObject/,
  );
  const nested = await run('aws-sdk:sfn:listStateMachines', {}, roleArn);
  assert.equal(nested.error, 'Sfn.SfnException');
  assert.match(
    nested.cause,
    /states:ListStateMachines .*\(Service: Sfn, Status Code: 400, Request ID: .*\) \(SDK Attempt Count: 1\)$/,
  );
  const invoked = await run('aws-sdk:lambda:invoke', { FunctionName: 'echo' }, roleArn);
  assert.equal(invoked.error, 'Lambda.LambdaException');
  const started = await run('states:startExecution', { StateMachineArn: arnOf('machine-1') }, roleArn);
  assert.equal(started.error, 'StepFunctions.AWSStepFunctionsException');
  assert.match(started.cause, /; Status Code: 400; Error Code: AccessDeniedException; Request ID: .*; Proxy: null\)$/);
});

test('parameters that are none of the action schedule no task', async () => {
  const refused = async (parameters: object, action = 's3:getObject') => {
    const { error, cause, executionArn } = await run(`aws-sdk:${action}`, parameters, undefined, 'JSONata');
    assert.equal(error, 'States.Runtime', cause);
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
    assert.deepEqual(
      events.map(({ type }) => type),
      ['ExecutionStarted', 'TaskStateEntered', 'ExecutionFailed'],
    );
    const start = "An error occurred while executing the state 'Task' (entered at the event id #2). The Parameters '";
    assert.ok(cause.startsWith(start), cause);
    const [given = '', problems] = cause.slice(start.length, -1).split("' could not be used to start the Task: [");
    assert.deepEqual(JSON.parse(given), parameters);
    return problems;
  };
  assert.equal(
    await refused({ Bucket: BUCKET, Key: 'a', key: 'b' }),
    'The field "key" is not supported by Step Functions',
  );
  assert.equal(await refused({ Bucket: BUCKET }), "The field 'Key' is required but was missing");
  assert.equal(await refused({ Bucket: BUCKET, Key: null }), "The field 'Key' is required but was missing");
  assert.equal(await refused({ Bucket: BUCKET, Key: 7 }), "The value of the field 'Key' has an invalid format");
  assert.equal(
    await refused({ TaskToken: 't', Output: { a: 1 } }, 'sfn:sendTaskSuccess'),
    "The value of the field 'Output' has an invalid format",
  );
});

test('members of Step Functions begin with a capital letter, both ways', async () => {
  await machine({ Done: { Type: 'Pass', End: true } }, roleOf('passes'), 'passes');
  const parameters = { StateMachineArn: arnOf('passes'), Name: 'once', Input: null };
  const { output } = await run('aws-sdk:sfn:startExecution', parameters);
  assert.deepEqual(Object.keys(output).sort(), ['ExecutionArn', 'StartDate']);
  assert.match(String(output.StartDate), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/);
  const missing = await run('aws-sdk:sfn:describeStateMachine', { StateMachineArn: arnOf('missing') });
  assert.equal(missing.error, 'Sfn.StateMachineDoesNotExistException');
});

test('invoke gives the payload as text, and the error of a function as an answer', async () => {
  const { output } = await run('aws-sdk:lambda:invoke', { FunctionName: 'echo', Payload: { a: 1 } });
  assert.deepEqual(output, { ExecutedVersion: '$LATEST', Payload: '{"a":1}', StatusCode: 200 });
  const raised = await run('aws-sdk:lambda:invoke', { FunctionName: functionArn('raise') });
  assert.equal(raised.output.FunctionError, 'Unhandled');
  const missing = await run('aws-sdk:lambda:invoke', { FunctionName: 'missing' });
  assert.equal(missing.error, 'Lambda.ResourceNotFoundException');
  const event = await run('aws-sdk:lambda:invoke', { FunctionName: 'echo', InvocationType: 'Event' });
  assert.deepEqual(event.output, { StatusCode: 202 });
  for (const wrong of [{ FunctionName: 'a:b:c:d' }, { FunctionName: 'echo', InvocationType: 'DryRun' }]) {
    assert.equal((await run('aws-sdk:lambda:invoke', wrong)).error, 'Lambda.LambdaException');
  }
  const version = await run('aws-sdk:lambda:invoke', { FunctionName: 'echo', Qualifier: '7' });
  assert.match(version.cause, /^Function not found: .*:function:echo:7 /);
});

test('a role learns who it is from STS', async () => {
  const roleArn = roleOf('somebody', [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }]);
  const { output } = await run('aws-sdk:sts:getCallerIdentity', {}, roleArn);
  assert.equal(output.Account, ACCOUNT);
  assert.match(String(output.Arn), new RegExp(`^arn:aws:sts::${ACCOUNT}:assumed-role/somebody/${UUID}$`));
  assert.match(String(output.UserId), new RegExp(`^AROA[A-Z0-9]+:${UUID}$`));
});

test('a definition that names what a service has not is refused', async () => {
  const roleArn = roleOf('unfit');
  const refusal = async (resource: string, Parameters: object = {}) => {
    const Task = { Type: 'Task', Resource: `arn:aws:states:::${resource}`, Parameters, End: true };
    const Each = { Type: 'Map', End: true, ItemProcessor: { StartAt: 'Task', States: { Task } } };
    return machine({ Each }, roleArn, 'unfit').then(
      () => assert.fail('the definition was taken'),
      (error: Error) => error.message.replace('Invalid State Machine Definition: ', ''),
    );
  };
  const at = '/States/Each/ItemProcessor/States/Task';
  const unknown = 'The value is not a valid resource ARN, or the resource is not available in this region.';
  assert.equal(
    await refusal('aws-sdk:s3:getObjet'),
    `'SCHEMA_VALIDATION_FAILED: The resource provided arn:aws:states:::aws-sdk:s3:getObjet is not recognized. ${unknown} at ${at}/Resource'`,
  );
  for (const action of [
    's3:putBucketWebsite',
    'sfn:deleteStateMachineVersion',
    'sts:getSessionToken',
    'lambda:getFunction',
  ]) {
    assert.match(await refusal(`aws-sdk:${action}`), /is not supported yet at .*\/Resource'$/, action);
  }
  assert.equal(
    await refusal('aws-sdk:s3:getObject', { bucket: BUCKET, 'Key.$': '$.key' }),
    `'SCHEMA_VALIDATION_FAILED: The field 'Bucket' is required but was missing at ${at}/Parameters, SCHEMA_VALIDATION_FAILED: The field "bucket" is not supported by Step Functions at ${at}/Parameters'`,
  );
  const parts = { MultipartUpload: { Parts: [{ 'ETag.$': '$.a', partNumber: 1 }] } };
  assert.match(
    await refusal('aws-sdk:s3:completeMultipartUpload', { Bucket: BUCKET, Key: 'a', UploadId: 'b', ...parts }),
    /^'SCHEMA_VALIDATION_FAILED: The field "partNumber" is not supported by Step Functions at/,
  );
});

test('a role that may not have the ends of executions told is refused with a task that waits for them', async () => {
  const roleArn = roleOf('deaf', [{ Effect: 'Allow', Action: 'states:*', Resource: '*' }]);
  const start = (suffix: string) =>
    machine(
      {
        Task: {
          Type: 'Task',
          Resource: `arn:aws:states:::states:startExecution${suffix}`,
          Parameters: { 'StateMachineArn.$': '$.a' },
          End: true,
        },
      },
      roleArn,
      `deaf${suffix.replace(/\W/g, '-')}`,
    );
  await start('');
  const message = `'${roleArn}' is not authorized to create managed-rule.`;
  for (const suffix of ['.sync', '.sync:2']) {
    await assert.rejects(start(suffix), { code: 'AccessDeniedException', message });
  }
});

test('assumeRole gives credentials of a role that lets the caller in, and of no other', async () => {
  const roleArn = roleOf('assuming');
  const target = (name: string, AWS: string) => {
    const Statement = [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }];
    return cloud.accounts.createRole({
      accountId: '222222222222',
      roleName: name,
      trustPolicy: { Version: '2012-10-17', Statement },
    }).arn;
  };
  const assume = (RoleArn: string) => run('aws-sdk:sts:assumeRole', { RoleArn, RoleSessionName: 'there' }, roleArn);
  const { output } = await assume(target('open', roleArn));
  const { AccessKeyId, SessionToken } = output.Credentials as Record<string, string>;
  const found = cloud.accounts.caller(AccessKeyId ?? '', SessionToken);
  assert.ok(found.kind === 'found' && found.caller.principal.kind === 'role-session');
  assert.equal(found.caller.principal.arn, 'arn:aws:sts::222222222222:assumed-role/open/there');
  assert.equal((output.AssumedRoleUser as Record<string, string>).Arn, found.caller.principal.arn);
  const denied = await assume(target('closed', roleOf('other')));
  const unnamed = { RoleArn: roleArn, RoleSessionName: 'no spaces' };
  assert.match((await run('aws-sdk:sts:assumeRole', unnamed, roleArn)).cause, /at 'roleSessionName'/);
  assert.equal(denied.error, 'Sts.StsException');
  assert.match(denied.cause, /is not authorized to perform: sts:AssumeRole .*Status Code: 403/);
});

test('startExecution answers with what came over HTTP', async () => {
  await machine({ Done: { Type: 'Pass', End: true } }, roleOf('answers'), 'answers');
  const { output } = await run('states:startExecution', { StateMachineArn: arnOf('answers'), Input: { a: 1 } });
  const { SdkHttpMetadata, SdkResponseMetadata, StartDate, ExecutionArn } = output as {
    SdkHttpMetadata: {
      HttpHeaders: Record<string, string>;
      AllHttpHeaders: Record<string, string[]>;
      HttpStatusCode: number;
    };
    SdkResponseMetadata: { RequestId: string };
    StartDate: number;
    ExecutionArn: string;
  };
  const { HttpHeaders, AllHttpHeaders, HttpStatusCode } = SdkHttpMetadata;
  assert.equal(HttpStatusCode, 200);
  assert.deepEqual(Object.keys(HttpHeaders).sort(), [
    'Content-Length',
    'Content-Type',
    'Date',
    'connection',
    'x-amzn-RequestId',
  ]);
  assert.deepEqual(AllHttpHeaders['x-amzn-RequestId'], [SdkResponseMetadata.RequestId]);
  // As Java writes it: {"executionArn":"…","startDate":1.7E9}
  const seconds = (StartDate / 1000).toExponential().length - 1;
  assert.equal(
    HttpHeaders['Content-Length'],
    String(`{"executionArn":"${ExecutionArn}","startDate":}`.length + seconds),
  );
});

test('.sync gives input and output as text, .sync:2 as JSON', async () => {
  await machine({ Done: { Type: 'Pass', Result: { b: 2 }, End: true } }, roleOf('child'), 'child');
  const parameters = { StateMachineArn: arnOf('child'), Input: { a: 1 } };
  const { output, executionArn } = await run('states:startExecution.sync', parameters);
  assert.deepEqual(
    [output.Status, output.Input, output.Output, output.InputDetails],
    ['SUCCEEDED', '{"a":1}', '{"b":2}', { Included: true }],
  );
  assert.deepEqual(Object.keys(output), Object.keys(output).toSorted());
  const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  assert.deepEqual(
    events.slice(2, 6).map(({ type }) => type),
    ['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded'],
  );
  const two = await run('states:startExecution.sync:2', { ...parameters, Input: '{"a":3}' });
  assert.deepEqual([two.output.Input, two.output.Output], [{ a: 3 }, { b: 2 }]);
});

test('the failure of a nested execution is States.TaskFailed with its description as cause', async () => {
  await machine({ No: { Type: 'Fail', Error: 'Mine', Cause: 'so' } }, roleOf('failing'), 'failing');
  const { error, cause } = await run('states:startExecution.sync', { StateMachineArn: arnOf('failing'), Name: 'f' });
  assert.equal(error, 'States.TaskFailed');
  const { Status, Error: childError, Cause, Name } = JSON.parse(cause) as Record<string, string>;
  assert.deepEqual([Status, childError, Cause, Name], ['FAILED', 'Mine', 'so', 'f']);
});

test('a nested execution that cannot be started has the words of the SDK for Java 1', async () => {
  const { error, cause } = await run('states:startExecution', { StateMachineArn: arnOf('missing') });
  assert.equal(error, 'StepFunctions.StateMachineDoesNotExistException');
  const told = `State Machine Does Not Exist: '${arnOf('missing')}' (Service: AWSStepFunctions; Status Code: 400; Error Code: StateMachineDoesNotExist; Request ID: `;
  assert.ok(cause.startsWith(told) && cause.endsWith('; Proxy: null)'), cause);
});

test('who may start but not describe an execution cannot wait for it', async () => {
  await machine({ Done: { Type: 'Pass', End: true } }, roleOf('unseen-role'), 'unseen');
  const roleArn = roleOf('starter', [
    { Effect: 'Allow', Action: 'states:StartExecution', Resource: arnOf('unseen') },
    { Effect: 'Allow', Action: 'events:*', Resource: '*' },
  ]);
  const { error, cause } = await run('states:startExecution.sync', { StateMachineArn: arnOf('unseen') }, roleArn);
  assert.equal(error, 'StepFunctions.AWSStepFunctionsException');
  assert.match(cause, /is not authorized to perform: states:DescribeExecution/);
});

test('a nested execution is stopped with the one that waits for it, by who may', async () => {
  const { StartExecutionCommand, StopExecutionCommand } = await import('@aws-sdk/client-sfn');
  await machine({ Long: { Type: 'Wait', Seconds: 86_400, End: true } }, roleOf('long-role'), 'long');
  const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
  const mayNotStop = [everything, { Effect: 'Deny', Action: 'states:StopExecution', Resource: '*' }];
  for (const [role, status] of [
    [roleOf('stops'), 'ABORTED'],
    [roleOf('cannot-stop', mayNotStop), 'RUNNING'],
  ] as const) {
    const Parameters = { StateMachineArn: arnOf('long'), Name: `until-${status}` };
    const Task = { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync', Parameters, End: true };
    const stateMachineArn = await machine({ Task }, role, `waits-${status}`);
    const { executionArn = '' } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
    const child = `${arnOf('long').replace(':stateMachine:', ':execution:')}:until-${status}`;
    const told = async () =>
      (await sfn.send(new GetExecutionHistoryCommand({ executionArn }))).events?.map(({ type }) => type) ?? [];
    while (!(await told()).includes('TaskSubmitted'));
    await sfn.send(new StopExecutionCommand({ executionArn, error: 'Enough' }));
    if (status === 'ABORTED') await cloud.stepFunctions.executions.ended(child);
    else while (!cloud.denials().some(({ action }) => action === 'states:StopExecution')) await told();
    assert.equal((await cloud.stepFunctions.store.execution(child))?.status, status);
  }
});

test('no client warns of the version of Node.js', async () => {
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const at = new URL('../src/accounts/sdk/client-package.js', import.meta.url).href;
  const script = `const { clientService, loadClient } = await import('${at}');
    clientService(loadClient('@aws-sdk/client-sfn', process.cwd()), { kind: 'endpoint', url: 'http://x' });`;
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  assert.doesNotMatch(stderr, /NodeVersionSupportWarning/);
});
