import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../src/asl/json.ts';
import { readCsv } from '../../src/map-run/readers/csv.ts';
import { MAX_ITEM_BYTES } from '../../src/map-run/readers/rows.ts';
import { cutAt, everyByte, failureOf } from './reading.ts';

interface How {
  readonly delimiter?: string;
  readonly headers?: readonly string[];
  readonly cuts?: readonly number[];
}

async function read(content: string | Uint8Array, { delimiter = ',', headers, cuts = [] }: How = {}): Promise<Json[]> {
  const rows: Json[] = [];
  for await (const { values } of readCsv(cutAt(Buffer.from(content as string), cuts), { delimiter, headers })) {
    rows.push(...values);
  }
  return rows;
}

/** The fields of every record, whatever the headers. */
async function fields(content: string, how: Omit<How, 'headers'> & { readonly columns: number }): Promise<string[][]> {
  const headers = Array.from({ length: how.columns }, (_, i) => `c${i}`);
  const rows = await read(content, { ...how, headers });
  return rows.map((row) => headers.map((name) => (row as Record<string, string>)[name] ?? assert.fail(name)));
}

test('records as recorded on AWS: short rows are padded, what is too much is dropped, all is text', async () => {
  const rows = ['Value1,Value2,Value3', ',,,', "true,1,'HelloWorld'", 'Null,None,', '   '];
  const expected = [
    { H1: 'Value1', H2: 'Value2', H3: 'Value3' },
    { H1: '', H2: '', H3: '' },
    { H1: 'true', H2: '1', H3: "'HelloWorld'" },
    { H1: 'Null', H2: 'None', H3: '' },
    { H1: '   ', H2: '', H3: '' },
  ];
  assert.deepEqual(await read(`${rows.join('\n')}\n`, { headers: ['H1', 'H2', 'H3'] }), expected);
  assert.deepEqual(await read(`H1,H2,H3\n${rows.join('\n')}`), expected);
  assert.deepEqual(await read('H1,\na,b\n'), [{ H1: 'a', '': 'b' }]);
});

test('the members of a row have the order of a hash map, as recorded on AWS', async () => {
  assert.equal(JSON.stringify(await read('0,True,{}\na,b,c\n')), '[{"0":"a","{}":"c","True":"b"}]');
  const spread = await read('verdict,statement_date\na,b\n');
  assert.equal(JSON.stringify(spread), '[{"statement_date":"b","verdict":"a"}]');
});

describe('quotes and backslashes', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['"a,b",c', ['a,b', 'c']],
    ['"a\nb",c', ['a\nb', 'c']],
    ['"a\r\nb",c', ['a\r\nb', 'c']],
    ['"a ""q"" b",c', ['a "q" b', 'c']],
    ['{""k"":""v""},c', ['{"k":"v"}', 'c']],
    ['"",c', ['', 'c']],
    ['"a"b,c', ['ab', 'c']],
    ['6" pipe,c', ['6" pipe', 'c']],
    ['x\\,y,c', ['x,y', 'c']],
    ['a\\\\b,q\\"q', ['a\\b', 'q"q']],
    ['\\n\\t,c', ['nt', 'c']],
    ['"a\\"b\\\\\\,\\n",c', ['a"b\\,n', 'c']],
    ['a\\', ['a', '']],
    ['a\rb,c', ['a\rb', 'c']],
  ];
  for (const [record, expected] of cases) {
    test(JSON.stringify(record), async () => {
      for (const end of ['', '\n', '\r\n']) {
        const content = `${record}${end}`;
        assert.deepEqual(await fields(`${content}`, { columns: 2 }), [expected]);
        const three = `x,"y"\n${record}\nz,\\w${end}`;
        const cuts = everyByte(Buffer.from(three));
        assert.deepEqual(await fields(three, { columns: 2, cuts }), [['x', 'y'], expected, ['z', 'w']]);
      }
    });
  }

  test('the delimiter in use is the one that is escaped', async () => {
    assert.deepEqual(await fields('a\\|b|c\\,d\n', { delimiter: '|', columns: 2 }), [['a|b', 'c,d']]);
  });
});

