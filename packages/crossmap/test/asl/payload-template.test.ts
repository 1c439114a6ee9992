import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../src/asl/json.ts';
import { compileTemplate, PathNotFound, templateProblems } from '../../src/asl/payload-template.ts';
import type { Scope } from '../../src/asl/scope.ts';
import { scopeOf } from './scopes.ts';

function evaluate(template: Json, input: Json, scope: Partial<Scope> = {}): Json {
  assert.deepEqual(templateProblems(template), []);
  return compileTemplate(template)(input, scopeOf(scope));
}

test('a field whose name ends in .$ takes the value at its path, everything else is itself', () => {
  const template = { a: 1, 'b.$': '$.x', c: { 'd.$': '$$.Execution.Name' }, e: [{ 'f.$': '$' }, null], g$: '$.x' };
  const output = evaluate(template, { x: [1] }, { context: { Execution: { Name: 'n' } } });
  assert.deepEqual(output, { a: 1, b: [1], c: { d: 'n' }, e: [{ f: { x: [1] } }, null], g$: '$.x' });
});

test('scalars and lists are templates too', () => {
  for (const template of [null, 0, '', '$.a', false, [], [1, '$.a']])
    assert.deepEqual(evaluate(template, {}), template);
});

test('fields keep the order of the template', () => {
  assert.equal(JSON.stringify(evaluate({ z: 1, 'a.$': '$.v', m: 2 }, { v: 0 })), '{"z":1,"a":0,"m":2}');
});

test('null at a path is a value', () => {
  assert.deepEqual(evaluate({ 'a.$': '$.x' }, { x: null }), { a: null });
});

test('a path that leads to nothing names its field and what was searched', () => {
  const searched = { y: 1 };
  assert.throws(
    () => evaluate({ 'a.$': '$.x' }, searched),
    (thrown) =>
      thrown instanceof PathNotFound &&
      thrown.field === 'a.$' &&
      thrown.path.text === '$.x' &&
      thrown.searched === searched,
  );
});

test('a variable that is not set names what was searched: the variables', () => {
  assert.throws(
    () => evaluate({ 'a.$': '$v.x' }, {}, { variables: { w: 1 } }),
    (thrown) => thrown instanceof PathNotFound && JSON.stringify(thrown.searched) === '{"w":1}',
  );
});

test('a field may call an intrinsic function and read a variable', () => {
  const template = { 'a.$': "States.Format('{}-{}', $.x, $v)", b: [{ 'c.$': '$v' }] };
  assert.deepEqual(evaluate(template, { x: 1 }, { variables: { v: true } }), { a: '1-true', b: [{ c: true }] });
});

test('an indefinite path gives a list, an empty one even where it leaves the data', () => {
  const template = { 'all.$': '$.a[*].b', 'some.$': '$.a[1:]', 'none.$': '$.x.y[:1].z' };
  assert.deepEqual(evaluate(template, { a: [{ b: 1 }, { b: 2 }] }), { all: [1, 2], some: [{ b: 2 }], none: [] });
});

test('each problem is given in the words of AWS, with its field', () => {
  const refused = (field: string) =>
    `The value for the field '${field}' must be a valid JSONPath or a valid intrinsic function call`;
  const template = {
    'a.$': 1,
    'b.$': 'x',
    c: [{ 'd.$': '$.e[' }],
    'f.$': 'States.Unknown()',
    'g.$': '$.a[0:4:2]',
    h: 1,
    'h.$': '$.h',
  };
  const problems = templateProblems(template);
  assert.deepEqual(
    problems.map(({ message }) => message),
    [
      refused('a.$'),
      refused('b.$'),
      refused('d.$'),
      refused('f.$'),
      `${refused('g.$')}: \`$.a[0:4:2]\`: a step in a slice (\`[a:b:step]\`) is not supported: expected \`[a:b]\``,
      "The field 'h.$' is also given without `.$`",
    ],
  );
  assert.deepEqual(
    problems.map(({ unsupported }) => unsupported),
    [false, false, false, false, true, false],
  );
});
