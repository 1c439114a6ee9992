import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ObservedMapRun,
  observe,
  progressOf,
  type ReportedCounts,
  type ReportedMapRun,
} from '../../src/progress/map-run-progress.ts';

const START = new Date('2026-10-01T10:00:00Z');

function mapRun(itemCounts: ReportedCounts, status = 'RUNNING', seconds = 0): ReportedMapRun {
  const ended = status === 'RUNNING' ? {} : { stopDate: new Date(START.getTime() + seconds * 1000) };
  return { status, startDate: START, itemCounts, executionCounts: { running: 4 }, ...ended };
}

/** Successive answers, one a second. */
function observeEach(answers: readonly ReportedMapRun[], everyMs = 1_000): ObservedMapRun {
  const observed = answers.reduce<ObservedMapRun | undefined>(
    (before, answer, n) => observe(before, answer, n * everyMs),
    undefined,
  );
  assert.ok(observed);
  return observed;
}

test('rate and time left come from successive answers', () => {
  const progress = progressOf(
    observeEach([
      mapRun({ total: 1_000, pending: 1_000 }),
      mapRun({ total: 1_000, succeeded: 90, running: 40, pending: 870 }),
      mapRun({ total: 1_000, succeeded: 196, failed: 4, running: 40, pending: 760 }),
    ]),
  );
  assert.deepEqual(progress, {
    ended: false,
    done: 200,
    total: 1_000,
    failed: 4,
    running: 40,
    pending: 760,
    childrenRunning: 4,
    fraction: 0.2,
    itemsPerSecond: 100,
    secondsLeft: 8,
  });
});

test('one answer gives no rate', () => {
  const progress = progressOf(observeEach([mapRun({ total: 10, succeeded: 5 })]));
  assert.equal(progress.itemsPerSecond, undefined);
  assert.equal(progress.secondsLeft, undefined);
});

test('a burst is spread over the window of 20 seconds', () => {
  const done = [0, 0, 0, 0, 0, 0, 0, 0, 0, 200];
  const progress = progressOf(observeEach(done.map((succeeded) => mapRun({ total: 1_000, succeeded }))));
  assert.equal(Math.round(progress.itemsPerSecond ?? 0), 22);
});

test('what is older than 20 seconds does not count, and is not kept', () => {
  const slowThenFast = Array.from({ length: 200 }, (_, n) => mapRun({ total: 9_999, succeeded: n < 100 ? n : n * 10 }));
  const observed = observeEach(slowThenFast);
  assert.equal(progressOf(observed).itemsPerSecond, 10);
  assert.equal(observed.samples.length, 21);
});

test('nothing done for 20 seconds is a rate of zero and no time left', () => {
  const progress = progressOf(observeEach(Array.from({ length: 30 }, () => mapRun({ total: 10, succeeded: 5 }))));
  assert.equal(progress.itemsPerSecond, 0);
  assert.equal(progress.secondsLeft, undefined);
});

test('zero items of a running Map Run say nothing, of an ended one they are all of it', () => {
  assert.equal(progressOf(observeEach([mapRun({ total: 0 })])).fraction, undefined);
  assert.equal(progressOf(observeEach([mapRun({ total: 0 }, 'SUCCEEDED', 1)])).fraction, 1);
});

test('failed items are those that failed, timed out or were aborted, and they are done', () => {
  const { failed, done } = progressOf(
    observeEach([mapRun({ total: 9, succeeded: 3, failed: 1, timedOut: 2, aborted: 3 })]),
  );
  assert.deepEqual([failed, done], [6, 9]);
});

test('fewer items done than before (a redrive) starts a new window', () => {
  const observed = observeEach([
    mapRun({ total: 100, succeeded: 50, failed: 50 }),
    mapRun({ total: 100, succeeded: 60 }),
  ]);
  assert.equal(progressOf(observed).itemsPerSecond, undefined);
  assert.equal(progressOf(observed).done, 60);
});

test('an answer whose time is not later than the last one replaces it without a sample', () => {
  const before = observe(undefined, mapRun({ total: 10, succeeded: 1 }), 1_000);
  const after = observe(before, mapRun({ total: 10, succeeded: 3 }), 1_000);
  assert.equal(progressOf(after).done, 3);
  assert.equal(progressOf(after).itemsPerSecond, undefined);
});

test('the rate of an ended Map Run is that of its whole duration', () => {
  const observed = observeEach([mapRun({ total: 500 }), mapRun({ total: 500, succeeded: 500 }, 'SUCCEEDED', 10)]);
  assert.deepEqual(
    [progressOf(observed).itemsPerSecond, progressOf(observed).secondsLeft, progressOf(observed).ended],
    [50, undefined, true],
  );
});

test('counts that an answer leaves out are zero', () => {
  const bare = { status: 'RUNNING', startDate: START, itemCounts: undefined, executionCounts: undefined };
  const { done, total, failed, running, pending, childrenRunning } = progressOf(observeEach([bare]));
  assert.deepEqual([done, total, failed, running, pending, childrenRunning], [0, 0, 0, 0, 0, 0]);
});
