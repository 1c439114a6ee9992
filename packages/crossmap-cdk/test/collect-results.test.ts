import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  type CollectEvent,
  type CollectSettings,
  collectResults,
} from '../handlers/collect-results/collect-results.ts';
import { ACCESS_DENIED, FakeS3 } from './fake-s3.ts';

const patient = { getRemainingTimeInMillis: () => 900_000 };
const EXCEEDED = {
  Error: 'States.ExceedToleratedFailureThreshold',
  Cause: 'The specified tolerated failure threshold was exceeded',
};
const MAP_RUN = 'arn:aws:states:us-east-1:222222222222:mapRun:sm/Objects:0';

type Children = Partial<Record<'SUCCEEDED' | 'FAILED' | 'PENDING', object[]>>;

/** An S3 that holds what ResultWriter leaves of a Map Run with these children. */
function afterMapRun(children: Children): FakeS3 {
  const s3 = new FakeS3();
  const files = { SUCCEEDED: [], FAILED: [], PENDING: [] } as Record<string, { Key: string; Size: number }[]>;
  for (const [status, records] of Object.entries(children)) {
    const key = `run-1/0/${status}_0.json`;
    s3.put('results', key, JSON.stringify(records));
    files[status]?.push({ Key: key, Size: 1 });
  }
  const manifest = { DestinationBucket: 'results', MapRunArn: MAP_RUN, ResultFiles: files };
  s3.put('results', 'run-1/0/manifest.json', JSON.stringify(manifest));
  return s3;
}

const input = (...keys: string[]) => JSON.stringify({ BatchInput: {}, Items: keys.map((Key) => ({ Key, Size: 1 })) });
const success = (key: string, result: unknown) => ({ key, status: 'SUCCEEDED', result });
const failed = (key: string, error: string, cause: string) => ({ key, status: 'FAILED', error, cause });

function child(keys: string[], output: unknown): object {
  return {
    Input: input(...keys),
    InputDetails: { Included: true },
    Output: JSON.stringify(output),
    Status: 'SUCCEEDED',
  };
}

function settings(s3: FakeS3, toleratedFailedObjects = 0): CollectSettings {
  return { client: s3.client('us-east-1'), bucket: 'results', toleratedFailedObjects };
}

function event(objects: number, changes: Partial<CollectEvent['state']> = {}): CollectEvent {
  return {
    execution: 'run-1',
    state: {
      list: { bucket: 'results', key: 'run-1/objects.json', objects, bytes: 10 },
      mapRun: { ResultWriterDetails: { Bucket: 'results', Key: 'run-1/0/manifest.json' } },
      ...changes,
    },
  };
}

function failedMap(objects: number, mapFailure = EXCEEDED): CollectEvent {
  const { execution, state } = event(objects);
  return { execution, state: { list: state.list, mapFailure } };
}

