import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MockConfig, MockConfigError } from '../../src/accounts/mock-config.ts';
import { readMockConfig } from '../../src/accounts/mock-config-file.ts';

const thrown = { Throw: { Error: 'Lambda.TimeoutException', Cause: 'timed out' } };
const config = (responses: object, states: object = {}) => ({
  StateMachines: { orders: { TestCases: { Retry: states } } },
  MockedResponses: responses,
});

test('a response is chosen by the number of the invocation', () => {
  const mocks = new MockConfig(
    config({ Slow: { '0': thrown, '1-2': { Return: { n: 1 } }, '3': { Return: null } } }, { Work: 'Slow' }),
  );
  assert.deepEqual(mocks.testCases('orders'), ['Retry']);
  assert.deepEqual(mocks.testCases('toString'), []);
  assert.equal(mocks.mocked('orders', 'Retry', 'Work'), 'Slow');
  assert.equal(mocks.mocked('orders', 'Retry', 'Other'), undefined);
  assert.deepEqual(mocks.response('Slow', 0), {
    kind: 'throw',
    failure: { error: 'Lambda.TimeoutException', cause: 'timed out' },
  });
  assert.deepEqual(mocks.response('Slow', 1), { kind: 'return', output: { n: 1 } });
  assert.deepEqual(mocks.response('Slow', 2), { kind: 'return', output: { n: 1 } });
  assert.deepEqual(mocks.response('Slow', 3), { kind: 'return', output: null });
});

test('an invocation without a response fails in words', () => {
  const mocks = new MockConfig(config({ Slow: { '0': thrown, '2-3': thrown } }, { Work: 'Slow' }));
  assert.deepEqual(mocks.response('Slow', 1), {
    kind: 'throw',
    failure: {
      error: 'States.Runtime',
      cause: 'MockedResponses.Slow has no response for invocation 1, only for 0, 2-3',
    },
  });
});

const problems = (value: unknown): readonly string[] => {
  try {
    new MockConfig(value);
  } catch (error) {
    assert.ok(error instanceof MockConfigError);
    return error.message.split('\n').slice(1);
  }
  return [];
};

for (const [what, value, expected] of [
  ['no object', [], ['the whole: expected an object, found `[]`']],
  ['missing parts', { StateMachines: {} }, ['MockedResponses: expected an object, found none']],
  [
    'another member',
    { ...config({}), MockedResponse: {} },
    ['MockedResponse: expected only StateMachines, MockedResponses here, found `"MockedResponse"`'],
  ],
  [
    'a state machine without test cases',
    { StateMachines: { orders: {} }, MockedResponses: {} },
    ['StateMachines.orders.TestCases: expected an object, found none'],
  ],
  [
    'a response that is not there',
    config({ A: { '0': thrown } }, { Work: 'B' }),
    ['StateMachines.orders.TestCases.Retry.Work: expected the name of one of the MockedResponses (A), found `"B"`'],
  ],
  [
    'no number of an invocation',
    config({ A: { first: thrown } }),
    ['MockedResponses.A.first: expected a number of an invocation, or two with a hyphen (`0`, `1-3`), found `"first"`'],
  ],
  [
    'a range that runs backwards',
    config({ A: { '3-1': thrown } }),
    ['MockedResponses.A.3-1: expected a number of an invocation, or two with a hyphen (`0`, `1-3`), found `"3-1"`'],
  ],
  [
    'two responses for one invocation',
    config({ A: { '0-2': thrown, '2': thrown } }),
    ['MockedResponses.A.0-2: expected invocations that no other response has, found `"0-2"`'],
  ],
  ['no response at all', config({ A: {} }), ['MockedResponses.A: expected at least one response, found `{}`']],
  [
    'Return and Throw',
    config({ A: { '0': { ...thrown, Return: 1 } } }),
    [
      'MockedResponses.A.0: expected an object with either Return or Throw, found `{"Throw":{"Error":"Lambda.TimeoutException","Cause":"timed out"},"Return":1}`',
    ],
  ],
  [
    'a Throw without Error',
    config({ A: { '0': { Throw: { Cause: 'x' } } } }),
    ['MockedResponses.A.0.Throw: expected an object with the texts Error and Cause, found `{"Cause":"x"}`'],
  ],
] as const) {
  test(`a mock configuration with a fault is refused with its place: ${what}`, () => {
    assert.deepEqual(problems(value), expected);
  });
}

test('every problem is told at once', () => {
  assert.equal(problems(config({ A: { x: thrown }, B: {} }, { Work: 'C' })).length, 3);
});

test('a file that cannot be read, is no JSON or has faults is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'crossmap-mocks-'));
  const refusal = async (text?: string) => {
    const file = join(folder, 'MockConfigFile.json');
    if (text !== undefined) await writeFile(file, text);
    const error = await readMockConfig(file).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof MockConfigError, String(error));
    const [first = '', ...others] = error.message.split('\n');
    assert.equal(first, `The mock configuration ${file} cannot be used`);
    return others.join('\n');
  };
  assert.match(await refusal(), /ENOENT/);
  assert.match(await refusal('{'), /^expected JSON: /);
  assert.equal(await refusal('1'), 'the whole: expected an object, found `1`');
});
