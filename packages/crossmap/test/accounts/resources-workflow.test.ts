import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JsonObject } from '../../src/asl/json.ts';
import {
  assemblyFiles,
  callsOf,
  DEFINITION,
  folder,
  load,
  loadResources,
  output,
  problemLines,
  problems,
  TRUST_POLICY,
} from './assembly-fixture.ts';

const ROLE = { Type: 'AWS::IAM::Role', Properties: { RoleName: 'worker', AssumeRolePolicyDocument: TRUST_POLICY } };
const FUNCTION_PROPERTIES = {
  FunctionName: 'process',
  Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}-${AWS::Region}' }, S3Key: 'abc.zip' },
  Handler: 'index.handler',
  Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
  Runtime: 'nodejs22.x',
};
const MACHINE_PROPERTIES = {
  StateMachineName: 'machine',
  RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
  DefinitionString: JSON.stringify(DEFINITION),
};

function lambda(properties: JsonObject): JsonObject {
  return { Role: ROLE, F: { Type: 'AWS::Lambda::Function', Properties: { ...FUNCTION_PROPERTIES, ...properties } } };
}

function machine(properties: JsonObject): JsonObject {
  return {
    Role: ROLE,
    M: { Type: 'AWS::StepFunctions::StateMachine', Properties: { ...MACHINE_PROPERTIES, ...properties } },
  };
}

test('a function runs from its asset folder, with the defaults of Lambda', async (context) => {
  const directory = await folder(context, assemblyFiles({ App: { template: { Resources: lambda({}) } } }));
  const { calls } = await load(directory);
  assert.deepEqual(callsOf(calls, 'createFunction'), [
    {
      accountId: '111111111111',
      region: 'us-east-1',
      functionArn: 'arn:aws:lambda:us-east-1:111111111111:function:process',
      functionName: 'process',
      roleArn: 'arn:aws:iam::111111111111:role/worker',
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      codeDirectory: join(directory, 'asset.abc'),
      timeoutSeconds: 3,
      memorySizeMb: 128,
      logGroupName: '/aws/lambda/process',
      environment: {},
    },
  ]);
});

test('a function has the settings of its template', async (context) => {
  const resources = lambda({
    Timeout: '30',
    MemorySize: 512,
    Environment: { Variables: { BUCKET: { Ref: 'Objects' }, COUNT: 3 } },
    TracingConfig: { Mode: 'Active' },
    LoggingConfig: { LogGroup: 'process-log', LogFormat: 'JSON' },
  });
  const { calls } = await loadResources(context, {
    ...resources,
    Objects: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'objects' } },
  });
  const [created] = callsOf(calls, 'createFunction');
  assert.deepEqual([created?.timeoutSeconds, created?.memorySizeMb], [30, 512]);
  assert.equal(created?.logGroupName, 'process-log');
  assert.deepEqual(created?.environment, { BUCKET: 'objects', COUNT: '3' });
});

test('what a function would need on AWS and has not here is refused by name', async (context) => {
  const resources = lambda({
    Runtime: 'python3.13',
    Timeout: 0,
    Layers: [],
    VpcConfig: {},
    FileSystemConfigs: [],
    ReservedConcurrentExecutions: 1,
    PackageType: 'Image',
    Environment: { Variables: { A: 'b' }, Other: 1 },
  });
  assert.deepEqual(await problemLines(loadResources(context, resources)), [
    'UNSUPPORTED_PROPERTY F Properties.PackageType',
    'UNSUPPORTED_PROPERTY F Properties.Runtime',
    'INVALID_PROPERTY F Properties.Timeout',
    'UNSUPPORTED_PROPERTY F Properties.Layers',
    'UNSUPPORTED_PROPERTY F Properties.VpcConfig',
    'UNSUPPORTED_PROPERTY F Properties.FileSystemConfigs',
    'UNSUPPORTED_PROPERTY F Properties.ReservedConcurrentExecutions',
    'UNSUPPORTED_PROPERTY F Properties.Environment.Other',
  ]);
});

test('code that is no asset folder of the stack is refused', async (context) => {
  const files = assemblyFiles({ App: { template: { Resources: lambda({}) } } });
  const { 'asset.abc/index.js': _code, ...missing } = files;
  assert.deepEqual(await problemLines(load(await folder(context, missing))), ['MISSING_ASSET F Properties.Code']);
  const zipped = { ...missing, 'asset.abc': 'PK' };
  assert.deepEqual(await problemLines(load(await folder(context, zipped))), ['UNSUPPORTED_PROPERTY F Properties.Code']);
  const elsewhere = lambda({ Code: { S3Bucket: 'releases', S3Key: 'abc.zip' } });
  assert.deepEqual(await problemLines(loadResources(context, elsewhere)), ['MISSING_ASSET F Properties.Code']);
});

test('code in the template is written to the folder given for it', async (context) => {
  const resources = lambda({ Code: { ZipFile: 'exports.handler = async () => 1;' } });
  const directory = await folder(context, assemblyFiles({ App: { template: { Resources: resources } } }));
  const { calls } = await load(directory);
  const [created] = callsOf(calls, 'createFunction');
  assert.equal(created?.codeDirectory, join(directory, 'inline', '111111111111', 'us-east-1', 'App', 'F'));
  assert.equal(await readFile(join(created.codeDirectory, 'index.js'), 'utf8'), 'exports.handler = async () => 1;');
});

