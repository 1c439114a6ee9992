import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IntrinsicFailed, parseIntrinsic } from '../../src/asl/intrinsic.ts';
import type { Json } from '../../src/asl/json.ts';
import type { Scope } from '../../src/asl/scope.ts';
import { scopeOf } from './scopes.ts';

function call(text: string, input: Json = {}, scope: Partial<Scope> = {}): Json {
  const parsed = parseIntrinsic(text);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.reason);
  return parsed.evaluate(input, scopeOf(scope));
}

/** What the failure says after the words that name the function. */
function failure(text: string, input: Json = {}): string {
  const named = `The function '${text}' had the following error: `;
  try {
    call(text, input);
  } catch (thrown) {
    assert.ok(thrown instanceof IntrinsicFailed, String(thrown));
    assert.ok(thrown.message.startsWith(named), thrown.message);
    return thrown.message.slice(named.length);
  }
  return assert.fail(`${text} did not fail`);
}

const long = 'a'.repeat(10_000);

describe('each function', () => {
  const cases: readonly (readonly [string, Json, Json])[] = [
    ['States.Array()', {}, []],
    ["States.Array('a', 1, -2.5e1, true, null, $.x, States.Array())", { x: {} }, ['a', 1, -25, true, null, {}, []]],
    ['States.ArrayContains($.a, $.b)', { a: [[1], { x: 1, y: 2 }], b: { y: 2, x: 1 } }, true],
    ['States.ArrayContains($.a, 1)', { a: ['1', [1]] }, false],
    ['States.ArrayGetItem($.a, 1)', { a: [1, null] }, null],
    ['States.ArrayGetItem($.a, 1.9)', { a: [1, 2, 3] }, 2],
    ['States.ArrayGetItem($.a, 7)', { a: [] }, null],
    ['States.ArrayLength($.a)', { a: [0, 0] }, 2],
    ['States.ArrayPartition($.a, 2)', { a: [1, 2, 3] }, [[1, 2], [3]]],
    ['States.ArrayPartition($.a, 1.9)', { a: [1, 2] }, [[1], [2]]],
    ['States.ArrayPartition($.a, 4)', { a: [] }, []],
    ['States.ArrayRange(1, 9, 2)', {}, [1, 3, 5, 7, 9]],
    ['States.ArrayRange(5.4, -0.6, -2.4)', {}, [5, 3, 1]],
    ['States.ArrayRange(5, 1, 1)', {}, []],
    [
      'States.ArrayUnique($.a)',
      { a: [1, 1, '1', [2], [2], { a: 1, b: 2 }, { b: 2, a: 1 }] },
      [1, '1', [2], { a: 1, b: 2 }],
    ],
    ["States.Base64Encode('Data to encode é')", {}, 'RGF0YSB0byBlbmNvZGUgw6k='],
    ["States.Base64Encode('')", {}, ''],
    ["States.Base64Decode('RGF0YQ==')", {}, 'Data'],
    ["States.Base64Decode(' RGF0\n!YQ')", {}, 'Data'],
    ['States.JsonMerge($.a, $.b, false)', { a: { x: { y: 1 }, z: 1 }, b: { x: 2 } }, { x: 2, z: 1 }],
    ["States.JsonMerge($.a, $.a, 'deep')", { a: {} }, {}],
    ['States.JsonToString($.a)', { a: { b: [1, 'x'] } }, '{"b":[1,"x"]}'],
    ["States.StringToJson('[1, null]')", {}, [1, null]],
    ["States.StringToJson(' ')", {}, null],
    ['States.MathAdd(1.49, 1.5)', {}, 3],
    ['States.MathAdd(-1.5, -1.51)', {}, -3],
    ['States.MathAdd(2147483646, 1)', {}, 2_147_483_647],
    ["States.StringSplit('This.is+a,,test', '.+,')", {}, ['This', 'is', 'a', 'test']],
    ["States.StringSplit(',,', ',')", {}, []],
    ["States.StringSplit('a b', '')", {}, ['a b']],
    ["States.Hash('input', 'MD5')", {}, 'a43c1b0aa53a0c908810c06ab1ff3967'],
    ["States.Hash('input', 'SHA-1')", {}, '140f86aae51ab9e1cda9b4254fe98a74eb54c1a1'],
  ];
  for (const [text, input, expected] of cases) {
    test(`${text} of ${JSON.stringify(input)}`, () => assert.deepEqual(call(text, input), expected));
  }

  test('ArrayRange gives at most 1,000 numbers, Base64 and Hash take at most 10,000 characters', () => {
    assert.equal((call('States.ArrayRange(1, 1000, 1)') as Json[]).length, 1_000);
    assert.equal(failure('States.ArrayRange(1, 1001, 1)'), 'Invalid arguments in States.ArrayRange');
    for (const name of ['Base64Encode($.s)', 'Base64Decode($.s)', "Hash($.s, 'MD5')"]) {
      assert.ok(call(`States.${name}`, { s: long }));
      assert.match(failure(`States.${name}`, { s: `${long}a` }), /^Invalid arguments in States\./);
    }
  });

  test('JsonMerge keeps a member named __proto__ as data', () => {
    const merged = call('States.JsonMerge($.a, $.b, false)', { a: JSON.parse('{"__proto__":{"x":1}}'), b: { y: 1 } });
    assert.equal(JSON.stringify(merged), '{"__proto__":{"x":1},"y":1}');
  });
});

