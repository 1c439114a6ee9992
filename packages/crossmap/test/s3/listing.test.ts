import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { afterMarker, currentObjects, type ListQuery, listPage, type Source } from '../../src/s3/listing.ts';
import { memoryBlobs } from '../../src/s3/memory-blobs.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import type { ListedObject } from '../../src/s3/stored-object.ts';
import { openDatabase } from '../../src/sqlite/open.ts';

const store = await ObjectStore.open(await openDatabase(':memory:'), memoryBlobs());
after(() => store.close());
let buckets = 0;

/** A bucket of the real store that holds `keys`. */
async function bucketOf(keys: readonly string[]): Promise<Source<ListedObject>> {
  const name = `bucket-${buckets++}`;
  await store.buckets.create({ name, accountId: '111111111111', region: 'eu-west-1', creationDate: 0, settings: {} });
  const object = { size: 0, etag: '', lastModified: 0, attributes: { headers: {}, metadata: {} } };
  const body = { kind: 'inline' as const, bytes: new Uint8Array() };
  await Promise.all(keys.map((key) => store.putObject(name, key, { ...object, body }, {})));
  return currentObjects(store, name);
}

interface Listing {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly startAfter: string;
  readonly maxKeys: number;
}

/** Every entry of every page, `/` for a common prefix; fails on a page that holds more than it may. */
function allPages(source: Source<ListedObject>, { startAfter, ...query }: Listing): string[] {
  const entries: string[] = [];
  let from: ListQuery['from'] = startAfter === '' ? undefined : afterMarker(startAfter, query);
  for (;;) {
    const page = listPage(source, { ...query, from });
    const size = page.contents.length + page.commonPrefixes.length;
    assert.ok(size <= query.maxKeys);
    entries.push(...page.contents.map(({ key }) => `key ${key}`), ...page.commonPrefixes.map((p) => `prefix ${p}`));
    assert.equal(
      page.last,
      [...page.contents.map(({ key }) => key), ...page.commonPrefixes].sort(byBytes).at(-1) ?? '',
    );
    if (page.next === undefined) return entries.sort();
    assert.equal(size, query.maxKeys, 'a page with a next one is full');
    from = { key: page.next };
  }
}

/** The same in the plainest way. */
function naive(keys: readonly string[], { prefix, delimiter, startAfter }: Listing): string[] {
  const entries = new Set<string>();
  for (const key of keys) {
    if (!key.startsWith(prefix) || byBytes(key, startAfter) <= 0) continue;
    const at = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
    const commonPrefix = key.slice(0, at + (delimiter ?? '').length);
    if (at === -1) entries.add(`key ${key}`);
    else if (!startAfter.startsWith(commonPrefix)) entries.add(`prefix ${commonPrefix}`);
  }
  return [...entries].sort();
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
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
      assert.deepEqual(allPages(await bucketOf(keys), listing), naive(keys, listing));
    }),
    { numRuns: 300 },
  );
});

test('keys come in the order of their UTF-8 bytes, which is not that of JavaScript', async () => {
  const keys = ['😀', '\uff5e', 'z', 'a\u0000', 'a', 'a/'];
  const page = listPage(await bucketOf(keys), { prefix: '', delimiter: undefined, from: undefined, maxKeys: 10 });
  assert.deepEqual(
    page.contents.map(({ key }) => key),
    ['a', 'a\u0000', 'a/', 'z', '\uff5e', '😀'],
  );
});

/** How many rows a page of all common prefixes reads. */
async function rowsRead(keys: readonly string[]): Promise<{ readonly read: number; readonly prefixes: number }> {
  const source = await bucketOf(keys);
  let read = 0;
  const counting: Source<ListedObject> = {
    ...source,
    scan: (...range) => {
      const objects = source.scan(...range);
      read += objects.length;
      return objects;
    },
  };
  const page = listPage(counting, { prefix: '', delimiter: '/', from: undefined, maxKeys: 1000 });
  assert.equal(page.contents.length, 0);
  return { read, prefixes: page.commonPrefixes.length };
}

const names = (count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => name(index));

test('the keys below a common prefix are skipped, not read', async () => {
  const large = await rowsRead(names(4000, (index) => `${index % 4}/${index}`));
  assert.equal(large.prefixes, 4);
  assert.ok(large.read < 200, `read ${large.read} rows of 4 large directories`);
  const small = await rowsRead(names(2000, (index) => `${1000 + (index >> 1)}/${index}`));
  assert.equal(small.prefixes, 1000);
  assert.ok(small.read <= 2200, `read ${small.read} rows of 1,000 directories with 2 keys`);
});

test('a page takes as many keys as fit between and after common prefixes', async () => {
  const keys = Array.from({ length: 350 }, (_, index) => String(1000 + index));
  const page = listPage(await bucketOf([...keys, '1100/a', '1100/b']), {
    prefix: '',
    delimiter: '/',
    from: undefined,
    maxKeys: 1000,
  });
  assert.deepEqual(
    page.contents.map(({ key }) => key),
    keys,
  );
  assert.deepEqual(page.commonPrefixes, ['1100/']);
  assert.equal(page.next, undefined);
});

test('a page of no keys is the last one', async () => {
  const source = await bucketOf(['a']);
  assert.deepEqual(listPage(source, { prefix: '', delimiter: undefined, from: undefined, maxKeys: 0 }), {
    contents: [],
    commonPrefixes: [],
    last: '',
  });
});
