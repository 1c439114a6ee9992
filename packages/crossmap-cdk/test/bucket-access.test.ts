import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketAccess, CrossAccountObjectsMap } from 'crossmap-cdk';
import { appOf, resolved } from './synthesis.ts';

const BUCKET_ACCOUNT = { account: '111111111111', region: 'eu-west-1' };

function accounts(): { theirs: Stack; ours: Stack; bucket: s3.Bucket; map: CrossAccountObjectsMap } {
  const app = appOf();
  const theirs = new Stack(app, 'Theirs', { env: BUCKET_ACCOUNT });
  const ours = new Stack(app, 'Ours', { env: { account: '222222222222', region: 'us-east-1' } });
  const processor = new lambda.Function(ours, 'Processor', {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = () => null'),
  });
  const source = { bucketName: 'partner-objects', ...BUCKET_ACCOUNT };
  const map = new CrossAccountObjectsMap(ours, 'Map', { source, processor });
  return { theirs, ours, bucket: new s3.Bucket(theirs, 'Bucket', { bucketName: 'partner-objects' }), map };
}

function bucketPolicy(stack: Stack): unknown {
  const [policy] = resolved(Object.values(Template.fromStack(stack).findResources('AWS::S3::BucketPolicy')));
  return policy?.Properties.PolicyDocument.Statement;
}

function roleArn(stack: Stack, kind: string): string {
  const roles = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'));
  const name = roles.map(({ Properties }) => Properties.RoleName).find((roleName) => roleName?.includes(kind));
  return `arn:aws:iam::222222222222:role/${name}`;
}

suite('BucketAccess', () => {
  test('lets the list role list and the process role read, by the names the workflow account gives them', () => {
    const { theirs, ours, bucket, map } = accounts();
    new BucketAccess(theirs, 'Access', { bucket, listers: [map.listRole], readers: [map.processRole] });
    assert.deepEqual(bucketPolicy(theirs), [
      {
        Sid: 'CrossmapList',
        Effect: 'Allow',
        Principal: { AWS: roleArn(ours, '-list-') },
        Action: 's3:ListBucket',
        Resource: 'arn:aws:s3:::<Bucket>',
      },
      {
        Sid: 'CrossmapRead',
        Effect: 'Allow',
        Principal: { AWS: roleArn(ours, '-process-') },
        Action: 's3:GetObject',
        Resource: 'arn:aws:s3:::<Bucket>/*',
      },
    ]);
  });

  test('a prefix narrows both statements', () => {
    const { theirs, bucket, map } = accounts();
    new BucketAccess(theirs, 'Access', { bucket, listers: [map.listRole], readers: [map.processRole], prefix: 'a/' });
    const [list, read] = bucketPolicy(theirs) as { Condition?: object; Resource: string }[];
    assert.deepEqual(list?.Condition, { StringLike: { 's3:prefix': 'a/*' } });
    assert.equal(read?.Resource, 'arn:aws:s3:::<Bucket>/a/*');
    assert.equal(read?.Condition, undefined);
  });

  test('either half may be left out, both not', () => {
    const { theirs, bucket, map } = accounts();
    assert.throws(() => new BucketAccess(theirs, 'None', { bucket }), /Theirs\/None: expected at least one role/);
    new BucketAccess(theirs, 'Access', { bucket, listers: [map.listRole] });
    assert.deepEqual(
      (bucketPolicy(theirs) as { Sid: string }[]).map(({ Sid }) => Sid),
      ['CrossmapList'],
    );
  });

  test('the stack is deployed after the stacks of the roles, because S3 refuses a policy that names no existing role', () => {
    const { theirs, ours, bucket, map } = accounts();
    new BucketAccess(theirs, 'Access', { bucket, listers: [map.listRole], readers: [map.processRole] });
    const stack = (theirs.node.root as App).synth().getStackByName('Theirs');
    assert.ok(stack.dependencies.some(({ id }) => id === ours.artifactId));
  });

  test('an encrypted bucket is refused, and an imported one', () => {
    const { theirs, map } = accounts();
    const encrypted = new s3.Bucket(theirs, 'Encrypted', { encryption: s3.BucketEncryption.KMS });
    assert.throws(
      () => new BucketAccess(theirs, 'A', { bucket: encrypted, listers: [map.listRole] }),
      /Theirs\/A: a bucket encrypted with a KMS key is not supported/,
    );
    const imported = s3.Bucket.fromBucketName(theirs, 'Imported', 'imported') as s3.Bucket;
    assert.throws(
      () => new BucketAccess(theirs, 'B', { bucket: imported, readers: [map.processRole] }),
      /Theirs\/B: the bucket is imported/,
    );
  });

  test('a role known only by its ARN can be named', () => {
    const { theirs, bucket } = accounts();
    const role = iam.Role.fromRoleArn(theirs, 'Role', 'arn:aws:iam::333333333333:role/other');
    new BucketAccess(theirs, 'Access', { bucket, readers: [role] });
    const [read] = bucketPolicy(theirs) as { Principal: object }[];
    assert.deepEqual(read?.Principal, { AWS: 'arn:aws:iam::333333333333:role/other' });
  });
});
