import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConditionPathNotFound, compileRule } from '../../src/asl/choice-rule.ts';
import type { Json, JsonObject } from '../../src/asl/json.ts';
import { Report } from '../../src/asl/report.ts';
import type { Scope } from '../../src/asl/scope.ts';
import { choiceRule } from '../../src/asl/validate-choice.ts';
import { scopeOf } from './scopes.ts';

function problemsOf(rule: Json) {
  const report = new Report();
  choiceRule.JSONPath(rule, 'R', report);
  return report.errors;
}

function holds(rule: JsonObject, input: Json, scope: Partial<Scope> = {}): boolean {
  assert.deepEqual(problemsOf({ ...rule, Next: 'N' }), []);
  return compileRule(rule)(input, scopeOf(scope));
}

/** For each family: an operand, a smaller and a larger value of its kind, and a value of another kind. */
const families = [
  { name: 'String', operand: 'b', smaller: 'a', larger: 'c', alien: 2 },
  { name: 'Numeric', operand: 0, smaller: -1.5, larger: 1e3, alien: '0' },
  {
    name: 'Timestamp',
    operand: '2024-05-01T12:00:00Z',
    smaller: '2024-05-01T13:59:59.999+02:00',
    larger: '2024-05-01T12:00:00.001Z',
    alien: 'yesterday',
  },
] as const;
const orders = [
  { name: 'Equals', smaller: false, equal: true, larger: false },
  { name: 'LessThan', smaller: true, equal: false, larger: false },
  { name: 'GreaterThan', smaller: false, equal: false, larger: true },
  { name: 'LessThanEquals', smaller: true, equal: true, larger: false },
  { name: 'GreaterThanEquals', smaller: false, equal: true, larger: true },
] as const;

describe('comparisons of strings, numbers and timestamps, with a value and with a path', () => {
  for (const family of families) {
    for (const order of orders) {
      const operator = `${family.name}${order.name}`;
      test(`${operator} and ${operator}Path`, () => {
        const both = (v: Json) => {
          const literal = holds({ Variable: '$.v', [operator]: family.operand }, { v });
          const byPath = holds({ Variable: '$.v', [`${operator}Path`]: '$.o' }, { v, o: family.operand });
          assert.equal(byPath, literal);
          return literal;
        };
        assert.equal(both(family.smaller), order.smaller);
        assert.equal(both(family.operand), order.equal);
        assert.equal(both(family.larger), order.larger);
        for (const alien of [family.alien, null, true, [], {}]) assert.equal(both(alien), false);
      });
    }
  }
});

test('a timestamp equals the same instant in another zone', () => {
  const rule = { Variable: '$.v', TimestampEquals: '2024-05-01T12:00:00Z' };
  assert.equal(holds(rule, { v: '2024-05-01T14:00:00+02:00' }), true);
});

test('BooleanEquals and BooleanEqualsPath compare booleans only, false included', () => {
  for (const operand of [true, false]) {
    for (const v of [true, false, 'true', 0, null]) {
      const expected = v === operand;
      assert.equal(holds({ Variable: '$.v', BooleanEquals: operand }, { v }), expected);
      assert.equal(holds({ Variable: '$.v', BooleanEqualsPath: '$.o' }, { v, o: operand }), expected);
    }
  }
});

