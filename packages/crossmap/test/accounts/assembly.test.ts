import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultWorkflowEnvironment, readAssembly } from '../../src/accounts/assembly.ts';
import { deployAssembly } from '../../src/accounts/assembly-deployment.ts';
import type { JsonObject } from '../../src/asl/json.ts';
import {
  assemblyFiles,
  folder,
  load,
  optionsIn,
  problems,
  RecordingDeployment,
  type StackFixture,
  TRUST_POLICY,
} from './assembly-fixture.ts';

const EMPTY = { Resources: {} };
const BUCKET_TEMPLATE = { Resources: { B: { Type: 'AWS::S3::Bucket' } } };

test('each stack goes to its own account and Region, one without env to the workflow account', async (context) => {
  const stacks = {
    Theirs: { template: BUCKET_TEMPLATE, environment: 'aws://999999999999/eu-west-1' },
    Plain: { template: BUCKET_TEMPLATE },
    Half: { template: BUCKET_TEMPLATE, environment: 'aws://unknown-account/eu-north-1' },
  };
  const { calls } = await load(await folder(context, assemblyFiles(stacks)));
  assert.deepEqual(
    calls.map(([method, { ...call }]) => [
      method,
      'accountId' in call && call.accountId,
      'region' in call && call.region,
    ]),
    [
      ['createBucket', '999999999999', 'eu-west-1'],
      ['createBucket', '111111111111', 'us-east-1'],
      ['createBucket', '111111111111', 'eu-north-1'],
    ],
  );
});

test('a stack is deployed after the stacks it depends on', async (context) => {
  const stacks = { First: { template: EMPTY, dependencies: ['Second'] }, Second: { template: EMPTY } };
  const { stacks: deployed } = await load(await folder(context, assemblyFiles(stacks)));
  assert.deepEqual(
    deployed.map(({ id }) => id),
    ['Second', 'First'],
  );
});

test('the stacks of a Stage are deployed, their assets found in the folder above', async (context) => {
  const role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: TRUST_POLICY } };
  const lambda = {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}-${AWS::Region}' }, S3Key: 'abc.zip' },
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['R', 'Arn'] },
      Runtime: 'nodejs22.x',
    },
  };
  const stack = { template: { Resources: { R: role, F: lambda } }, properties: { stackName: 'Prod-App' } };
  const stage = assemblyFiles({ ProdApp1234: stack });
  const assets = stage['ProdApp1234.assets.json'] as { files: { abc: JsonObject } };
  const abc = { ...assets.files.abc, source: { path: '../asset.abc', packaging: 'zip' } };
  const nested = Object.entries({ ...stage, 'ProdApp1234.assets.json': { files: { abc } } });
  const directory = await folder(context, {
    ...Object.fromEntries(
      nested.map(([path, content]) => [path.startsWith('asset.') ? path : `assembly-Prod/${path}`, content]),
    ),
    'manifest.json': {
      version: '55.0.0',
      artifacts: { 'assembly-Prod': { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Prod' } } },
    },
  });
  const { stacks, calls } = await load(directory);
  assert.deepEqual([stacks[0]?.id, stacks[0]?.stackName], ['ProdApp1234', 'Prod-App']);
  const created = calls.find(([method]) => method === 'createFunction')?.[1];
  assert.equal(
    created !== undefined && 'codeDirectory' in created && created.codeDirectory,
    join(directory, 'asset.abc'),
  );
});

test('the workflow account is that of the one environment that holds a state machine', async (context) => {
  const machine = { Resources: { M: { Type: 'AWS::StepFunctions::StateMachine' } } };
  const workflow = async (stacks: Record<string, StackFixture>) =>
    defaultWorkflowEnvironment(await readAssembly(await folder(context, assemblyFiles(stacks))));
  const theirs = { template: BUCKET_TEMPLATE, environment: 'aws://999999999999/eu-west-1' };
  const ours = { template: machine, environment: 'aws://222222222222/us-east-2' };

  assert.deepEqual(await workflow({ theirs, ours, again: ours }), { accountId: '222222222222', region: 'us-east-2' });
  const otherwise = { accountId: '111111111111', region: 'us-east-1' };
  assert.deepEqual(await workflow({ theirs, plain: { template: machine } }), otherwise);
  assert.deepEqual(
    await workflow({ ours, other: { ...ours, environment: 'aws://222222222222/eu-west-1' } }),
    otherwise,
  );
});

