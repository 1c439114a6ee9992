import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileDataFlow, type DataFlowFields, failureOf } from '../../src/asl/data-flow.ts';
import type { Json } from '../../src/asl/json.ts';
import { scopeOf } from './scopes.ts';

/** What a state with these fields gives for an input and a result. */
function flow(fields: DataFlowFields, raw: Json, result?: Json): Json {
  const compiled = compileDataFlow(fields);
  const parameters = compiled.parameters(compiled.input(raw, scopeOf()), scopeOf());
  return compiled.output(raw, result === undefined ? parameters : result, scopeOf());
}

/** The failure of state `S`, entered by event 7. */
function failure(fields: DataFlowFields, raw: Json, result?: Json) {
  try {
    flow(fields, raw, result);
  } catch (thrown) {
    return failureOf(thrown, { name: 'S', queryLanguage: 'JSONPath' }, 7);
  }
  return assert.fail('expected a failure');
}

const AT = "An error occurred while executing the state 'S' (entered at the event id #7). ";

test('without fields the very same value goes through', () => {
  const raw = { a: 1 };
  assert.equal(flow({}, raw), raw);
  assert.equal(flow({ InputPath: '$', ResultPath: '$', OutputPath: '$' }, raw), raw);
});

describe('InputPath, Parameters, ResultSelector, ResultPath and OutputPath', () => {
  test('each works on what the one before gave', () => {
    const fields: DataFlowFields = {
      InputPath: '$.in',
      Parameters: { 'p.$': '$.x' },
      ResultSelector: { 'r.$': '$.p' },
      ResultPath: '$.out.here',
      OutputPath: '$.out',
    };
    assert.deepEqual(flow(fields, { in: { x: 5 }, keep: true }), { here: { r: 5 } });
  });

  test('InputPath null gives the empty object to work on, and ResultPath still sees the raw input', () => {
    assert.deepEqual(flow({ InputPath: null }, { a: 1 }), {});
    assert.deepEqual(flow({ InputPath: null, ResultPath: '$.r' }, { a: 1 }), { a: 1, r: {} });
  });

  test('ResultPath null drops the result: the output is the raw input itself', () => {
    const raw = { a: 1 };
    assert.equal(flow({ InputPath: '$.a', ResultPath: null }, raw, 'result'), raw);
  });

  test('a nested ResultPath keeps everything beside it', () => {
    assert.deepEqual(flow({ ResultPath: '$.a.c' }, { a: { b: 1 }, d: 2 }, 9), { a: { b: 1, c: 9 }, d: 2 });
    assert.deepEqual(flow({ ResultPath: '$.a[0]' }, { a: [1, 2] }, 9), { a: [9, 2] });
  });

  test('OutputPath null gives the empty object', () => {
    assert.deepEqual(flow({ OutputPath: null }, { a: 1 }, 9), {});
  });

  test('InputPath and OutputPath may name the context or a variable', () => {
    const compiled = compileDataFlow({ InputPath: '$$.Execution', OutputPath: '$v.name' });
    const scope = scopeOf({ context: { Execution: { Name: 'n' } }, variables: { v: { name: 'S' } } });
    assert.deepEqual(compiled.input({}, scope), { Name: 'n' });
    assert.equal(compiled.output({}, {}, scope), 'S');
  });

  test('an indefinite InputPath or OutputPath gives the list of what it finds', () => {
    const raw = { a: [{ b: 1 }, { b: 2 }, {}] };
    assert.deepEqual(flow({ InputPath: '$.a[*].b' }, raw), [1, 2]);
    assert.deepEqual(flow({ OutputPath: '$..b' }, raw), [1, 2]);
    assert.deepEqual(flow({ OutputPath: '$.a[?(@.b > 5)]' }, raw), []);
  });

  test('null at a path is a value', () => {
    assert.equal(flow({ InputPath: '$.a' }, { a: null }), null);
    assert.equal(flow({ OutputPath: '$.a' }, { a: null }), null);
  });
});

describe('failures, in AWS words', () => {
  test('InputPath and OutputPath that lead to nothing', () => {
    for (const field of ['InputPath', 'OutputPath']) {
      assert.deepEqual(failure({ [field]: '$.none' }, {}), {
        error: 'States.Runtime',
        cause: `${AT}Invalid path '$.none' : No results for path: $['none']`,
      });
      assert.deepEqual(failure({ [field]: '$.none.deeper' }, {}), {
        error: 'States.Runtime',
        cause: `${AT}Invalid path '$.none.deeper' : Missing property in path $['none']`,
      });
      assert.equal(
        failure({ [field]: '$.none[*]' }, {}).cause,
        `${AT}Invalid path '$.none[*]' : Missing property in path $['none']`,
      );
    }
  });

  test('an intrinsic function that cannot be called', () => {
    const expression = 'States.ArrayLength($.none)';
    assert.deepEqual(failure({ Parameters: { 'a.$': expression } }, { b: 1 }), {
      error: 'States.Runtime',
      cause: `${AT}The function '${expression}' had the following error: The JsonPath argument for the field '$.none' could not be found in the input '{"b":1}'`,
    });
  });

  test('a field of Parameters or ResultSelector that leads to nothing', () => {
    assert.deepEqual(failure({ Parameters: { 'a.$': '$.none' } }, { b: 1 }), {
      error: 'States.Runtime',
      cause: `${AT}The JSONPath '$.none' specified for the field 'a.$' could not be found in the input '{"b":1}'`,
    });
    assert.equal(failure({ ResultSelector: { 'a.$': '$.none' } }, {}, {}).error, 'States.Runtime');
  });

  test('a ResultPath that cannot be applied, which AWS says without naming the state', () => {
    const conflict = (cause: string) => ({ error: 'States.ReferencePathConflict', cause });
    assert.deepEqual(
      failure({ ResultPath: '$.a' }, 'text', 1),
      conflict('Unable to apply ReferencePath $.a to input "text"'),
    );
    assert.deepEqual(
      failure({ ResultPath: '$.a.b' }, { a: 'text' }, 1),
      conflict('Unable to apply step "a" to input {"a":"text"}'),
    );
    assert.deepEqual(
      failure({ ResultPath: '$.a[1]' }, { a: [0] }, 1),
      conflict('Unable to apply step "a" to input {"a":[0]}'),
    );
  });

  test('anything the language did not throw is thrown on', () => {
    const bug = new TypeError('bug');
    assert.throws(() => failureOf(bug, { name: 'S', queryLanguage: 'JSONPath' }, 1), bug);
  });
});
