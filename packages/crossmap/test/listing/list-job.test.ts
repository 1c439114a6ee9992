import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { globPattern } from '../../src/listing/filter.ts';
import { type ListJob, runListJob } from '../../src/listing/list-job.ts';
import { type ByteSink, fileSink, gzipSink } from '../../src/listing/output/byte-sink.ts';
import type { ListFormatName } from '../../src/listing/output/list-format.ts';
import { ListingError, type ListPage, type ObjectPage } from '../../src/listing/page.ts';
import { countUpTo } from '../../src/listing/strategy/key-order.ts';
import { chanceOf } from './key-sets.ts';

interface Stored {
  readonly key: string;
  readonly size: number;
  readonly etag?: string;
  readonly time?: string;
  readonly storageClass?: string;
}

const TIME = '2026-01-02T03:04:05.000Z';
const PAGE = 50;

function byBytes<T extends { readonly key: string }>(objects: readonly T[]): T[] {
  return [...objects].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

function bucketOf(objects: readonly Stored[], keysOnly = false): ListPage {
  const sorted = byBytes(objects);
  const keys = sorted.map(({ key }) => key);
  return async ({ startAfter, token, limit = PAGE }) => {
    await new Promise(setImmediate);
    const from = token !== undefined ? Number(token) : startAfter === undefined ? 0 : countUpTo(keys, startAfter);
    const found = sorted.slice(from, from + limit);
    const page: ObjectPage = {
      keys: found.map(({ key }) => key),
      truncated: from + limit < keys.length,
      token: String(from + limit),
      plain: found.every(({ key }) => /^[\w/.-]*$/.test(key)),
      columns: keysOnly
        ? undefined
        : {
            sizes: found.map(({ size }) => size),
            lastModified: found.map(({ time }) => time ?? TIME),
            etags: found.map(({ etag }) => etag ?? '"abc"'),
            storageClasses: found.map(({ storageClass }) => storageClass),
          },
    };
    return page;
  };
}

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'crossmap-test-list-'));
  folders.push(made);
  return made;
}

function memorySink(): { readonly sink: ByteSink; text(): string; ended(): 'closed' | 'aborted' | undefined } {
  const chunks: Buffer[] = [];
  let ended: 'closed' | 'aborted' | undefined;
  return {
    sink: {
      write: (bytes) => void chunks.push(Buffer.from(bytes)),
      close: async () => {
        ended = 'closed';
      },
      abort: async () => {
        ended = 'aborted';
      },
    },
    text: () => Buffer.concat(chunks).toString(),
    ended: () => ended,
  };
}

function job(more: Partial<ListJob> = {}): ListJob {
  return {
    bucket: 'b',
    prefix: '',
    keysOnly: false,
    filter: {},
    format: 'jsonl',
    sink: undefined,
    parts: undefined,
    since: undefined,
    slots: 16,
    partitioned: true,
    checkStartAfter: false,
    sleep: async () => undefined,
    chance: chanceOf(5),
    stopped: new AbortController().signal,
    now: () => 0,
    progress: () => undefined,
    ...more,
  };
}

async function written(objects: readonly Stored[], more: Partial<ListJob>): Promise<string> {
  const memory = memorySink();
  await runListJob(bucketOf(objects, more.keysOnly), job({ ...more, sink: () => memory.sink }));
  assert.equal(memory.ended(), 'closed');
  return memory.text();
}

const ODD = [
  'a b',
  'quote"d',
  'comma,d',
  'line\nbreak',
  'back\\slash',
  'é/日本',
  '😀',
  'percent%20+',
  '\u0001',
  '\uffee',
];
const objects: readonly Stored[] = [
  ...ODD.map((key, i) => ({ key, size: i })),
  ...Array.from({ length: 990 }, (_, i) => ({ key: `data/${String(i).padStart(5, '0')}`, size: 1_000 + i })),
];
const items = byBytes(objects).map(({ key, size }) => ({ Key: key, Size: size, LastModified: TIME, ETag: '"abc"' }));

