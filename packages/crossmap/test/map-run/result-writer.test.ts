import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ResultFormat } from '../../src/engine/map-run-plan.ts';
import type { ExecutionEnd, ExecutionRecord } from '../../src/engine/ports.ts';
import { ResultWriter, ResultWriterFailure } from '../../src/map-run/result-writer.ts';
import { headerOf, ROLE } from '../engine/workbench.ts';
import { FakeObjects, refused } from './fake-objects.ts';
import { MemoryMapRuns } from './memory-map-runs.ts';

const RUN = 'arn:aws:states:eu-west-1:111111111111:mapRun:machine/L:run-id';
const BEGIN = Date.UTC(2024, 4, 1, 12);

function child(index: number, end: ExecutionEnd): ExecutionRecord {
  return {
    executionArn: `arn:aws:states:eu-west-1:111111111111:execution:machine/L:child-${index}`,
    stateMachineArn: 'arn:aws:states:eu-west-1:111111111111:stateMachine:machine/L',
    name: `child-${index}`,
    roleArn: ROLE,
    startDate: BEGIN + index,
    input: `{"i":${index}}`,
    child: { mapRunArn: RUN, index, itemCount: 1 },
    ...end,
  };
}

const stopDate = BEGIN + 1000;
const succeeded = (output: string): ExecutionEnd => ({ status: 'SUCCEEDED', stopDate, output });

function bench({
  prefix = 'out/run',
  expectedBucketOwner,
  maxFileBytes,
  format,
}: {
  prefix?: string;
  expectedBucketOwner?: string;
  maxFileBytes?: number;
  format?: Partial<ResultFormat>;
} = {}) {
  const objects = new FakeObjects();
  objects.buckets.set('results', { accountId: '111111111111', region: 'eu-west-1' });
  const store = new MemoryMapRuns();
  const writer = new ResultWriter(
    {
      place: { bucket: 'results', prefix, ...(expectedBucketOwner !== undefined && { expectedBucketOwner }) },
      format: { transformation: 'NONE', outputType: 'JSON', ...format },
    },
    headerOf({}, BEGIN),
    RUN,
    objects,
    maxFileBytes,
  );
  const keep = (...children: ExecutionRecord[]) => {
    for (const each of children) store.records.set(each.executionArn, each);
  };
  const text = (name: string) => objects.contents.get(`results/out/run/run-id/${name}`) ?? assert.fail(`no ${name}`);
  return { objects, store, writer, keep, text };
}

describe('where', () => {
  test('everything is under the prefix and the id of the Map Run', () => {
    for (const [prefix, key] of [
      ['a/b', 'a/b/run-id/manifest.json'],
      ['a/b/', 'a/b/run-id/manifest.json'],
      ['', 'run-id/manifest.json'],
    ] as const) {
      assert.equal(bench({ prefix }).writer.manifestKey, key);
    }
  });

  test('files are multipart objects, the manifest is a single put and comes last', async () => {
    const { objects, store, writer, keep } = bench();
    keep(child(0, succeeded('1')), child(1, { status: 'FAILED', stopDate, error: 'E' }));
    await writer.write(store, store.spooledChildren(RUN, 2));
    assert.deepEqual(
      objects.puts.map(({ key, contentType, multipart }) => [key, contentType, multipart]),
      [
        ['out/run/run-id/SUCCEEDED_0.json', 'binary/octet-stream', true],
        ['out/run/run-id/FAILED_0.json', 'binary/octet-stream', true],
        ['out/run/run-id/manifest.json', 'application/octet-stream', false],
      ],
    );
    assert.deepEqual(objects.puts[0]?.caller, { roleArn: ROLE, region: 'eu-west-1', sessionName: 'one' });
  });
});

