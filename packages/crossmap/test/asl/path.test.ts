import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../src/asl/json.ts';
import { notFound, type Path, parsePath, readPath, writePath } from '../../src/asl/path.ts';

function path(text: string): Path {
  const parsed = parsePath(text);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.reason);
  return parsed.path;
}

function refusal(text: string): string {
  const parsed = parsePath(text);
  assert.ok(!parsed.ok, `${text} was read`);
  return parsed.reason;
}

const read = (text: string, input: Json, context: Json = {}) => readPath(path(text), input, context);

describe('paths that name one place', () => {
  test('$ is the input, $$ the context', () => {
    assert.equal(read('$', 1, 2), 1);
    assert.equal(read('$$', 1, 2), 2);
    assert.equal(read('$$.Execution.Name', {}, { Execution: { Name: 'n' } }), 'n');
  });

  test('dots, brackets, both quotes and indices may be mixed', () => {
    const data = { a: { 'b c': [{ d: [10, 20] }] } };
    assert.equal(read("$.a['b c'][0].d[1]", data), 20);
    assert.equal(read('$["a"]["b c"][0]["d"][0]', data), 10);
  });

  test('a backslash is itself unless it stands before the delimiter or a backslash', () => {
    assert.equal(read(String.raw`$['it\'s']`, { "it's": 1 }), 1);
    assert.equal(read(String.raw`$["say \"hi\""]`, { 'say "hi"': 1 }), 1);
    assert.equal(read(String.raw`$['a\\b']`, { 'a\\b': 1 }), 1);
    assert.equal(read(String.raw`$['q\"q']`, { 'q\\"q': 1 }), 1);
  });

  test('names may hold any letters, digits, underscores and hyphens', () => {
    for (const name of ['a', '_a', 'a-b', 'straße', '名前', 'a1']) assert.equal(read(`$.${name}`, { [name]: 1 }), 1);
  });

  test('null in the data is a value, nothing there is undefined', () => {
    assert.equal(read('$.a', { a: null }), null);
    assert.equal(read('$.a', {}), undefined);
    assert.equal(read('$.a.b', { a: null }), undefined);
    assert.equal(read('$.a.b', { a: 'text' }), undefined);
    assert.equal(read('$[0]', { 0: 'x' }), undefined);
    assert.equal(read('$.length', [1]), undefined);
    assert.equal(read('$[1]', [1]), undefined);
  });

  test('what objects inherit is not in the data', () => {
    for (const name of ['toString', '__proto__', 'constructor']) assert.equal(read(`$.${name}`, {}), undefined);
    assert.equal(read('$.__proto__.x', JSON.parse('{"__proto__":{"x":1}}')), 1);
  });
});

describe('what is not read is refused by name', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['$..a', /recursive descent/],
    ['$.a..b', /recursive descent/],
    ['$.*', /wildcards/],
    ['$.a[*]', /wildcards/],
    ['$.a[?(@.b > 1)]', /filters/],
    ['$.a[1:2]', /slices/],
    ['$.a[:2]', /slices/],
    ['$.a[1,2]', /unions/],
    ["$['a','b']", /unions/],
    ['$.a[-1]', /negative indices/],
    ['$.a[(@.length-1)]', /script expressions/],
    ['$.a.length()', /functions/],
    ['$variable', /variables/],
    ['$variable.a', /variables/],
    ['', /starts with `\$`/],
    ['a.b', /starts with `\$`/],
    ['$.', /expected a name/],
    ['$.a b', /expected/],
    ['$[a]', /expected/],
    ["$['a", /expected/],
    ['$.1a', /expected a name/],
  ];
  for (const [text, reason] of refusals) {
    test(`\`${text}\``, () => {
      assert.match(refusal(text), reason);
      assert.ok(refusal(text).includes(`\`${text}\``), 'the refusal quotes the path');
    });
  }
});

describe('writing', () => {
  const write = (text: string, target: Json, value: Json) => writePath(path(text), target, value);

  test('the value replaces what is there and everything beside it stays', () => {
    assert.deepEqual(write('$.a.b', { a: { b: 1, c: 2 }, d: 3 }, 9), { ok: true, value: { a: { b: 9, c: 2 }, d: 3 } });
  });

  test('missing objects on the way are made', () => {
    assert.deepEqual(write("$.a['b'].c", {}, 1), { ok: true, value: { a: { b: { c: 1 } } } });
  });

  test('an element of an array is replaced, an array never grows', () => {
    assert.deepEqual(write('$.a[1]', { a: [1, 2, 3] }, 9), { ok: true, value: { a: [1, 9, 3] } });
    assert.equal(write('$.a[3]', { a: [1, 2, 3] }, 9).ok, false);
    assert.equal(write('$.a[0]', {}, 9).ok, false);
  });

  test('nothing is written into a scalar, null or the name of an array', () => {
    for (const a of ['text', 1, null, [1]] as const) assert.equal(write('$.a.b', { a }, 9).ok, false, String(a));
  });

  test('the name __proto__ is a name like any other', () => {
    const written = write('$.__proto__.x', {}, 1);
    assert.ok(written.ok);
    assert.equal(JSON.stringify(written.value), '{"__proto__":{"x":1}}');
  });

  test('what was written is read back, and the target is not changed', () => {
    const steps = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 });
    const target = fc.letrec<{ node: Json }>((tie) => ({
      node: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof({ depthSize: 'small' }, fc.integer(), tie('node'))),
    })).node;
    fc.assert(
      fc.property(steps, target, fc.integer(), (names, data, value) => {
        const before = JSON.stringify(data);
        const at = path(`$.${names.join('.')}`);
        const written = writePath(at, data, value);
        assert.equal(JSON.stringify(data), before);
        if (written.ok) assert.equal(readPath(at, written.value, {}), value);
      }),
    );
  });
});

test('a path that leads to nothing is described as AWS does', () => {
  const told = (text: string, input: Json) => notFound(path(text), input, {});
  assert.equal(told('$.a', {}), "No results for path: $['a']");
  assert.equal(told("$.a['b'][0]", { a: { b: [] } }), "No results for path: $['a']['b'][0]");
  assert.equal(told('$.a.b.c', { a: {} }), "Missing property in path $['a']['b']");
});
