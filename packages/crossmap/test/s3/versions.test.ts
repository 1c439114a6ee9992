import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import type { BucketSettings } from '../../src/s3/bucket-settings.ts';
import { allVersions, listPage, type Place } from '../../src/s3/listing.ts';
import { memoryBlobs } from '../../src/s3/memory-blobs.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import type { ListedVersion, StoredObject } from '../../src/s3/stored-object.ts';
import { newVersionId, sequenceOf } from '../../src/s3/version-id.ts';
import { openDatabase } from '../../src/sqlite/open.ts';

const blobs = memoryBlobs();
const store = await ObjectStore.open(await openDatabase(':memory:'), blobs);
after(() => store.close());

let buckets = 0;
async function newBucket(versioning?: BucketSettings['versioning']): Promise<string> {
  const name = `bucket-${buckets++}`;
  const settings = versioning === undefined ? {} : { versioning };
  await store.buckets.create({ name, accountId: '111111111111', region: 'eu-west-1', creationDate: 0, settings });
  return name;
}

function object(etag: string): StoredObject {
  const bytes = Buffer.from(etag);
  const attributes = { headers: {}, metadata: {} };
  return { size: bytes.length, etag, lastModified: 0, attributes, body: { kind: 'inline', bytes } };
}

const put = (bucket: string, key: string, etag: string) => store.putObject(bucket, key, object(etag), {});
const remove = (bucket: string, key: string, versionId?: string) =>
  store.deleteObject(bucket, key, { versionId, condition: {}, lastModified: 0 });

/** Every version and delete marker, in pages of `maxKeys`. */
function versionsOf(bucket: string, maxKeys = 1000): readonly ListedVersion[] {
  const listed: ListedVersion[] = [];
  const source = allVersions(store, bucket);
  let from: Place | undefined;
  for (;;) {
    const page = listPage(source, { prefix: '', delimiter: undefined, from, maxKeys });
    listed.push(...page.contents);
    if (page.next === undefined) return listed;
    from = source.after(page.contents.at(-1)!);
  }
}

const shown = ({ key, versionId, isLatest, object }: ListedVersion) =>
  `${key} ${versionId} ${object?.etag ?? 'deleted'}${isLatest ? ' latest' : ''}`;

/** What S3's user guide says of versions, in the plainest way: the newest of a key first. */
class Model {
  readonly #versions = new Map<string, { readonly versionId: string; readonly etag: string | undefined }[]>();
  versioning: BucketSettings['versioning'];

  of(key: string) {
    return this.#versions.get(key) ?? [];
  }

  write(key: string, versionId: string, etag: string | undefined): void {
    const others = this.of(key).filter((version) => this.versioning === 'Enabled' || version.versionId !== 'null');
    this.#versions.set(key, [{ versionId, etag }, ...others]);
  }

  remove(key: string, versionId: string): void {
    this.#versions.set(
      key,
      this.of(key).filter((version) => version.versionId !== versionId),
    );
  }

  all(): readonly string[] {
    return [...this.#versions.keys()]
      .sort()
      .flatMap((key) =>
        this.of(key).map(
          ({ versionId, etag }, index) => `${key} ${versionId} ${etag ?? 'deleted'}${index === 0 ? ' latest' : ''}`,
        ),
      );
  }
}

const KEYS = ['a', 'a/b', 'ü'];
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('put' as const), key: fc.constantFrom(...KEYS) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key: fc.constantFrom(...KEYS) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('delete-version' as const),
      key: fc.constantFrom(...KEYS),
      at: fc.nat(9),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      to: fc.constantFrom('Enabled' as const, 'Suspended' as const),
    }),
  },
);

test('versions are what the user guide says, after any puts, deletes and changes of the setting', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.integer({ min: 1, max: 4 }), async (steps, maxKeys) => {
      const bucket = await newBucket();
      const model = new Model();
      for (const [index, step] of steps.entries()) {
        if (step.kind === 'set') {
          await store.buckets.put(bucket, 'versioning', step.to);
          model.versioning = step.to;
        } else if (step.kind === 'put') {
          const versionId = await put(bucket, step.key, `v${index}`);
          assert.equal(versionId === 'null', model.versioning !== 'Enabled');
          model.write(step.key, versionId, `v${index}`);
        } else if (step.kind === 'delete') {
          const { deleteMarker, versionId } = await remove(bucket, step.key);
          assert.equal(deleteMarker, model.versioning !== undefined);
          if (model.versioning === undefined) model.remove(step.key, 'null');
          else model.write(step.key, versionId, undefined);
        } else {
          const version = model.of(step.key)[step.at];
          const versionId = version?.versionId ?? 'null';
          const deleted = await remove(bucket, step.key, versionId);
          const { etag } = model.of(step.key).find((known) => known.versionId === versionId) ?? { etag: 'none' };
          assert.deepEqual(deleted, { deleteMarker: etag === undefined, versionId });
          model.remove(step.key, versionId);
        }
      }
      assert.deepEqual(versionsOf(bucket, maxKeys).map(shown), model.all());
      const current = KEYS.filter((key) => model.of(key)[0]?.etag !== undefined);
      const scanned = store.scan(bucket, Buffer.alloc(0), Buffer.from([0xff]), 10);
      assert.deepEqual(
        scanned.map(({ key }) => key),
        current,
      );
      for (const key of KEYS) {
        const newest = model.of(key)[0];
        const found = store.object(bucket, key);
        assert.equal(
          found.kind,
          newest === undefined ? 'absent' : newest.etag === undefined ? 'delete-marker' : 'object',
        );
        for (const { versionId, etag } of model.of(key)) {
          const version = store.object(bucket, key, versionId);
          if (etag === undefined) assert.equal(version.kind, 'delete-marker');
          else
            assert.ok(
              version.kind === 'object' && version.object.etag === etag && version.object.versionId === versionId,
            );
        }
      }
      const contents = store.database.prepare<{ count: number }>('SELECT count(*) AS count FROM content').get()!.count;
      for (const { key, versionId } of versionsOf(bucket)) await remove(bucket, key, versionId);
      assert.deepEqual(versionsOf(bucket), []);
      const left = store.database.prepare<{ count: number }>('SELECT count(*) AS count FROM content').get()!.count;
      assert.equal(contents - left, model.all().length, 'each version and delete marker has one content');
    }),
    { numRuns: 200 },
  );
});

