import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveCounts } from '../../src/map-run/live-counts.ts';
import { toleratedFailureExceeded } from '../../src/map-run/tolerance.ts';

test('the threshold is exceeded above the tolerated number, not at it', () => {
  const exceeded = (failed: number, toleratedFailureCount?: number) =>
    toleratedFailureExceeded({ failed, total: 10 }, { toleratedFailureCount });
  assert.equal(exceeded(0, 0), false);
  assert.equal(exceeded(1, 0), true);
  assert.equal(exceeded(3, 3), false);
  assert.equal(exceeded(4, 3), true);
});

test('the threshold is exceeded above the tolerated percentage of all items, not at it', () => {
  const exceeded = (failed: number, toleratedFailurePercentage: number) =>
    toleratedFailureExceeded({ failed, total: 40 }, { toleratedFailurePercentage });
  assert.equal(exceeded(0, 0), false);
  assert.equal(exceeded(1, 0), true);
  assert.equal(exceeded(3, 7.5), false);
  assert.equal(exceeded(4, 7.5), true);
  assert.equal(exceeded(40, 100), false);
});

test('where only the percentage is declared any number within it is tolerated, where neither is none', () => {
  const four = { failed: 4, total: 100 };
  assert.equal(toleratedFailureExceeded(four, { toleratedFailurePercentage: 5 }), false);
  assert.equal(toleratedFailureExceeded(four, {}), true);
});

test('of a number and a percentage either suffices', () => {
  const four = { failed: 4, total: 100 };
  assert.equal(toleratedFailureExceeded(four, { toleratedFailureCount: 3, toleratedFailurePercentage: 50 }), true);
  assert.equal(toleratedFailureExceeded(four, { toleratedFailureCount: 50, toleratedFailurePercentage: 3 }), true);
});

test('failed and timed out items count against the tolerance, aborted ones do not', () => {
  const counts = new LiveCounts();
  counts.addPending(4, 40);
  for (const status of ['failed', 'timedOut', 'aborted', 'succeeded'] as const) {
    counts.move('pending', 'running', 10);
    counts.move('running', status, 10);
  }
  assert.equal(counts.failedItems, 20);
});

test('children and items are counted apart; all are written at the end, none before', () => {
  const counts = new LiveCounts();
  counts.addPending(2, 5);
  counts.move('pending', 'running', 3);
  const none = { succeeded: 0, failed: 0, timedOut: 0, aborted: 0 };
  assert.deepEqual(counts.executionCounts, { pending: 1, running: 1, ...none, total: 2, resultsWritten: 0 });
  assert.deepEqual(counts.itemCounts, { pending: 2, running: 3, ...none, total: 5, resultsWritten: 0 });
  assert.deepEqual(counts.final.itemCounts, { pending: 2, running: 3, ...none, total: 5, resultsWritten: 5 });
});
