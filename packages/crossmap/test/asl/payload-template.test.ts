import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../src/asl/json.ts';
import { compileTemplate, PathNotFound, templateProblems } from '../../src/asl/payload-template.ts';

function evaluate(template: Json, input: Json, context: Json = {}): Json {
  assert.deepEqual(templateProblems(template), []);
  return compileTemplate(template)(input, context);
}

test('a field whose name ends in .$ takes the value at its path, everything else is itself', () => {
  const template = { a: 1, 'b.$': '$.x', c: { 'd.$': '$$.Execution.Name' }, e: [{ 'f.$': '$' }, null], g$: '$.x' };
  const output = evaluate(template, { x: [1] }, { Execution: { Name: 'n' } });
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

test('each problem is given with its field', () => {
  const template = {
    'a.$': 1,
    'b.$': 'x',
    c: [{ 'd.$': '$.e[*]' }],
    'f.$': "States.Format('{}', $.x)",
    'g.$': '$v',
    h: 1,
    'h.$': '$.h',
  };
  const problems = templateProblems(template);
  assert.deepEqual(
    problems.map(({ field }) => field),
    ['a.$', 'b.$', 'd.$', 'f.$', 'g.$', 'h.$'],
  );
  const expected = [
    /expected a path, got 1/,
    /starts with/,
    /wildcards/,
    /intrinsic functions/,
    /variables/,
    /without/,
  ];
  expected.forEach((reason, i) => {
    assert.match(problems[i]?.reason ?? '', reason);
  });
});
