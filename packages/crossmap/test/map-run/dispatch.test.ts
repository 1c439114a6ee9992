import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Child, ChildRunner, ChildStatus } from '../../src/map-run/child-runner.ts';
import { dispatch, MAX_CONCURRENT_CHILDREN, MAX_RUNNING_CHARACTERS } from '../../src/map-run/dispatch.ts';
import { LiveCounts } from '../../src/map-run/live-counts.ts';
import { LiveLimits } from '../../src/map-run/live-limits.ts';
import type { PendingChild } from '../../src/map-run/map-run.ts';
import { settled } from '../engine/simulated-clock.ts';

/** Children that end when the test says so. Looks at the counts at every start and end. */
class HandRunner implements ChildRunner {
  readonly started: number[] = [];
  readonly aborted: number[] = [];
  readonly running = new Map<number, (status: ChildStatus) => void>();
  readonly counts = new LiveCounts();
  most = 0;

  constructor(children: readonly PendingChild[]) {
    this.counts.addPending(
      children.length,
      children.reduce((sum, { itemCount }) => sum + itemCount, 0),
    );
  }

  run({ index }: Child): Promise<ChildStatus> {
    this.started.push(index);
    return new Promise((resolve) => {
      this.running.set(index, resolve);
      this.most = Math.max(this.most, this.running.size);
    });
  }

  async abort({ index }: Child): Promise<void> {
    this.aborted.push(index);
    this.end(index, 'ABORTED');
  }

  end(index: number, status: ChildStatus): void {
    this.running.get(index)?.(status);
    this.running.delete(index);
  }
}

const childrenOf = (count: number, itemCount = 1): PendingChild[] =>
  Array.from({ length: count }, (_, i) => ({ input: String(i), itemCount }));

async function* pages(children: readonly PendingChild[], size = 2): AsyncGenerator<readonly Child[]> {
  const numbered = children.map((child, index) => ({ index, ...child }));
  for (let from = 0; from < numbered.length; from += size) yield numbered.slice(from, from + size);
}

function start(
  children: readonly PendingChild[],
  { maxConcurrency = 0, toleratedFailureCount = 0, stop = new Promise<void>(() => {}) } = {},
) {
  const runner = new HandRunner(children);
  const { counts } = runner;
  const tolerance = { count: toleratedFailureCount, percentage: undefined };
  const limits = new LiveLimits(maxConcurrency, tolerance);
  const done = dispatch({ children: pages(children), runner, counts, limits, stop });
  return { runner, counts, limits, done };
}

test('no children: done at once', async () => {
  assert.equal(await start([]).done, 'done');
});

test('MaxConcurrency 1 is one after the other, in order', async () => {
  const { runner, done } = start(childrenOf(5), { maxConcurrency: 1 });
  for (let index = 0; index < 5; index++) {
    await settled();
    assert.deepEqual([...runner.running.keys()], [index]);
    runner.end(index, 'SUCCEEDED');
  }
  assert.equal(await done, 'done');
});

test('running children hold a bounded number of characters, but one child always runs', async () => {
  const quarter = { input: 'x'.repeat(MAX_RUNNING_CHARACTERS / 4), itemCount: 1 };
  const larger = { input: 'x'.repeat(MAX_RUNNING_CHARACTERS + 1), itemCount: 1 };
  const { runner, done } = start([quarter, quarter, quarter, quarter, quarter, larger, quarter]);
  await settled();
  assert.deepEqual(runner.started, [0, 1, 2, 3]);
  runner.end(2, 'SUCCEEDED');
  await settled();
  assert.deepEqual(runner.started, [0, 1, 2, 3, 4]);
  for (const index of [0, 1, 3, 4]) runner.end(index, 'SUCCEEDED');
  await settled();
  assert.deepEqual([...runner.running.keys()], [5]);
  runner.end(5, 'SUCCEEDED');
  await settled();
  assert.deepEqual([...runner.running.keys()], [6]);
  runner.end(6, 'SUCCEEDED');
  assert.equal(await done, 'done');
});

