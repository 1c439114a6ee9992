import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../src/asl/json.ts';
import { ItemReaderFailure } from '../../src/map-run/item-reader-failure.ts';
import { readJson } from '../../src/map-run/readers/json.ts';
import { MAX_ITEM_BYTES } from '../../src/map-run/readers/rows.ts';
import { cutAt, everyByte, failureOf } from './reading.ts';

/** Every item, from bytes cut at these places; the member of an object as `[key, value]`. */
async function read(bytes: Uint8Array, cuts: readonly number[] = [], pointer: readonly string[] = []): Promise<Json[]> {
  const items: Json[] = [];
  for await (const { values, keys } of readJson(cutAt(bytes, cuts), pointer)) {
    items.push(...(keys === undefined ? values : keys.map((key, i) => [key, values[i] as Json])));
  }
  return items;
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text);

const refusal = (bytes: Uint8Array, cuts: readonly number[] = [], pointer: readonly string[] = []): Promise<string> =>
  failureOf(read(bytes, cuts, pointer));

/** JSON text of any array, with any characters and with blanks between the tokens. */
const arrayText = fc
  .tuple(
    fc.array(fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' }), { maxLength: 4 }),
    fc.constantFrom('', ' ', '\t', '\r\n  '),
  )
  .map(([items, indent]) => `${indent}${JSON.stringify(items, null, indent)}${indent}`);

test('any array gives the items that JSON.parse gives, wherever the chunks are cut', async () => {
  await fc.assert(
    fc.asyncProperty(arrayText, async (text) => {
      const bytes = bytesOf(text);
      const expected = JSON.parse(text) as Json[];
      assert.deepEqual(await read(bytes, everyByte(bytes)), expected);
      for (const cut of everyByte(bytes)) assert.deepEqual(await read(bytes, [cut]), expected);
    }),
    { numRuns: 40 },
  );
});

test('an array that ends too early is refused, wherever it ends: never a short list', async () => {
  await fc.assert(
    fc.asyncProperty(arrayText, async (text) => {
      const whole = bytesOf(text.trimEnd());
      for (let end = 0; end < whole.length; end++) {
        assert.match(await refusal(whole.subarray(0, end), [Math.floor(end / 2)]), /truncated|empty/);
      }
    }),
    { numRuns: 25 },
  );
});

test('a damaged array is refused exactly when JSON.parse refuses it, else gives the same', async () => {
  const strict = (bytes: Uint8Array): Json | undefined => {
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) as Json;
    } catch {
      return undefined;
    }
  };
  const structural = fc.constantFrom(...Buffer.from('[]{},:"\\ 1tn'));
  await fc.assert(
    fc.asyncProperty(arrayText, fc.nat(), fc.oneof(structural, fc.nat(255)), fc.nat(), async (text, at, byte, cut) => {
      const bytes = Buffer.from(text);
      bytes[at % bytes.length] = byte;
      const expected = strict(bytes);
      const cuts = [cut % bytes.length];
      if (Array.isArray(expected)) assert.deepEqual(await read(bytes, cuts), expected);
      else await refusal(bytes, cuts);
    }),
    { numRuns: 1500 },
  );
});

