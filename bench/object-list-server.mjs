// The server process of the bench `object-list`: embedded accounts on disk, one Map Run, figures of this process.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { startLocal } from 'crossmap/testing';

const { keys, batch, environments } = JSON.parse(process.argv[2]);
const [account, region, bucket] = ['111111111111', 'us-east-1', 'bench-object-list'];
const folder = await mkdtemp(join(tmpdir(), 'crossmap-bench-'));

const trust = (Service) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
});
const role = (service, actions) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: trust(service),
    Policies: [
      {
        PolicyName: 'bench',
        PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] },
      },
    ],
  },
});
const definition = {
  StartAt: 'Map',
  States: {
    Map: {
      Type: 'Map',
      Label: 'Objects',
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSON' },
        Parameters: { Bucket: bucket, Key: 'objects.json' },
      },
      ItemBatcher: { MaxItemsPerBatch: Number(batch) },
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'Process',
        States: {
          Process: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Parameters: { FunctionName: 'bench-no-op', 'Payload.$': '$' },
            OutputPath: '$.Payload',
            End: true,
          },
        },
      },
      ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: bucket, Prefix: 'results' } },
      End: true,
    },
  },
};
const template = {
  Resources: {
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: bucket } },
    FunctionRole: role('lambda.amazonaws.com', ['s3:GetObject']),
    NoOp: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'bench-no-op',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['FunctionRole', 'Arn'] },
        Code: { S3Bucket: `cdk-hnb659fds-assets-${account}-${region}`, S3Key: 'no-op.zip' },
      },
    },
    StateMachineRole: role('states.amazonaws.com', [
      'lambda:InvokeFunction',
      's3:GetObject',
      's3:PutObject',
      's3:AbortMultipartUpload',
      'states:StartExecution',
    ]),
    StateMachine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'bench',
        RoleArn: { 'Fn::GetAtt': ['StateMachineRole', 'Arn'] },
        DefinitionString: JSON.stringify(definition),
      },
    },
  },
};
const assets = {
  version: '41.0.0',
  files: {
    'no-op': {
      source: { path: 'no-op', packaging: 'zip' },
      destinations: { current: { bucketName: `cdk-hnb659fds-assets-${account}-${region}`, objectKey: 'no-op.zip' } },
    },
  },
  dockerImages: {},
};
const manifest = {
  version: '41.0.0',
  artifacts: {
    'Bench.assets': { type: 'cdk:asset-manifest', properties: { file: 'Bench.assets.json' } },
    Bench: {
      type: 'aws:cloudformation:stack',
      environment: `aws://${account}/${region}`,
      properties: { templateFile: 'Bench.template.json' },
      dependencies: ['Bench.assets'],
    },
  },
};
const assembly = join(folder, 'cdk.out');
await mkdir(join(assembly, 'no-op'), { recursive: true });
await writeFile(join(assembly, 'no-op', 'index.js'), 'exports.handler = async (event) => event.Items?.length ?? 1;\n');
await writeFile(join(assembly, 'manifest.json'), JSON.stringify(manifest));
await writeFile(join(assembly, 'Bench.assets.json'), JSON.stringify(assets));
await writeFile(join(assembly, 'Bench.template.json'), JSON.stringify(template));

const local = await startLocal({ assembly, data: join(folder, 'data'), environments: Number(environments) });
const s3 = new S3Client(local.clientConfig(account));
await uploadList({ Bucket: bucket, Key: 'objects.json' });

const cpuBefore = process.cpuUsage();
const started = performance.now();
const execution = await local.start();
const seconds = (performance.now() - started) / 1000;
const cpu = process.cpuUsage(cpuBefore);
const [run] = await local.mapRuns(execution.executionArn);
const { ResultWriterDetails: manifestPlace } = execution.output ?? {};
const written = await s3.send(new GetObjectCommand({ Bucket: manifestPlace.Bucket, Key: manifestPlace.Key }));
const files = JSON.parse(await written.Body.transformToString()).ResultFiles.SUCCEEDED;
await local.close();
await rm(folder, { recursive: true, force: true });

process.send({
  keys: Number(keys),
  batch: Number(batch),
  environments: Number(environments),
  status: execution.status,
  children: run.executionCounts.total,
  itemsSucceeded: run.itemCounts.succeeded,
  resultBytes: files.reduce((sum, file) => sum + file.Size, 0),
  mapSeconds: Math.round(seconds * 1000) / 1000,
  itemsPerSecond: Math.round(Number(keys) / seconds),
  cpuSeconds: Math.round((cpu.user + cpu.system) / 1000) / 1000,
  peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
});

/** In parts, so that the figures are those of the server and not of a list in memory. */
async function uploadList(object) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(object));
  const upload = { ...object, UploadId };
  const Parts = [];
  const send = async (text) => {
    const PartNumber = Parts.length + 1;
    const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body: text }));
    Parts.push({ PartNumber, ETag });
  };
  let text = '[';
  for (let i = 0; i < Number(keys); i++) {
    const item = {
      Key: `year=2026/part-${String(i).padStart(9, '0')}.csv`,
      Size: 1000 + (i % 977),
      ETag: '"d41d8cd98f00b204e9800998ecf8427e"',
      LastModified: '2026-11-23T00:00:00.000Z',
    };
    text += (i === 0 ? '' : ',') + JSON.stringify(item);
    if (text.length < 8 * 1024 * 1024) continue;
    await send(text);
    text = '';
  }
  await send(`${text}]`);
  await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
}