test('generated names and the stack id are the same at every load and differ between accounts', async (context) => {
  const template = {
    Resources: { B: { Type: 'AWS::S3::Bucket' } },
    Outputs: { Id: { Value: { Ref: 'AWS::StackId' } } },
  };
  const stacks = {
    App: { template },
    Other: { template, environment: 'aws://999999999999/us-east-1', properties: { stackName: 'App' } },
  };
  const directory = await folder(context, assemblyFiles(stacks));
  const first = await load(directory);
  assert.deepEqual(await load(directory), first);
  const [here, there] = first.stacks;
  assert.match(here?.resources[0]?.physicalId ?? '', /^app-b-[a-z0-9]{12}$/);
  assert.notEqual(here?.resources[0]?.physicalId, there?.resources[0]?.physicalId);
  assert.match(here?.outputs.Id ?? '', /^arn:aws:cloudformation:us-east-1:111111111111:stack\/App\/[0-9a-f-]{36}$/);
});

test('a broken assembly is reported with the file, relative to the assembly', async (context) => {
  const files = assemblyFiles({ App: { template: EMPTY } });
  const { 'App.template.json': _template, ...withoutTemplate } = files;
  const { 'App.assets.json': _assets, ...withoutAssets } = files;
  const stack = (artifact: JsonObject) => assemblyFiles({ App: { template: EMPTY, artifact } });
  const manifest = files['manifest.json'] as JsonObject;
  const cases = [
    [{}, 'INVALID_ASSEMBLY', 'manifest.json'],
    [{ ...files, 'manifest.json': '{"version":' }, 'INVALID_ASSEMBLY', 'manifest.json'],
    [{ ...files, 'manifest.json': '[]' }, 'INVALID_ASSEMBLY', 'manifest.json'],
    [{ ...files, 'manifest.json': { ...manifest, version: '1.0.0' } }, 'UNSUPPORTED_ASSEMBLY', 'manifest.json'],
    [{ ...files, 'manifest.json': { artifacts: {} } }, 'UNSUPPORTED_ASSEMBLY', 'manifest.json'],
    [
      { ...files, 'manifest.json': { ...manifest, missing: [{ key: 'vpc' }] } },
      'UNSUPPORTED_ASSEMBLY',
      'manifest.json',
    ],
    [withoutTemplate, 'INVALID_ASSEMBLY', 'App.template.json'],
    [{ ...files, 'App.template.json': 'Resources: {}' }, 'INVALID_ASSEMBLY', 'App.template.json'],
    [withoutAssets, 'INVALID_ASSEMBLY', 'App.assets.json'],
    [stack({ environment: 'aws://12/x' }), 'INVALID_ASSEMBLY', 'manifest.json'],
    [stack({ environment: 'aws://111111111111/cn-north-1' }), 'UNSUPPORTED_ASSEMBLY', 'manifest.json'],
    [stack({ type: 'cdk:something-new' }), 'UNSUPPORTED_ASSEMBLY', 'manifest.json'],
    [
      stack({ properties: { templateFile: 'App.template.json', parameters: { P: '1' } } }),
      'UNSUPPORTED_ASSEMBLY',
      'manifest.json',
    ],
    [stack({ dependencies: ['App'] }), 'CIRCULAR_DEPENDENCY', 'manifest.json'],
  ] as const;
  for (const [content, code, file] of cases) {
    const found = await problems(load(await folder(context, content)));
    assert.deepEqual(
      found.map((problem) => [problem.code, problem.location.file]),
      [[code, file]],
      JSON.stringify(found),
    );
  }
});

