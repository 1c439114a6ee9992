import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../src/asl/json.ts';
import { repeatedNames } from '../../src/asl/repeated-names.ts';
import { FUNCTION, pass, processor, task } from './definitions.ts';
import { diagnosticsOf } from './refused-definitions.ts';

const to = (Next: string): JsonObject => ({ Type: 'Pass', Next });

/** Each diagnostic as `code: message at location`. */
function problems(StartAt: string, States: JsonObject): readonly string[] {
  return diagnosticsOf({ StartAt, States }).map(
    ({ code, message, location }) => `${code}: ${message} at ${location ?? 'null'}`,
  );
}

describe('transitions, as AWS judges them', () => {
  test('a target that is missing is named where it is named', () => {
    const rule = { Variable: '$', IsNull: true, Next: 'B' };
    const states = {
      T: { Type: 'Task', Resource: FUNCTION, Catch: [{ ErrorEquals: ['E'], Next: 'A' }], Next: 'C' },
      C: { Type: 'Choice', Choices: [rule], Default: 'D' },
      P: to('toString'),
      E: pass(),
    };
    assert.deepEqual(problems('T', states).slice(0, 4), [
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: A at /States/T/Catch[0]/Next",
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/C/Choices[0]/Next",
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: D at /States/C/Default",
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: toString at /States/P/Next",
    ]);
  });

  test('StartAt without target, and the state that nothing leads to then', () => {
    assert.deepEqual(problems('Not sure', { 'Pass One': to('Success'), Success: { Type: 'Succeed' } }), [
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: Not sure at /StartAt",
      'MISSING_TRANSITION_TARGET: State "Pass One" is not reachable. at /States/Pass One',
    ]);
  });

  test('a loop has no terminal state, and nothing is said of what is not reached', () => {
    const none = ['MISSING_END_STATE: Workflow has no terminal state at null'];
    assert.deepEqual(problems('A', { A: to('B'), B: to('A') }), none);
    assert.deepEqual(problems('A', { A: to('B'), B: to('A'), C: to('A') }), none);
  });

  test('a terminal state that nothing leads to is not reachable', () => {
    assert.deepEqual(problems('A', { A: to('B'), B: to('A'), C: pass() }), [
      'MISSING_TRANSITION_TARGET: State "C" is not reachable. at /States/C',
    ]);
  });

  test('a missing target comes before the missing end', () => {
    assert.deepEqual(problems('A', { A: to('NOPE') }), [
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: NOPE at /States/A/Next",
      'MISSING_END_STATE: Workflow has no terminal state at null',
    ]);
  });

  test('a branch and a processor are machines of their own', () => {
    const P = { Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: to('E') } }], Next: 'M' };
    const M = { Type: 'Map', ItemProcessor: processor({ StartAt: 'X', States: { X: pass(), Y: pass() } }), Next: 'E' };
    assert.deepEqual(problems('P', { P, M, E: pass() }), [
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: E at /States/P/Branches[0]/States/A/Next",
      'MISSING_END_STATE: Workflow has no terminal state at /States/P/Branches[0]',
      'MISSING_TRANSITION_TARGET: State "Y" is not reachable. at /States/M/ItemProcessor/States/Y',
    ]);
  });

  test('while a field is wrong only missing targets are looked for', () => {
    assert.deepEqual(problems('A', { A: { ...to('B'), Foo: 1 } }), [
      "SCHEMA_VALIDATION_FAILED: Field 'Foo' is not supported at /States/A",
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next",
    ]);
  });

  test('a name that two states of one machine have is a duplicate, though parsing keeps one', () => {
    const twice =
      '{"StartAt":"A","States":{"A":{"Type":"Pass","Result":{"x":1,"x":2},"End":true},"A":{"Type":"Succeed"}}}';
    const found = diagnosticsOf(twice).map(({ code, location }) => `${code} ${location}`);
    assert.deepEqual(found, ['DUPLICATE_STATE_NAME /States/A']);
  });

  test('a name is repeated only within one object, whatever its text holds', () => {
    const text = '{"a":[{"b":"{\\"b\\"","c":1},{"b":{"b":[]},"b":2}],"\\u0061":true,"d":"a"}';
    assert.deepEqual(repeatedNames(text), [
      { at: '/a[1]', name: 'b' },
      { at: '', name: 'a' },
    ]);
    assert.deepEqual(repeatedNames('["a","a"]'), []);
  });

  test('a name that two states of different machines have is a duplicate', () => {
    const P = { Type: 'Parallel', Branches: [{ StartAt: 'E', States: { E: task() } }], Next: 'E' };
    assert.deepEqual(problems('P', { P, E: pass() }), ['DUPLICATE_STATE_NAME: Duplicate State name: E at /States/E']);
  });
});