test('a place that becomes free is taken by the next child', async () => {
  const { runner, done } = start(childrenOf(6), { maxConcurrency: 3 });
  await settled();
  assert.deepEqual(runner.started, [0, 1, 2]);
  runner.end(1, 'SUCCEEDED');
  await settled();
  assert.deepEqual(runner.started, [0, 1, 2, 3]);
  for (const index of [0, 2, 3]) runner.end(index, 'SUCCEEDED');
  await settled();
  for (const index of [4, 5]) runner.end(index, 'SUCCEEDED');
  assert.equal(await done, 'done');
});

test('no declared limit, or a larger one, is 10,000 at once; others have their turn while so many start', async () => {
  for (const maxConcurrency of [0, 20_000]) {
    const { runner, done } = start(childrenOf(MAX_CONCURRENT_CHILDREN + 5), { maxConcurrency });
    await settled();
    assert.ok(runner.running.size > 0 && runner.running.size < MAX_CONCURRENT_CHILDREN);
    for (let turn = 0; turn < 30; turn++) await settled();
    assert.equal(runner.running.size, MAX_CONCURRENT_CHILDREN);
    for (const index of [...runner.running.keys()]) runner.end(index, 'SUCCEEDED');
    await settled();
    for (const index of [...runner.running.keys()]) runner.end(index, 'SUCCEEDED');
    assert.equal(await done, 'done');
  }
});

describe('more failed items than tolerated', () => {
  test('running children are aborted, the others never start', async () => {
    const { runner, counts, done } = start(childrenOf(6), { maxConcurrency: 3 });
    await settled();
    runner.end(1, 'FAILED');
    assert.equal(await done, 'breached');
    assert.deepEqual(runner.started, [0, 1, 2]);
    assert.deepEqual(runner.aborted, [0, 2]);
    const { pending, running, failed, aborted, total } = counts.executionCounts;
    assert.deepEqual(
      { pending, running, failed, aborted, total },
      { pending: 3, running: 0, failed: 1, aborted: 2, total: 6 },
    );
  });

  test('a failed child counts all its items', async () => {
    const { runner, done } = start(childrenOf(4, 2), { maxConcurrency: 1, toleratedFailureCount: 3 });
    await settled();
    runner.end(0, 'FAILED');
    await settled();
    assert.deepEqual(runner.started, [0, 1], 'two of three tolerated');
    runner.end(1, 'TIMED_OUT');
    assert.equal(await done, 'breached');
    assert.deepEqual(runner.started, [0, 1]);
  });

  test('a run that is stopped aborts what runs and starts nothing more', async () => {
    let stopIt = () => {};
    const stop = new Promise<void>((resolve) => {
      stopIt = resolve;
    });
    const { runner, counts, done } = start(childrenOf(5), { maxConcurrency: 2, stop });
    await settled();
    runner.end(0, 'SUCCEEDED');
    await settled();
    stopIt();
    assert.equal(await done, 'aborted');
    assert.deepEqual(
      [runner.started, runner.aborted],
      [
        [0, 1, 2],
        [1, 2],
      ],
    );
    const { pending, running, succeeded, aborted } = counts.executionCounts;
    assert.deepEqual([pending, running, succeeded, aborted], [2, 0, 1, 2]);
  });

  test('as many as tolerated is no breach', async () => {
    const { runner, counts, done } = start(childrenOf(3), { toleratedFailureCount: 3 });
    await settled();
    for (const index of [0, 1, 2]) runner.end(index, 'FAILED');
    assert.equal(await done, 'done');
    assert.equal(counts.itemCounts.failed, 3);
  });

  test('the last child may be the one that breaches', async () => {
    const { runner, done } = start(childrenOf(1));
    await settled();
    runner.end(0, 'FAILED');
    assert.equal(await done, 'breached');
  });
});