describe('what is not one JSON array', () => {
  const forms: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['two commas', '[1,,2]', /not valid JSON/],
    ['a comma first', '[,1]', /not valid JSON/],
    ['a comma last', '[1,]', /not valid JSON/],
    ['only a comma', '[,]', /not valid JSON/],
    ['a brace for the bracket', '[1}', /found `}` where the array should end/],
    ['brackets crossed', '[{"a":[1}]]', /not valid JSON|truncated/],
    ['a missing comma', '[1 2]', /not valid JSON/],
    ['another array behind it', '[1][2]', /nothing after the end of the JSON, found more at byte 3/],
    ['text behind it', '[1] x', /found more at byte 4/],
    ['JSON Lines', '{"a":1}\n{"a":2}\n', /found more at byte 8/],
    ['a member without a value', '{"a"}', /member without a colon/],
    ['a member with two', '{"a":1:2}', /two colons in one member/],
    ['a colon between the members of two', '{"a":1:2,"b"}', /two colons in one member/],
    ['a key that is no text', '{1:2}', /key that is no text/],
    ['a bracket for the brace', '{"a":1]', /found `]` where the object should end/],
    ['a comma last in an object', '{"a":1,}', /member without a colon/],
    ['a string', '"[1]"', /^Attempting to map over non-iterable node\.$/],
    ['a number', '5', /^Attempting to map over non-iterable node\.$/],
    ['null', 'null', /^Attempting to map over non-iterable node\.$/],
    ['no text at all', '', /empty file of 0 bytes/],
    ['only blanks', ' \n\t', /empty file of 3 bytes/],
    ['a byte order mark alone', new Uint8Array([0xef, 0xbb, 0xbf]), /empty file/],
    ['half a byte order mark', new Uint8Array([0xef, 0xbb, 0x5b, 0x5d]), /not UTF-8/],
    ['a byte order mark inside', '[1,\ufeff2]', /not valid JSON/],
    ['Latin-1', new Uint8Array([0x5b, 0x22, 0xe9, 0x22, 0x5d]), /not valid JSON/],
    ['UTF-16', Buffer.from('[1]', 'utf16le'), /not valid JSON|non-iterable/],
    ['a line feed inside a string', '["a\nb"]', /not valid JSON/],
    ['a comment', '[1] // one', /found more/],
  ];
  for (const [name, content, message] of forms) {
    test(name, async () => {
      const bytes = typeof content === 'string' ? bytesOf(content) : content;
      assert.match(await refusal(bytes), message);
      assert.match(await refusal(bytes, everyByte(bytes)), message);
    });
  }

  test('the refusal says at which byte and after how many items', async () => {
    const message = await refusal(bytesOf('[1, 2, 3, x, 5]'), [9]);
    assert.match(message, /between byte 9 and 14, after 3 items/);
    assert.match(await refusal(bytesOf('[1, 2, 3'), [5]), /after 2 items, at byte 8/);
  });
});

test('a byte order mark before the array is not part of it, wherever the chunks are cut', async () => {
  const bytes = bytesOf('\ufeff[1,2]');
  assert.deepEqual(await read(bytes), [1, 2]);
  assert.deepEqual(await read(bytes, everyByte(bytes)), [1, 2]);
});