test('the CDK path of a resource comes from the metadata of the stack, where the app may report errors too', async (context) => {
  const template = { Resources: { Q: { Type: 'AWS::SQS::Queue' } } };
  const artifact = { additionalMetadataFile: 'App.metadata.json' };
  const metadata = {
    '/App/Queue/Resource': [{ type: 'aws:cdk:logicalId', data: 'Q' }],
    '/App/Bad': [{ type: 'aws:cdk:error', data: 'not like this' }],
  };
  const files = { ...assemblyFiles({ App: { template, artifact } }), 'App.metadata.json': metadata };
  const found = await problems(load(await folder(context, files)));
  assert.deepEqual(
    found.map(({ code, location }) => [code, location.constructPath]),
    [
      ['INVALID_ASSEMBLY', 'App/Bad'],
      ['UNSUPPORTED_RESOURCE_TYPE', 'App/Queue/Resource'],
    ],
  );
});

test('nothing is deployed when anything in the assembly is not supported', async (context) => {
  const stacks = {
    Good: { template: BUCKET_TEMPLATE },
    Bad: { template: { Resources: { Q: { Type: 'AWS::SQS::Queue' } } } },
  };
  const deployment = new RecordingDeployment();
  const directory = await folder(context, assemblyFiles(stacks));
  const found = await problems(deployAssembly(await readAssembly(directory), deployment, optionsIn(directory)));
  assert.equal(found.length, 1);
  assert.deepEqual(deployment.calls, []);
});

test('a refusal of the deployment names the resource and holds back only what depends on it', async (context) => {
  const document = {
    Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }],
  };
  const Resources = {
    Taken: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'taken' }, Metadata: { 'aws:cdk:path': 'App/Taken' } },
    Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Taken' }, PolicyDocument: document } },
    Free: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'free' } },
  };
  const deployment = new RecordingDeployment(([, resource]) =>
    'bucketName' in resource && resource.bucketName === 'taken' ? 'BucketAlreadyExists' : undefined,
  );
  const directory = await folder(context, assemblyFiles({ App: { template: { Resources } } }));
  const found = await problems(deployAssembly(await readAssembly(directory), deployment, optionsIn(directory)));
  assert.deepEqual(
    found.map(({ code, location }) => [code, location]),
    [['DEPLOYMENT_FAILED', { stack: 'App', logicalId: 'Taken', constructPath: 'App/Taken' }]],
  );
  assert.match(found[0]?.message ?? '', /BucketAlreadyExists/);
  assert.deepEqual(
    deployment.calls.map(([, resource]) => 'bucketName' in resource && resource.bucketName),
    ['free'],
  );
});

test('a policy is attached after the roles of other stacks that it names', async (context) => {
  const trusting = (...arns: string[]) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: arns }, Action: 'sts:AssumeRole' }],
  });
  const role = (name: string, ...trusted: string[]) => ({
    Type: 'AWS::IAM::Role',
    Properties: { RoleName: name, AssumeRolePolicyDocument: trusting(...trusted) },
  });
  const arnOf = (name: string) => `arn:aws:iam::111111111111:role/${name}`;
  const policy = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: arnOf('first') },
      Action: 's3:*',
      Resource: 'arn:aws:s3:::objects',
    },
  };
  const stacks = (first: JsonObject) =>
    assemblyFiles({
      Bucket: {
        environment: 'aws://222222222222/eu-west-1',
        template: {
          Resources: {
            Objects: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'objects' } },
            Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: 'objects', PolicyDocument: policy } },
          },
        },
      },
      Workflow: { template: { Resources: { First: first, Second: role('second', '222222222222') } } },
    });
  const { calls } = await load(await folder(context, stacks(role('first', arnOf('second')))));
  const made = calls.flatMap(([method, request]) =>
    method === 'createRole' ? [request.roleName] : method === 'putBucketPolicy' ? ['policy'] : [],
  );
  assert.deepEqual(made, ['second', 'first', 'policy']);
  const circular = await problems(load(await folder(context, stacks(role('first', arnOf('first'))))));
  assert.match(circular[0]?.message ?? '', /Workflow\/First → Workflow\/First/);
});
