import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { type EndedExecution, type Json, startLocal, type TestLocal } from 'crossmap/testing';
import { checkResults } from '../check-results.ts';
import { fillBucket, installedFiles, type Objects } from '../objects.ts';
import { synthesize } from '../synth.ts';

const BUCKET_ACCOUNT = '111111111111';
const WORKFLOW_ACCOUNT = '222222222222';
const BUCKET = 'partner-objects';

/** A few real files and every unusual key. */
const objects: Objects = new Map(
  [...installedFiles()].filter(([key]) => key.startsWith('aws-sqs/') || key.startsWith('unusual/')),
);

interface Summary {
  readonly objects: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly results: { readonly bucket: string; readonly key: string };
}

let folder: string;
let assemblies = 0;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossmap-example-'));
});
after(() => rm(folder, { recursive: true, force: true }));

interface Arrangement {
  readonly context?: Record<string, string>;
  readonly content?: Objects;
  /** Changes the assembly before it is loaded. */
  readonly change?: (assembly: string) => Promise<void>;
}

async function withWorkflow(
  { context = {}, content = objects, change }: Arrangement,
  run: (local: TestLocal) => Promise<void>,
): Promise<void> {
  assemblies += 1;
  const assembly = join(folder, `cdk.out.${assemblies}`);
  synthesize(assembly, context);
  await change?.(assembly);
  const local = await startLocal({ assembly, environments: 2 });
  try {
    await fillBucket(theirs(local), BUCKET, content);
    await run(local);
  } finally {
    await local.close();
  }
}

/** Puts other code in the place of the processor's. */
async function replaceProcessor(assembly: string, source: string): Promise<void> {
  const template = JSON.parse(await readFile(join(assembly, 'WorkflowAccount.template.json'), 'utf8'));
  const [, processor] =
    Object.entries<{ Properties: { Code: { S3Key: string } } }>(template.Resources).find(([id]) =>
      /^Processor[0-9A-F]{8}$/.test(id),
    ) ?? assert.fail('no processor in the template');
  await writeFile(join(assembly, `asset.${processor.Properties.Code.S3Key.replace('.zip', '')}`, 'index.js'), source);
}

function theirs(local: TestLocal): S3Client {
  return new S3Client(local.clientConfig(BUCKET_ACCOUNT));
}

function succeeded(execution: EndedExecution): Summary {
  assert.ok(execution.status === 'SUCCEEDED', JSON.stringify(execution));
  return execution.output as Json & Summary;
}

/** A file that the workflow wrote below its execution's name, as text. */
async function written(local: TestLocal, executionArn: string, file: string): Promise<string> {
  const s3 = new S3Client(local.clientConfig(WORKFLOW_ACCOUNT));
  const { Buckets } = await s3.send(new ListBucketsCommand({}));
  const Key = `${executionArn.split(':').at(-1)}/${file}`;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: Buckets?.[0]?.Name, Key }));
  return (await Body?.transformToString()) ?? '';
}

function lines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

