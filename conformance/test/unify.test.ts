import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../json.ts';
import { type Masks, unify } from '../unify.ts';

const MASKS: Masks = {
  wildcards: new Set(['<any>', 'start-date']),
  literals: new Set(['<region>']),
  concurrent: new Set(['C']),
};

/** Where `actual` first differs from `expected`; `undefined` when it does not. */
function difference(expected: Json, actual: Json): string | undefined {
  const unified = unify(expected, actual, MASKS, new Map(), '');
  return unified.kind === 'same' ? undefined : unified.difference.path;
}

test('members, lengths, order and types are compared', () => {
  assert.equal(difference({ a: [1, { b: null }] }, { a: [1, { b: null }] }), undefined);
  assert.equal(difference({ a: 1 }, {}), '.a');
  assert.equal(difference({}, { a: 1 }), '.a');
  assert.equal(difference({ a: [1, 2] }, { a: [2, 1] }), '.a[0]');
  assert.equal(difference({ a: [1] }, { a: [1, 2] }), '.a[1]');
  assert.equal(difference({ a: 1 }, { a: '1' }), '.a');
  assert.equal(difference({ a: null }, { a: false }), '.a');
  assert.equal(difference({ a: {} }, { a: [] }), '.a');
});

test('a placeholder stands for the same text in the whole case', () => {
  assert.equal(difference({ a: 'x:<P>', b: '<P>' }, { a: 'x:1-2', b: '1-2' }), undefined);
  assert.equal(difference({ a: 'x:<P>', b: '<P>' }, { a: 'x:1-2', b: '1-3' }), '.b');
  assert.equal(difference({ a: '<P>/<P>' }, { a: 'q/q' }), undefined);
  assert.equal(difference({ a: '<P>/<P>' }, { a: 'q/r' }), '.a');
  assert.equal(difference({ a: '<P>' }, { a: '' }), '.a');
  assert.equal(difference({ a: '<P>', b: '<P>' }, { a: 7, b: '7' }), undefined);
  assert.equal(difference({ a: '<P>' }, { a: { b: 1 } }), '.a');
});

test('differently numbered placeholders stand for different texts, and a uuid for a UUID', () => {
  const [one, two] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
  assert.equal(difference(['<uuid:1>', '<uuid:2>', '<uuid:1>'], [one, two, one]), undefined);
  assert.equal(difference(['<uuid:1>', '<uuid:2>'], [one, one]), '[1]');
  assert.equal(difference(['<uuid:1>'], ['not-a-uuid']), '[0]');
});

test('a wildcard stands for anything each time anew, a literal for itself', () => {
  assert.equal(difference({ a: '<any>', b: '<any>', c: 'start-date' }, { a: 1, b: [2], c: null }), undefined);
  assert.equal(difference({ a: 'x <any> y <any>' }, { a: 'x 1 y 2' }), undefined);
  assert.equal(difference({ a: '<region>' }, { a: 'eu-west-1' }), '.a');
});

test('a mask of a date or a request id counts only at its place', () => {
  assert.equal(
    difference({ startDate: 'datetime', timestamp: 'timestamp' }, { startDate: 1, timestamp: 2 }),
    undefined,
  );
  assert.equal(difference({ name: 'datetime' }, { name: 'x' }), '.name');
  assert.equal(difference({ output: 'timestamp' }, { output: 'x' }), '.output');
  assert.equal(difference({ RequestId: 'RequestId' }, { RequestId: 'abc' }), undefined);
  assert.equal(difference({ Payload: 'RequestId' }, { Payload: 'abc' }), '.Payload');
  assert.equal(difference({ x: 'date' }, { x: 'yesterday' }), '.x');
});

const event = (id: number, previousEventId: number, type: string, name?: string): Json => ({
  id,
  previousEventId,
  type,
  ...(name !== undefined && { stateEnteredEventDetails: { name } }),
});

test('the branches of a concurrent Parallel state may come in any order, what surrounds them may not', () => {
  const [a, b] = [event(3, 2, 'PassStateEntered', 'A'), event(4, 2, 'PassStateEntered', 'B')];
  const end = [event(5, 4, 'ParallelStateSucceeded'), event(6, 4, 'ParallelStateExited')];
  const history = (state: string, ...inside: readonly Json[]): Json => ({
    events: [event(1, 0, 'ParallelStateEntered', state), event(2, 1, 'ParallelStateStarted'), ...inside, ...end],
  });
  const others = [event(3, 2, 'PassStateEntered', 'B'), event(4, 2, 'PassStateEntered', 'A')];
  assert.equal(difference(history('C', a, b), history('C', ...others)), undefined);
  assert.equal(difference(history('C', a, b), history('C', a, a)), '.events[2]');
  assert.equal(difference(history('C', a, b), history('C', a)), '.events[2]');
  assert.equal(difference(history('S', a, b), history('S', ...others)), '.events[2].stateEnteredEventDetails.name');
  const early = (history('C', a, b) as { readonly events: readonly Json[] }).events;
  assert.equal(difference(history('C', a, b), { events: early.toSpliced(4, 2, ...end.toReversed()) }), '.events[4].id');
});

test('iterations have their order, unless their Map state is concurrent and they began together', () => {
  const history = (state: string, second: number): readonly Json[] => [
    event(1, 0, 'MapStateEntered', state),
    event(2, 1, 'MapStateStarted'),
    event(3, 2, 'MapIterationStarted'),
    event(4, 3, 'MapIterationSucceeded'),
    event(5, second, 'MapIterationStarted'),
    event(6, 5, 'MapIterationSucceeded'),
    event(7, 6, 'MapStateSucceeded'),
  ];
  const swapped = (events: readonly Json[]) => events.toSpliced(3, 2, events[4] ?? null, events[3] ?? null);
  for (const [state, second, path] of [
    ['S', 2, '.events[3].id'],
    ['C', 3, '.events[3].id'],
    ['C', 2, undefined],
  ] as const) {
    const events = history(state, second);
    assert.equal(difference({ events }, { events: swapped(events) }), path);
    assert.equal(difference({ events: swapped(events) }, { events }), path);
  }
});
