import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Item, ItemFormat, ItemSource } from '../../src/engine/map-run-plan.ts';
import { readItems } from '../../src/map-run/item-reader.ts';
import { FakeObjects, refused } from './fake-objects.ts';
import { failureOf } from './reading.ts';

const parent = {
  executionArn: 'arn:aws:states:eu-west-1:111111111111:execution:m:one',
  stateMachineArn: 'arn:aws:states:eu-west-1:111111111111:stateMachine:m',
  stateMachineName: 'm',
  name: 'one',
  roleArn: 'arn:aws:iam::111111111111:role/r',
  accountId: '111111111111',
  region: 'eu-west-1',
  startDate: 0,
  input: {},
};

class Bucket {
  readonly objects = new FakeObjects();

  constructor(contents: Readonly<Record<string, string | Uint8Array>> = {}) {
    this.owned('111111111111', 'eu-west-1');
    for (const [key, content] of Object.entries(contents)) {
      if (typeof content === 'string') this.objects.contents.set(`b/${key}`, content);
      else this.objects.binary.set(`b/${key}`, content);
    }
  }

  owned(accountId: string, region: string): this {
    this.objects.buckets.set('b', { accountId, region });
    return this;
  }

  async items(source: Partial<ItemSource> & { readonly kind: ItemSource['kind'] }): Promise<Item[]> {
    const items: Item[] = [];
    const whole = {
      expectedBucketOwner: undefined,
      maxItems: undefined,
      prefix: undefined,
      format: undefined,
      ...source,
    };
    for await (const some of readItems(whole as ItemSource, parent, this.objects)) items.push(...some);
    return items;
  }
}

const JSONL: ItemFormat = { type: 'JSONL' };
const JSON_FILE: ItemFormat = { type: 'JSON', pointer: [] };
const CSV: ItemFormat = { type: 'CSV', delimiter: ',', headers: ['a', 'b'] };
const at = (key: string) => ({ bucket: 'b', key });
const listing = (fields: object = {}) => ({ kind: 'listing', bucket: 'b', ...fields }) as const;
const values = (items: readonly Item[]) => items.map(({ value }) => value);
const sources = (items: readonly Item[]) => items.map(({ source }) => source);

describe('state data', () => {
  test('elements have an index, members of an object a key too', async () => {
    assert.deepEqual(await new Bucket().items({ kind: 'state-data', items: ['x'] }), [
      { value: 'x', index: 0, source: 'STATE_DATA' },
    ]);
    assert.deepEqual(await new Bucket().items({ kind: 'state-data', items: { k: 1, l: null } }), [
      { key: 'k', value: 1, index: 0, source: 'STATE_DATA' },
      { key: 'l', value: null, index: 1, source: 'STATE_DATA' },
    ]);
  });
});

