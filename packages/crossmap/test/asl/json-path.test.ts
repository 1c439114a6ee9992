import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json } from '../../src/asl/json.ts';
import { parsePath, readPath } from '../../src/asl/path.ts';
import { scopeOf } from './scopes.ts';

function read(text: string, input: Json): Json | undefined {
  const parsed = parsePath(text);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.reason);
  return readPath(parsed.path, input, scopeOf());
}

const shop = {
  limit: 10,
  kinds: ['fiction'],
  books: [
    { title: 'A', price: 8.95, kind: 'fiction', tags: ['x', 'y'] },
    { title: 'B', price: 12, kind: 'reference', isbn: null },
    { title: 'C', price: '10', kind: 'fiction', sold: false },
  ],
};
const titles = (text: string) => read(`${text}.title`, shop);

describe('more than one place', () => {
  const cases: readonly (readonly [string, Json, Json])[] = [
    ['$[*]', [1, [2]], [1, [2]]],
    ['$.*', { a: 1, b: [2] }, [1, [2]]],
    ['$[*][*]', [[1], { a: 2 }, 3], [1, 2]],
    ['$[*]', 5, []],
    ['$[0,2]', [1, 2, 3], [1, 3]],
    ['$[2, 0, -1, 9]', [1, 2, 3], [3, 1, 3]],
    ['$[1:]', [1, 2, 3], [2, 3]],
    ['$[:2]', [1, 2, 3], [1, 2]],
    ['$[-2:]', [1, 2, 3], [2, 3]],
    ['$[:-1]', [1, 2, 3], [1, 2]],
    ['$[1:9]', [1, 2, 3], [2, 3]],
    ['$[-3:-1]', [1, 2, 3], [1, 2]],
    ['$[1:-1]', [1, 2, 3], []],
    ['$[5:]', [1, 2, 3], []],
    ["$['a','c']", { a: 1, b: 2 }, { a: 1 }],
    ["$[*]['a', 'b']", [{ a: 1, c: 2 }, { b: 3 }, 4], [{ a: 1 }, { b: 3 }]],
    ['$..a', { a: { a: 1 }, b: [{ a: 2 }] }, [{ a: 1 }, 1, 2]],
    ['$..a.b', { a: { b: 1 }, c: { a: { b: 2 } } }, [1, 2]],
    ['$..[0]', [[1, 2], [3]], [[1, 2], 1, 3]],
    ['$..*', { a: [1] }, [[1], 1]],
    ["$..['a']", [{ a: 1 }], [1]],
    ['$.x[*].y', { x: [{ y: 1 }, {}, 'z'] }, [1]],
  ];
  for (const [text, input, expected] of cases) {
    test(`\`${text}\` of ${JSON.stringify(input)}`, () => assert.deepEqual(read(text, input), expected));
  }

  test('an indefinite path whose definite beginning leads nowhere finds nothing at all', () => {
    for (const text of ['$.a[*]', '$.a[1:]', '$.a[?(@.b)]', '$.a..b']) assert.equal(read(text, {}), undefined, text);
    for (const text of ['$.a[0:1]', '$.a[0,1]', '$.a[?(@.b)]']) assert.equal(read(text, { a: 1 }), undefined, text);
  });

  test('several names before another step find nothing', () => {
    assert.equal(read("$['a','b'].c", { a: { c: 1 } }), undefined);
    assert.deepEqual(read("$[*]['a','b'].c", [{ a: { c: 1 } }]), []);
  });
});

describe('filters', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['@.isbn', ['B']],
    ['!@.isbn', ['A', 'C']],
    ['@.price < 10', ['A']],
    ['@.price <= 8.95', ['A']],
    ['@.price > 9', ['B']],
    ['@.price >= 12', ['B']],
    ['@.price == 10', ['C']],
    ["@.price == '10'", ['C']],
    ["@.kind == 'fiction'", ['A', 'C']],
    ['@.kind == "fiction"', ['A', 'C']],
    ['@.kind==fiction', ['A', 'C']],
    ["@['kind'] != 'fiction'", ['B']],
    ['@.missing != 1', ['A', 'B', 'C']],
    ['@.missing == null', []],
    ['@.isbn == null', ['B']],
    ['@.sold == false', ['C']],
    ["@.title > 'A'", ['B', 'C']],
    ['@.title in [\'A\', "C"]', ['A', 'C']],
    ['@.kind in $.kinds', ['A', 'C']],
    ["@.title nin ['A']", ['B', 'C']],
    ["@.missing nin ['A']", []],
    ['@.kind =~ /FIC.*/i', ['A', 'C']],
    ['@.kind =~ /fic/', []],
    ['/fic.*/ =~ @.kind', ['A', 'C']],
    ['@.price > $.limit', ['B']],
    ["@.tags[0] == 'x'", ['A']],
    ["@.kind == 'fiction' && @.price < 9", ['A']],
    ['@.isbn || @.sold', ['B', 'C']],
    ["@.title == 'A' || @.kind == 'fiction' && @.sold", ['A', 'C']],
    ["(@.title == 'A' || @.kind == 'fiction') && !(@.tags)", ['C']],
    ['10 < @.price', ['B']],
    ['@.price < 1e1', ['A']],
    ['@.price > -1', ['A', 'B']],
  ];
  for (const [filter, expected] of cases) {
    test(`[?(${filter})]`, () => assert.deepEqual(titles(`$.books[?(${filter})]`), expected));
  }

  test('@ alone is the node itself', () => {
    assert.deepEqual(read('$[?(@ > 1)]', [1, 2, 'x', 3]), [2, 3]);
  });

  test('of an object the object itself is tested', () => {
    assert.deepEqual(read('$.o[?(@.a == 1)].b', { o: { a: 1, b: 2 } }), [2]);
    assert.deepEqual(read('$.o[?(@.a == 2)]', { o: { a: 1 } }), []);
  });

  test('objects are equal whatever the order of their members', () => {
    assert.deepEqual(read('$.a[?(@ == $.b)]', { a: [{ x: 1, y: [2] }, { x: 1 }], b: { y: [2], x: 1 } }), [
      { x: 1, y: [2] },
    ]);
  });

  test('filters may follow one another and stand below `..`', () => {
    assert.deepEqual(titles("$.books[?(@.kind == 'fiction')][?(@.price < 9)]"), ['A']);
    assert.deepEqual(titles("$..[?(@.kind == 'reference')]"), ['B']);
    assert.deepEqual(titles('$..books[?(@.isbn)]'), ['B']);
  });

  test('a filter may hold a filter', () => {
    const input = { rows: [{ id: 1, cells: [{ v: 5 }] }, { id: 2 }] };
    assert.deepEqual(read('$.rows[?(@.cells[?(@.v > 1)])].id', input), [1]);
  });

  test('quotes in a string are escaped by a backslash', () => {
    assert.deepEqual(read(String.raw`$[?(@ == 'it\'s')]`, ["it's", 'its']), ["it's"]);
    assert.deepEqual(read('$[?(@ == ")]")]', [')]']), [')]']);
  });
});
