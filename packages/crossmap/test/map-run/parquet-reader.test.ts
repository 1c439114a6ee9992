import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parquetMetadata } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { type BasicType, type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import type { Json } from '../../src/asl/json.ts';
import { type RangedFile, readParquet } from '../../src/map-run/readers/parquet.ts';
import { ParquetColumn } from '../../src/map-run/readers/parquet-column.ts';
import { failureOf } from './reading.ts';

function fileOf(bytes: Uint8Array): RangedFile & { readonly largestRead: () => number } {
  let largest = 0;
  return {
    size: bytes.length,
    largestRead: () => largest,
    read: async (from, to) => {
      largest = Math.max(largest, to - from);
      return bytes.subarray(from, to);
    },
  };
}

async function read(bytes: Uint8Array): Promise<Json[]> {
  const rows: Json[] = [];
  for await (const { values } of readParquet(fileOf(bytes))) rows.push(...values);
  return rows;
}

const written = (columnData: ColumnSource[], options: object = {}): Buffer =>
  Buffer.from(parquetWriteBuffer({ columnData, ...options }));
const column = (name: string, type: BasicType, data: unknown[]): ColumnSource => ({ name, type, data }) as ColumnSource;

const keys = Array.from({ length: 10_000 }, (_, i) => `key-${i}-é`);

describe('rows come in order from every row group', () => {
  const data = () => [column('key', 'STRING', keys), column('n', 'INT32', [...keys.keys()])];
  const expected = keys.map((key, n) => ({ key, n }));

  test('whatever their size', async () => {
    for (const rowGroupSize of [1_000, 3_333, 20_000]) {
      assert.deepEqual(await read(written(data(), { rowGroupSize })), expected);
    }
  });

  test('whatever the pages of each column, and whether its values repeat, are absent or are lists', async () => {
    const columns = [
      column('key', 'STRING', keys),
      column('n', 'INT64', [...keys.keys()].map(BigInt)),
      {
        ...column(
          'kind',
          'STRING',
          [...keys.keys()].map((i) => `kind ${i % 7}`),
        ),
      },
      {
        ...column(
          'maybe',
          'STRING',
          [...keys.keys()].map((i) => (i % 3 === 0 ? null : `m${i}`)),
        ),
        nullable: true,
      },
      {
        ...column(
          'list',
          'INT32',
          [...keys.keys()].map((i) => [i, i + 1]),
        ),
        type: undefined,
      } as never,
    ];
    const rows = keys.map((key, i) => ({
      key,
      n: i,
      kind: `kind ${i % 7}`,
      maybe: i % 3 === 0 ? null : `m${i}`,
      list: [i, i + 1],
    }));
    for (const pageSize of [1, 200, 5_000, 1_000_000]) {
      for (const rowGroupSize of [pageSize === 1 ? 100 : 3_333, 20_000]) {
        const some = pageSize === 1 ? 300 : keys.length;
        const data = columns.map((each) => ({ ...each, data: (each.data as unknown[]).slice(0, some) })) as never;
        assert.deepEqual(await read(written(data, { pageSize, rowGroupSize })), rows.slice(0, some));
      }
    }
  });

  test('uncompressed and in SNAPPY', async () => {
    for (const codec of ['UNCOMPRESSED', 'SNAPPY']) assert.deepEqual(await read(written(data(), { codec })), expected);
  });

  test('read by ranges: no more at once than the footer needs', async () => {
    const long = Array.from({ length: 200_000 }, (_, i) => `${i}-${(i * 2_654_435_761) % 4_294_967_296}`);
    const bytes = written([column('a', 'STRING', long), column('b', 'STRING', long)], { rowGroupSize: 20_000 });
    const file = fileOf(bytes);
    let count = 0;
    for await (const { values } of readParquet(file)) count += values.length;
    assert.equal(count, long.length);
    assert.ok(file.largestRead() <= 512 * 1024, `${file.largestRead()} of ${bytes.length} bytes`);
  });
});

test('GZIP and ZSTD pages are read', () => {
  assert.deepEqual(
    ['GZIP', 'ZSTD', 'SNAPPY'].filter((codec) => !(codec in compressors)),
    [],
  );
});

test('values keep their types', async () => {
  const rows = await read(
    written([
      column('text', 'STRING', ['a', 'é']),
      column('small', 'INT32', [1, -2]),
      column('large', 'INT64', [9_007_199_254_740_991n, -1n]),
      column('real', 'DOUBLE', [1.5, Number.NaN]),
      column('yes', 'BOOLEAN', [true, false]),
      column('time', 'TIMESTAMP', [new Date('2026-11-23T21:10:00.120Z'), new Date('1969-12-31T23:59:59.999Z')]),
      column('json', 'JSON', [{ a: [1] }, null]),
      column('absent', 'STRING', ['x', null]),
    ]),
  );
  assert.deepEqual(rows, [
    {
      text: 'a',
      small: 1,
      large: 9_007_199_254_740_991,
      real: 1.5,
      yes: true,
      time: '2026-11-23T21:10:00.120Z',
      json: { a: [1] },
      absent: 'x',
    },
    {
      text: 'é',
      small: -2,
      large: -1,
      real: null,
      yes: false,
      time: '1969-12-31T23:59:59.999Z',
      json: null,
      absent: null,
    },
  ]);
});

test('a file without rows has no items', async () => {
  assert.deepEqual(await read(written([column('a', 'STRING', [])])), []);
});

describe('what cannot be read', () => {
  const bytes = written([column('key', 'STRING', keys), column('n', 'INT32', [...keys.keys()])], {
    rowGroupSize: 2_500,
  });

  test('what is no Parquet', async () => {
    for (const other of ['', 'PAR1', 'Key,Size\na,1\nb,2\n']) {
      assert.match(await failureOf(read(Buffer.from(other))), /The file is not Parquet/);
    }
  });

  test('a file cut short, wherever: never a short run', async () => {
    for (let end = 0; end < bytes.length; end += 997) {
      assert.match(await failureOf(read(bytes.subarray(0, end))), /not Parquet/);
    }
  });

  test('a damaged footer, with why', async () => {
    const damaged = Buffer.from(bytes);
    damaged.fill(0xff, damaged.length - 300, damaged.length - 8);
    assert.match(await failureOf(read(damaged)), /^The footer of the Parquet file cannot be read: /);
  });

  test('a damaged page, with the row group it is in', async () => {
    const { row_groups } = parquetMetadata(new Uint8Array(bytes).buffer);
    const start = Number(row_groups[1]?.columns[0]?.meta_data?.data_page_offset);
    for (const [from, to] of [
      [start, start + 20],
      [start + 100, start + 2_000],
    ] as const) {
      const damaged = Buffer.from(bytes).fill(0xff, from, to);
      assert.match(await failureOf(read(damaged)), /^Row group 1 of the Parquet file cannot be read: /);
    }
  });

  test('a text that is no UTF-8', async () => {
    const plain = written([column('key', 'STRING', ['one', 'two'])], { codec: 'UNCOMPRESSED', statistics: false });
    const at = plain.indexOf('two');
    plain[at] = 0xff;
    assert.match(await failureOf(read(plain)), /^Row group 0 .*: a text is not UTF-8\.$/);
  });

  test('a column with fewer values than its row group, with and without a dictionary', async () => {
    for (const data of [
      ['a', 'b'],
      ['a', 'a'],
    ]) {
      const { buffer } = new Uint8Array(written([column('key', 'STRING', data)]));
      const file = { byteLength: buffer.byteLength, slice: (from: number, to?: number) => buffer.slice(from, to) };
      const key = new ParquetColumn(file, parquetMetadata(buffer), { number: 0, rowStart: 0, count: 3 }, 'key');
      const all = async () => {
        for (let row = 0; row < 3; row = await key.valuesFrom(row));
      };
      await assert.rejects(all(), /expected 3 values in a column, found 2/);
    }
  });

  test('a row group that is larger than the limit, with its number; those before it are read', async () => {
    const file = fileOf(written([column('key', 'STRING', ['a', 'b', 'c'.repeat(500)])], { rowGroupSize: 2 }));
    const rows: Json[] = [];
    const failed = failureOf(
      (async () => {
        for await (const { values } of readParquet(file, 400)) rows.push(...values);
        return rows;
      })(),
    );
    assert.match(await failed, /^Row group 1 has \d+ bytes, more than the limit of 400\.$/);
    assert.deepEqual(rows, [{ key: 'a' }, { key: 'b' }]);
  });

  test('a footer of more than 5 MB', async () => {
    const large = Buffer.from(bytes);
    large.writeUInt32LE(5 * 1024 * 1024 + 1, large.length - 8);
    assert.match(await failureOf(read(large)), /The footer has 5242881 bytes, more than the limit/);
  });
});