test('any fields in quotes come back, with every delimiter and wherever the chunks are cut', async () => {
  const field = fc.string({
    unit: fc.constantFrom('a', '"', '\\', ',', '|', ';', ' ', '\t', '\n', '\r', 'é', '\u{1F600}'),
  });
  const records = fc.array(fc.array(field, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      records,
      fc.constantFrom(',', '|', ';', ' ', '\t'),
      fc.boolean(),
      async (rows, delimiter, crlf) => {
        const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '""')}"`;
        const end = crlf ? '\r\n' : '\n';
        const content = rows.map((row) => row.map(quoted).join(delimiter) + end).join('');
        const bytes = Buffer.from(content);
        assert.deepEqual(await fields(content, { delimiter, columns: 3, cuts: everyByte(bytes) }), rows);
        for (const cut of everyByte(bytes)) {
          assert.deepEqual(await fields(content, { delimiter, columns: 3, cuts: [cut] }), rows);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('any bytes give the same rows, or the same refusal, wherever the chunks are cut', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', ',', '\n', '\r', '\r\n', 'é'), maxLength: 40 });
  const result = async (content: string, cuts: readonly number[]) => {
    try {
      return await fields(content, { columns: 2, cuts });
    } catch (thrown) {
      return (thrown as Error).message;
    }
  };
  await fc.assert(
    fc.asyncProperty(text, async (content) => {
      const expected = await result(content, []);
      for (const cut of everyByte(Buffer.from(content))) assert.deepEqual(await result(content, [cut]), expected);
      assert.deepEqual(await result(content, everyByte(Buffer.from(content))), expected);
    }),
    { numRuns: 400 },
  );
});

test('CRLF ends a record, a byte order mark is not part of the first header', async () => {
  const content = '\ufeffa,b\r\n1,2\r\n3,4\r\n';
  const expected = [
    { a: '1', b: '2' },
    { a: '3', b: '4' },
  ];
  assert.deepEqual(await read(content), expected);
  assert.deepEqual(await read(content, { cuts: everyByte(Buffer.from(content)) }), expected);
});

describe('what cannot be read', () => {
  test('a header given twice, with the cause recorded on AWS', async () => {
    assert.equal(await failureOf(read('a,b,a\n1,2,3\n')), 'CSV headers cannot contain duplicates.');
    assert.equal(await failureOf(read('1,2\n', { headers: ['a', 'a'] })), 'CSV headers cannot contain duplicates.');
  });

  test('headers and nothing else, and nothing at all where headers should be', async () => {
    assert.match(await failureOf(read('a,b\n')), /only CSV headers/);
    assert.match(await failureOf(read('')), /empty: expected a row of headers/);
    assert.deepEqual(await read('', { headers: ['a'] }), []);
  });

  test('headers of more than 10 KiB', async () => {
    const header = 'h'.repeat(10 * 1024);
    assert.deepEqual(await read(`${header}\n1\n`), [{ [header]: '1' }]);
    assert.match(await failureOf(read(`${header}x\n1\n`)), /headers have 10241 bytes/);
  });

  test('an open quote at the end of the file', async () => {
    assert.match(await failureOf(read('a\n1\n"2\n3\n')), /inside a quoted field, in record 3: it is truncated/);
  });

  test('bytes that are no UTF-8', async () => {
    const latin = Buffer.from('a\ncafé\nb\n', 'latin1');
    assert.match(await failureOf(read(latin, { cuts: [3] })), /not UTF-8, between byte 2 and 9/);
  });

  test('a row, a line and a quoted field that are larger than 8 MB', async () => {
    const half = 'x'.repeat(MAX_ITEM_BYTES / 2);
    assert.equal((await read(`a,b\n${half},${half}\n`)).length, 1);
    assert.match(await failureOf(read(`a,b\n1,2\n${half},${half}y\n`)), /Row 2 is larger than/);
    const line = `a,b\n${half}${half}y,1`;
    assert.match(await failureOf(read(line, { cuts: [4] })), /A line is larger than 8388608 bytes, at byte 4/);
    const lines = `"${'x\n'.repeat(MAX_ITEM_BYTES / 2)}y`;
    assert.match(await failureOf(read(`a\n${lines}`, { cuts: [2, 100] })), /quoted field goes on/);
  });
});