describe('chance', () => {
  test('MathRandom is from its start to before its end, fractions cut off', () => {
    const at = (random: number) => call('States.MathRandom(1.6, 5.4)', {}, { random: () => random });
    assert.deepEqual([0, 0.25, 0.5, 0.999].map(at), [1, 2, 3, 4]);
    for (const text of ['States.MathRandom(1, 1)', 'States.MathRandom(1.4, 1.6)', 'States.MathRandom(10, 5)']) {
      assert.equal(failure(text), 'Invalid arguments in States.MathRandom');
    }
  });

  test('the same seed gives the same number, whatever the chance', () => {
    const seeds = Array.from({ length: 50 }, (_, seed) => seed - 25);
    const numbers = (random: () => number) =>
      seeds.map((seed) => call(`States.MathRandom(0, 1000000, ${seed})`, {}, { random }) as number);
    const first = numbers(() => 0.1);
    assert.deepEqual(
      numbers(() => 0.9),
      first,
    );
    assert.ok(new Set(first).size > 45);
    assert.ok(first.every((each) => each >= 0 && each < 1_000_000));
  });

  test('UUID is of version 4 and follows from the chance', () => {
    const uuid = call('States.UUID()', {}, { random: () => 0.999 });
    assert.equal(uuid, 'ffffffff-ffff-4fff-bfff-ffffffffffff');
    assert.match(
      String(call('States.UUID()', {}, { random: Math.random })),
      /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
    );
  });
});

describe('Format', () => {
  test('each {} takes the next argument; values look as in Java', () => {
    const input = { s: 'x', n: 1.5, b: true, z: null, o: { a: 1, b: ['y', {}] } };
    assert.equal(
      call("States.Format('{} {} {} {} {}{}', $.s, $.n, $.b, $.z, $.o, 'end')", input),
      'x 1.5 true null {a=1, b=[y, {}]}end',
    );
  });

  test('the template may come from a path, and braces may be escaped in both', () => {
    assert.equal(call(String.raw`States.Format('\{"a": \'{}\'\} \\', 1)`), `{"a": '1'} \\`);
    assert.equal(call('States.Format($.t, 1)', { t: String.raw`\{{}\}` }), '{1}');
  });

  test('a template that is none, and a count that does not fit', () => {
    const braces = "Invalid template in States.Format: matching '}' not found for '{'.";
    assert.equal(failure("States.Format('Hello {', 1)"), braces);
    assert.equal(failure("States.Format('Hello {{}}', 1)"), braces);
    assert.match(failure("States.Format('}')"), /^Invalid template in States\.Format/);
    assert.match(failure('States.Format($.t)', { t: 'a\\' }), /^Invalid template in States\.Format/);
    for (const text of ["States.Format('{}')", "States.Format('{}', 1, 2)"]) {
      const why = 'number of arguments do not match the occurrences of {}.';
      assert.equal(failure(text), `Invalid arguments in States.Format: ${why}`);
    }
    assert.equal(failure('States.Format(1)'), 'Invalid arguments in States.Format');
  });
});