suite('collectResults', () => {
  test('merges the results of all children into one line for each object, and returns the summary it stores', async () => {
    const s3 = afterMapRun({
      SUCCEEDED: [
        child(['a', 'b'], { results: [success('a', { n: 1 }), success('b', null)], batchItemFailures: [] }),
        child(['c 😀'], { results: [success('c 😀', [3])] }),
      ],
    });
    const summary = await collectResults(settings(s3), event(3), patient);
    assert.deepEqual(s3.lines('results', 'run-1/results.jsonl'), [
      { key: 'a', result: { n: 1 } },
      { key: 'b', result: null },
      { key: 'c 😀', result: [3] },
    ]);
    assert.equal(s3.text('results', 'run-1/failed.jsonl'), '');
    assert.deepEqual(summary, {
      execution: 'run-1',
      status: 'SUCCEEDED',
      objects: 3,
      bytes: 10,
      succeeded: 3,
      failed: 0,
      errors: {},
      toleratedFailedObjects: 0,
      mapRunArn: MAP_RUN,
      objectList: { bucket: 'results', key: 'run-1/objects.json' },
      results: { bucket: 'results', key: 'run-1/results.jsonl' },
      failures: { bucket: 'results', key: 'run-1/failed.jsonl' },
    });
    assert.deepEqual(s3.json('results', 'run-1/summary.json'), summary);
  });

  test('more failed objects than tolerated fail as ObjectsFailed, after everything is stored', async () => {
    const s3 = afterMapRun({
      SUCCEEDED: [
        child(['a', 'b', 'c'], {
          results: [success('a', 1), failed('b', 'AccessDenied', 'no'), failed('c', 'AccessDenied', 'no')],
        }),
      ],
    });
    await assert.rejects(collectResults(settings(s3, 1), event(3), patient), {
      name: 'ObjectsFailed',
      message: '2 of 3 objects failed (AccessDenied 2). They are listed in s3://results/run-1/failed.jsonl',
    });
    assert.deepEqual(s3.lines('results', 'run-1/results.jsonl'), [{ key: 'a', result: 1 }]);
    assert.deepEqual(s3.lines('results', 'run-1/failed.jsonl'), [
      { key: 'b', error: 'AccessDenied', cause: 'no' },
      { key: 'c', error: 'AccessDenied', cause: 'no' },
    ]);
    const summary = s3.json('results', 'run-1/summary.json') as { status: string; errors: object };
    assert.equal(summary.status, 'FAILED');
    assert.deepEqual(summary.errors, { AccessDenied: 2 });
  });

  test('as many failed objects as tolerated succeed', async () => {
    const s3 = afterMapRun({ SUCCEEDED: [child(['a', 'b'], { results: [success('a', 1), failed('b', 'X', 'y')] })] });
    const summary = await collectResults(settings(s3, 1), event(2), patient);
    assert.deepEqual([summary.status, summary.succeeded, summary.failed], ['SUCCEEDED', 1, 1]);
  });

  test('a failed Map Run still gives every object by key: succeeded, failed, timed out, aborted and never started', async () => {
    const s3 = afterMapRun({
      SUCCEEDED: [child(['a'], { results: [success('a', 1)] })],
      FAILED: [
        {
          Input: input('b', 'c'),
          Status: 'FAILED',
          Error: 'TypeError',
          Cause: '{"errorType":"TypeError","errorMessage":"boom","trace":[]}',
        },
        { Input: input('d'), Status: 'TIMED_OUT' },
        { Input: input('e'), Status: 'ABORTED', Cause: 'The map run was aborted' },
      ],
      PENDING: [{ Input: input('f', 'g'), InputDetails: { Included: true }, Status: 'PENDING' }],
    });
    await assert.rejects(collectResults(settings(s3), failedMap(7), patient), (error: Error) => {
      assert.equal(error.name, 'ObjectsFailed');
      assert.match(
        error.message,
        /^6 of 7 objects failed \(TypeError 2, States.Timeout 1, Aborted 1, NotStarted 2\)\./,
      );
      assert.match(error.message, /The Map Run failed: States\.ExceedToleratedFailureThreshold: The specified/);
      return true;
    });
    assert.deepEqual(s3.lines('results', 'run-1/results.jsonl'), [{ key: 'a', result: 1 }]);
    assert.deepEqual(s3.lines('results', 'run-1/failed.jsonl'), [
      { key: 'b', error: 'TypeError', cause: 'boom' },
      { key: 'c', error: 'TypeError', cause: 'boom' },
      { key: 'd', error: 'States.Timeout', cause: 'the batch of this object timed out' },
      { key: 'e', error: 'Aborted', cause: 'The map run was aborted' },
      { key: 'f', error: 'NotStarted', cause: 'the Map Run ended before the batch of this object was started' },
      { key: 'g', error: 'NotStarted', cause: 'the Map Run ended before the batch of this object was started' },
    ]);
  });

  test('a failed Map Run fails the execution even when no more objects failed than are tolerated', async () => {
    const s3 = afterMapRun({ SUCCEEDED: [child(['a'], { results: [success('a', 1)] })] });
    const failure = { Error: 'States.ResultWriterFailed', Cause: 'no' };
    await assert.rejects(collectResults(settings(s3, 5), failedMap(1, failure), patient), {
      name: 'ObjectsFailed',
      message: /^0 of 1 objects failed\. The Map Run failed: States\.ResultWriterFailed: no\./,
    });
  });

  test('a Map Run that failed before it wrote anything reports every listed object with its error', async () => {
    const s3 = new FakeS3();
    s3.put('results', 'run-1/objects.json', '[{"Key":"a","Size":1},\n{"Key":"b","Size":2}]\n');
    const failure = { Error: 'States.ItemReaderFailed', Cause: 'not readable' };
    await assert.rejects(collectResults(settings(s3), failedMap(2, failure), patient), { name: 'ObjectsFailed' });
    assert.deepEqual(s3.lines('results', 'run-1/failed.jsonl'), [
      { key: 'a', error: 'States.ItemReaderFailed', cause: 'not readable' },
      { key: 'b', error: 'States.ItemReaderFailed', cause: 'not readable' },
    ]);
  });

  test('of several manifests under a failed execution the newest counts', async () => {
    const s3 = afterMapRun({ SUCCEEDED: [child(['a'], { results: [success('a', 1)] })] });
    s3.put('results', 'run-1/1/SUCCEEDED_0.json', JSON.stringify([child(['b'], { results: [success('b', 2)] })]));
    const files = { SUCCEEDED: [{ Key: 'run-1/1/SUCCEEDED_0.json', Size: 1 }] };
    s3.put('results', 'run-1/1/manifest.json', JSON.stringify({ MapRunArn: MAP_RUN, ResultFiles: files }));
    await assert.rejects(collectResults(settings(s3), failedMap(1), patient), { name: 'ObjectsFailed' });
    assert.deepEqual(s3.lines('results', 'run-1/results.jsonl'), [{ key: 'b', result: 2 }]);
  });

  test('objects that are in no result file fail the execution loudly, more than were listed too', async () => {
    for (const listed of [1, 3]) {
      const s3 = afterMapRun({ SUCCEEDED: [child(['a', 'b'], { results: [success('a', 1), success('b', 1)] })] });
      await assert.rejects(collectResults(settings(s3, 10), event(listed), patient), {
        name: 'ResultsIncomplete',
        message: `the object list holds ${listed} objects, the results of the Map Run 2`,
      });
      assert.equal((s3.json('results', 'run-1/summary.json') as { status: string }).status, 'FAILED');
    }
  });

  test('a processor that left out an object has not processed it', async () => {
    const s3 = afterMapRun({ SUCCEEDED: [child(['a', 'b'], { results: [success('b', 1)] })] });
    await assert.rejects(collectResults(settings(s3), event(2), patient), { name: 'ObjectsFailed' });
    assert.deepEqual(s3.lines('results', 'run-1/failed.jsonl'), [
      { key: 'a', error: 'NoResult', cause: 'the processor returned no result for this object' },
    ]);
  });

  test('a processor may report failures alone, as functions do to the event sources of Lambda', async () => {
    const s3 = afterMapRun({ SUCCEEDED: [child(['a', 'b'], { batchItemFailures: [{ itemIdentifier: 'b' }] })] });
    const summary = await collectResults(settings(s3, 1), event(2), patient);
    assert.deepEqual(summary.errors, { BatchItemFailure: 1 });
    assert.deepEqual(s3.lines('results', 'run-1/results.jsonl'), [{ key: 'a', result: null }]);
  });

  test('any other output of a processor fails its objects', async () => {
    const outputs = [
      null,
      'done',
      [1],
      {},
      { results: [{ key: 'a' }] },
      { results: [success('z', 1)] },
      { batchItemFailures: ['a'] },
    ];
    for (const output of outputs) {
      const s3 = afterMapRun({ SUCCEEDED: [child(['a'], output)] });
      await assert.rejects(collectResults(settings(s3), event(1), patient), { name: 'ObjectsFailed' });
      const [line] = s3.lines('results', 'run-1/failed.jsonl') as { key: string; error: string }[];
      assert.deepEqual([line?.key, line?.error], ['a', 'InvalidProcessorOutput'], JSON.stringify(output));
    }
  });

  test('zero objects, when they were allowed, give empty files', async () => {
    const s3 = new FakeS3();
    const summary = await collectResults(settings(s3), event(0), patient);
    assert.deepEqual([summary.status, summary.objects, summary.succeeded], ['SUCCEEDED', 0, 0]);
    assert.equal(s3.text('results', 'run-1/results.jsonl'), '');
  });

  test('a result file that cannot be read fails the step and stores no results', async () => {
    const s3 = afterMapRun({ SUCCEEDED: [child(['a'], { results: [success('a', 1)] })] });
    s3.refuse = ({ key }) => (key.includes('SUCCEEDED') ? ACCESS_DENIED : undefined);
    await assert.rejects(collectResults(settings(s3), event(1), patient), {
      name: 'AccessDenied',
      message: 'cannot read s3://results/run-1/0/SUCCEEDED_0.json: AccessDenied: Access Denied',
    });
    assert.equal(s3.text('results', 'run-1/results.jsonl'), undefined);
  });

  test('ends with CollectTimedOut before the time of the invocation does', async () => {
    const keys = Array.from({ length: 1_000 }, (_, i) => `k${i}`);
    const s3 = afterMapRun({ SUCCEEDED: [child(keys, { results: keys.map((key) => success(key, 1)) })] });
    const hurried = { getRemainingTimeInMillis: () => 9_000 };
    await assert.rejects(collectResults(settings(s3), event(1_000), hurried), { name: 'CollectTimedOut' });
  });

  test('a large result file is passed on in parts while it is being read', async () => {
    const s3 = afterMapRun({ SUCCEEDED: [] });
    const children = 300;
    const keys = Array.from({ length: 100 }, (_, i) => `key-${i}`);
    const record = JSON.stringify(child(keys, { results: keys.map((key) => success(key, 'x'.repeat(1_000))) }));
    let partsWhenReadToTheEnd = 0;
    s3.streams.set('results/run-1/0/SUCCEEDED_0.json', async function* () {
      for (let i = 0; i < children; i++) yield Buffer.from(`${i === 0 ? '[' : ','}${record}`);
      partsWhenReadToTheEnd = s3.operations().filter((operation) => operation === 'UploadPart').length;
      yield Buffer.from(']');
    });
    const summary = await collectResults(settings(s3), event(children * 100), patient);
    assert.equal(summary.succeeded, children * 100);
    assert.ok(partsWhenReadToTheEnd >= 3, `${partsWhenReadToTheEnd} parts`);
  });
});