test('a log group has its ARN, which Fn::GetAtt gives with `:*`', async (context) => {
  const resources = {
    L: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/lambda/f', RetentionInDays: 7 } },
  };
  const logGroupArn = 'arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/f';
  const { calls } = await loadResources(context, resources);
  assert.equal(callsOf(calls, 'createLogGroup')[0]?.logGroupArn, logGroupArn);
  assert.equal(await output(context, resources, { 'Fn::GetAtt': ['L', 'Arn'] }), `${logGroupArn}:*`);
  const encrypted = { L: { Type: 'AWS::Logs::LogGroup', Properties: { KmsKeyId: 'k' } } };
  assert.deepEqual(await problemLines(loadResources(context, encrypted)), [
    'UNSUPPORTED_PROPERTY L Properties.KmsKeyId',
  ]);
});

test('a state machine has its definition as text, with references and substitutions in place', async (context) => {
  const arn = 'arn:aws:states:us-east-1:111111111111:stateMachine:machine';
  assert.equal(await output(context, machine({}), { Ref: 'M' }), arn);
  assert.equal(await output(context, machine({}), { 'Fn::GetAtt': ['M', 'Name'] }), 'machine');

  const states = JSON.stringify(DEFINITION).slice(1);
  const parts = ['{"Comment":"', { 'Fn::GetAtt': ['Role', 'Arn'] }, ` ${'${a} ${b}'}",${states}`];
  const text = { 'Fn::Join': ['', parts] };
  const written = await loadResources(
    context,
    machine({ DefinitionString: text, DefinitionSubstitutions: { a: '$&', c: '3' } }),
  );
  const [created] = callsOf(written.calls, 'createStateMachine');
  assert.equal(created?.definition, `{"Comment":"arn:aws:iam::111111111111:role/worker $& ${'${b}'}",${states}`);
  assert.equal(created.roleArn, 'arn:aws:iam::111111111111:role/worker');

  const { DefinitionString: _text, ...rest } = MACHINE_PROPERTIES;
  const object = {
    Role: ROLE,
    M: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { ...rest, Definition: { ...DEFINITION, StartAt: '${s}' }, DefinitionSubstitutions: { s: 'P' } },
    },
  };
  const { calls } = await loadResources(context, object);
  assert.equal(callsOf(calls, 'createStateMachine')[0]?.definition, JSON.stringify(DEFINITION));
});

test('foreign definitions and broken definitions are refused', async (context) => {
  const resources = machine({ DefinitionS3Location: {}, DefinitionString: '{"a":${x}}' });
  assert.deepEqual(await problemLines(loadResources(context, resources)), [
    'INVALID_DEFINITION M Properties.DefinitionString',
    'UNSUPPORTED_PROPERTY M Properties.DefinitionS3Location',
  ]);
});

test('a state machine has its type and where it logs', async (context) => {
  const logGroupArn = 'arn:aws:logs:us-east-1:111111111111:log-group:runs:*';
  const LoggingConfiguration = {
    Level: 'ERROR',
    IncludeExecutionData: 'true',
    Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: logGroupArn } }],
  };
  const { calls } = await loadResources(context, machine({ StateMachineType: 'EXPRESS', LoggingConfiguration }));
  const [created] = callsOf(calls, 'createStateMachine');
  assert.equal(created?.type, 'EXPRESS');
  assert.deepEqual(created?.loggingConfiguration, {
    level: 'ERROR',
    includeExecutionData: true,
    destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }],
  });
  const wrong = { Level: 'LOUD', IncludeExecutionData: 'perhaps', Destinations: [{ Elsewhere: {} }] };
  assert.deepEqual(await problemLines(loadResources(context, machine({ LoggingConfiguration: wrong }))), [
    'INVALID_PROPERTY M Properties.LoggingConfiguration.Destinations[0].CloudWatchLogsLogGroup',
    'UNSUPPORTED_PROPERTY M Properties.LoggingConfiguration.Level',
    'INVALID_PROPERTY M Properties.LoggingConfiguration.IncludeExecutionData',
    'UNSUPPORTED_PROPERTY M Properties.LoggingConfiguration.Destinations[0].Elsewhere',
  ]);
});

test('what an EXPRESS state machine may not have is a problem of its definition', async (context) => {
  const Resource = 'arn:aws:states:::states:startExecution.sync';
  const states = { W: { Type: 'Task', Resource, Parameters: { StateMachineArn: 'x' }, End: true } };
  const DefinitionString = JSON.stringify({ StartAt: 'W', States: states });
  const found = await problems(loadResources(context, machine({ StateMachineType: 'EXPRESS', DefinitionString })));
  assert.deepEqual(
    found.map(({ message }) => message),
    [
      "SCHEMA_VALIDATION_FAILED: Express state machine does not support '.sync' service integration at /States/W/Resource",
    ],
  );
});

test('a definition that does not validate is refused with all its problems, and with every other problem', async (context) => {
  const states = {
    W: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Catch: [{ ErrorEquals: ['E'], Next: 'Gone' }],
      Next: 'P',
    },
    P: { Type: 'Pass', End: true },
  };
  const found = await problems(
    loadResources(context, {
      Topic: { Type: 'AWS::SNS::Topic' },
      ...machine({ DefinitionString: JSON.stringify({ StartAt: 'W', States: states }) }),
    }),
  );
  const lines = found.map(({ code, location, message }) => `${code} ${location.logicalId}: ${message}`);
  assert.equal(lines.length, 3, lines.join('\n'));
  assert.match(lines[0] ?? '', /^UNSUPPORTED_RESOURCE_TYPE Topic/);
  assert.match(
    lines[1] ?? '',
    /^INVALID_DEFINITION M: MISSING_TRANSITION_TARGET: .*Gone at \/States\/W\/Catch\[0\]\/Next$/,
  );
  assert.match(
    lines[2] ?? '',
    /^INVALID_DEFINITION M: .*sqs:sendMessage` is not supported yet.* at \/States\/W\/Resource$/,
  );
});
