import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../src/asl/json.ts';
import {
  notFound,
  type Path,
  parsePath,
  readingRefusal,
  readPath,
  writePath,
  writeRefusal,
} from '../../src/asl/path.ts';
import type { Scope } from '../../src/asl/scope.ts';
import { scopeOf } from './scopes.ts';

function path(text: string): Path {
  const parsed = parsePath(text);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.reason);
  return parsed.path;
}

function refusal(text: string) {
  const parsed = parsePath(text);
  assert.ok(!parsed.ok, `${text} was read`);
  return parsed;
}

const read = (text: string, input: Json, scope: Partial<Scope> = {}) => readPath(path(text), input, scopeOf(scope));

describe('paths that name one place', () => {
  test('$ is the input, $$ the context', () => {
    assert.equal(read('$', 1), 1);
    assert.deepEqual(read('$$', 1, { context: { a: 2 } }), { a: 2 });
    assert.equal(read('$$.Execution.Name', {}, { context: { Execution: { Name: 'n' } } }), 'n');
  });

  test('$name is a variable', () => {
    const variables = { name: { a: [1, 2] }, größe: 3, _x1: null };
    assert.deepEqual(read('$name', {}, { variables }), variables.name);
    assert.equal(read('$name.a[1]', {}, { variables }), 2);
    assert.equal(read('$größe', {}, { variables }), 3);
    assert.equal(read('$_x1', {}, { variables }), null);
    for (const text of ['$other', '$toString']) assert.equal(read(text, {}, { variables }), undefined);
    assert.deepEqual(
      read('$name.a[?(@ == $.a[1])]', { a: [0, 0] }, { variables }),
      [2],
      '$ in a filter is the variable',
    );
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

  test('names run to the next dot, bracket or space, and a function is a name too', () => {
    for (const name of ['a', '_a', 'a-b', 'straße', '名前', 'a1', '1a', 'a:b', 'a@b', 'length()'])
      assert.equal(read(`$.${name}`, { [name]: 1 }), 1);
  });

  test('a negative index counts from the end', () => {
    assert.equal(read('$[-1]', [1, 2, 3]), 3);
    assert.equal(read('$[-4]', [1, 2, 3]), undefined);
  });

  test('a dot may stand before a bracket, and space after the path', () => {
    assert.equal(read("$.a.[0].['b'] ", { a: [{ b: 1 }] }), 1);
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

describe('what is no path is refused', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['', /starts with `\$`/],
    ['a.b', /starts with `\$`/],
    ['$.', /expected a name after `\.`, got the end/],
    ['$...', /expected a name/],
    ['$..', /expected a name/],
    ['$.a b', /expected/],
    ['$$23', /expected/],
    ['$[a]', /expected a name in quotes, an index/],
    ["$['a", /expected/],
    ['$[]', /expected/],
    ['$[0', /expected `\]`/],
    ['$[:]', /bound/],
    ["$['a',]", /a name in quotes/],
    ['$[1,]', /an index/],
    ['$.a[(@.length-1)]', /script expressions/],
    ['$.a[?@.b]', /expected `\(`/],
    ['$.a[?()]', /expected a path or a literal/],
    ['$.a[?(1)]', /comparison operator/],
    ['$.a[?(@.b == )]', /a path or a literal/],
    ['$.a[?(@.b =~ /[/)]', /expected|regular expression/i],
    ['$.a[?(@.b && )]', /a path or a literal/],
  ];
  for (const [text, reason] of refusals) {
    test(`\`${text}\``, () => {
      const refused = refusal(text);
      assert.match(refused.reason, reason);
      assert.ok(refused.reason.includes(`\`${text}\``), 'the refusal quotes the path');
      assert.equal(refused.unsupported, false);
    });
  }

  test('what AWS reads and this engine does not is marked', () => {
    for (const text of ['$.a[1:5:2]', "$.a[?(@.b contains 'x')]", '$.a[?(@.b empty true)]']) {
      assert.equal(refusal(text).unsupported, true, text);
    }
  });
});

describe('which paths may stand where', () => {
  test('a path that reads one place', () => {
    for (const text of ['$', '$.a[0]', '$.a[-1]', '$$.a', '$v.a']) assert.equal(readingRefusal(text), undefined, text);
    for (const text of ['$.a[*]', '$..a', '$.a[0:1]', '$.a[0,1]', "$['a','b']", '$.a[?(@.b)]']) {
      assert.match(readingRefusal(text) ?? '', /names one place/, text);
    }
    assert.equal(readingRefusal("States.Format('a')"), "Reference path didn't start with '$'");
  });

  test('a path that may be written', () => {
    for (const text of ['$', '$.a[0].b', "$['a b']"]) assert.equal(writeRefusal(text), undefined, text);
    for (const text of ['$$.a', '$v', '$.a[-1]', '$.a[*]', 'a']) assert.ok(writeRefusal(text), text);
  });
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
        if (written.ok) assert.equal(readPath(at, written.value, scopeOf()), value);
      }),
    );
  });
});

test('a path that leads to nothing is described as AWS does', () => {
  const told = (text: string, input: Json) => notFound(path(text), input, scopeOf());
  assert.equal(told('$.a', {}), "No results for path: $['a']");
  assert.equal(told("$.a['b'][0]", { a: { b: [] } }), "No results for path: $['a']['b'][0]");
  assert.equal(told('$.a.b.c', { a: {} }), "Missing property in path $['a']['b']");
  assert.equal(told('$.a.length()', { a: [] }), "Property ['length()'] not found in path $['a']");
  assert.equal(told('$.a[0]', { a: 1 }), 'Filter: [0] can only be applied to arrays. Current context is: 1');
  assert.equal(told('$.a[0]', { a: null }), "The path $['a'] is null");
  assert.equal(told("$['a','b'].c", { a: 1 }), "Multi properties can only be used as path leafs: $['a', 'b']");
});