describe('records, as text', () => {
  test('a child that succeeded', async () => {
    const { store, writer, keep, text } = bench();
    keep(child(0, succeeded('{"a":"é"}')));
    await writer.write(store, store.spooledChildren(RUN, 1));
    assert.equal(
      text('SUCCEEDED_0.json'),
      '[{"ExecutionArn":"arn:aws:states:eu-west-1:111111111111:execution:machine/L:child-0","Input":"{\\"i\\":0}",' +
        '"InputDetails":{"Included":true},"Name":"child-0","Output":"{\\"a\\":\\"é\\"}","OutputDetails":{"Included":true},' +
        '"RedriveCount":0,"RedriveStatus":"NOT_REDRIVABLE","RedriveStatusReason":"Execution is SUCCEEDED and cannot be redriven",' +
        '"StartDate":"2024-05-01T12:00:00.000Z","StateMachineArn":"arn:aws:states:eu-west-1:111111111111:stateMachine:machine/L",' +
        '"Status":"SUCCEEDED","StopDate":"2024-05-01T12:00:01.000Z"}]',
    );
  });

  test('a child that failed has OutputDetails and no Output', async () => {
    const { store, writer, keep, text } = bench();
    keep(child(0, { status: 'FAILED', stopDate, error: 'E', cause: 'c' }));
    await writer.write(store, store.spooledChildren(RUN, 1));
    assert.equal(
      text('FAILED_0.json'),
      '[{"Cause":"c","Error":"E","ExecutionArn":"arn:aws:states:eu-west-1:111111111111:execution:machine/L:child-0",' +
        '"Input":"{\\"i\\":0}","InputDetails":{"Included":true},"Name":"child-0","OutputDetails":{"Included":true},' +
        '"RedriveCount":0,"RedriveStatus":"REDRIVABLE_BY_MAP_RUN","StartDate":"2024-05-01T12:00:00.000Z",' +
        '"StateMachineArn":"arn:aws:states:eu-west-1:111111111111:stateMachine:machine/L","Status":"FAILED",' +
        '"StopDate":"2024-05-01T12:00:01.000Z"}]',
    );
  });

  test('timed out and aborted children are in FAILED, in item order, without the error they have not', async () => {
    const { store, writer, keep, text } = bench();
    keep(
      child(2, { status: 'ABORTED', stopDate, cause: 'stopped' }),
      child(0, { status: 'TIMED_OUT', stopDate }),
      child(1, { status: 'FAILED', stopDate, error: 'E' }),
    );
    await writer.write(store, store.spooledChildren(RUN, 3));
    const records = JSON.parse(text('FAILED_0.json')) as {
      Name: string;
      Status: string;
      Error?: string;
      Cause?: string;
    }[];
    assert.deepEqual(
      records.map(({ Name, Status, Error: error, Cause }) => [Name, Status, error, Cause]),
      [
        ['child-0', 'TIMED_OUT', undefined, undefined],
        ['child-1', 'FAILED', 'E', undefined],
        ['child-2', 'ABORTED', undefined, 'stopped'],
      ],
    );
  });

  test('a child that never started is its input and the status PENDING', async () => {
    const { store, writer, keep, text } = bench();
    keep(child(0, succeeded('1')));
    await store.spoolChildren(
      RUN,
      [0, 1, 2].map((i) => ({ input: `"${i}"`, itemCount: 1 })),
    );
    await writer.write(store, store.spooledChildren(RUN, 1));
    assert.equal(
      text('PENDING_0.json'),
      '[{"Input":"\\"1\\"","InputDetails":{"Included":true},"Status":"PENDING"},' +
        '{"Input":"\\"2\\"","InputDetails":{"Included":true},"Status":"PENDING"}]',
    );
  });
});

describe('files and manifest', () => {
  test('only files with content exist, and the manifest has empty lists for the others', async () => {
    const { objects, store, writer, keep, text } = bench();
    keep(child(0, succeeded('1')));
    await writer.write(store, store.spooledChildren(RUN, 1));
    const size = Buffer.byteLength(text('SUCCEEDED_0.json'));
    assert.equal(
      text('manifest.json'),
      `{"DestinationBucket":"results","MapRunArn":"${RUN}","ResultFiles":{"FAILED":[],"PENDING":[],` +
        `"SUCCEEDED":[{"Key":"out/run/run-id/SUCCEEDED_0.json","Size":${size}}]}}`,
    );
    assert.equal(objects.contents.size, 2);
  });

  test('a run over nothing has a manifest and no files', async () => {
    const { objects, store, writer, text } = bench();
    await writer.write(store, store.spooledChildren(RUN, 0));
    assert.deepEqual((JSON.parse(text('manifest.json')) as { ResultFiles: object }).ResultFiles, {
      FAILED: [],
      PENDING: [],
      SUCCEEDED: [],
    });
    assert.equal(objects.contents.size, 1);
  });

  test('a file that is large enough goes on in the next, and no record is lost or cut', async () => {
    const { objects, store, writer, keep, text } = bench({ maxFileBytes: 1000 });
    keep(...Array.from({ length: 9 }, (_, i) => child(i, succeeded(`"${'x'.repeat(i * 30)}"`))));
    await writer.write(store, store.spooledChildren(RUN, 9));
    const { SUCCEEDED } = (
      JSON.parse(text('manifest.json')) as { ResultFiles: { SUCCEEDED: { Key: string; Size: number }[] } }
    ).ResultFiles;
    assert.ok(SUCCEEDED.length > 2);
    const names: string[] = [];
    SUCCEEDED.forEach(({ Key, Size }, n) => {
      assert.equal(Key, `out/run/run-id/SUCCEEDED_${n}.json`);
      const content = objects.contents.get(`results/${Key}`) ?? '';
      assert.equal(Size, Buffer.byteLength(content));
      if (n < SUCCEEDED.length - 1) assert.ok(Size > 1000);
      names.push(...(JSON.parse(content) as { Name: string }[]).map(({ Name }) => Name));
    });
    assert.deepEqual(
      names,
      Array.from({ length: 9 }, (_, i) => `child-${i}`),
    );
  });
});

