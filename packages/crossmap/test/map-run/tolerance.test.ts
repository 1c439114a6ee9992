import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveCounts } from '../../src/map-run/live-counts.ts';
import { toleratedFailureExceeded } from '../../src/map-run/tolerance.ts';

test('the threshold is exceeded above the tolerated number, not at it', () => {
  const exceeded = (failed: number, count: number) =>
    toleratedFailureExceeded(failed, 100, { count, percentage: undefined });
  assert.equal(exceeded(0, 0), false);
  assert.equal(exceeded(1, 0), true);
  assert.equal(exceeded(3, 3), false);
  assert.equal(exceeded(4, 3), true);
});

test('a percentage is of all items; 100 % is never exceeded', () => {
  const exceeded = (failed: number, percentage: number, count?: number) =>
    toleratedFailureExceeded(failed, 8, { count, percentage });
  assert.equal(exceeded(1, 12.5), false);
  assert.equal(exceeded(2, 12.5), true);
  assert.equal(exceeded(1, 0), true);
  assert.equal(exceeded(8, 100), false);
});

test('either of two thresholds suffices, and what is not declared does not limit', () => {
  const exceeded = (failed: number, count: number | undefined, percentage: number | undefined) =>
    toleratedFailureExceeded(failed, 10, { count, percentage });
  assert.equal(exceeded(2, 1, 100), true);
  assert.equal(exceeded(2, 9, 10), true);
  assert.equal(exceeded(2, 2, 20), false);
  assert.equal(exceeded(2, undefined, 20), false);
  assert.equal(exceeded(0, undefined, undefined), false);
  assert.equal(exceeded(1, undefined, undefined), true);
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
