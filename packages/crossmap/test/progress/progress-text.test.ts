import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MapRunProgress } from '../../src/progress/map-run-progress.ts';
import {
  barText,
  clockText,
  countText,
  durationText,
  itemsText,
  percentText,
  progressLine,
  rateText,
} from '../../src/progress/progress-text.ts';

const RUNNING: MapRunProgress = {
  ended: false,
  done: 1_360,
  total: 2_345,
  failed: 2,
  running: 40,
  pending: 945,
  childrenRunning: 4,
  fraction: 0.58,
  itemsPerSecond: 312.4,
  secondsLeft: 3.2,
};

test('a bar is full only at the end', () => {
  assert.equal(barText(0, 10), '░░░░░░░░░░');
  assert.equal(barText(0.58, 10), '█████░░░░░');
  assert.equal(barText(0.9999, 10), '█████████░');
  assert.equal(barText(1, 10), '██████████');
});

test('a bar of an unknown fraction is empty', () => {
  assert.equal(barText(undefined, 4), '░░░░');
  assert.equal(percentText(undefined), '    ');
});

test('a percentage is 100 only at the end, and always four cells wide', () => {
  assert.deepEqual([0, 0.07, 0.9999, 1].map(percentText), ['  0%', '  7%', ' 99%', '100%']);
});

test('counts have thousands separators', () => {
  assert.deepEqual([0, 999, 1_000, 1_234_567].map(countText), ['0', '999', '1,000', '1,234,567']);
  assert.deepEqual([0, 1, 2_000].map(itemsText), ['0 items', '1 item', '2,000 items']);
});

test('a slow rate keeps a decimal and is never shown as zero', () => {
  assert.deepEqual([0, 0.01, 2.25, 9.94, 9.96, 1_234.4].map(rateText), [
    '0 items/s',
    '0.1 items/s',
    '2.3 items/s',
    '9.9 items/s',
    '10 items/s',
    '1,234 items/s',
  ]);
});

test('time left is rounded up, so that 0:00 is the end', () => {
  assert.deepEqual([0, 0.1, 59.5, 750, 11_220].map(clockText), ['0:00', '0:01', '1:00', '12:30', '3:07:00']);
});

test('a duration has tenths below a minute', () => {
  assert.deepEqual([0, 12.44, 59.94, 59.96, 750].map(durationText), ['0.0 s', '12.4 s', '59.9 s', '1:00', '12:30']);
});

test('one line tells the whole progress', () => {
  assert.equal(progressLine(RUNNING), '1,360 of 2,345 items · 2 failed · 312 items/s · 0:04 left');
});

test('zero items read as an ItemReader at work, or as a Map Run over nothing', () => {
  const zero = { ...RUNNING, done: 0, total: 0, failed: 0, secondsLeft: undefined };
  assert.equal(progressLine(zero), 'reading items');
  assert.equal(progressLine({ ...zero, ended: true }), 'no items');
});