describe('in a versioned bucket', () => {
  test('blobs go with the version that has them, and not before', async () => {
    const bucket = await newBucket('Enabled');
    const writer = await blobs.create();
    await writer.write(Buffer.from('large'));
    const blob = await writer.finish();
    const large: StoredObject = { ...object('large'), body: { kind: 'blobs', segments: [{ blob, size: 5 }] } };
    const versionId = await store.putObject(bucket, 'key', large, {});
    await put(bucket, 'key', 'small');
    await remove(bucket, 'key');
    const held = () => store.database.prepare('SELECT id FROM blob WHERE id = ?').get(blob) !== undefined;
    assert.ok(held());
    await remove(bucket, 'key', versionId);
    assert.ok(!held());
    await assert.rejects(async () => {
      for await (const _ of blobs.read(blob, 0, 5)) assert.fail('the blob is still there');
    }, /found none/);
  });

  test('a bucket with nothing but a delete marker is not empty', async () => {
    const bucket = await newBucket('Enabled');
    const { versionId } = await remove(bucket, 'key');
    await assert.rejects(store.deleteBucket(bucket), { code: 'BucketNotEmpty' });
    await remove(bucket, 'key', versionId);
    await store.deleteBucket(bucket);
  });

  test('a listing goes on after a version that has been deleted since', async () => {
    const bucket = await newBucket('Enabled');
    for (const etag of ['1', '2', '3', '4']) await put(bucket, 'key', etag);
    const source = allVersions(store, bucket);
    const query = { prefix: '', delimiter: undefined, maxKeys: 2 };
    const first = listPage(source, { ...query, from: undefined });
    assert.deepEqual(
      first.contents.map(({ object }) => object?.etag),
      ['4', '3'],
    );
    for (const { versionId } of first.contents) await remove(bucket, 'key', versionId);
    const below = sequenceOf(first.contents[1]!.versionId)!;
    const second = listPage(source, { ...query, from: { key: Buffer.from('key'), below } });
    assert.deepEqual(
      second.contents.map((version) => [version.object?.etag, version.isLatest]),
      [
        ['2', true],
        ['1', false],
      ],
    );
  });

  test('an id of a version names no version of another key', async () => {
    const bucket = await newBucket('Enabled');
    const versionId = await put(bucket, 'key', '1');
    await put(bucket, 'other', '2');
    assert.equal(store.object(bucket, 'other', versionId).kind, 'absent');
    assert.deepEqual(await remove(bucket, 'other', versionId), { deleteMarker: false, versionId });
    assert.equal(store.object(bucket, 'key', versionId).kind, 'object');
  });

  test('attributes are those of one version', async () => {
    const bucket = await newBucket('Enabled');
    const first = await put(bucket, 'key', '1');
    await put(bucket, 'key', '2');
    await store.changeAttributes(bucket, 'key', first, (attributes) => ({ ...attributes, metadata: { of: 'first' } }));
    const metadata = (versionId?: string) => {
      const found = store.object(bucket, 'key', versionId);
      return found.kind === 'object' ? found.object.attributes.metadata : undefined;
    };
    assert.deepEqual([metadata(first), metadata()], [{ of: 'first' }, {}]);
  });
});

test('version ids are 32 characters without order, and no other text is one', () => {
  for (const sequence of [1, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
    const versionId = newVersionId(sequence);
    assert.match(versionId, /^[A-Za-z0-9._]{32}$/);
    assert.equal(sequenceOf(versionId), sequence);
    assert.notEqual(newVersionId(sequence), versionId);
  }
  for (const text of ['', 'null', 'v1', newVersionId(1).slice(1), `${newVersionId(1)}A`, 'q'.repeat(31) + '-']) {
    assert.equal(sequenceOf(text), undefined, text);
  }
});
