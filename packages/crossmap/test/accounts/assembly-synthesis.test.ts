import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { folder, load } from './assembly-fixture.ts';

const APP = `
const { App, Stack, RemovalPolicy } = require('aws-cdk-lib');
const { Role, ServicePrincipal } = require('aws-cdk-lib/aws-iam');
const { Runtime } = require('aws-cdk-lib/aws-lambda');
const { NodejsFunction } = require('aws-cdk-lib/aws-lambda-nodejs');
const { Key } = require('aws-cdk-lib/aws-kms');
const { Bucket, BucketEncryption } = require('aws-cdk-lib/aws-s3');
const { DefinitionBody, StateMachine } = require('aws-cdk-lib/aws-stepfunctions');
const { LambdaInvoke } = require('aws-cdk-lib/aws-stepfunctions-tasks');
const app = new App({ outdir: 'cdk.out', analyticsReporting: true });
const stack = new Stack(app, 'Plain');
const encryptionKey = new Key(stack, 'Key', { alias: 'alias/objects', enableKeyRotation: true });
const bucket = new Bucket(stack, 'Bucket', {
  removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true, enforceSSL: true,
  encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true,
});
const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
const lambda = new NodejsFunction(stack, 'Function', {
  entry: 'handler.js', depsLockFilePath: 'package-lock.json', runtime: Runtime.NODEJS_22_X, role,
  environment: { BUCKET: bucket.bucketName },
});
bucket.grantRead(lambda);
const task = new LambdaInvoke(stack, 'Task', { lambdaFunction: lambda });
new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(task) });
app.synth();
`;

test('a plain stack loads as the CDK synthesizes it', async (context) => {
  const directory = await folder(context, {
    'app.js': APP,
    'handler.js': 'exports.handler = async (event) => event;\n',
    'package.json': {},
    'package-lock.json': { lockfileVersion: 3 },
  });
  const modules = join(dirname(createRequire(import.meta.url).resolve('aws-cdk-lib/package.json')), '..');
  await symlink(modules, join(directory, 'node_modules'));
  const path = [join(modules, '.bin'), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH: path, CDK_VALIDATION: 'false' };
  await promisify(execFile)(process.execPath, ['app.js'], { cwd: directory, env });

  const { stacks, calls, skipped } = await load(join(directory, 'cdk.out'));
  assert.deepEqual(calls.map(([method]) => method).sort(), [
    'createBucket',
    'createFunction',
    'createKey',
    'createKeyAlias',
    'createRole',
    'createRole',
    'createRole',
    'createStateMachine',
    'putBucketPolicy',
    'putRolePolicy',
    'putRolePolicy',
  ]);
  assert.deepEqual(skipped.map(({ type }) => type).sort(), [
    'AWS::CDK::Metadata',
    'AWS::Lambda::Function',
    'Custom::S3AutoDeleteObjects',
  ]);
  assert.equal(stacks[0]?.accountId, '111111111111');
});