describe('arguments', () => {
  test('paths, context paths, variables and calls', () => {
    const scope = { context: { Execution: { Name: 'n' } }, variables: { v: [1, 2] } };
    const text = "States.Array( $['a,)'][0] ,$$.Execution.Name,$v[-1], States.ArrayLength($v))";
    assert.deepEqual(call(text, { 'a,)': [7] }, scope), [7, 'n', 2, 2]);
    assert.deepEqual(call('States.ArrayGetItem($.a[?(@.k == x)].v, 0)', { a: [{ k: 'x', v: 5 }] }), 5);
    const filtered = "States.ArrayLength($.a[?(@.k[0] in ['x', 'it])'] && (@.v > 1))])";
    assert.equal(
      call(filtered, {
        a: [
          { k: ['it])'], v: 5 },
          { k: ['x'], v: 0 },
        ],
      }),
      1,
    );
  });

  test('strings hold any character, escapes only of quotes, braces and backslashes', () => {
    assert.equal(call(String.raw`States.JsonToString('it\'s "\\" \{\}')`), String.raw`"it's \"\\\" {}"`);
    assert.deepEqual(call("States.StringSplit('a\nb', '\n')"), ['a', 'b']);
    for (const text of [String.raw`States.Array('\"')`, String.raw`States.Array('\n')`]) {
      assert.equal(parseIntrinsic(text).ok, false, text);
    }
  });

  test('a path that leads to nothing fails the call; an indefinite one is an empty list', () => {
    assert.equal(
      failure("States.Format('{}', $.none)", { a: 1 }),
      "The JsonPath argument for the field '$.none' could not be found in the input '{\"a\":1}'",
    );
    assert.deepEqual(call('States.ArrayLength($.none[*])'), 0);
    assert.equal(call("States.Format('{}', $.a)", { a: null }), 'null');
  });

  test('a value of another kind, one too many and one too few', () => {
    const calls = [
      "ArrayContains('a', 1)",
      "ArrayGetItem($.a, '0')",
      'ArrayGetItem($.a, -1)',
      'ArrayGetItem($.a, 1)',
      'ArrayLength(null)',
      'ArrayPartition($.a, 0.9)',
      'ArrayRange(1, 2, 0.49)',
      'ArrayUnique(1)',
      'Base64Encode(1)',
      "Hash('a', 'SHA-3')",
      'Hash(1, 1)',
      'JsonMerge($.a, $, false)',
      'JsonMerge($, $, true)',
      'JsonMerge($, $)',
      "MathAdd('1', 1)",
      'MathAdd(2147483647, 1)',
      'MathAdd(3000000000, -2999999999)',
      'MathRandom(1)',
      'MathRandom(1, 2, null)',
      "StringSplit(1, ',')",
      "StringToJson('{')",
      'StringToJson($.a)',
      'StringToJson()',
      'UUID(1)',
      "JsonToString('a', 'b')",
    ];
    for (const each of calls) {
      const name = each.slice(0, each.indexOf('('));
      assert.equal(failure(`States.${each}`, { a: [1] }), `Invalid arguments in States.${name}`);
    }
  });

  test('the failure names the whole expression, not the inner call', () => {
    assert.match(failure('States.Array(States.MathAdd(1, null))'), /^Invalid arguments in States\.MathAdd$/);
  });
});

describe('what is no call is refused', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['States.Unknown()', /there is no function States\.Unknown/],
    ['States.toString()', /there is no function/],
    ['States.Array', /a call/],
    ['States.Array(', /expected a path/],
    ['States.Array(1', /expected `\)`/],
    ['States.Array(1,)', /expected a path/],
    ['States.Array(1) x', /expected the end/],
    ['States.Array("a")', /single quotes/],
    ["States.Array('a)", /single quotes/],
    ['States.Array(nothing)', /expected a path/],
    ['States.Array($.a[)', /expected/],
  ];
  for (const [text, reason] of refused) {
    test(text, () => {
      const parsed = parseIntrinsic(text);
      assert.match(parsed.ok ? '' : parsed.reason, reason);
    });
  }

  test('a field holds ten calls, not eleven', () => {
    const nested = (count: number): string => (count === 0 ? '1' : `States.MathAdd(${nested(count - 1)}, 1)`);
    assert.equal(call(nested(10)), 11);
    const parsed = parseIntrinsic(nested(11));
    assert.match(parsed.ok ? '' : parsed.reason, /more than 10 calls/);
  });
});
