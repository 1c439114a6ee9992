import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { startLocal, type TestLocal } from '../src/testing.ts';
import { ACCOUNT, writeAssembly } from './cloud-assembly.ts';

const Bucket = 'encrypted-bucket';
const KEY_ARN = { 'Fn::GetAtt': ['Key', 'Arn'] };

const RESOURCES = {
  Key: {
    Type: 'AWS::KMS::Key',
    Properties: {
      KeyPolicy: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
        ],
      },
    },
  },
  Alias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/objects', TargetKeyId: { Ref: 'Key' } } },
  Encrypted: {
    Type: 'AWS::S3::Bucket',
    Properties: {
      BucketName: Bucket,
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY_ARN } },
        ],
      },
    },
  },
};

const READ = `
const { S3Client, GetObjectCommand } = require('@aws-sdk/client-s3');
const s3 = new S3Client({});
exports.handler = async ({ Key }) => {
  const { Body, ServerSideEncryption } = await s3.send(new GetObjectCommand({ Bucket: '${Bucket}', Key }));
  return { text: await Body.transformToString(), ServerSideEncryption };
};`;

const MACHINE = {
  StartAt: 'Write',
  States: {
    Write: {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:s3:putObject',
      Parameters: { Bucket, Key: 'items.json', Body: [{ Key: 'a.txt' }, { Key: 'b.txt' }] },
      ResultPath: null,
      Next: 'Map',
    },
    Map: {
      Type: 'Map',
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSON' },
        Parameters: { Bucket, Key: 'items.json' },
      },
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'Read',
        States: {
          Read: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Parameters: { FunctionName: 'read', 'Payload.$': '$' },
            OutputPath: '$.Payload',
            End: true,
          },
        },
      },
      ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket, Prefix: 'results' } },
      End: true,
    },
  },
};

const workflow = ['s3:*', 'states:*', 'lambda:InvokeFunction'];
const started = async (workflowActions: readonly string[], functionActions: readonly string[]) =>
  startLocal({
    assembly: await writeAssembly({
      functions: { read: READ },
      stateMachines: { machine: MACHINE },
      resources: RESOURCES,
      workflowActions,
      functionActions,
    }),
  });

describe('a workflow over an encrypted bucket', () => {
  let local: TestLocal;
  let s3: S3Client;
  const open = async (workflowActions: readonly string[], functionActions: readonly string[]) => {
    local = await started(workflowActions, functionActions);
    s3 = new S3Client(local.clientConfig(ACCOUNT));
    for (const [Key, Body] of [
      ['a.txt', 'first'],
      ['b.txt', 'second'],
    ] as const) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    }
  };
  const closed = async () => {
    s3.destroy();
    await local.close();
  };

  describe('with the key', () => {
    before(() => open([...workflow, 'kms:Decrypt', 'kms:GenerateDataKey'], ['s3:GetObject', 'kms:Decrypt']));
    after(closed);

    test('tasks, ItemReader, function and ResultWriter work, and what they write is encrypted', async () => {
      const execution = await local.start();
      assert.equal(execution.status, 'SUCCEEDED', JSON.stringify(execution));
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      const keys = Contents.map(({ Key }) => Key ?? '');
      const results = keys.find((key) => key.endsWith('SUCCEEDED_0.json')) ?? '';
      for (const Key of ['items.json', results]) {
        const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
        assert.match(head.SSEKMSKeyId ?? '', /:key\//, Key);
      }
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: results }));
      const text = (await Body?.transformToString()) ?? '';
      assert.match(text, /first/);
      assert.match(text, /second/);
      assert.match(text, /aws:kms/);
    });
  });

  describe('without a right on the key', () => {
    const cases = [
      { who: 'the task', actions: [[...workflow, 'kms:Decrypt'], ['*']], missing: 'kms:GenerateDataKey' },
      { who: 'the ItemReader', actions: [[...workflow, 'kms:GenerateDataKey'], ['*']], missing: 'kms:Decrypt' },
      {
        who: 'the function',
        actions: [[...workflow, 'kms:Decrypt', 'kms:GenerateDataKey'], ['s3:GetObject']],
        missing: 'kms:Decrypt',
      },
    ] as const;
    for (const {
      who,
      actions: [workflowActions, functionActions],
      missing,
    } of cases) {
      test(`${who} fails, and the denial names ${missing}`, async () => {
        await open(workflowActions, functionActions);
        try {
          const execution = await local.start();
          assert.equal(execution.status, 'FAILED');
          const [denial] = local.denials();
          assert.equal(denial?.action, missing);
          assert.match(
            denial?.explanation ?? '',
            new RegExp(`Add to the identity policy of role .* in account ${ACCOUNT}`),
          );
        } finally {
          await closed();
        }
      });
    }
  });
});