/** RFC 4180, for what a test wrote. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\n]*))([,\n])/g;
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(pattern)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

function keysIn(format: ListFormatName, text: string): string[] {
  switch (format) {
    case 'json':
      return JSON.parse(text).map(({ Key }: { Key: string }) => Key);
    case 'csv':
      return csvRows(text)
        .slice(1)
        .map(([key = '']) => key);
    case 'manifest':
      return csvRows(text).map(([, key = '']) => decodeURIComponent(key));
    default:
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line).Key);
  }
}

describe('runListJob', () => {
  after(() => {
    for (const made of folders) rmSync(made, { recursive: true, force: true });
  });

  for (const format of ['json', 'jsonl', 'csv', 'manifest'] as const) {
    for (const keysOnly of [false, true]) {
      test(`writes ${format}, ${keysOnly ? 'keys only' : 'all fields'}, any order or sorted, any key`, async () => {
        const any = keysIn(format, await written(objects, { format, keysOnly }));
        assert.deepEqual(
          byBytes(any.map((key) => ({ key }))),
          byBytes(objects).map(({ key }) => ({ key })),
        );
        const sorted = keysIn(format, await written(objects, { format, keysOnly, parts: join(folder(), 'parts') }));
        assert.deepEqual(
          sorted,
          byBytes(objects).map(({ key }) => key),
        );
      });
    }
  }

  test('an empty bucket is an empty list in every format', async () => {
    for (const [format, text] of [
      ['json', '[]\n'],
      ['jsonl', ''],
      ['csv', 'Key,Size,LastModified,ETag,StorageClass\n'],
    ] as const) {
      assert.equal(await written([], { format }), text);
      assert.equal(await written([], { format, parts: join(folder(), 'parts') }), text);
    }
  });

  test('the items of a JSON list have the names that S3 gives them', async () => {
    const [first] = JSON.parse(await written([{ key: 'a', size: 7, storageClass: 'GLACIER' }], { format: 'json' }));
    assert.deepEqual(first, { Key: 'a', Size: 7, LastModified: TIME, ETag: '"abc"', StorageClass: 'GLACIER' });
  });

  test('a manifest names the bucket and encodes keys', async () => {
    assert.equal(
      await written([{ key: 'a/b c', size: 1 }], { format: 'manifest', bucket: 'my-bucket' }),
      'my-bucket,a/b%20c\n',
    );
  });

  test('writes Parquet that reads back', async () => {
    const place = folder();
    const file = join(place, 'list.parquet');
    await runListJob(
      bucketOf(objects),
      job({ format: 'parquet', parts: join(place, 'parts'), sink: () => fileSink(file) }),
    );
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
    assert.deepEqual(
      rows.map(({ Key, Size, LastModified, ETag }) => ({
        Key,
        Size: Number(Size),
        LastModified: LastModified.toISOString(),
        ETag,
      })),
      items,
    );
  });

  test('compresses', async () => {
    const file = join(folder(), 'list.jsonl.gz');
    await runListJob(bucketOf(objects), job({ sink: () => gzipSink(fileSink(file)) }));
    assert.equal(keysIn('jsonl', gunzipSync(readFileSync(file)).toString()).length, 1_000);
  });

  test('counts by storage class and by prefix', async () => {
    const { summary } = await runListJob(
      bucketOf([
        { key: 'a/1', size: 1 },
        { key: 'a/2/3', size: 2, storageClass: 'GLACIER' },
        { key: 'b', size: 4, storageClass: 'GLACIER' },
      ]),
      job(),
    );
    assert.deepEqual(summary, {
      objects: 3,
      bytes: 7,
      byStorageClass: { STANDARD: { objects: 1, bytes: 1 }, GLACIER: { objects: 2, bytes: 6 } },
      byPrefix: [
        { prefix: 'a/', objects: 2, bytes: 3 },
        { prefix: '', objects: 1, bytes: 4 },
      ],
      elsewhere: { objects: 0, bytes: 0 },
    });
  });

  test('keeps what the filter chooses: all conditions hold', async () => {
    const some = [
      { key: 'a/1.csv', size: 10, storageClass: 'GLACIER' },
      { key: 'a/b/2.csv', size: 20 },
      { key: 'a/3.txt', size: 30, time: '2026-06-01T00:00:00.000Z' },
    ];
    const kept = async (filter: ListJob['filter']) => keysIn('jsonl', await written(some, { filter }));
    assert.deepEqual(await kept({ suffix: '.csv' }), ['a/1.csv', 'a/b/2.csv']);
    assert.deepEqual(await kept({ glob: 'a/*.csv' }), ['a/1.csv']);
    assert.deepEqual(await kept({ leastSize: 20 }), ['a/3.txt', 'a/b/2.csv']);
    assert.deepEqual(await kept({ greatestSize: 20 }), ['a/1.csv', 'a/b/2.csv']);
    assert.deepEqual(await kept({ modifiedSince: Date.UTC(2026, 5, 1) }), ['a/3.txt']);
    assert.deepEqual(await kept({ storageClasses: ['STANDARD'] }), ['a/3.txt', 'a/b/2.csv']);
    assert.deepEqual(await kept({ suffix: '.csv', leastSize: 20 }), ['a/b/2.csv']);
    assert.deepEqual(await kept({ suffix: '.nothing' }), []);
  });

  test('a glob knows folders', () => {
    const matches = (glob: string, key: string) => globPattern(glob).test(key);
    assert.ok(
      matches('**.csv', 'a/b.csv') && matches('a?c', 'abc') && matches('a.b', 'a.b') && matches('*', 'new\nline'),
    );
    assert.ok(!matches('*.csv', 'a/b.csv') && !matches('a?c', 'a/c') && !matches('a.b', 'axb') && !matches('a', 'ab'));
  });

  test('nothing is left in the sink of a listing that fails', async () => {
    const memory = memorySink();
    const failing: ListPage = async () => {
      throw new ListingError('refused', 'AccessDenied', 'denied');
    };
    await assert.rejects(runListJob(failing, job({ sink: () => memory.sink })), { code: 'AccessDenied' });
    assert.equal(memory.ended(), 'aborted');
  });

  test('no file is left of a listing that fails on its way, compressed or not', async () => {
    for (const compress of [false, true]) {
      const file = join(folder(), 'list.jsonl');
      const inner = bucketOf(objects);
      let asked = 0;
      const failing: ListPage = async (request) => {
        asked += 1;
        if (asked > 5) throw new ListingError('refused', 'AccessDenied', 'denied');
        return inner(request);
      };
      const sink = () => (compress ? gzipSink(fileSink(file)) : fileSink(file));
      await assert.rejects(runListJob(failing, job({ sink })), { code: 'AccessDenied' });
      assert.equal(existsSync(file), false);
    }
  });

  test('goes on after it was killed, five times: every object once, and its counts', async () => {
    const place = folder();
    const many = Array.from({ length: 6_000 }, (_, i) => ({ key: `k/${Math.imul(i, 2654435761) >>> 0}`, size: 1 }));
    const inner = bucketOf(many);
    let parts = join(place, 'parts-0');
    let asked = 0;
    for (let kill = 1; kill <= 5; kill++) {
      let pages = 0;
      let now = 0;
      const next = join(place, `parts-${kill}`);
      const stop = new AbortController();
      const run = runListJob(
        (request) => {
          asked += 1;
          return inner(request);
        },
        job({
          parts,
          stopped: stop.signal,
          // A checkpoint every third page; what is on the disk in between is what a killed process leaves.
          now: () => (now += 700),
          progress: () => {
            pages += 1;
            if (pages === 17) cpSync(parts, next, { recursive: true });
            if (pages === 20) stop.abort();
          },
        }),
      );
      assert.equal((await run).complete, false);
      parts = next;
    }
    const memory = memorySink();
    const result = await runListJob(inner, job({ parts, sink: () => memory.sink }));
    assert.deepEqual(
      keysIn('jsonl', memory.text()),
      byBytes(many).map(({ key }) => key),
    );
    assert.deepEqual([result.complete, result.summary.objects, result.summary.bytes], [true, 6_000, 6_000]);
    assert.equal(result.counts.keys, 6_000);
    assert.ok(asked > 80, 'it was killed in the middle');
    assert.equal(existsSync(parts), false);
  });

  test('does not go on with another listing', async () => {
    const parts = join(folder(), 'parts');
    const stop = new AbortController();
    await runListJob(bucketOf(objects), job({ parts, stopped: stop.signal, progress: () => stop.abort() }));
    await assert.rejects(runListJob(bucketOf(objects), job({ parts, prefix: 'data/' })), { name: 'OtherListing' });
  });

  for (const format of ['jsonl', 'json'] as const) {
    test(`since an earlier list in ${format} it says what is new, changed and gone`, async () => {
      const place = folder();
      const earlier = [
        { key: 'a', size: 1 },
        { key: 'b', size: 1 },
        { key: 'c', size: 1, etag: '"1"' },
        { key: '\uffee', size: 1 },
      ];
      const since = join(place, `before.${format}`);
      writeFileSync(since, await written(earlier, { format, parts: join(place, 'p1') }));
      const memory = memorySink();
      const later = [
        { key: 'b', size: 1 },
        { key: 'c', size: 1, etag: '"2"' },
        { key: '\uffee', size: 2 },
        { key: '😀', size: 1 },
      ];
      const { changes } = await runListJob(
        bucketOf(later),
        job({ format, since, parts: join(place, 'p2'), sink: () => memory.sink }),
      );
      const lines =
        format === 'json'
          ? JSON.parse(memory.text())
          : memory
              .text()
              .trim()
              .split('\n')
              .map((line) => JSON.parse(line));
      assert.deepEqual(
        lines.map(({ Key, Change }: { Key: string; Change: string }) => [Key, Change]),
        [
          ['a', 'gone'],
          ['c', 'changed'],
          ['\uffee', 'changed'],
          ['😀', 'new'],
        ],
      );
      assert.deepEqual(changes, { new: 1, changed: 2, gone: 1 });
    });
  }

  test('an earlier list that is not sorted is refused', async () => {
    const place = folder();
    const since = join(place, 'before.jsonl');
    writeFileSync(since, '{"Key":"b"}\n{"Key":"a"}\n');
    await assert.rejects(runListJob(bucketOf(objects), job({ since, parts: join(place, 'parts') })), {
      name: 'UnusableList',
    });
  });
});
