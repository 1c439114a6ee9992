import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/asl/json.ts';
import {
  callsOf,
  DEFINITION,
  loadResources,
  loadTemplate,
  output,
  problemLines,
  problems,
  TRUST_POLICY,
} from './assembly-fixture.ts';

const ALLOW = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
const DOCUMENT = { Version: '2012-10-17', Statement: [ALLOW] };
const ROLE = { Type: 'AWS::IAM::Role', Properties: { RoleName: 'worker', AssumeRolePolicyDocument: TRUST_POLICY } };

function bucket(properties: JsonObject): JsonObject {
  return { B: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'objects', ...properties } } };
}

test('a bucket has its names, and what has no local meaning is passed over', async (context) => {
  const resources = bucket({
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    LifecycleConfiguration: { Rules: [] },
    MetricsConfigurations: [{ Id: { 'Fn::If': ['not', 'looked', 'at'] } }],
  });
  assert.equal(await output(context, resources, { Ref: 'B' }), 'objects');
  assert.equal(await output(context, resources, { 'Fn::GetAtt': ['B', 'Arn'] }), 'arn:aws:s3:::objects');
  assert.equal(await output(context, resources, { 'Fn::GetAtt': ['B', 'DomainName'] }), 'objects.s3.amazonaws.com');
  assert.equal(
    await output(context, resources, { 'Fn::GetAtt': ['B', 'RegionalDomainName'] }),
    'objects.s3.us-east-1.amazonaws.com',
  );
});

test('a bucket has the settings that its template gives, and AWS’s own for the others', async (context) => {
  const resources = bucket({
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: 'true' },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
    VersioningConfiguration: { Status: 'Enabled' },
    Tags: [{ Key: 'team', Value: 'red' }],
  });
  const { calls } = await loadResources(context, resources);
  assert.deepEqual(callsOf(calls, 'createBucket')[0]?.settings, {
    publicAccessBlock: {
      BlockPublicAcls: true,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: true,
    },
    objectOwnership: 'ObjectWriter',
    versioning: 'Enabled',
    tags: [{ key: 'team', value: 'red' }],
  });
});

test('what a bucket would do on AWS and not here is refused by name', async (context) => {
  const dsse = { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms:dsse' }, Else: 1 };
  const resources = bucket({
    BucketName: 'Not_A_Name',
    VersioningConfiguration: { Status: 'Paused' },
    NotificationConfiguration: {},
    BucketEncryption: { ServerSideEncryptionConfiguration: [dsse] },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'Nobody' }] },
  });
  const encryption = 'Properties.BucketEncryption.ServerSideEncryptionConfiguration[0]';
  assert.deepEqual(await problemLines(loadResources(context, resources)), [
    'INVALID_PROPERTY B Properties.BucketName',
    `UNSUPPORTED_PROPERTY B ${encryption}.ServerSideEncryptionByDefault.SSEAlgorithm`,
    'UNSUPPORTED_PROPERTY B Properties.OwnershipControls.Rules[0].ObjectOwnership',
    'UNSUPPORTED_PROPERTY B Properties.VersioningConfiguration.Status',
    'UNSUPPORTED_PROPERTY B Properties.NotificationConfiguration',
    `UNSUPPORTED_PROPERTY B ${encryption}.Else`,
  ]);
});

test('a bucket policy may name roles that come later', async (context) => {
  const policy = {
    Statement: [{ ...ALLOW, Principal: { AWS: 'arn:aws:iam::222222222222:role/later' } }],
  };
  const properties = { Bucket: { Ref: 'B' }, PolicyDocument: policy };
  const { calls } = await loadResources(context, {
    ...bucket({}),
    P: { Type: 'AWS::S3::BucketPolicy', Properties: properties },
  });
  assert.deepEqual(callsOf(calls, 'putBucketPolicy'), [{ bucketName: 'objects', policy }]);
});

test('a role has its inline and managed policies, its boundary, its tags and how long its sessions may last', async (context) => {
  const aws = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
  const shared = 'arn:aws:iam::111111111111:policy/shared';
  const { calls } = await loadResources(context, {
    Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { ManagedPolicyName: 'shared', PolicyDocument: DOCUMENT } },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        ...ROLE.Properties,
        Path: '/team/',
        Policies: [{ PolicyName: 'inline', PolicyDocument: DOCUMENT }],
        ManagedPolicyArns: [aws, { Ref: 'Managed' }],
        PermissionsBoundary: { Ref: 'Managed' },
        MaxSessionDuration: 7200,
        Description: 'works',
        Tags: [{ Key: 'team', Value: 'red' }],
      },
    },
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'added', PolicyDocument: DOCUMENT, Roles: [{ Ref: 'Role' }] },
    },
  });
  const roleArn = 'arn:aws:iam::111111111111:role/team/worker';
  assert.deepEqual(callsOf(calls, 'createRole'), [
    {
      roleArn,
      roleName: 'worker',
      path: '/team/',
      accountId: '111111111111',
      trustPolicy: TRUST_POLICY,
      policies: [{ name: 'inline', document: DOCUMENT }],
      managedPolicyArns: [aws, shared],
      description: 'works',
      maxSessionDuration: 7200,
      tags: { team: 'red' },
      permissionsBoundary: shared,
    },
  ]);
  assert.deepEqual(callsOf(calls, 'createManagedPolicy'), [
    { accountId: '111111111111', policyName: 'shared', path: '/', description: '', document: DOCUMENT },
  ]);
  assert.deepEqual(callsOf(calls, 'putRolePolicy'), [{ roleArn, name: 'added', document: DOCUMENT }]);
});