describe('listObjectsV2', () => {
  const contents = { 'a/1.txt': 'one', 'a/': '', 'b/2.txt': 'two' };

  test('every object is an item as recorded on AWS, folder markers too', async () => {
    const items = await new Bucket(contents).items(listing({ prefix: 'a/' }));
    assert.deepEqual(
      values(items).map((value) => JSON.stringify(value)),
      [
        '{"Etag":"\\"d41d8cd98f00b204e9800998ecf8427e\\"","LastModified":1668699881,"Key":"a/","Size":0,"StorageClass":"STANDARD"}',
        '{"Etag":"\\"f97c5d29941bfb1b2fdab0874906ab82\\"","LastModified":1668699881,"Key":"a/1.txt","Size":3,"StorageClass":"STANDARD"}',
      ],
    );
    assert.deepEqual(sources(items), ['s3://b', 's3://b']);
  });

  test('all pages are read, as far as MaxItems goes', async () => {
    const bucket = new Bucket(Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`k${100 + i}`, 'x'])));
    bucket.objects.pageSize = 10;
    const items = await bucket.items(listing());
    assert.deepEqual(
      items.map(({ index, value }) => [index, (value as { Key: string }).Key]),
      Array.from({ length: 25 }, (_, i) => [i, `k${100 + i}`]),
    );
    assert.equal(bucket.objects.lists.length, 3);
    assert.equal((await bucket.items(listing({ maxItems: 12 }))).length, 12);
    assert.equal(bucket.objects.lists.length, 5);
  });

  test('a bucket of another account is not listed, not even with ExpectedBucketOwner; another Region never', async () => {
    const foreign = new Bucket(contents).owned('222222222222', 'eu-west-1');
    for (const expectedBucketOwner of [undefined, '222222222222']) {
      assert.match(
        await failureOf(foreign.items(listing({ expectedBucketOwner }))),
        /lists only buckets of its own account/,
      );
    }
    assert.deepEqual(foreign.objects.lists, []);
    const far = new Bucket(contents).owned('111111111111', 'us-east-1');
    assert.match(await failureOf(far.items(listing())), /is in us-east-1, the state machine in eu-west-1/);
  });

  test('a page that is refused fails the reader: never a short run', async () => {
    const bucket = new Bucket(contents);
    bucket.objects.pageSize = 1;
    let pages = 0;
    bucket.objects.refuse = () => (++pages === 2 ? refused('SlowDown', 'Reduce your request rate') : undefined);
    assert.equal(await failureOf(bucket.items(listing())), 'Could not list s3://b. SlowDown: Reduce your request rate');
  });
});

describe('LOAD_AND_FLATTEN', () => {
  test('the rows of every listed object, each with its object as source; folder markers hold none', async () => {
    const bucket = new Bucket({ 'p/': '', 'p/1': '1\n2\n', 'p/2.gz': gzipSync('3\n'), 'q/3': '4\n' });
    const items = await bucket.items(listing({ prefix: 'p/', format: JSONL }));
    assert.deepEqual(items, [
      { value: 1, index: 0, source: 's3://b/p/1' },
      { value: 2, index: 1, source: 's3://b/p/1' },
      { value: 3, index: 2, source: 's3://b/p/2.gz' },
    ]);
  });

  test('every InputType, and headers in the first row of each file', async () => {
    const first: ItemFormat = { type: 'CSV', delimiter: ';', headers: undefined };
    const csv = new Bucket({ '0/': '', '1': 'a;b\n1;2\n', '2': 'b;a\n3;4\n' });
    assert.deepEqual(values(await csv.items(listing({ format: first }))), [
      { a: '1', b: '2' },
      { a: '4', b: '3' },
    ]);
    const json = new Bucket({ '1': '[1]', '2': '{"k":2}' });
    assert.deepEqual(values(await json.items(listing({ format: JSON_FILE }))), [1, 2]);
    const rows = (n: number) =>
      Buffer.from(parquetWriteBuffer({ columnData: [{ name: 'n', type: 'INT32', data: [n] }] }));
    const parquet = new Bucket({ '1': rows(1), '2': rows(2) });
    assert.deepEqual(values(await parquet.items(listing({ format: { type: 'PARQUET' } }))), [{ n: 1 }, { n: 2 }]);
  });

  test('MaxItems ends the reading in the middle of a file, and opens no further one', async () => {
    const bucket = new Bucket({ '1': '1\n2\n', '2': '3\n4\n', '3': '5\n' });
    assert.deepEqual(values(await bucket.items(listing({ format: JSONL, maxItems: 3 }))), [1, 2, 3]);
    assert.equal(bucket.objects.gets.length, 2);
  });

  test('what is wrong says in which object', async () => {
    const bucket = new Bucket({ '1': '1\n', '2': '{' });
    assert.match(await failureOf(bucket.items(listing({ format: JSONL }))), /^s3:\/\/b\/2: Line 1 is not valid JSON/);
  });
});

