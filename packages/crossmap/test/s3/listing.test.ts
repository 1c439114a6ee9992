import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { afterKey, type ListQuery, listPage, type Scan } from '../../src/s3/listing.ts';
import { memoryBlobs } from '../../src/s3/memory-blobs.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import { openDatabase } from '../../src/sqlite/open.ts';

const store = await ObjectStore.open(await openDatabase(':memory:'), memoryBlobs());
after(() => store.close());
let buckets = 0;

/** A scan over a bucket of the real store that holds `keys`. */
async function scanOf(keys: readonly string[]): Promise<Scan> {
  const name = `bucket-${buckets++}`;
  await store.buckets.create({ name, accountId: '111111111111', region: 'eu-west-1', creationDate: 0, settings: {} });
  const object = { size: 0, etag: '', lastModified: 0, attributes: { headers: {}, metadata: {} } };
  const body = { kind: 'inline' as const, bytes: new Uint8Array() };
  await Promise.all(keys.map((key) => store.putObject(name, key, { ...object, body }, {})));
  return (lower, upper, limit) => store.scan(name, lower, upper, limit);
}

interface Listing {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly startAfter: string;
  readonly maxKeys: number;
}

/** Every entry of every page, `/` for a common prefix; fails on a page that holds more than it may. */
function allPages(scan: Scan, { startAfter, ...query }: Listing): string[] {
  const entries: string[] = [];
  let from: ListQuery['from'] = startAfter === '' ? undefined : afterKey(Buffer.from(startAfter));
  for (;;) {
    const page = listPage(scan, { ...query, from });
    const size = page.contents.length + page.commonPrefixes.length;
    assert.ok(size <= query.maxKeys);
    entries.push(
      ...page.contents.map(({ key }) => `key ${key.toString()}`),
      ...page.commonPrefixes.map((p) => `prefix ${p}`),
    );
    if (page.next === undefined) return entries.sort();
    assert.equal(size, query.maxKeys, 'a page with a next one is full');
    from = page.next;
  }
}

/** The same in the plainest way. */
function naive(keys: readonly string[], { prefix, delimiter, startAfter }: Listing): string[] {
  const entries = new Set<string>();
  for (const key of keys) {
    if (!key.startsWith(prefix) || Buffer.compare(Buffer.from(key), Buffer.from(startAfter)) <= 0) continue;
    const at = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
    entries.add(at === -1 ? `key ${key}` : `prefix ${key.slice(0, at + delimiter!.length)}`);
  }
  return [...entries].sort();
}

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '/', 'ü', '\uff5e', '😀', '\u0000', '\u0001'), maxLength: 6 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const listings = fc.record({
  keys: fc.uniqueArray(
    text.filter((key) => key !== ''),
    { maxLength: 30 },
  ),
  prefix: fc.oneof(fc.constant(''), text),
  delimiter: fc.option(fc.constantFrom('/', 'a', '😀', 'b/'), { nil: undefined }),
  startAfter: fc.oneof(fc.constant(''), text),
  maxKeys: fc.integer({ min: 1, max: 8 }),
});

test('pages hold each key or common prefix once, as a plain model lists them', async () => {
  await fc.assert(
    fc.asyncProperty(listings, async ({ keys, ...listing }) => {
      assert.deepEqual(allPages(await scanOf(keys), listing), naive(keys, listing));
    }),
    { numRuns: 300 },
  );
});

test('keys come in the order of their UTF-8 bytes, which is not that of JavaScript', async () => {
  const keys = ['😀', '\uff5e', 'z', 'a\u0000', 'a', 'a/'];
  const page = listPage(await scanOf(keys), { prefix: '', delimiter: undefined, from: undefined, maxKeys: 10 });
  assert.deepEqual(
    page.contents.map(({ key }) => key.toString()),
    ['a', 'a\u0000', 'a/', 'z', '\uff5e', '😀'],
  );
});

test('the keys below a common prefix are skipped, not read', async () => {
  const scan = await scanOf(Array.from({ length: 2000 }, (_, index) => `${index < 1990 ? 'a' : 'b'}/${index}`));
  let read = 0;
  const counting: Scan = (lower, upper, limit) => {
    const objects = scan(lower, upper, limit);
    read += objects.length;
    return objects;
  };
  const page = listPage(counting, { prefix: '', delimiter: '/', from: undefined, maxKeys: 1000 });
  assert.deepEqual(page, { contents: [], commonPrefixes: ['a/', 'b/'] });
  assert.ok(read < 300, `read ${read} rows`);
});

test('a page takes as many keys as fit between and after common prefixes', async () => {
  const keys = Array.from({ length: 350 }, (_, index) => String(1000 + index));
  const page = listPage(await scanOf([...keys, '1100/a', '1100/b']), {
    prefix: '',
    delimiter: '/',
    from: undefined,
    maxKeys: 1000,
  });
  assert.deepEqual(
    page.contents.map(({ key }) => key.toString()),
    keys,
  );
  assert.deepEqual(page.commonPrefixes, ['1100/']);
  assert.equal(page.next, undefined);
});

test('a page of no keys is the last one', async () => {
  const scan = await scanOf(['a']);
  assert.deepEqual(listPage(scan, { prefix: '', delimiter: undefined, from: undefined, maxKeys: 0 }), {
    contents: [],
    commonPrefixes: [],
  });
});