describe('the workflow over a bucket of another account', () => {
  test('processes every object, whatever its key holds, and of a prefix exactly those', async () => {
    await withWorkflow({}, async (local) => {
      const all = await local.start();
      const { objects: count, succeeded: ok, failed } = succeeded(all);
      assert.deepEqual({ count, ok, failed }, { count: objects.size, ok: objects.size, failed: 0 });
      const file = join(folder, 'results.jsonl');
      await writeFile(file, await written(local, all.executionArn, 'results.jsonl'));
      assert.deepEqual(await checkResults(file, objects), { processed: objects.size, failed: 0, problems: [] });

      const unusual = await local.start({ prefix: 'unusual/' });
      const expected = [...objects.keys()].filter((key) => key.startsWith('unusual/'));
      const keys = lines<{ key: string }>(await written(local, unusual.executionArn, 'results.jsonl')).map(
        ({ key }) => key,
      );
      assert.deepEqual(keys.sort(), expected.sort());

      const [run, ...more] = await local.mapRuns(all.executionArn);
      assert.equal(more.length, 0);
      assert.equal(run?.itemCounts.succeeded, objects.size);
      assert.deepEqual(local.denials(), []);
    });
  });

  test('fails in ListObjects when the bucket account allows nothing, and says what is missing and where', async () => {
    await withWorkflow({ context: { withoutBucketPolicy: 'true' } }, async (local) => {
      const execution = await local.start();
      assert.ok(execution.status === 'FAILED');
      assert.equal(execution.error, 'AccessDenied');
      const [denial] = local.denials();
      assert.equal(denial?.action, 's3:ListBucket');
      assert.deepEqual(
        denial?.missing.map(({ document, accountId }) => ({ document, accountId })),
        [{ document: `bucket policy of ${BUCKET}`, accountId: BUCKET_ACCOUNT }],
      );
    });
  });

  test('reports every object by its key when the bucket account allows the listing but not the reading', async () => {
    await withWorkflow({ context: { withoutGetObject: 'true' } }, async (local) => {
      const execution = await local.start();
      assert.ok(execution.status === 'FAILED');
      assert.equal(execution.error, 'ObjectsFailed');
      const failures = lines<{ key: string; error: string }>(
        await written(local, execution.executionArn, 'failed.jsonl'),
      );
      assert.deepEqual(failures.map(({ key }) => key).sort(), [...objects.keys()].sort());
      assert.deepEqual([...new Set(failures.map(({ error }) => error))], ['AccessDenied']);
      const [denial] = local.denials();
      assert.equal(denial?.action, 's3:GetObject');
      assert.equal(denial?.missing[0]?.accountId, BUCKET_ACCOUNT);
      assert.equal(denial?.count, objects.size);
    });
  });

  test('reports an object that was deleted between listing and reading, and loses no other', async () => {
    const doomed = [...objects.keys()][3] ?? '';
    let remove: (key: string) => Promise<void> = async () => {};
    const hook = createServer(async (request, response) => {
      const key = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams.get('key');
      if (key === doomed) await remove(key);
      response.end();
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    const { port } = hook.address() as AddressInfo;
    try {
      await withWorkflow({ context: { beforeReadHook: `http://127.0.0.1:${port}/` } }, async (local) => {
        remove = async (Key) => {
          await theirs(local).send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
        };
        const execution = await local.start();
        assert.ok(execution.status === 'FAILED');
        assert.equal(execution.error, 'ObjectsFailed');
        const failures = lines<{ key: string }>(await written(local, execution.executionArn, 'failed.jsonl'));
        assert.deepEqual(
          failures.map(({ key }) => key),
          [doomed],
        );
        const results = lines<{ key: string }>(await written(local, execution.executionArn, 'results.jsonl'));
        assert.equal(results.length, objects.size - 1);
      });
    } finally {
      hook.closeAllConnections();
      hook.close();
    }
  });

  test('reports every object of a batch whose processor throws, though the Map Run has failed', async () => {
    const change = (assembly: string) =>
      replaceProcessor(assembly, "exports.handler = async () => { throw new RangeError('out of bounds'); };");
    await withWorkflow({ change }, async (local) => {
      const execution = await local.start();
      assert.ok(execution.status === 'FAILED');
      assert.equal(execution.error, 'ObjectsFailed');
      const [run] = await local.mapRuns(execution.executionArn);
      assert.equal(run?.status, 'FAILED');
      const failures = lines<{ key: string; error: string }>(
        await written(local, execution.executionArn, 'failed.jsonl'),
      );
      assert.deepEqual(failures.map(({ key }) => key).sort(), [...objects.keys()].sort());
      assert.deepEqual([...new Set(failures.map(({ error }) => error))], ['RangeError']);
    });
  });

  test('fails over an empty bucket', async () => {
    await withWorkflow({ content: new Map() }, async (local) => {
      const { KeyCount } = await theirs(local).send(new ListObjectsV2Command({ Bucket: BUCKET }));
      assert.equal(KeyCount, 0);
      const execution = await local.start();
      assert.ok(execution.status === 'FAILED');
      assert.equal(execution.error, 'NoObjects');
    });
  });
});