describe('S3 Inventory', () => {
  const manifest = (fields: object = {}) =>
    JSON.stringify({
      destinationBucket: 'arn:aws:s3:::b',
      fileFormat: 'CSV',
      fileSchema: 'Bucket, Key, Size',
      files: [{ key: 'data/1.csv.gz' }, { key: 'data/2.csv.gz' }],
      ...fields,
    });
  const data = {
    'data/1.csv.gz': gzipSync('"src","a%20b","1"\n"src","c","2"\n'),
    'data/2.csv.gz': gzipSync('"src","d","3"\n'),
  };
  const inventory = { kind: 's3-inventory', at: at('m.json') } as const;

  test('the rows of all its files, under the names of fileSchema, keys as they are', async () => {
    const items = await new Bucket({ ...data, 'm.json': manifest() }).items(inventory);
    assert.deepEqual(values(items), [
      { Bucket: 'src', Key: 'a%20b', Size: '1' },
      { Bucket: 'src', Key: 'c', Size: '2' },
      { Bucket: 'src', Key: 'd', Size: '3' },
    ]);
    assert.deepEqual(
      items.map(({ index }) => index),
      [0, 1, 2],
    );
  });

  test('a file that is missing or damaged, and a manifest that is none, fail the reader', async () => {
    const failure = (contents: Record<string, string | Uint8Array>) => failureOf(new Bucket(contents).items(inventory));
    const { 'data/2.csv.gz': second, ...first } = data;
    assert.match(await failure({ ...first, 'm.json': manifest() }), /^s3:\/\/b\/data\/2\.csv\.gz: .*NoSuchKey/);
    const cut = { ...first, 'data/2.csv.gz': second.subarray(0, 12), 'm.json': manifest() };
    assert.match(await failure(cut), /^s3:\/\/b\/data\/2\.csv\.gz: The GZIP data is damaged or truncated/);
    assert.match(await failure({ 'm.json': manifest({ fileFormat: 'ORC' }) }), /fileFormat 'CSV', found "ORC"/);
    assert.match(await failure({ 'm.json': manifest({ fileSchema: undefined }) }), /fileSchema, a text, found nothing/);
    assert.match(await failure({ 'm.json': manifest({ files: {} }) }), /files, a list/);
    assert.match(await failure({ 'm.json': '{' }), /manifest is not valid JSON/);
    assert.match(await failure({ 'm.json': '[]' }), /a JSON object, found \[\]/);
  });
});

describe('Athena', () => {
  const athena = (format: ItemFormat) => ({ kind: 'athena-data', at: at('q-manifest.csv'), format }) as const;

  test('the rows of every file that the manifest names', async () => {
    const lines = 's3://b/q/1\n"s3://b/q/2.gz"\n';
    const bucket = new Bucket({ 'q-manifest.csv': lines, 'q/1': '"1","x"\n', 'q/2.gz': gzipSync('2,y\n') });
    const items = await bucket.items(athena(CSV));
    assert.deepEqual(values(items), [
      { a: '1', b: 'x' },
      { a: '2', b: 'y' },
    ]);
    assert.deepEqual(sources(items), ['s3://b/q/1', 's3://b/q/2.gz']);
  });

  test('a line that names no object, a file that is not there, and a bucket in another Region', async () => {
    const failure = (line: string) => {
      const bucket = new Bucket({ 'q-manifest.csv': `${line}\n` });
      bucket.objects.buckets.set('far', { accountId: '111111111111', region: 'us-east-1' });
      return failureOf(bucket.items(athena(CSV)));
    };
    assert.match(await failure('b/q/1'), /s3:\/\/bucket\/key in q-manifest\.csv, found `b\/q\/1`/);
    assert.match(await failure('s3://b/none'), /NoSuchKey/);
    assert.match(await failure('s3://far/q/1'), /The bucket far is in us-east-1/);
  });
});