test('a managed policy is put on the roles it names', async (context) => {
  const properties = { ManagedPolicyName: 'shared', PolicyDocument: DOCUMENT, Roles: [{ Ref: 'Role' }] };
  const { calls } = await loadResources(context, {
    Role: ROLE,
    P: { Type: 'AWS::IAM::ManagedPolicy', Properties: properties },
  });
  assert.deepEqual(callsOf(calls, 'attachRolePolicy'), [
    { roleArn: 'arn:aws:iam::111111111111:role/worker', policyArn: 'arn:aws:iam::111111111111:policy/shared' },
  ]);
});

test('users, groups and unknown managed policies and boundaries are refused by name', async (context) => {
  const policy = { PolicyName: 'p', PolicyDocument: DOCUMENT, Roles: [], Users: ['u'], Groups: ['g'] };
  const role = {
    ...ROLE.Properties,
    PermissionsBoundary: 'arn',
    ManagedPolicyArns: ['arn:aws:iam::111111111111:policy/other', 'arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess'],
  };
  const resources = {
    P: { Type: 'AWS::IAM::Policy', Properties: policy },
    R: { Type: 'AWS::IAM::Role', Properties: role },
  };
  assert.deepEqual(await problemLines(loadResources(context, resources)), [
    'UNSUPPORTED_PROPERTY P Properties.Users',
    'UNSUPPORTED_PROPERTY P Properties.Groups',
    'INVALID_PROPERTY R Properties.ManagedPolicyArns',
    'UNSUPPORTED_PROPERTY R Properties.ManagedPolicyArns',
    'INVALID_PROPERTY R Properties.PermissionsBoundary',
  ]);
});

test('policies that cannot be enforced are refused with every other problem, each by its place', async (context) => {
  const unknown = { NumericLike: { 's3:max-keys': 1 } };
  const document = { Version: '2012-10-17', Statement: [ALLOW, { ...ALLOW, Condition: unknown }] };
  const inline = { PolicyName: 'inline', PolicyDocument: document };
  const found = await problems(
    loadResources(context, {
      Topic: { Type: 'AWS::SNS::Topic' },
      R: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: DOCUMENT, Policies: [inline] } },
      P: { Type: 'AWS::IAM::Policy', Properties: { ...inline, Roles: ['worker'] } },
      M: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: document } },
      B: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: 'objects', PolicyDocument: DOCUMENT } },
    }),
  );
  assert.deepEqual(
    found.map(({ code, location }) => [code, location.logicalId, location.property]),
    [
      ['UNSUPPORTED_RESOURCE_TYPE', 'Topic', 'Type'],
      ['INVALID_POLICY', 'R', 'Properties.AssumeRolePolicyDocument'],
      ['INVALID_POLICY', 'R', 'Properties.Policies[0].PolicyDocument'],
      ['INVALID_POLICY', 'P', 'Properties.PolicyDocument'],
      ['INVALID_POLICY', 'M', 'Properties.PolicyDocument'],
      ['INVALID_POLICY', 'B', 'Properties.PolicyDocument'],
    ],
  );
  assert.match(found[2]?.message ?? '', /NumericLike.* Statement\[1\]/);
});

test('an attribute that a type does not give is refused by name', async (context) => {
  await assert.rejects(output(context, bucket({}), { 'Fn::GetAtt': ['B', 'WebsiteURL'] }), /`WebsiteURL` of `B`/);
});

test('a custom resource of the CDK and the function behind it are skipped, others may still name them', async (context) => {
  const properties = {
    Runtime: { 'Fn::FindInMap': ['Latest', 'us-east-1', 'value'] },
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
  };
  const template = {
    Mappings: { Latest: { 'us-east-1': { value: 'nodejs22.x' } } },
    Resources: {
      ...bucket({}),
      Role: ROLE,
      Provider: { Type: 'AWS::Lambda::Function', Properties: properties },
      Empty: {
        Type: 'Custom::S3AutoDeleteObjects',
        Properties: { ServiceToken: { 'Fn::GetAtt': ['Provider', 'Arn'] } },
      },
    },
    Outputs: { V: { Value: { 'Fn::GetAtt': ['Provider', 'Arn'] } } },
  };
  const { calls, skipped, stacks } = await loadTemplate(context, template);
  assert.deepEqual(
    calls.map(([method]) => method),
    ['createBucket', 'createRole'],
  );
  assert.deepEqual(
    skipped.map(({ logicalId, type }) => [logicalId, type]),
    [
      ['Provider', 'AWS::Lambda::Function'],
      ['Empty', 'Custom::S3AutoDeleteObjects'],
    ],
  );
  assert.match(
    stacks[0]?.outputs.V ?? '',
    /^arn:aws:lambda:us-east-1:111111111111:function:App-Provider-[A-Z0-9]{12}$/,
  );
});

