import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type ListObjectsSettings, listObjects } from '../handlers/list-objects/list-objects.ts';
import { ACCESS_DENIED, FakeS3 } from './fake-s3.ts';
import { listSerially } from './serial-listing.ts';

const source = { name: 'partner-objects', account: '111111111111', region: 'eu-west-1' };
const patient = { getRemainingTimeInMillis: () => 900_000 };

function settings(s3: FakeS3, changes: Partial<ListObjectsSettings> = {}): ListObjectsSettings {
  return {
    listSource: listSerially(s3.client('eu-west-1')),
    source,
    prefix: '',
    listClient: s3.client('us-east-1'),
    listBucket: 'results',
    allowZeroObjects: false,
    roleArn: 'arn:aws:iam::222222222222:role/list',
    ...changes,
  };
}

function filled(...keys: string[]): FakeS3 {
  const s3 = new FakeS3();
  for (const key of keys) s3.put(source.name, key, 'four');
  return s3;
}

const listedKeys = (s3: FakeS3) =>
  (s3.json('results', 'run-1/objects.json') as { Key: string }[]).map(({ Key }) => Key);

suite('listObjects', () => {
  test('stores one JSON array under the name of the execution and says what it holds', async () => {
    const s3 = filled('a.txt', 'b/c.txt');
    const list = await listObjects(settings(s3), { execution: 'run-1', input: {} }, patient);
    assert.deepEqual(list, {
      bucket: 'results',
      key: 'run-1/objects.json',
      prefix: '',
      objects: 2,
      bytes: 8,
      folderMarkers: 0,
    });
    assert.deepEqual(s3.json('results', 'run-1/objects.json'), [
      { Key: 'a.txt', Size: 4, ETag: '"4"', LastModified: '2026-01-01T00:00:01.000Z' },
      { Key: 'b/c.txt', Size: 4, ETag: '"4"', LastModified: '2026-01-01T00:00:02.000Z' },
    ]);
  });

  test('pages that come at the same time are written one after the other', async () => {
    const s3 = filled();
    const pages = Array.from({ length: 20 }, (_, page) =>
      Array.from({ length: 500 }, (_, i) => ({ Key: `${'k'.repeat(1_000)}${page}-${i}`, Size: 1 })),
    );
    const together = settings(s3, {
      listSource: async (_source, _prefix, take) => {
        await Promise.all(pages.map(take));
      },
    });
    const list = await listObjects(together, { execution: 'run-1', input: {} }, patient);
    assert.deepEqual(
      listedKeys(s3),
      pages.flat().map(({ Key }) => Key),
    );
    assert.equal(list.objects, 10_000);
    assert.equal(s3.operations().filter((operation) => operation === 'UploadPart').length, 2);
  });

  test('a list that cannot be stored fails by the name of that, with no advice about the source', async () => {
    const s3 = filled(...longKeys(9_000));
    s3.refuse = ({ operation }) => (operation === 'UploadPart' ? ACCESS_DENIED : undefined);
    await assert.rejects(listObjects(settings(s3), { execution: 'run-1', input: {} }, patient), (error: Error) => {
      assert.equal(error.name, 'AccessDenied');
      assert.doesNotMatch(error.message, /cannot list/);
      return true;
    });
  });

  test('unusual keys arrive as they are', async () => {
    const keys = [
      'a b',
      'a+b',
      'a%20b',
      'a%2Bb#c?d&e=f',
      `quotes "'\``,
      'tab\tline\nbell\u0007end\u0001',
      '<xml>&amp;',
      'naïve/Ελλάδα/日本語/한국어/עברית/हिन्दी/ไทย/кириллица',
      'astral 😀.txt',
      '\\back\\slash',
      "(brackets)!*'",
    ];
    const s3 = filled(...keys);
    await listObjects(settings(s3), { execution: 'run-1', input: {} }, patient);
    assert.deepEqual(new Set(listedKeys(s3)), new Set(keys));
  });

  test('folder markers are left out and counted; other empty objects stay', async () => {
    const s3 = filled('folder/file');
    s3.put(source.name, 'folder/', '');
    s3.put(source.name, 'empty', '');
    s3.put(source.name, 'with-content/', 'x');
    const list = await listObjects(settings(s3), { execution: 'run-1', input: {} }, patient);
    assert.deepEqual(listedKeys(s3), ['empty', 'folder/file', 'with-content/']);
    assert.deepEqual([list.objects, list.folderMarkers], [3, 1]);
  });

  test('the prefix of the execution is asked for, and everything without one', async () => {
    const s3 = filled('a/1', 'a/2', 'b/1');
    await listObjects(settings(s3), { execution: 'run-1', input: { prefix: 'a/' } }, patient);
    assert.deepEqual(listedKeys(s3), ['a/1', 'a/2']);
    await listObjects(settings(s3), { execution: 'run-1', input: {} }, patient);
    assert.deepEqual(listedKeys(s3), ['a/1', 'a/2', 'b/1']);
  });

  test('a configured prefix restricts every execution', async () => {
    const s3 = filled('a/1', 'a/b/2', 'c/3');
    const restricted = settings(s3, { prefix: 'a/' });
    await listObjects(restricted, { execution: 'run-1', input: {} }, patient);
    assert.deepEqual(listedKeys(s3), ['a/1', 'a/b/2']);
    await listObjects(restricted, { execution: 'run-1', input: { prefix: 'a/b/' } }, patient);
    assert.deepEqual(listedKeys(s3), ['a/b/2']);
    for (const prefix of ['c/', '', 'a']) {
      await assert.rejects(listObjects(restricted, { execution: 'run-1', input: { prefix } }, patient), {
        name: 'InvalidInput',
        message: `prefix "${prefix}" is outside "a/", which this workflow is restricted to`,
      });
    }
  });

  test('an input with anything else in it is refused before anything is listed', async () => {
    const s3 = filled('a');
    for (const input of [{ Prefix: 'a' }, { prefix: 7 }, { prefix: null }, [], 'a', null, undefined]) {
      await assert.rejects(listObjects(settings(s3), { execution: 'run-1', input }, patient), { name: 'InvalidInput' });
    }
    assert.deepEqual(s3.operations(), []);
    await listObjects(settings(s3), { execution: 'run-1', input: { Comment: 'from the console' } }, patient);
  });

  test('a denied listing fails as AccessDenied, names who must allow what, and stores no list', async () => {
    const s3 = filled('a');
    s3.refuse = ({ operation }) => (operation === 'ListObjectsV2' ? ACCESS_DENIED : undefined);
    const denied = settings(s3, { allowZeroObjects: true });
    await assert.rejects(listObjects(denied, { execution: 'run-1', input: {} }, patient), (error: Error) => {
      assert.equal(error.name, 'AccessDenied');
      assert.match(error.message, /cannot list s3:\/\/partner-objects\/ \(account 111111111111, eu-west-1\)/);
      assert.match(
        error.message,
        /s3:ListBucket on arn:aws:s3:::partner-objects to arn:aws:iam::222222222222:role\/list/,
      );
      return true;
    });
    assert.equal(s3.text('results', 'run-1/objects.json'), undefined);
  });

  test('a listing denied on a later page fails too, aborts its upload, and stores no list', async () => {
    const s3 = filled(...longKeys(9_000));
    s3.refuse = ({ query }) =>
      query['continuation-token'] !== undefined && s3.operations().includes('UploadPart') ? ACCESS_DENIED : undefined;
    await assert.rejects(listObjects(settings(s3), { execution: 'run-1', input: {} }, patient), {
      name: 'AccessDenied',
    });
    assert.equal(s3.operations().includes('UploadPart'), true);
    assert.equal(s3.operations().at(-1), 'AbortMultipartUpload');
    assert.equal(s3.text('results', 'run-1/objects.json'), undefined);
  });

  test('a bucket that does not exist, or is elsewhere, is an error by its name', async () => {
    for (const [code, status] of [
      ['NoSuchBucket', 404],
      ['PermanentRedirect', 301],
    ] as const) {
      const s3 = filled();
      s3.refuse = () => ({ status, code, message: 'from S3' });
      await assert.rejects(listObjects(settings(s3), { execution: 'run-1', input: {} }, patient), {
        name: code,
        message: /^cannot list s3:\/\/partner-objects\/ .*from S3/,
      });
    }
  });

  test('zero objects fail unless they are allowed', async () => {
    const s3 = filled();
    await assert.rejects(listObjects(settings(s3), { execution: 'run-1', input: { prefix: 'x/' } }, patient), {
      name: 'NoObjects',
      message: /^there are no objects in s3:\/\/partner-objects\/x\/ \(account 111111111111, eu-west-1\)/,
    });
    assert.equal(s3.text('results', 'run-1/objects.json'), undefined);
    const list = await listObjects(
      settings(s3, { allowZeroObjects: true }),
      { execution: 'run-1', input: {} },
      patient,
    );
    assert.equal(list.objects, 0);
    assert.deepEqual(s3.json('results', 'run-1/objects.json'), []);
  });

  test('ends with ListTimedOut before the time of the invocation does', async () => {
    const s3 = filled('a', 'b', 'c');
    s3.pageSize = 1;
    let remaining = 10_500;
    const invocation = { getRemainingTimeInMillis: () => (remaining -= 300) };
    await assert.rejects(listObjects(settings(s3), { execution: 'run-1', input: {} }, invocation), {
      name: 'ListTimedOut',
      message: /was not finished in time: 2 objects so far/,
    });
  });

  test('a long list is uploaded in parts while the bucket is being listed', async () => {
    const keys = longKeys(10_000);
    const s3 = filled(...keys);
    await listObjects(settings(s3), { execution: 'run-1', input: {} }, patient);
    assert.deepEqual(listedKeys(s3), keys);
    const operations = s3.operations();
    assert.ok(operations.indexOf('UploadPart') < operations.lastIndexOf('ListObjectsV2'));
    const parts = s3.requests.filter(({ operation }) => operation === 'UploadPart').map(({ size }) => size);
    assert.equal(parts.length, 2);
    for (const size of parts.slice(0, -1)) assert.ok(size >= 5 * 1024 * 1024 && size < 10 * 1024 * 1024, `${size}`);
  });
});

/** Keys of nearly the greatest length, 1,024 bytes, in their order. */
function longKeys(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${'k'.repeat(1_000)}${String(i).padStart(6, '0')}`);
}
