import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadResources, loadTemplate, problemLines, problems } from './assembly-fixture.ts';

const BUCKET = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'their-bucket' } };

/** What the CDK adds to every stack, and its CLI to every stack without a Region. */
const CDK_EXTRAS = {
  Parameters: { BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/x/version' } },
  Rules: { CheckBootstrapVersion: { Assertions: [{ Assert: { 'Fn::Not': [{ 'Fn::Contains': [] }] } }] } },
  Conditions: { CDKMetadataAvailable: { 'Fn::Or': [] } },
};
const CDK_METADATA = { Type: 'AWS::CDK::Metadata', Properties: {}, Condition: 'CDKMetadataAvailable' };

test('what the CDK adds to every stack is no obstacle, and its metadata is skipped by name', async (context) => {
  const { calls, skipped } = await loadTemplate(context, {
    ...CDK_EXTRAS,
    Resources: { B: BUCKET, CDKMetadata: CDK_METADATA },
  });
  assert.deepEqual(
    calls.map(([method, call]) => [method, 'bucketName' in call && call.bucketName]),
    [['createBucket', 'their-bucket']],
  );
  assert.deepEqual(
    skipped.map(({ stack, logicalId, type }) => [stack, logicalId, type]),
    [['App', 'CDKMetadata', 'AWS::CDK::Metadata']],
  );
});

test('a plain parameter has its default; any other parameter is refused by name', async (context) => {
  const parameters = { Name: { Type: 'String', Default: 'by-default' } };
  const { calls } = await loadTemplate(context, {
    Parameters: parameters,
    Resources: { B: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'Name' } } } },
  });
  assert.equal(calls[0]?.[0] === 'createBucket' && calls[0][1].bucketName, 'by-default');

  const refused = { Open: { Type: 'String' }, Ssm: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/x' } };
  assert.deepEqual(await problemLines(loadTemplate(context, { Parameters: refused, Resources: {} })), [
    'UNSUPPORTED_TEMPLATE Parameters.Open',
    'UNSUPPORTED_TEMPLATE Parameters.Ssm',
  ]);
});

test('resources are deployed after what they refer to or depend on', async (context) => {
  const document = { Statement: { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' } };
  const { calls } = await loadResources(context, {
    Policy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: { 'Fn::Sub': '${First}' }, PolicyDocument: document },
    },
    First: { ...BUCKET, DependsOn: 'Log' },
    Log: { Type: 'AWS::Logs::LogGroup' },
  });
  assert.deepEqual(
    calls.map(([method]) => method),
    ['createLogGroup', 'createBucket', 'putBucketPolicy'],
  );
});

test('a cycle is reported with the names in it', async (context) => {
  const bucket = (other: string) => ({ Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: other } } });
  const [problem, ...others] = await problems(
    loadResources(context, { A: bucket('B'), B: bucket('C'), C: bucket('A') }),
  );
  assert.deepEqual(others, []);
  assert.equal(problem?.code, 'CIRCULAR_DEPENDENCY');
  assert.match(problem.message, /A → B → C → A/);
});

test('every problem of a template is reported at once, with its place', async (context) => {
  const template = {
    Transform: 'AWS::Serverless-2016-10-31',
    Rules: { Mine: {} },
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue' },
      Bucket: { ...BUCKET, Condition: 'C', Metadata: { 'aws:cdk:path': 'App/Bucket/Resource' } },
      User: {
        Type: 'AWS::Logs::LogGroup',
        Properties: { LogGroupName: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
        DependsOn: ['No'],
      },
      Name: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'Nowhere' } } },
    },
    Outputs: { Out: { Value: { 'Fn::If': [] } }, Maybe: { Value: 'x', Condition: 'C' } },
  };
  const found = await problems(loadTemplate(context, template));
  assert.deepEqual(
    found.map(({ code, location }) => [code, location.logicalId, location.property]).sort(),
    [
      ['UNSUPPORTED_TEMPLATE', undefined, 'Transform'],
      ['UNSUPPORTED_TEMPLATE', undefined, 'Rules.Mine'],
      ['UNRESOLVED_REFERENCE', 'User', 'DependsOn'],
      ['UNSUPPORTED_TEMPLATE', undefined, 'Outputs.Maybe.Condition'],
      ['UNSUPPORTED_RESOURCE_TYPE', 'Queue', 'Type'],
      ['UNSUPPORTED_TEMPLATE', 'Bucket', 'Condition'],
      ['UNRESOLVED_REFERENCE', 'Name', 'Properties.BucketName.Ref'],
      ['UNSUPPORTED_INTRINSIC', undefined, 'Outputs.Out.Value.Fn::If'],
    ].sort(),
  );
  const bucket = found.find(({ location }) => location.logicalId === 'Bucket');
  assert.deepEqual(bucket?.location, {
    stack: 'App',
    logicalId: 'Bucket',
    constructPath: 'App/Bucket/Resource',
    property: 'Condition',
  });
});

test('outputs and export names are resolved, importing an export is refused', async (context) => {
  const { stacks } = await loadTemplate(context, {
    Resources: { B: BUCKET },
    Outputs: {
      Arn: { Value: { 'Fn::GetAtt': ['B', 'Arn'] }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}-arn' } } },
      Where: { Value: { 'Fn::Sub': '${AWS::Partition} ${AWS::AccountId} ${AWS::Region} ${AWS::URLSuffix}' } },
    },
  });
  assert.deepEqual(stacks[0]?.outputs, {
    Arn: 'arn:aws:s3:::their-bucket',
    Where: 'aws 111111111111 us-east-1 amazonaws.com',
  });
  assert.deepEqual(stacks[0]?.exports, { 'App-arn': 'arn:aws:s3:::their-bucket' });

  const importing = { Type: 'AWS::S3::Bucket', Properties: { BucketName: { 'Fn::ImportValue': 'App-arn' } } };
  assert.deepEqual(await problemLines(loadResources(context, { B: importing })), [
    'UNSUPPORTED_INTRINSIC B Properties.BucketName.Fn::ImportValue',
  ]);
});
