import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type BatchEvent, type ProcessObjectsOptions, processObjects, type SourceObject } from 'crossmap-cdk/lambda';
import { ACCESS_DENIED, FakeS3 } from './fake-s3.ts';

const patient = { getRemainingTimeInMillis: () => 60_000 };
/** Has no time left beyond the reserve, so that the deadline comes at once. */
const hurried = { getRemainingTimeInMillis: () => 1_000 };

function batch(...keys: string[]): BatchEvent {
  return {
    BatchInput: { bucket: 'partner-objects', region: 'eu-west-1', owner: '111111111111', run: 'run-1' },
    Items: keys.map((Key) => ({ Key, Size: 4, ETag: '"e"', LastModified: '2026-01-02T03:04:05.000Z' })),
  };
}

function filled(...keys: string[]): { s3: FakeS3; options: ProcessObjectsOptions } {
  const s3 = new FakeS3();
  for (const key of keys) s3.put('partner-objects', key, `of ${key}`);
  return { s3, options: { s3Client: (region) => s3.client(region) } };
}

const readText = (object: SourceObject) => object.text();
const never = () => new Promise<never>(() => undefined);

suite('processObjects', () => {
  test('answers with the result of each object, in the order of the batch', async () => {
    const { options } = filled('a', 'b 😀');
    const result = await processObjects(readText, options)(batch('a', 'b 😀'), patient);
    assert.deepEqual(result, {
      results: [
        { key: 'a', status: 'SUCCEEDED', result: 'of a' },
        { key: 'b 😀', status: 'SUCCEEDED', result: 'of b 😀' },
      ],
      batchItemFailures: [],
    });
  });

  test('an object says what the listing said, and where it comes from', async () => {
    const { s3, options } = filled('a');
    const describe = processObjects((object, { signal, getRemainingTimeInMillis, ...where }) => {
      const { key, size, etag, lastModified } = object;
      return { key, size, etag, year: lastModified?.getUTCFullYear(), left: getRemainingTimeInMillis(), where };
    }, options);
    const { results } = await describe(batch('a'), patient);
    assert.deepEqual(results, [
      {
        key: 'a',
        status: 'SUCCEEDED',
        result: { key: 'a', size: 4, etag: '"e"', year: 2026, left: 60_000, where: batch().BatchInput },
      },
    ]);
    assert.deepEqual(s3.operations(), [], 'a body that is not asked for is not fetched');
  });

  test('reads in the Region of the bucket and from its expected owner, as text, bytes or stream', async () => {
    const { s3, options } = filled('a');
    const read = processObjects(async (object) => {
      let streamed = '';
      for await (const chunk of await object.stream()) streamed += String(chunk);
      return [await object.text(), Buffer.from(await object.bytes()).toString('hex'), streamed];
    }, options);
    const { results } = await read(batch('a'), patient);
    assert.deepEqual(results[0], { key: 'a', status: 'SUCCEEDED', result: ['of a', '6f662061', 'of a'] });
    for (const { headers } of s3.requests) {
      assert.equal(headers['x-amz-expected-bucket-owner'], '111111111111');
      assert.match(headers.authorization ?? '', /\/eu-west-1\/s3\//);
    }
  });

  test('an object that fails is reported by its key with name and message, and the others carry on', async () => {
    const { options } = filled('a', 'c');
    const { results, batchItemFailures } = await processObjects(readText, options)(batch('a', 'b', 'c'), patient);
    assert.deepEqual(results, [
      { key: 'a', status: 'SUCCEEDED', result: 'of a' },
      {
        key: 'b',
        status: 'FAILED',
        error: 'NoSuchKey',
        cause:
          'cannot read s3://partner-objects/b (account 111111111111, eu-west-1): NoSuchKey: The specified key does not exist.',
      },
      { key: 'c', status: 'SUCCEEDED', result: 'of c' },
    ]);
    assert.deepEqual(batchItemFailures, [{ itemIdentifier: 'b' }]);
  });

  test('a denied read is AccessDenied and says that the object may be gone as well', async () => {
    const { s3, options } = filled('a');
    s3.refuse = () => ACCESS_DENIED;
    const { results } = await processObjects(readText, options)(batch('a'), patient);
    const [outcome] = results;
    assert.equal(outcome?.status === 'FAILED' && outcome.error, 'AccessDenied');
    assert.match(
      (outcome?.status === 'FAILED' && outcome.cause) || '',
      /s3:GetObject is not allowed.*or the object no longer exists/,
    );
  });

  test('whatever a processor throws or returns stays with its object', async () => {
    const odd: Record<string, () => unknown> = {
      bigint: () => ({ n: 1n }),
      nothing: () => undefined,
      date: () => new Date(0),
      string: () => {
        throw 'plain text';
      },
      long: () => {
        throw new RangeError('m'.repeat(5_000));
      },
    };
    const { results } = await processObjects((object) => odd[object.key]?.())(batch(...Object.keys(odd)), patient);
    assert.deepEqual(
      results.map((outcome) => (outcome.status === 'FAILED' ? outcome.error : outcome.result)),
      ['TypeError', null, '1970-01-01T00:00:00.000Z', 'Error', 'RangeError'],
    );
    const long = results.at(-1);
    assert.equal(long?.status === 'FAILED' && long.cause.length, 1_001);
  });

  test('no more objects than the concurrency are processed at one time', async () => {
    let running = 0;
    let most = 0;
    const count = processObjects(
      async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
      },
      { concurrency: 3 },
    );
    await count(batch(...Array.from({ length: 20 }, (_, i) => `k${i}`)), patient);
    assert.equal(most, 3);
  });

  test('objects not finished by the deadline are reported as DeadlineExceeded, and their work is told to stop', async () => {
    const started: string[] = [];
    let toldToStop = false;
    const stops = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => {
          toldToStop = true;
          reject(new Error('stopped'));
        });
      });
    const process = processObjects(
      (object, { signal }) => {
        started.push(object.key);
        return object.key === 'quick' ? 'done' : stops(signal);
      },
      { concurrency: 1 },
    );
    const { results, batchItemFailures } = await process(batch('quick', 'stuck', 'waiting'), hurried);
    assert.deepEqual(
      results.map((outcome) => (outcome.status === 'FAILED' ? outcome.error : outcome.result)),
      ['done', 'DeadlineExceeded', 'DeadlineExceeded'],
    );
    assert.deepEqual(batchItemFailures, [{ itemIdentifier: 'stuck' }, { itemIdentifier: 'waiting' }]);
    assert.equal(toldToStop, true);
    assert.deepEqual(started, ['quick', 'stuck'], 'nothing is started after the deadline');
  });

  test("under onFailure 'fail' the first failure fails the batch and names the object", async () => {
    const { options } = filled('a');
    const strict = processObjects(readText, { ...options, onFailure: 'fail' });
    await assert.rejects(strict(batch('a', 'b'), patient), {
      name: 'ObjectFailed',
      message: /^b: NoSuchKey: cannot read/,
    });
    const stuck = processObjects(never, { onFailure: 'fail' });
    await assert.rejects(stuck(batch('a'), hurried), { name: 'ObjectFailed', message: /^a: DeadlineExceeded: / });
  });

  test('results that Step Functions would not take fail with their size and what to do', async () => {
    const verbose = processObjects(() => 'x'.repeat(10_000));
    const keys = Array.from({ length: 30 }, (_, i) => `k${i}`);
    await assert.rejects(verbose(batch(...keys), patient), {
      name: 'ResultTooLarge',
      message: /^the results of 30 objects take 30\d{4} bytes, Step Functions takes 260096: .*lower batchSize$/,
    });
    assert.equal((await verbose(batch(...keys.slice(0, 25)), patient)).results.length, 25);
  });

  test('an event that is no batch is refused by what is missing', async () => {
    const handler = processObjects(() => null);
    const wrong: [unknown, RegExp][] = [
      [undefined, /BatchInput\.bucket is not a string/],
      [{ Records: [] }, /BatchInput\.bucket is not a string/],
      [{ BatchInput: batch().BatchInput }, /Items is not an array/],
      [{ BatchInput: batch().BatchInput, Items: [{ key: 'a' }] }, /an item has no Key/],
    ];
    for (const [event, message] of wrong) {
      await assert.rejects(handler(event as BatchEvent, patient), { name: 'InvalidBatch', message });
    }
  });

  test('a concurrency below 1 is refused when the handler is made', () => {
    assert.throws(
      () => processObjects(() => null, { concurrency: 0 }),
      /concurrency must be a whole number of 1 or more, got 0/,
    );
  });
});