describe('type tests', () => {
  const values = { IsNull: null, IsString: '', IsNumeric: 0, IsBoolean: false, IsTimestamp: '2024-05-01T12:00:00.5Z' };
  for (const operator of Object.keys(values) as (keyof typeof values)[]) {
    test(operator, () => {
      for (const [kind, v] of Object.entries({ ...values, other: [] })) {
        const expected = kind === operator || (operator === 'IsString' && kind === 'IsTimestamp');
        assert.equal(holds({ Variable: '$.v', [operator]: true }, { v }), expected, kind);
        assert.equal(holds({ Variable: '$.v', [operator]: false }, { v }), !expected, kind);
      }
    });
  }

  test('IsTimestamp wants an upper-case T, a zone and a real date', () => {
    const isTimestamp = (v: Json) => holds({ Variable: '$.v', IsTimestamp: true }, { v });
    for (const v of [
      '2024-05-01t12:00:00Z',
      '2024-05-01 12:00:00Z',
      '2024-05-01T12:00:00',
      '2024-05-01',
      '2024-13-01T00:00:00Z',
      '2023-02-29T00:00:00Z',
      '2024-05-01T24:00:00Z',
      5,
    ]) {
      assert.equal(isTimestamp(v), false, String(v));
    }
    for (const v of ['2024-02-29T12:00:00Z', '2024-05-01T12:00:00.123456789Z', '2024-05-01T12:00:00-08:00']) {
      assert.equal(isTimestamp(v), true, v);
    }
  });
});

test('IsPresent tells a null from nothing there and never fails', () => {
  const isPresent = (input: Json) => holds({ Variable: '$.a.b', IsPresent: true }, input);
  assert.equal(isPresent({ a: { b: null } }), true);
  assert.equal(isPresent({ a: {} }), false);
  assert.equal(isPresent({}), false);
  assert.equal(holds({ Variable: '$.a', IsPresent: false }, {}), true);
});

test('StringMatches: * stands for anything, \\* for a star, everything else for itself', () => {
  const matches = (pattern: string, v: Json) => holds({ Variable: '$.v', StringMatches: pattern }, { v });
  assert.ok(matches('log-*.txt', 'log-2024.txt'));
  assert.ok(matches('log-*.txt', 'log-.txt'));
  assert.ok(matches('*', ''));
  assert.ok(matches('*b*', 'a\nb\n😀'));
  assert.ok(matches('a\\*b', 'a*b'));
  assert.ok(matches('a\\\\b', 'a\\b'));
  assert.ok(matches('(a.b)[c]?+^$|{1}', '(a.b)[c]?+^$|{1}'));
  assert.equal(matches('log-*.txt', 'log-2024.txt.bak'), false);
  assert.equal(matches('a\\*b', 'axb'), false);
  assert.equal(matches('a.b', 'axb'), false);
  assert.equal(matches('*', 5), false);
});

test('And, Or and Not combine rules, however deep', () => {
  const is = (n: number): JsonObject => ({ Variable: '$', NumericEquals: n });
  assert.equal(holds({ And: [{ Or: [is(1), is(2)] }, { Not: is(1) }] }, 2), true);
  assert.equal(holds({ And: [{ Or: [is(1), is(2)] }, { Not: is(1) }] }, 1), false);
  assert.equal(holds({ And: [is(1), is(2)] }, 1), false);
  assert.equal(holds({ Or: [is(1), is(2)] }, 3), false);
});

test('And and Or stop at the rule that decides', () => {
  const fails: JsonObject = { Variable: '$.missing', NumericEquals: 1 };
  const present: JsonObject = { Variable: '$.missing', IsPresent: true };
  assert.equal(holds({ And: [present, fails] }, {}), false);
  assert.equal(holds({ Or: [{ Not: present }, fails] }, {}), true);
});

test('a rule may look at the context object and at variables, on either side', () => {
  const scope = { context: { Execution: { Name: 'n' } }, variables: { v: 'n', w: { x: [1] } } };
  assert.ok(holds({ Variable: '$$.Execution.Name', StringEquals: 'n' }, {}, scope));
  assert.ok(holds({ Variable: '$v', StringEqualsPath: '$$.Execution.Name' }, {}, scope));
  assert.ok(holds({ Variable: '$w.x[-1]', NumericEquals: 1 }, {}, scope));
  assert.ok(holds({ Variable: '$nothing', IsPresent: false }, {}, scope));
});

test('comparing what is not there throws, on either side', () => {
  assert.throws(() => holds({ Variable: '$.v', StringEquals: 'a' }, {}), ConditionPathNotFound);
  assert.throws(() => holds({ Variable: '$.v', IsNull: true }, {}), ConditionPathNotFound);
  assert.throws(() => holds({ Variable: '$.v', StringEqualsPath: '$.o' }, { v: 'a' }), {
    message: "Invalid path '$.o': The choice state's condition path references an invalid value.",
  });
});