describe('WriterConfig', () => {
  const file = async (format: Partial<ResultFormat>, outputs: readonly string[], name: string) => {
    const { store, writer, keep, text } = bench({ format });
    keep(...outputs.map((output, i) => child(i, succeeded(output))));
    keep(child(outputs.length, { status: 'FAILED', stopDate, error: 'E' }));
    await writer.write(store, store.spooledChildren(RUN, outputs.length + 1));
    return text(name);
  };

  test('COMPACT writes outputs as they are', async () => {
    const written = await file({ transformation: 'COMPACT' }, ['[1,2]', '{"a":1}', '[]'], 'SUCCEEDED_0.json');
    assert.equal(written, '[[1,2],{"a":1},[]]');
  });

  test('FLATTEN writes the elements of arrays, of one level, and other outputs as they are', async () => {
    const flat = { transformation: 'FLATTEN' } as const;
    assert.equal(await file(flat, ['[1,[2]]', '{"a":1}', '[]', '"x"'], 'SUCCEEDED_0.json'), '[1,[2],{"a":1},"x"]');
    assert.equal(await file(flat, ['[]', '[]'], 'SUCCEEDED_0.json'), '[]');
    assert.equal(await file({ ...flat, outputType: 'JSONL' }, ['[]'], 'SUCCEEDED_0.jsonl'), '');
  });

  test('JSONL writes lines that all end, into files of that name', async () => {
    const lines = { transformation: 'FLATTEN', outputType: 'JSONL' } as const;
    assert.equal(await file(lines, ['[1,2]', '3'], 'SUCCEEDED_0.jsonl'), '1\n2\n3\n');
    const record = await file(lines, [], 'FAILED_0.jsonl');
    assert.ok(record.endsWith('}\n'));
    assert.equal((JSON.parse(record) as { Error: string }).Error, 'E', 'a child that failed is its record');
  });

  test('a file of lines goes on in the next too', async () => {
    const { objects, store, writer, keep } = bench({
      format: { transformation: 'COMPACT', outputType: 'JSONL' },
      maxFileBytes: 4,
    });
    keep(...[1, 2, 3].map((n) => child(n, succeeded(`${n}`))));
    await writer.write(store, store.spooledChildren(RUN, 3));
    assert.equal(objects.contents.get('results/out/run/run-id/SUCCEEDED_0.jsonl'), '1\n2\n');
    assert.equal(objects.contents.get('results/out/run/run-id/SUCCEEDED_1.jsonl'), '3\n');
  });
});

describe('what cannot be written', () => {
  const failure = async (work: Promise<void>): Promise<string> => {
    const thrown = await work.then(
      () => assert.fail('written'),
      (error: unknown) => error,
    );
    assert.ok(thrown instanceof ResultWriterFailure, String(thrown));
    return thrown.message;
  };

  test('a test manifest is written first, where the manifest will be', async () => {
    const { objects, writer } = bench();
    await writer.writeTestManifest();
    assert.deepEqual(
      objects.puts.map(({ key }) => key),
      ['out/run/run-id/manifest.json'],
    );
  });

  test('a bucket that may not be written or is not there fails the test manifest', async () => {
    const { objects, writer } = bench();
    objects.refuse = () => refused('AccessDenied', 'Access Denied');
    const message = await failure(writer.writeTestManifest());
    assert.equal(
      message,
      "Failed to write a test manifest into the specified output bucket. Access denied. Ensure the correct permissions are added to your state machine's execution role. | Message from S3: Access Denied (Service: S3, Status Code: 403)",
    );
    objects.refuse = () => undefined;
    objects.buckets.clear();
    assert.match(await failure(writer.writeTestManifest()), /NoSuchBucket/);
  });

  test('a bucket of another account or Region is refused before anything is written', async () => {
    const { objects, writer } = bench();
    objects.buckets.set('results', { accountId: '111111111111', region: 'us-east-1' });
    assert.match(
      await failure(writer.writeTestManifest()),
      /results is in us-east-1: it must be in the account and the Region/,
    );
    objects.buckets.set('results', { accountId: '222222222222', region: 'eu-west-1' });
    assert.match(await failure(writer.writeTestManifest()), /is in another account/);
    assert.deepEqual(objects.puts, []);
  });

  test('S3 is asked to check the owner when one is expected', async () => {
    const { objects, store, writer, keep } = bench({ expectedBucketOwner: '111111111111' });
    keep(child(0, succeeded('1')));
    await writer.writeTestManifest();
    await writer.write(store, store.spooledChildren(RUN, 1));
    assert.deepEqual(new Set(objects.puts.map((put) => put.expectedBucketOwner)), new Set(['111111111111']));
    const unchecked = bench();
    await unchecked.writer.writeTestManifest();
    assert.ok(!('expectedBucketOwner' in (unchecked.objects.puts[0] ?? assert.fail())));
  });

  test('a file that may not be written is named', async () => {
    const { objects, store, writer, keep } = bench();
    keep(child(0, succeeded('1')));
    objects.refuse = (_, __, key) => (key.includes('SUCCEEDED') ? refused('SlowDown', 'Please reduce') : undefined);
    const message = await failure(writer.write(store, store.spooledChildren(RUN, 1)));
    assert.equal(message, 'Could not write s3://results/out/run/run-id/SUCCEEDED_0.json. SlowDown: Please reduce');
  });
});
