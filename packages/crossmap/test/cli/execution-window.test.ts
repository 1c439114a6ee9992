import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExecutionView } from '../../src/cli/execution-follower.ts';
import { executionLine, executionWindow } from '../../src/cli/execution-window.ts';
import { displayWidth, painter } from '../../src/cli/terminal.ts';
import { type ObservedMapRun, observe, type ReportedCounts } from '../../src/progress/map-run-progress.ts';

const plain = painter(false);

const LISTING: ExecutionView = {
  stateMachineName: 'ObjectsMap',
  executionName: 'nightly',
  status: 'RUNNING',
  startedAt: 0,
  now: 12_900,
  stateName: 'ListObjects',
  mapRun: undefined,
};

/** A Map Run after successive answers, one a second; the last with the status. */
function inMapRun(
  counts: readonly ReportedCounts[],
  status = 'RUNNING',
  view: Partial<ExecutionView> = {},
): ExecutionView {
  const observed = counts.reduce<ObservedMapRun | undefined>((before, itemCounts, n) => {
    const last = n === counts.length - 1;
    const stopDate = last && status !== 'RUNNING' ? { stopDate: new Date(10_000) } : {};
    const answer = {
      status: last ? status : 'RUNNING',
      startDate: new Date(0),
      itemCounts,
      executionCounts: {},
      ...stopDate,
    };
    return observe(before, answer, n * 1_000);
  }, undefined);
  assert.ok(observed);
  const mapRun = { mapRunArn: 'arn:run', stateName: 'ProcessObjects', observed };
  return { ...LISTING, stateName: 'ProcessObjects', mapRun, ...view };
}

const HALF = [
  { total: 2_345, pending: 2_345 },
  { total: 2_345, succeeded: 1_358, failed: 2, running: 40, pending: 945 },
];

function frame(view: ExecutionView, columns = 80): string {
  return `\n${executionWindow(view, columns, plain)
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

test('before a Map Run the window shows the state', () => {
  assert.equal(
    frame(LISTING),
    `
ObjectsMap · nightly                                               RUNNING  0:12
▸ ListObjects
`,
  );
});

test('a running Map Run shows bar, percentage, counts, rate and time left', () => {
  assert.equal(
    frame(inMapRun(HALF)),
    `
ObjectsMap · nightly                                               RUNNING  0:12
▸ ProcessObjects
  █████████████████████████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  57%
  1,360 of 2,345 items · 2 failed · 40 running         1,360 items/s · 0:01 left
`,
  );
});

test('a Map Run that has read nothing yet has an empty bar without a percentage', () => {
  assert.equal(
    frame(inMapRun([{ total: 0 }])),
    `
ObjectsMap · nightly                                               RUNNING  0:12
▸ ProcessObjects
  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
  reading items
`,
  );
});

test('an ended Map Run over nothing is full and says so', () => {
  const [, , bar, counts] = executionWindow(inMapRun([{ total: 0 }], 'SUCCEEDED'), 80, plain);
  assert.match(bar ?? '', /^ {2}█{72} 100%$/);
  assert.equal(counts?.trim(), 'no items');
});

test('after the Map Run its bar stays and the next state is shown below', () => {
  const view = inMapRun([{ total: 2_345 }, { total: 2_345, succeeded: 2_345 }], 'SUCCEEDED', { stateName: 'Collect' });
  assert.equal(
    frame(view),
    `
ObjectsMap · nightly                                               RUNNING  0:12
✓ ProcessObjects
  ████████████████████████████████████████████████████████████████████████ 100%
  2,345 of 2,345 items · 0 failed                                    235 items/s
▸ Collect
`,
  );
});

test('a failed Map Run is marked and counts its failed items', () => {
  const lines = executionWindow(inMapRun([{ total: 10, succeeded: 3, failed: 1, aborted: 6 }], 'FAILED'), 80, plain);
  assert.equal(lines[1], '✗ ProcessObjects');
  assert.match(lines[3] ?? '', /^ {2}10 of 10 items · 7 failed/);
});

test('failed items are red where there is colour', () => {
  const [, , , counts] = executionWindow(inMapRun(HALF), 80, painter(true));
  assert.match(counts ?? '', /1,360 of 2,345 items · \x1b\[31m2 failed\x1b\[39m/);
});

test('very long and wide names stay on their line, at any width', () => {
  const long = 'データ処理のとても長い名前'.repeat(8);
  const view = inMapRun([{ total: 0 }, { total: 10_000_000, succeeded: 9_999_999, running: 1 }], 'RUNNING', {
    stateMachineName: long,
    executionName: long,
    stateName: long,
  });
  for (const columns of [80, 100, 40, 20, 8]) {
    for (const paint of [plain, painter(true)]) {
      for (const line of executionWindow(view, columns, paint)) {
        assert.ok(displayWidth(line) <= columns, `${displayWidth(line)} cells of ${columns}: ${line}`);
      }
    }
  }
});

test('a line for a log tells time, status, state and progress', () => {
  assert.equal(executionLine(LISTING).text, '0:12  RUNNING  ListObjects');
  assert.equal(
    executionLine(inMapRun(HALF)).text,
    '0:12  RUNNING  ProcessObjects  1,360 of 2,345 items · 2 failed · 1,360 items/s · 0:01 left',
  );
});

test('new counts are no new state for a log, a new state or status is', () => {
  const state = (view: ExecutionView) => executionLine(view).state;
  assert.equal(state(inMapRun([{ total: 1 }])), state(inMapRun(HALF)));
  assert.notEqual(state(inMapRun(HALF)), state(inMapRun(HALF, 'RUNNING', { stateName: 'Collect' })));
  assert.notEqual(state(LISTING), state({ ...LISTING, status: 'FAILED' }));
});
