import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../src/asl/json.ts';
import { compileJsonata } from '../../src/asl/jsonata/template.ts';
import type { Scope } from '../../src/asl/scope.ts';
import { evaluate, scopeOf } from './jsonata-scope.ts';

async function failureOf(template: Json, field: string, scope: Partial<Scope> = {}) {
  const evaluated = await compileJsonata(template, field).evaluate(scopeOf(scope));
  assert.ok(!evaluated.ok);
  return { cause: evaluated.reason, location: evaluated.location };
}

async function outputOf(template: Json, scope: Partial<Scope> = {}): Promise<Json> {
  const evaluated = await compileJsonata(template, 'Output').evaluate(scopeOf(scope));
  assert.ok(evaluated.ok);
  return evaluated.value;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

test('strings with the delimiters are evaluated wherever they stand, everything else is itself', async () => {
  const template = [null, 0, 'string', [], '$v', '$.no.path', '{% $states.input %}', { key: '{% true %}' }];
  assert.deepEqual(await outputOf(template, { input: { a: 1 }, variables: { v: 1 } }), [
    ...[null, 0, 'string', [], '$v', '$.no.path', { a: 1 }],
    { key: true },
  ]);
});

test('a string with blanks around the delimiters is itself', async () => {
  assert.equal(await outputOf(' {% states.input %} '), ' {% states.input %} ');
});

test('the blanks inside the delimiters may be left out', async () => {
  assert.equal(await outputOf('{%1+1%}'), 2);
});

test('a template without expressions is constant, and its value is the template', async () => {
  const template = { a: [1, 'text'] };
  assert.equal(compileJsonata(template, 'Output').constant, true);
  assert.equal(compileJsonata({ a: ['{% 1 %}'] }, 'Output').constant, false);
  assert.equal(await outputOf(template), template);
});

test('the fields of a template keep their order', async () => {
  assert.equal(JSON.stringify(await outputOf({ z: '{% 1 %}', a: 2, m: '{% 3 %}' })), '{"z":1,"a":2,"m":3}');
});

test('$states has the input and the context, and the result or the error output where there is one', async () => {
  const context = { Execution: { Name: 'n' } };
  assert.deepEqual(await evaluate('$states', { input: 1, context }), { input: 1, context });
  assert.deepEqual(await evaluate('$states.[result, errorOutput]', { result: null, errorOutput: { Error: 'E' } }), [
    null,
    { Error: 'E' },
  ]);
});

test('variables are seen by their names, also where a function of JSONata has the name', async () => {
  assert.equal(await evaluate('$total + 1', { variables: { total: 41 } }), 42);
  assert.equal(await evaluate('$count', { variables: { count: 7 } }), 7);
});

test('a sequence of one is its only value, unless the expression keeps it', async () => {
  const input = { items: [{ id: 1, n: 'a' }, { id: 2 }] };
  assert.equal(await evaluate('$states.input.items[id = 1].n', { input }), 'a');
  assert.deepEqual(await evaluate('$states.input.items[id = 1].n[]', { input }), ['a']);
  assert.deepEqual(await evaluate('[$states.input.items[id = 1].n]', { input }), ['a']);
  assert.deepEqual(await evaluate('$states.input.items.id', { input }), [1, 2]);
});

test('null is a value', async () => {
  assert.equal(await evaluate('null'), null);
  assert.equal(await evaluate('$states.input.gone', { input: { gone: null } }), null);
});

test('a number that JSON has not is its name', async () => {
  assert.deepEqual(await evaluate("[1/0, -1/0, 0/0, {'k': 1e308 * 10}]"), [
    'Infinity',
    '-Infinity',
    'NaN',
    { k: 'Infinity' },
  ]);
});

test('an expression that returns nothing fails the state and names its field', async () => {
  const nothing = '{% $doesNotExist %}';
  for (const [template, field, location] of [
    [nothing, 'Output', 'Output'],
    [{ result: nothing }, 'Assign', 'Assign/result'],
    [{ a: { b: [[1, nothing]] } }, 'Output', 'Output/a/b[0][1]'],
  ] as const) {
    assert.deepEqual(await failureOf(template, field), {
      cause: `The JSONata expression '$doesNotExist' specified for the field '${location}' returned nothing (undefined).`,
      location,
    });
  }
});

test('an error of the evaluation is given with its code', async () => {
  const failure = await failureOf("{% 'a' + 1 %}", 'Output');
  assert.equal(
    failure.cause,
    "The JSONata expression ''a' + 1' specified for the field 'Output' threw an error during evaluation. " +
      'T2001: The left side of the "+" operator must evaluate to a number',
  );
});

test('an error that JSONata has no code for is given after a colon', async () => {
  assert.equal(
    await evaluate("$formatNumber(1, 'x')"),
    "threw an error during evaluation: Cannot read properties of undefined (reading 'length')",
  );
});

test('the first part of a template that fails is the failure', async () => {
  assert.equal((await failureOf({ a: '{% 1 %}', b: '{% $x %}', c: '{% $y %}' }, 'Output')).location, 'Output/b');
});

test('functions and regular expressions are no results, also inside of values', async () => {
  for (const text of ['$fn := function($x){$x}', '/a/', '$sum', "{'a': [function($x){$x}]}", '$substring(?, 1)']) {
    assert.equal(await evaluate(text), 'returned an unsupported result type.');
  }
});

test('a field of one type refuses a value of another', async () => {
  for (const [input, type] of [
    [true, 'boolean'],
    [null, 'null'],
    [1, 'number'],
    ['string', 'string'],
    [{ foo: 'bar' }, 'object'],
  ] as const) {
    const evaluated = await compileJsonata('{% $v %}', 'Items', 'array').evaluate(scopeOf({ variables: { v: input } }));
    assert.equal(
      evaluated.ok ? undefined : evaluated.reason,
      `The JSONata expression '$v' specified for the field 'Items' returned an unexpected result type. ` +
        `Expected 'array', but was '${type}' for value: ${JSON.stringify(input)}`,
    );
  }
  const items = compileJsonata('{% [1] %}', 'Items', 'array');
  assert.deepEqual(await items.evaluate(scopeOf()), { ok: true, value: [1] });
});

test('$eval is no function, by whatever name it is called', async () => {
  const refused = 'threw an error during evaluation. T1006: Attempted to invoke a non-function';
  assert.equal(await evaluate("$eval('1+1')"), refused);
  assert.equal(await evaluate("($e := $eval; $e('1+1'))"), refused);
  assert.equal(
    await evaluate("'1+1' ~> $eval"),
    'threw an error during evaluation. T2006: The right side of the function application operator ~> must be a function',
  );
});

test('the operators of later versions are refused', async () => {
  assert.equal(await evaluate('$v ?? 1'), 'refused: The symbol "?" cannot be used as a unary operator');
  assert.equal(await evaluate('$v ?: 1'), 'refused: The symbol ":" cannot be used as a unary operator');
});

test('what an expression calls or transforms stays as it was', async () => {
  const input = deepFreeze({ data: { a: [{ b: 1 }] }, list: [], text: 'x' });
  const notCalled = 'threw an error during evaluation. T1006: Attempted to invoke a non-function';
  assert.equal(await evaluate('$states.input.data()', { input }), notCalled);
  assert.equal(await evaluate('$states.input.data.a()', { input }), notCalled);
  assert.equal(await evaluate('$v(1)', { variables: { v: input } }), notCalled);
  assert.equal(await evaluate("$states.input.__defineGetter__('z', $string)", { input }), notCalled);
  assert.deepEqual(await evaluate("$states.input.data ~> |a|{'c': 2}|", { input }), { a: [{ b: 1, c: 2 }] });
  assert.deepEqual(await evaluate('$append($states.input.data.a, $sort($states.input.list))', { input }), [{ b: 1 }]);
});

test('what objects inherit is not taken for data that can be called', async () => {
  assert.match(String(await evaluate("{}.constructor('return 1')")), /T1006/);
  assert.match(String(await evaluate("$lookup({}, 'toString')")), /T1006/);
});

test('an expression that is evaluated twice at once keeps the two apart', async () => {
  const compiled = compileJsonata('{% [$millis(), $states.input.[n, $random(), n]] %}', 'Output');
  const [one, two] = await Promise.all([
    compiled.evaluate(scopeOf({ input: { n: 1 }, time: 1000 })),
    compiled.evaluate(scopeOf({ input: { n: 2 }, time: 2000, random: () => 0.5 })),
  ]);
  assert.deepEqual(
    [one, two].map((each) => each.ok && each.value),
    [
      [1000, 1, 0, 1],
      [2000, 2, 0.5, 2],
    ],
  );
});