describe('limits that change while the run is running', () => {
  test('more at once start at once, and fewer wait until enough have ended', async () => {
    const { runner, limits, done } = start(childrenOf(8), { maxConcurrency: 1 });
    await settled();
    assert.deepEqual(runner.started, [0]);
    limits.change({ maxConcurrency: 3 });
    await settled();
    assert.deepEqual(runner.started, [0, 1, 2]);
    limits.change({ maxConcurrency: 2 });
    runner.end(0, 'SUCCEEDED');
    await settled();
    assert.deepEqual(runner.started, [0, 1, 2], 'two are running');
    runner.end(1, 'SUCCEEDED');
    await settled();
    assert.deepEqual(runner.started, [0, 1, 2, 3]);
    limits.change({ maxConcurrency: 0 });
    await settled();
    assert.deepEqual(runner.started, [0, 1, 2, 3, 4, 5, 6, 7]);
    for (const index of [2, 3, 4, 5, 6, 7]) runner.end(index, 'SUCCEEDED');
    assert.equal(await done, 'done');
  });

  test('a tolerance raised in time saves the run', async () => {
    const { runner, limits, done } = start(childrenOf(2), { maxConcurrency: 1 });
    await settled();
    limits.change({ toleratedFailureCount: 1 });
    runner.end(0, 'FAILED');
    await settled();
    runner.end(1, 'SUCCEEDED');
    assert.equal(await done, 'done');
  });

  test('a tolerance lowered below what has failed ends the run', async () => {
    const { runner, limits, done } = start(childrenOf(3), { maxConcurrency: 1, toleratedFailureCount: 2 });
    await settled();
    runner.end(0, 'FAILED');
    await settled();
    limits.change({ toleratedFailurePercentage: 10 });
    assert.equal(await done, 'breached');
    assert.deepEqual(runner.aborted, [1]);
  });
});

test('a fault of the runner, or of the source, is thrown on, and nothing more is started', async () => {
  const { runner, done } = start(childrenOf(4), { maxConcurrency: 2 });
  await settled();
  runner.running.get(0)?.(Promise.reject(new Error('disk full')) as never);
  await assert.rejects(done, /disk full/);
  assert.deepEqual(runner.started, [0, 1]);

  async function* broken(): AsyncGenerator<readonly Child[]> {
    yield* pages(childrenOf(1));
    throw new Error('cannot read');
  }
  const other = new HandRunner(childrenOf(1));
  const limits = new LiveLimits(0, { count: 0, percentage: undefined });
  const options = { counts: other.counts, limits };
  await assert.rejects(dispatch({ children: broken(), runner: other, ...options }), /cannot read/);
});

test('whatever ends when: in order, never above the limit, and the counts add up at every instant', async () => {
  const statuses = fc.array(
    fc.record({
      status: fc.constantFrom<ChildStatus>('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'),
      itemCount: fc.integer({ min: 1, max: 4 }),
      next: fc.nat(),
    }),
    { maxLength: 25 },
  );
  await fc.assert(
    fc.asyncProperty(
      statuses,
      fc.integer({ min: 1, max: 5 }),
      fc.nat(6),
      async (script, maxConcurrency, toleratedFailureCount) => {
        const children = script.map(({ itemCount }, i) => ({ input: String(i), itemCount }));
        const items = children.reduce((sum, { itemCount }) => sum + itemCount, 0);
        const { runner, counts, done } = start(children, { maxConcurrency, toleratedFailureCount });
        const consistent = () => {
          assert.equal(counts.executionCounts.total, children.length);
          assert.equal(counts.itemCounts.total, items);
          assert.ok(Object.values(counts.itemCounts).every((count) => count >= 0));
        };
        let failedItems = 0;
        for (let turn = 0; turn < script.length; turn++) {
          await settled();
          consistent();
          assert.equal(counts.executionCounts.running, runner.running.size);
          const running = [...runner.running.keys()];
          const index = running[(script[turn]?.next ?? 0) % running.length];
          if (index === undefined) break;
          const { status, itemCount } = script[index] ?? assert.fail();
          if (status === 'FAILED' || status === 'TIMED_OUT') failedItems += itemCount;
          runner.end(index, status);
        }
        assert.equal(await done, failedItems > toleratedFailureCount ? 'breached' : 'done');
        consistent();
        assert.equal(counts.executionCounts.running, 0);
        assert.equal(counts.itemCounts.failed + counts.itemCounts.timedOut, failedItems);
        assert.deepEqual(
          runner.started,
          runner.started.map((_, i) => i),
        );
        assert.ok(runner.most <= maxConcurrency);
      },
    ),
    { numRuns: 200 },
  );
});
