import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allot } from '../../src/functions/allotment.ts';
import { bounded, hosted, value } from './hosted.ts';

type State = 'starting' | 'idle' | 'busy' | 'ending';

/** `functions`: the orders of what waits, by name. `slots`: `function state lastUsed`, least recently used first. */
function next(functions: Record<string, number[]>, slots: string[], { limit = 2, now = 0 } = {}): string {
  const all = Object.entries(functions).map(([name, orders]) => ({
    name,
    waiting: orders.map((order) => ({ order })),
  }));
  const set = new Set(
    slots.map((slot) => {
      const [name, state, lastUsed] = slot.split(' ');
      const environment = { state: state as State, lastUsed: Number(lastUsed ?? 0) };
      return { slot, function: all.find((candidate) => candidate.name === name)!, environment };
    }),
  );
  const allotment = allot(all, set, limit, now);
  if (allotment.kind === 'start') return `start ${allotment.function.name}`;
  if (allotment.kind === 'wait') return `wait ${allotment.until ?? 'for an end'}`;
  return `${allotment.kind} ${allotment.slot.slot}`;
}

test('with nothing waiting there is nothing to do', () => {
  assert.equal(next({ A: [] }, ['A idle']), 'wait for an end');
  assert.equal(next({ A: [] }, []), 'wait for an end');
});

test('an idle environment is used before a new one is started', () => {
  assert.equal(next({ A: [1] }, ['A idle']), 'run A idle');
  assert.equal(next({ A: [1] }, ['A busy']), 'start A');
});

test('no more environments start than invocations wait for', () => {
  assert.equal(next({ A: [1] }, ['A starting'], { limit: 8 }), 'wait for an end');
  assert.equal(next({ A: [1, 2] }, ['A starting'], { limit: 8 }), 'start A');
});

test('no environment starts beyond the limit, one that is ending counted', () => {
  assert.equal(next({ A: [1] }, ['A busy', 'A busy']), 'wait for an end');
  assert.equal(next({ A: [1] }, ['A busy', 'A ending']), 'wait for an end');
});

test('the least recently used idle environment gives way to a function that has none', () => {
  assert.equal(next({ A: [], B: [], C: [1] }, ['B idle 5', 'A idle 6'], { now: 7 }), 'end B idle 5');
});

test('one environment gives way at a time', () => {
  assert.equal(next({ A: [], B: [1, 2] }, ['A ending', 'A idle']), 'wait for an end');
});

test('an idle environment of a function that is not ahead gives way once it was unused for a second', () => {
  assert.equal(next({ A: [1], B: [] }, ['B idle 500', 'A busy'], { now: 600 }), 'wait 1500');
  assert.equal(next({ A: [1], B: [] }, ['B idle 500', 'A busy'], { now: 1500 }), 'end B idle 500');
});

test('an idle environment of a function that is ahead gives way at once', () => {
  const slots = ['A busy', 'B idle', 'B busy', 'B busy'];
  assert.equal(next({ A: [1], B: [] }, slots, { limit: 4 }), 'end B idle');
});

test('a free environment runs its own function before it gives way to one as well served', () => {
  assert.equal(next({ A: [2], B: [1] }, ['A idle', 'B busy']), 'run A idle');
});

test('a free environment gives way to a function without any that came first', () => {
  assert.equal(next({ A: [2], B: [1] }, ['A idle'], { limit: 1 }), 'end A idle');
  assert.equal(next({ A: [1], B: [2] }, ['A idle'], { limit: 1 }), 'run A idle');
});

test('a free place goes to the function with the fewest environments, then to the one that came first', () => {
  assert.equal(next({ A: [1], B: [2] }, ['A busy'], { limit: 2 }), 'start B');
  assert.equal(next({ A: [2], B: [1] }, [], { limit: 2 }), 'start B');
});

const meter = { 'index.js': 'let calls = 0; exports.handler = async () => ++calls;' };

test('many invocations share the environments there may be, one at a time each, and none is lost', async (t) => {
  const { add, invoke, host } = hosted(t, { environments: 2 });
  const arn = add({
    'index.js': `let inside = 0;
      exports.handler = async (event) => {
        inside += 1;
        await new Promise(setImmediate);
        return { n: event.n, inside: inside-- };
      };`,
  });
  const results = await Promise.all(Array.from({ length: 50 }, (_, n) => invoke(arn, { n })));
  assert.deepEqual(
    results.map(value),
    results.map((_, n) => ({ n, inside: 1 })),
  );
  assert.equal(host.logs(arn).filter((event) => event.message.startsWith('INIT_START')).length, 2);
});

test('two functions take turns in a single environment', async (t) => {
  const { add, invoke } = hosted(t, { environments: 1 });
  const [a, b] = [add(meter), add(meter)];
  const results = await Promise.all([invoke(a), invoke(b), invoke(a), invoke(b)]);
  assert.deepEqual(results.map(value), [1, 1, 1, 1]);
});

test('the wait for an environment is not counted in the timeout', bounded, async (t) => {
  const { add, invoke, logged, clock } = hosted(t, { environments: 1 });
  const arn = add({
    'index.js': `exports.handler = async (event) => {
      if (event.spin) { console.log('spinning'); for (;;); }
      return 'in time';
    };`,
  });
  const [slow, next] = [invoke(arn, { spin: true }), invoke(arn)];
  await logged(arn, 'spinning');
  clock.advance(3_000);
  assert.equal((await slow).kind, 'error');
  assert.equal(value(await next), 'in time');
});

test('an environment kept warm for a function gives way after a second without any other event', bounded, async (t) => {
  const { add, invoke, logged, clock } = hosted(t, { environments: 2 });
  const [spinning, quick] = [
    add({ 'index.js': "exports.handler = async () => { console.log('spinning'); for (;;); };" }),
    add(meter),
  ];
  await invoke(quick);
  const first = invoke(spinning);
  await logged(spinning, 'spinning');
  const second = invoke(spinning);
  clock.advance(1_000);
  await logged(spinning, 'RequestId: 00000000-0000-4000-8000-000000000005 Version');
  clock.advance(3_000);
  assert.deepEqual([(await first).kind, (await second).kind], ['error', 'error']);
});
