import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Definition } from '../../src/asl/definition.ts';
import type { JsonObject } from '../../src/asl/json.ts';
import { variableReferences } from '../../src/asl/variable-references.ts';
import { machineOf, map, pass, processor, reader, task } from './definitions.ts';

const referencesOf = (machine: JsonObject) => variableReferences(machine as unknown as Definition);
const inState = (state: JsonObject) => referencesOf(machineOf(state)).S;

test('paths, templates and calls name the variables that a state reads, each once and sorted', () => {
  const fields = {
    InputPath: '$in.a',
    Parameters: { 'b.$': "States.Format('$no {}', $z.x, States.MathAdd($a, $in))", c: [{ 'd.$': '$$.Execution.Id' }] },
    OutputPath: '$.kept',
    Assign: { 'z.$': '$z', given: '$literal' },
  };
  assert.deepEqual(inState(pass(fields)), ['a', 'in', 'z']);
});

test('a field is a path by its place: in a template only by its ending', () => {
  assert.equal(inState(pass({ Parameters: { SecondsPath: '$no', Variable: '$no' } })), undefined);
  assert.equal(inState(pass({ Result: { 'a.$': '$no' }, Comment: '$no' })), undefined);
});

test('the rules of a Choice, the reader and the numbers of a Map count to their state', () => {
  const rule = { And: [{ Variable: '$a', NumericLessThanPath: '$b' }], Next: 'S', Assign: { 'x.$': '$c' } };
  assert.deepEqual(inState({ Type: 'Choice', Choices: [rule] }), ['a', 'b', 'c']);
  const ItemReader = reader({ Parameters: { 'Bucket.$': '$bucket', Key: 'k' } }, { MaxItemsPath: '$most' });
  assert.deepEqual(inState(map({ ItemReader, MaxConcurrencyPath: '$wide' })), ['bucket', 'most', 'wide']);
});

test('states within a state count for themselves', () => {
  const inner = processor({ StartAt: 'I', States: { I: pass({ InputPath: '$x' }) } });
  const Branches = [{ StartAt: 'J', States: { J: pass({ InputPath: '$y' }) } }];
  const S = map({ ItemsPath: '$list', ItemProcessor: inner });
  const P = { Type: 'Parallel', Branches, End: true };
  assert.deepEqual(referencesOf({ StartAt: 'S', States: { S, P } }), { S: ['list'], I: ['x'], J: ['y'] });
});

test('expressions of JSONata name theirs, in the states of that language', () => {
  const Output = { a: '{% $v + $states.input.x %}', 'b.$': '$no' };
  const S = task({ QueryLanguage: 'JSONata', TimeoutSeconds: '{% $t %}', Arguments: '{% $args %}', Output });
  assert.deepEqual(inState(S), ['args', 't', 'v']);
  const Choices = [{ Condition: '{% $go %}', Next: 'S', Output: '{% $o %}' }];
  const machine = { QueryLanguage: 'JSONata', ...machineOf({ Type: 'Choice', Choices }) };
  assert.deepEqual(referencesOf(machine), { S: ['go', 'o'] });
});