test('any object gives its members in the order of the file, wherever the chunks are cut', async () => {
  const member = fc.tuple(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' }));
  await fc.assert(
    fc.asyncProperty(fc.array(member, { maxLength: 4 }), fc.constantFrom('', ' ', '\r\n '), async (members, blank) => {
      const text = members.map(([key, value]) => JSON.stringify(key) + blank + ':' + blank + JSON.stringify(value));
      const bytes = bytesOf(`${blank}{${blank}${text.join(`${blank},${blank}`)}${blank}}`);
      const expected = members.map(([key, value]) => [key, JSON.parse(JSON.stringify(value))]);
      assert.deepEqual(await read(bytes, everyByte(bytes)), expected);
      for (const cut of everyByte(bytes)) assert.deepEqual(await read(bytes, [cut]), expected);
    }),
    { numRuns: 40 },
  );
});

test('keys that are numbers keep their place, and a key given twice is two items', async () => {
  const bytes = bytesOf('{"b":1,"2":2,"1":3,"b":4}');
  assert.deepEqual(await read(bytes), [
    ['b', 1],
    ['2', 2],
    ['1', 3],
    ['b', 4],
  ]);
});

describe('ItemsPointer', () => {
  const text = JSON.stringify({ 'a"/~': { skip: '}]\\"', list: [[0], [1, { x: [2, 3] }]], more: {} }, z: [9] });
  const bytes = bytesOf(`\ufeff ${text} `);

  test('names an array or an object at any depth, wherever the chunks are cut', async () => {
    const cases: readonly (readonly [readonly string[], Json])[] = [
      [
        ['a"/~', 'list', '1', '1', 'x'],
        [2, 3],
      ],
      [['a"/~', 'list', '0'], [0]],
      [['a"/~', 'more'], []],
      [['z'], [9]],
      [['a"/~', 'list', '1', '1'], [['x', [2, 3]]]],
    ];
    for (const [pointer, expected] of cases) {
      assert.deepEqual(await read(bytes, [], pointer), expected);
      assert.deepEqual(await read(bytes, everyByte(bytes), pointer), expected);
    }
  });

  test('to nothing, to an index past the end, or through a number is refused', async () => {
    for (const pointer of [['none'], ['a"/~', 'list', '2'], ['z', '0', 'x'], ['z', '01'], ['z', '-']]) {
      assert.match(await refusal(bytes, [], pointer), /nothing at the ItemsPointer/);
    }
    assert.match(await refusal(bytes, [], ['z', '0']), /^Attempting to map over non-iterable node\.$/);
  });

  test('a file that is cut short is refused, also behind what the pointer names', async () => {
    const whole = bytesOf(text);
    for (let end = 0; end < whole.length; end++) {
      assert.match(await refusal(whole.subarray(0, end), [end >> 1], ['a"/~', 'list']), /truncated/);
    }
  });

  test('more behind the end of the file is refused', async () => {
    assert.match(await refusal(bytesOf('{"a":[1]} {}'), [], ['a']), /found more at byte 10/);
  });
});

test('escapes are read wherever the chunks are cut', async () => {
  const bytes = bytesOf(String.raw`["a\"],b\\","\\",{"\"k\\":"\\\""}]`);
  const expected = ['a"],b\\', '\\', { '"k\\': '\\"' }];
  assert.deepEqual(await read(bytes, everyByte(bytes)), expected);
  for (const cut of everyByte(bytes)) assert.deepEqual(await read(bytes, [cut]), expected);
});

test('empty arrays and empty chunks', async () => {
  assert.deepEqual(await read(bytesOf('[]')), []);
  assert.deepEqual(await read(bytesOf(' [ \n ] '), [2, 2, 3]), []);
  assert.deepEqual(await read(bytesOf('[[],{}]'), [3, 3, 3]), [[], {}]);
});

describe('8 MB', () => {
  const text = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`;
  const halves = (bytes: Uint8Array) => [Math.floor(bytes.length / 2)];

  test('an item of exactly the limit is read, blanks around it do not count', async () => {
    const bytes = bytesOf(`[1,  ${text(MAX_ITEM_BYTES)}  ,2]`);
    for (const cuts of [[], halves(bytes), [bytes.length - 1]]) {
      assert.deepEqual(
        (await read(bytes, cuts)).map((item) => String(item).length),
        [1, MAX_ITEM_BYTES - 2, 1],
      );
    }
  });

  test('one byte more is refused, as the last item, before another, and in pieces', async () => {
    for (const [end, at] of [
      [']', 3],
      [',2]', 3],
    ] as const) {
      const bytes = bytesOf(`[1,${text(MAX_ITEM_BYTES + 1)}${end}`);
      for (const cuts of [[], halves(bytes), [bytes.length - 2]]) {
        assert.equal(await refusal(bytes, cuts), `Item 1 is larger than ${MAX_ITEM_BYTES} bytes, at byte ${at}.`);
      }
    }
  });

  test('an item that never ends is refused as soon as it is too large', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield bytesOf('["');
      for (;;) {
        given++;
        yield new Uint8Array(1024 * 1024).fill(0x61);
      }
    }
    const reading = (async () => {
      for await (const _ of readJson(endless())) assert.fail('an item');
    })();
    await assert.rejects(reading, ItemReaderFailure);
    assert.equal(given, 8);
  });
});

test('items are given as their chunk comes, not at the end', async () => {
  let chunks = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    for (const chunk of ['[1,2,', '3,4', ',5]']) {
      chunks++;
      yield bytesOf(chunk);
    }
  }
  const seen: unknown[] = [];
  for await (const { values } of readJson(source())) seen.push([chunks, values]);
  assert.deepEqual(seen, [
    [1, [1, 2]],
    [2, [3]],
    [3, [4, 5]],
  ]);
});