test('generated names fit the limits of their services', async (context) => {
  const id = 'L'.repeat(200);
  const { stacks } = await loadResources(context, {
    [`${id}B`]: { Type: 'AWS::S3::Bucket' },
    [`${id}R`]: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: TRUST_POLICY } },
    [`${id}M`]: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { RoleArn: 'arn:aws:iam::111111111111:role/r', Definition: DEFINITION },
    },
  });
  const names = stacks[0]?.resources.map(({ physicalId }) => physicalId.split(':').at(-1)?.length);
  assert.deepEqual(names, [63, 64, 80]);
});

const KEY_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const KEY_POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:*', Resource: '*' }],
};

test('a key has an id that stays, and a bucket and an alias refer to it', async (context) => {
  const resources = {
    K: {
      Type: 'AWS::KMS::Key',
      Properties: {
        Description: 'of objects',
        KeyPolicy: KEY_POLICY,
        EnableKeyRotation: true,
        PendingWindowInDays: 7,
        Tags: [{ Key: 'team', Value: 'a' }],
      },
    },
    A: {
      Type: 'AWS::KMS::Alias',
      Properties: { AliasName: 'alias/objects', TargetKeyId: { 'Fn::GetAtt': ['K', 'Arn'] } },
    },
    ...bucket({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': ['K', 'Arn'] } },
          },
        ],
      },
    }),
  };
  const keyId = await output(context, resources, { Ref: 'K' });
  assert.match(keyId ?? '', KEY_ID);
  const arn = `arn:aws:kms:us-east-1:111111111111:key/${keyId}`;
  assert.equal(await output(context, resources, { 'Fn::GetAtt': ['K', 'Arn'] }), arn);
  assert.equal(await output(context, resources, { 'Fn::GetAtt': ['K', 'KeyId'] }), keyId);
  assert.equal(await output(context, resources, { Ref: 'A' }), 'alias/objects');
  const { calls } = await loadResources(context, resources);
  const environment = { accountId: '111111111111', region: 'us-east-1' };
  const key = { description: 'of objects', enabled: true, tags: { team: 'a' }, policy: KEY_POLICY };
  assert.deepEqual(callsOf(calls, 'createKey'), [{ ...environment, ...key, keyId }]);
  assert.deepEqual(callsOf(calls, 'createKeyAlias'), [
    { ...environment, aliasName: 'alias/objects', targetKeyId: arn },
  ]);
  assert.deepEqual(callsOf(calls, 'createBucket'), [
    {
      ...environment,
      bucketName: 'objects',
      settings: {},
      encryption: { algorithm: 'aws:kms', keyId: arn, bucketKeyEnabled: true },
    },
  ]);
});

test('what a key would be on AWS and is not here is refused by name', async (context) => {
  const resources = {
    K: {
      Type: 'AWS::KMS::Key',
      Properties: {
        KeySpec: 'RSA_2048',
        KeyUsage: 'SIGN_VERIFY',
        Origin: 'EXTERNAL',
        MultiRegion: true,
        KeyPolicy: { Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }] },
        Else: 1,
      },
    },
    A: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/aws/mine', TargetKeyId: 'k' } },
  };
  assert.deepEqual(await problemLines(loadResources(context, resources)), [
    'UNSUPPORTED_PROPERTY K Properties.KeySpec',
    'UNSUPPORTED_PROPERTY K Properties.KeyUsage',
    'UNSUPPORTED_PROPERTY K Properties.Origin',
    'UNSUPPORTED_PROPERTY K Properties.MultiRegion',
    'INVALID_POLICY K Properties.KeyPolicy',
    'UNSUPPORTED_PROPERTY K Properties.Else',
    'INVALID_PROPERTY A Properties.AliasName',
  ]);
});

test('a key comes after the roles that its policy names', async (context) => {
  const arn = 'arn:aws:iam::111111111111:role/worker';
  const named = { ...KEY_POLICY.Statement[0], Principal: { AWS: arn } };
  const resources = {
    K: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { ...KEY_POLICY, Statement: [named] } } },
    R: ROLE,
  };
  const { calls } = await loadResources(context, resources);
  assert.deepEqual(
    calls.map(([method]) => method),
    ['createRole', 'createKey'],
  );
});