describe('rules that are refused, and where', () => {
  const refused: readonly (readonly [string, JsonObject, string, RegExp])[] = [
    ['no operator', { Variable: '$' }, '', /needs a comparison operator/],
    ['two operators', { Variable: '$', IsNull: true, IsString: true }, '', /one of .*: \[IsNull, IsString\]/],
    ['an unknown operator', { Variable: '$', StringContains: 'a' }, '', /'StringContains' is not supported/],
    ['no Variable', { IsNull: true }, '', /\[Variable\]/],
    [
      'a Variable that is no path',
      { Variable: 'a', IsNull: true },
      '/Variable',
      /^Value is not a Reference Path: Reference path didn't start with '\$'$/,
    ],
    ['a Variable of many places', { Variable: '$.a[*]', IsNull: true }, '/Variable', /names one place/],
    ['a path operand that is no path', { Variable: '$', StringEqualsPath: 'a' }, '/StringEqualsPath', /start with/],
    ['a string for a number', { Variable: '$', NumericEquals: '1' }, '/NumericEquals', /type Number/],
    ['a number for a string', { Variable: '$', StringEquals: 1 }, '/StringEquals', /type String/],
    ['a number for StringMatches', { Variable: '$', StringMatches: 1 }, '/StringMatches', /type String/],
    ['no boolean', { Variable: '$', IsPresent: 'yes' }, '/IsPresent', /\[true, false\]/],
    ['no timestamp', { Variable: '$', TimestampEquals: 'noon' }, '/TimestampEquals', /RFC3339/],
    ['an empty And', { And: [] }, '/And', /cannot be empty/],
    ['an Or that is no list', { Or: {} }, '/Or', /type Array/],
    ['a Not without rule', { Not: null }, '/Not', /type Object/],
    [
      'And beside a comparison',
      { And: [{ Variable: '$', IsNull: true }], Variable: '$', IsNull: true },
      '',
      /\[And, IsNull\]/,
    ],
    ['Variable beside Not', { Not: { Variable: '$', IsNull: true }, Variable: '$' }, '', /'Variable' is not supported/],
    ['a Next inside', { Not: { Variable: '$', IsNull: true, Next: 'A' } }, '/Not', /'Next' is not supported/],
    ['a bad rule deep inside', { Not: { Or: [{ Variable: '$', IsNull: 1 }] } }, '/Not/Or[0]/IsNull', /true, false/],
    ['Condition', { Condition: '{% true %}' }, '', /'Condition' is only supported for the 'JSONata'/],
    ['an Assign inside', { Not: { Variable: '$', IsNull: true, Assign: {} } }, '/Not', /'Assign' is not supported/],
    ['Output', { Variable: '$', IsNull: true, Output: {} }, '', /'Output' is only supported for the 'JSONata'/],
  ];
  for (const [name, rule, at, message] of refused) {
    test(name, () => {
      const [problem] = problemsOf({ ...rule, Next: 'N' });
      assert.equal(problem?.location, `R${at}`);
      assert.match(problem?.message ?? '', message);
    });
  }

  test('a rule that is no object, or without Next', () => {
    assert.deepEqual(
      problemsOf('rule').map(({ message }) => message),
      ['Expected value of type Object'],
    );
    const [missing] = problemsOf({ Variable: '$', IsNull: true });
    assert.equal(missing?.message, 'These fields are required: [Next]');
  });

  test('every rule of a list is looked at', () => {
    const bad = { Variable: 'x', IsNull: 'y' };
    const places = problemsOf({ And: [bad, bad], Next: 'N' }).map(({ location }) => location);
    assert.deepEqual(places, ['R/And[0]/Variable', 'R/And[0]/IsNull', 'R/And[1]/Variable', 'R/And[1]/IsNull']);
  });
});
