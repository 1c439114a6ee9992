import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../src/asl/json.ts';
import { jsonataProblems, jsonataVariables, type StatesField } from '../../src/asl/jsonata/references.ts';

function problems(template: Json, ...has: StatesField[]): readonly string[] {
  return jsonataProblems(template, '/States/E/Output', has).map(
    ({ code, message, location }) => `${code}: ${message} at ${location}`,
  );
}

function problemsOf(text: string, ...has: StatesField[]): readonly string[] {
  return jsonataProblems(`{% ${text} %}`, '/States/E/Output', has).map(({ message }) => message);
}

test('an expression that does not parse is refused in the words of the package', () => {
  for (const [text, message] of [
    ['a[1,2)', 'Expected "]", got ","'],
    ['"unterminated', 'String literal must be terminated by a matching quote'],
    ['1 +', 'Unexpected end of expression'],
    ['', 'Unexpected end of expression'],
    ['{"a":}', 'The symbol "}" cannot be used as a unary operator'],
    ['$match("a", /abc', 'No terminating / in regular expression'],
    ['$v ?? 1', 'The symbol "?" cannot be used as a unary operator'],
    ['$v ?: 1', 'The symbol ":" cannot be used as a unary operator'],
  ] as const) {
    assert.deepEqual(problems(`{% ${text} %}`), [`INVALID_JSONATA_EXPRESSION: ${message} at /States/E/Output`]);
  }
});

test('each problem of a template has its place', () => {
  const found = problems({ a: { b: ['{% phone %}'] }, c: '{% 1 + %}', d: '{% 1 %}' });
  assert.deepEqual(found, [
    "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at /States/E/Output/a/b[0]",
    'INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/E/Output/c',
  ]);
});

test('one delimiter without the other is refused, blanks around both make a text', () => {
  for (const text of ['{% 10 %', '10 %}', '{%}']) assert.equal(problems(text).length, 1, text);
  for (const text of [' {% 1 + %} ', '{ % x % }', '']) assert.deepEqual(problems(text), [], text);
});

test('a name is refused where there is nothing to find it in', () => {
  const refused = (name: string) => `Reference to '${name}' at the top level is not supported.`;
  assert.deepEqual(problemsOf('phone[0]'), [refused('phone')]);
  assert.deepEqual(problemsOf('aaa + bbb * aaa'), [refused('aaa'), refused('bbb')]);
  assert.deepEqual(problemsOf('{aaa: 1}'), [refused('aaa')]);
  assert.deepEqual(problemsOf('$map($states.input.a, function($x){ b })'), [refused('b')]);
  assert.deepEqual(problemsOf('$.phone'), [refused('$')]);
  assert.deepEqual(problemsOf('$x ? (1; -a) : [b]'), [refused('a'), refused('b')]);
  assert.deepEqual(problemsOf('$$'), ["Reference to '$$' is not supported."]);
});

test('a name inside a path, a filter, an order, a grouping or a transformation is found in its values', () => {
  for (const text of [
    '$states.input.items[phone > 3].phone',
    '$states.input.items^(>price, $.name)',
    '$states.input.items{category: $sum(price)}',
    '$states.input ~> |items|{"n": n + 1}, ["x"]|',
    '$states.input.items.($ + 1)',
    '$map($states.input.a, function($x){ $x.phone })',
  ]) {
    assert.deepEqual(problemsOf(text), [], text);
  }
});

test('$states.result and $states.errorOutput are refused where they are not there', () => {
  const missing = (field: string) => `Field '$states.${field}' does not exist.`;
  assert.deepEqual(problemsOf('$states.result.a'), [missing('result')]);
  assert.deepEqual(problemsOf('$states.errorOutput', 'result'), [missing('errorOutput')]);
  assert.deepEqual(problemsOf('$states.input.a[$ = $states.result]'), [missing('result')]);
  assert.deepEqual(problemsOf('$states.inputs'), [missing('inputs')]);
  assert.deepEqual(problemsOf('$states.result + $states.errorOutput', 'result', 'errorOutput'), []);
  assert.deepEqual(problemsOf('$states.input.result & $states.context.Execution.Id & $string($states)'), []);
});

test('the variables of a template are those that its expressions do not bind themselves', () => {
  for (const [text, names] of [
    ['$x + $sum($y.z) + $x', ['x', 'y']],
    ['($k := $k + 1; $k + $m)', ['k', 'm']],
    ['$map($l, function($v, $i){ $v + $i + $o })', ['l', 'o']],
    ['($even := function($n){ $n = 0 or $odd($n - 1) }; $odd := function($n){ $even($n - $d) }; $even(2))', ['d']],
    ['$q#$i[$i > $n].{"a": $i}', ['q', 'n']],
    ['$a@$b.c[$b.d = $e]', ['a', 'e']],
    ['$states.input.x[y = $inside]', ['inside']],
    ['(($inner := 1; $inner); $inner)', ['inner']],
    ['$uuid() & $now() & $random(1)', []],
  ] as const) {
    assert.deepEqual(jsonataVariables(`{% ${text} %}`), names, text);
  }
  assert.deepEqual(jsonataVariables({ a: ['{% $x %}', '$no'], b: '{% $y + $x %}' }), ['x', 'y']);
});
