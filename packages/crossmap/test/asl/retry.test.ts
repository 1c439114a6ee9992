import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Retrier } from '../../src/asl/definition.ts';
import { findCatcher, matchesError, nextRetry } from '../../src/asl/retry.ts';

describe('which names stand for which error', () => {
  const table: readonly (readonly [string, string, boolean])[] = [
    ['Custom', 'Custom', true],
    ['Custom', 'custom', false],
    ['States.ALL', 'Custom', true],
    ['States.ALL', '', true],
    ['States.ALL', 'States.Timeout', true],
    ['States.ALL', 'States.ItemReaderFailed', true],
    ['States.ALL', 'States.DataLimitExceeded', true],
    ['States.ALL', 'States.Runtime', false],
    ['States.Runtime', 'States.Runtime', false],
    ['States.TaskFailed', 'States.Runtime', false],
    ['States.TaskFailed', 'Custom', true],
    ['States.TaskFailed', 'States.Timeout', false],
    ['States.Timeout', 'States.Timeout', true],
    ['States.Timeout', 'States.HeartbeatTimeout', true],
    ['States.HeartbeatTimeout', 'States.HeartbeatTimeout', true],
    ['States.HeartbeatTimeout', 'States.Timeout', false],
    ['States.TaskFailed', 'States.HeartbeatTimeout', false],
    ['States.ALL', 'States.HeartbeatTimeout', true],
    ['States.TaskFailed', '', true],
  ];
  for (const [name, error, expected] of table) {
    test(`${name} ${expected ? 'stands' : 'does not stand'} for ${error === '' ? 'an error without name' : error}`, () => {
      assert.equal(matchesError(['Other', name], error), expected);
    });
  }
});

/** The delays of a task that fails with the same error again and again. */
function delays(retrier: Partial<Retrier>, random = 0.5): number[] {
  const retriers = [{ ErrorEquals: ['States.ALL'], ...retrier }];
  const given: number[] = [];
  for (;;) {
    const next = nextRetry(retriers, [given.length], 'E', random);
    if (next === undefined) return given;
    given.push(next.delaySeconds);
  }
}

describe('delays', () => {
  test('three attempts, from one second, doubled, where nothing is said', () => {
    assert.deepEqual(delays({}), [1, 2, 4]);
  });
  test('IntervalSeconds, BackoffRate and MaxAttempts', () => {
    assert.deepEqual(delays({ IntervalSeconds: 3, BackoffRate: 1.5, MaxAttempts: 4 }), [3, 4.5, 6.75, 10.125]);
    assert.deepEqual(delays({ IntervalSeconds: 5, BackoffRate: 1, MaxAttempts: 2 }), [5, 5]);
  });
  test('MaxAttempts 0 never tries again', () => {
    assert.deepEqual(delays({ MaxAttempts: 0 }), []);
  });
  test('MaxDelaySeconds is the longest delay', () => {
    assert.deepEqual(delays({ MaxAttempts: 5, MaxDelaySeconds: 5 }), [1, 2, 4, 5, 5]);
  });
  test('full jitter takes the part of the delay that the random number says', () => {
    assert.deepEqual(delays({ JitterStrategy: 'FULL' }, 0.25), [0.25, 0.5, 1]);
    assert.deepEqual(delays({ JitterStrategy: 'FULL', MaxDelaySeconds: 2 }, 0.5), [0.5, 1, 1]);
    assert.deepEqual(delays({ JitterStrategy: 'FULL' }, 0), [0, 0, 0]);
    assert.deepEqual(delays({ JitterStrategy: 'NONE' }, 0.25), [1, 2, 4]);
  });
});

test('the first retrier that matches decides, with its own counter', () => {
  const retriers = [
    { ErrorEquals: ['A'], MaxAttempts: 1, IntervalSeconds: 10 },
    { ErrorEquals: ['States.ALL'], MaxAttempts: 2, IntervalSeconds: 20 },
  ];
  assert.deepEqual(nextRetry(retriers, [], 'A', 0), { retrier: 0, delaySeconds: 10 });
  assert.equal(nextRetry(retriers, [1], 'A', 0), undefined, 'used up: the second is not asked');
  assert.deepEqual(nextRetry(retriers, [1], 'B', 0), { retrier: 1, delaySeconds: 20 });
  assert.deepEqual(nextRetry(retriers, [1, 1], 'B', 0), { retrier: 1, delaySeconds: 40 });
  assert.equal(nextRetry(retriers, [1, 2], 'B', 0), undefined);
  assert.equal(nextRetry([], [], 'B', 0), undefined);
});

test('the first catcher that matches catches', () => {
  const catchers = [
    { ErrorEquals: ['A', 'B'], Next: 'first' },
    { ErrorEquals: ['States.ALL'], Next: 'second' },
  ];
  assert.equal(findCatcher(catchers, 'B')?.Next, 'first');
  assert.equal(findCatcher(catchers, 'C')?.Next, 'second');
  assert.equal(findCatcher(catchers, 'States.Runtime'), undefined);
});