describe('one object', () => {
  const object = (key: string, format: ItemFormat, fields: object = {}) =>
    ({ kind: 'object', at: at(key), format, ...fields }) as const;

  test('members of a JSON object have their key beside index and source', async () => {
    const bucket = new Bucket({ 'o.json': '{"x":{"rows":{"k":1,"l":[2]}}}' });
    const format: ItemFormat = { type: 'JSON', pointer: ['x', 'rows'] };
    assert.deepEqual(await bucket.items(object('o.json', format)), [
      { key: 'k', value: 1, index: 0, source: 's3://b/o.json' },
      { key: 'l', value: [2], index: 1, source: 's3://b/o.json' },
    ]);
  });

  test('a version is asked for by its id', async () => {
    const bucket = new Bucket({ k: '1\n' });
    await bucket.items({ ...object('k', JSONL), at: { bucket: 'b', key: 'k', versionId: 'v' } });
    assert.equal((bucket.objects.gets[0] as { versionId?: string }).versionId, 'v');
  });

  test('Parquet is read by ranges of one version; when it is replaced meanwhile the reader fails', async () => {
    const file = (n: number) =>
      Buffer.from(parquetWriteBuffer({ columnData: [{ name: 'n', type: 'INT32', data: [n, n] }] }));
    const bucket = new Bucket({ p: file(1) });
    assert.deepEqual(values(await bucket.items(object('p', { type: 'PARQUET' }))), [{ n: 1 }, { n: 1 }]);
    assert.ok(bucket.objects.gets.length > 2);
    let gets = 0;
    bucket.objects.refuse = () => {
      if (++gets === 3) bucket.objects.binary.set('b/p', file(2));
      return undefined;
    };
    assert.equal(
      await failureOf(bucket.items(object('p', { type: 'PARQUET' }))),
      's3://b/p was replaced while it was read.',
    );
  });

  test('the object of another account is read with ExpectedBucketOwner only, by ranges too', async () => {
    const bytes = Buffer.from(parquetWriteBuffer({ columnData: [{ name: 'n', type: 'INT32', data: [1] }] }));
    const bucket = new Bucket({ k: '1\n', p: bytes }).owned('222222222222', 'eu-west-1');
    for (const source of [object('k', JSONL), object('p', { type: 'PARQUET' })]) {
      assert.match(await failureOf(bucket.items(source)), /only with ExpectedBucketOwner/);
      bucket.objects.gets.length = 0;
      assert.equal((await bucket.items({ ...source, expectedBucketOwner: '222222222222' })).length, 1);
      const owners = bucket.objects.gets.map((get) => (get as { expectedBucketOwner?: string }).expectedBucketOwner);
      assert.deepEqual([...new Set(owners)], ['222222222222']);
    }
  });

  test('an object of which fewer bytes come than it has fails the reader, at a line break too', async () => {
    const bucket = new Bucket({ k: '1\n2\n', p: Buffer.from('1,2\n3,4\n') });
    const { get } = bucket.objects;
    bucket.objects.get = async (caller, read) => {
      const found = await get.call(bucket.objects, caller, read);
      return found.kind === 'found' ? { ...found, size: found.size + 2 } : found;
    };
    for (const source of [object('k', JSONL), object('p', CSV)]) {
      assert.match(
        await failureOf(bucket.items(source)),
        /^Expected \d+ bytes from byte 0 of s3:\/\/b\/[kp], got \d\.$/,
      );
    }
  });

  test('of more items than a Map Run takes the rest is left unread', async () => {
    const bucket = new Bucket({ k: '1\n2\n3\n4\n' });
    const source = { expectedBucketOwner: undefined, maxItems: undefined, ...object('k', JSONL) };
    for (const [maxItems, most, expected] of [
      [undefined, 3, [1, 2, 3]],
      [0, 3, [1, 2, 3]],
      [2, 3, [1, 2]],
      [100_000_001, 3, [1, 2, 3]],
    ] as const) {
      const items: Item[] = [];
      for await (const some of readItems({ ...source, maxItems }, parent, bucket.objects, most)) items.push(...some);
      assert.deepEqual(values(items), expected);
    }
  });

  test('a file of more than 10 GB is refused before it is read', async () => {
    const bucket = new Bucket({ k: '1\n' });
    const { get } = bucket.objects;
    bucket.objects.get = async (caller, read) => {
      const found = await get.call(bucket.objects, caller, read);
      return found.kind === 'found' ? { ...found, size: 10 * 1024 ** 3 + 1 } : found;
    };
    assert.match(await failureOf(bucket.items(object('k', JSONL))), /has 10737418241 bytes, more than the limit/);
  });
});
