import { join } from 'node:path';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketAccess, CrossAccountObjectsMap } from 'crossmap-cdk';

const bucketAccount = { account: '111111111111', region: 'eu-west-1' };
const workflowAccount = { account: '222222222222', region: 'us-east-1' };
const bucketName = 'partner-objects';
const repository = join(import.meta.dirname, '../..');

const app = new App();
const context = (name: string) => String(app.node.tryGetContext(name) ?? '');

// The bucket account: a bucket of somebody else.
const theirs = new Stack(app, 'BucketAccount', { env: bucketAccount });
const bucket = new Bucket(theirs, 'Objects', { bucketName, removalPolicy: RemovalPolicy.DESTROY });

// The workflow account: our code, run over every object of that bucket.
const ours = new Stack(app, 'WorkflowAccount', { env: workflowAccount });
const processor = new NodejsFunction(ours, 'Processor', {
  entry: join(import.meta.dirname, 'processor.ts'),
  runtime: Runtime.NODEJS_22_X,
  timeout: Duration.minutes(1),
  memorySize: 512,
  environment: { BEFORE_READ_HOOK: context('beforeReadHook') },
  projectRoot: repository,
  depsLockFilePath: join(repository, 'package-lock.json'),
});
const map = new CrossAccountObjectsMap(ours, 'ObjectsMap', {
  source: { bucketName, ...bucketAccount },
  processor,
  stateMachineName: 'process-partner-objects',
  batchSize: 100,
  maxConcurrency: 10,
  removalPolicy: RemovalPolicy.DESTROY,
});

// The bucket account again: what its owner allows. Leave it out to see the execution fail:
//   -c withoutBucketPolicy=true   nothing is allowed
//   -c withoutGetObject=true      listing is allowed, reading is not
if (context('withoutBucketPolicy') !== 'true') {
  new BucketAccess(theirs, 'Access', {
    bucket,
    listers: [map.listRole],
    readers: context('withoutGetObject') === 'true' ? [] : [map.processRole],
  });
}
