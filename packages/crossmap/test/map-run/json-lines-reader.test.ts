import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../src/asl/json.ts';
import { readJsonLines } from '../../src/map-run/readers/json-lines.ts';
import { MAX_ITEM_BYTES } from '../../src/map-run/readers/rows.ts';
import { cutAt, everyByte, failureOf } from './reading.ts';

async function read(content: string | Uint8Array, cuts: readonly number[] = []): Promise<Json[]> {
  const items: Json[] = [];
  for await (const { values } of readJsonLines(cutAt(Buffer.from(content as string), cuts))) items.push(...values);
  return items;
}

test('any values come back in order, wherever the chunks are cut', async () => {
  const values = fc.array(fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      values,
      fc.constantFrom('\n', '\r\n', '\n\n', '\n \t\r\n'),
      fc.boolean(),
      async (items, end, last) => {
        const content = items.map((item) => JSON.stringify(item)).join(end) + (last ? end : '');
        const bytes = Buffer.from(content);
        const expected = items.map((item) => JSON.parse(JSON.stringify(item)));
        assert.deepEqual(await read(bytes, everyByte(bytes)), expected);
        for (const cut of everyByte(bytes)) assert.deepEqual(await read(bytes, [cut]), expected);
      },
    ),
    { numRuns: 60 },
  );
});

test('a line that is no JSON text is refused with its number', async () => {
  assert.match(await failureOf(read('1\n\n{"a":\n')), /^Line 3 is not valid JSON: /);
  assert.match(await failureOf(read('1\n2 3\n')), /^Line 2 is not valid JSON/);
  assert.match(await failureOf(read('1,2\n')), /^Line 1 is not valid JSON/);
  assert.match(await failureOf(read('[1,\n2]\n')), /^Line 1 is not valid JSON/);
  assert.match(await failureOf(read('{"a":1}\n{"a":2', [9])), /^Line 2 is not valid JSON/);
});

test('only blanks of JSON make a blank line', async () => {
  assert.deepEqual(await read(' \t\r\n\n1\n'), [1]);
  assert.match(await failureOf(read('\u00a0\n1\n')), /^Line 1 /);
  assert.deepEqual(await read(''), []);
});

test('a byte order mark at the start is left out; bytes that are no UTF-8 are refused', async () => {
  assert.deepEqual(await read('\ufeff1\n2\n', [1, 2, 3]), [1, 2]);
  assert.match(await failureOf(read(Buffer.from('"é"\n', 'latin1'))), /not UTF-8, between byte 0 and 4/);
  assert.match(await failureOf(read('1\n\ufeff2\n')), /^Line 2/);
});

test('an item of 8 MB is read, one byte more is refused', async () => {
  const item = `"${'é'.repeat(MAX_ITEM_BYTES / 2 - 1)}"`;
  assert.equal((await read(`1\n${item}\n`, [1000])).length, 2);
  assert.match(
    await failureOf(read(`1\n"x${item.slice(1)}\n`, [1000])),
    /line 2 is larger than 8388608 bytes|A line is larger/,
  );
});
