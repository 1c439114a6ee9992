import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MapRunRecord, PendingChild } from '../../src/map-run/map-run.ts';
import type { StoreUnderTest } from './contract.ts';
import {
  CHILD_MACHINE_ARN,
  child,
  execution,
  MAP_RUN_ARN,
  passEvents,
  RUNNING,
  START,
  succeeded,
} from './executions.ts';

const NONE = { pending: 0, running: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0, total: 0, resultsWritten: 0 };
const PARENT_ARN = execution('parent', RUNNING).executionArn;

/** What every `MapRunStore` does. */
export function mapRunContract(name: string, { open, kept }: StoreUnderTest): void {
  describe(`Map Runs in ${name}`, () => {
    test('a Map Run is given back as it was last recorded', async () => {
      let store = await open();
      const running: MapRunRecord = { ...mapRun(MAP_RUN_ARN, START), status: 'RUNNING' };
      const failed: MapRunRecord = {
        ...mapRun(MAP_RUN_ARN, START),
        itemCounts: { ...NONE, failed: 2, total: 2 },
        status: 'FAILED',
        stopDate: START + 5,
        failure: { error: 'States.ExceedToleratedFailureThreshold', cause: 'two' },
      };
      await store.recordMapRun(running);
      store = await kept(store);
      assert.deepEqual(await store.mapRun(MAP_RUN_ARN), running);
      await Promise.all([store.recordMapRun(running), store.recordMapRun(failed)]);
      store = await kept(store);
      assert.deepEqual(await store.mapRun(MAP_RUN_ARN), failed);
      await store.close();
    });

    test('the Map Runs of an execution are given oldest first, those of others are not', async () => {
      const store = await open();
      const [first, second] = [mapRun(`${MAP_RUN_ARN}-a`, START), mapRun(`${MAP_RUN_ARN}-b`, START + 1)];
      const other = { ...mapRun(`${MAP_RUN_ARN}-c`, START), executionArn: `${PARENT_ARN}-other` };
      for (const run of [second, other, first]) await store.recordMapRun(run);
      const reader = await kept(store);
      assert.deepEqual(await reader.mapRuns(PARENT_ARN), [first, second]);
      assert.deepEqual(await reader.mapRuns('arn:nobody'), []);
      await reader.close();
    });

    test('spooled children come back in item order from any number, whatever their size', async () => {
      const store = await open();
      const children = Array.from({ length: 1_200 }, (_, index) => pending(index, index % 400 === 7 ? 300_000 : 60));
      await store.spoolChildren(MAP_RUN_ARN, children.slice(0, 5));
      await Promise.all([
        store.spoolChildren(MAP_RUN_ARN, children.slice(5, 6)),
        store.spoolChildren(MAP_RUN_ARN, []),
        store.spoolChildren(MAP_RUN_ARN, children.slice(6)),
      ]);
      await store.spoolChildren(`${MAP_RUN_ARN}-other`, [pending(0, 1)]);
      const reader = await kept(store);
      for (const from of [0, 4, 5, 6, 800, 1_199, 1_200, 5_000]) {
        assert.deepEqual(await flat(reader.spooledChildren(MAP_RUN_ARN, from)), children.slice(from));
      }
      assert.deepEqual(await flat(reader.spooledChildren('arn:nobody', 0)), []);
      await reader.close();
    });

    test('an input keeps every character: quotes, scripts, an astral character', async () => {
      const store = await open();
      const inputs = ['{"key":"a b+%#\\"\'é/日本/🙂"}', '""', '" \u2028"', '{"key":"🙂🙂"}'];
      const children = inputs.map((input) => ({ input, itemCount: 3 }));
      await store.spoolChildren(MAP_RUN_ARN, children);
      const reader = await kept(store);
      assert.deepEqual(await flat(reader.spooledChildren(MAP_RUN_ARN, 0)), children);
      await reader.close();
    });

    test('children spooled while the spool is read are read too', async () => {
      const store = await open();
      const seen: PendingChild[] = [];
      await store.spoolChildren(MAP_RUN_ARN, [pending(0, 9)]);
      for await (const page of store.spooledChildren(MAP_RUN_ARN, 0)) {
        seen.push(...page);
        if (seen.length < 3) await store.spoolChildren(MAP_RUN_ARN, [pending(seen.length, 9)]);
      }
      assert.deepEqual(seen, [pending(0, 9), pending(1, 9), pending(2, 9)]);
      await store.close();
    });

    test('children come in item order with the statuses asked for, at most 500 at a time', async () => {
      const store = await open();
      const failed = { status: 'FAILED', stopDate: START + 1, cause: 'it is' } as const;
      const end = (index: number) => (index % 3 === 0 ? failed : index % 3 === 1 ? RUNNING : succeeded(index));
      const children = Array.from({ length: 1_600 }, (_, index) => child(index, end(index)));
      await Promise.all(children.toReversed().map((one) => store.recordExecution(one, [])));
      await store.recordExecution(child(0, succeeded(1), `${MAP_RUN_ARN}-other`), []);
      const reader = await kept(store);
      const pages = await all(reader.children(MAP_RUN_ARN, ['FAILED', 'SUCCEEDED']));
      assert.deepEqual(
        pages.flat(),
        children.filter((one) => one.status !== 'RUNNING'),
      );
      assert.ok(pages.every((page) => page.length <= 500));
      assert.deepEqual(await flat(reader.children(MAP_RUN_ARN, ['TIMED_OUT'])), []);
      assert.deepEqual(await flat(reader.children(MAP_RUN_ARN, [])), []);
      await reader.close();
    });

    test('children that end while they are read are each given once', async () => {
      const store = await open();
      const children = Array.from({ length: 1_001 }, (_, index) => child(index, RUNNING));
      await Promise.all(children.map((one) => store.recordExecution(one, [])));
      const seen: (number | undefined)[] = [];
      for await (const page of store.children(MAP_RUN_ARN, ['RUNNING', 'SUCCEEDED'])) {
        seen.push(...page.map((one) => one.child?.index));
        await Promise.all(page.map((one) => store.recordExecution(child(one.child!.index, succeeded(0)), [])));
      }
      assert.deepEqual(
        seen,
        children.map((one) => one.child?.index),
      );
      await store.close();
    });

    test('the children that have started are counted by status, and the numbers that have none are told', async () => {
      const store = await open();
      assert.deepEqual(await store.startedChildren(MAP_RUN_ARN), { totals: [], gaps: [], next: 0 });
      const ends = { 0: RUNNING, 1: succeeded(1), 2: succeeded(2), 5: RUNNING, 7: succeeded(7) };
      for (const [index, end] of Object.entries(ends)) await store.recordExecution(child(Number(index), end), []);
      await store.recordExecution(child(9, RUNNING, `${MAP_RUN_ARN}-other`), []);
      const reader = await kept(store);
      assert.deepEqual(await reader.startedChildren(MAP_RUN_ARN), {
        totals: [
          { status: 'RUNNING', children: 2, items: 2 },
          { status: 'SUCCEEDED', children: 3, items: 3 },
        ],
        gaps: [3, 4, 6],
        next: 8,
      });
      await reader.close();
    });

    test('a spool that is cleared is empty, also for what is spooled with the clearing', async () => {
      const store = await open();
      await store.spoolChildren(MAP_RUN_ARN, [pending(0, 9), pending(1, 9)]);
      await store.spoolChildren(`${MAP_RUN_ARN}-other`, [pending(2, 9)]);
      await Promise.all([store.clearSpool(MAP_RUN_ARN), store.spoolChildren(MAP_RUN_ARN, [pending(3, 9)])]);
      const reader = await kept(store);
      assert.deepEqual(await flat(reader.spooledChildren(MAP_RUN_ARN, 0)), [pending(3, 9)]);
      assert.deepEqual(await flat(reader.spooledChildren(`${MAP_RUN_ARN}-other`, 0)), [pending(2, 9)]);
      await reader.close();
    });

    test('the Map Runs that run are found, those that ended are not', async () => {
      const store = await open();
      const running: MapRunRecord = { ...mapRun(`${MAP_RUN_ARN}-a`, START), status: 'RUNNING' };
      await store.recordMapRun(running);
      await store.recordMapRun({ ...mapRun(`${MAP_RUN_ARN}-b`, START), status: 'RUNNING' });
      await store.recordMapRun(mapRun(`${MAP_RUN_ARN}-b`, START));
      const reader = await kept(store);
      assert.deepEqual(await reader.runningMapRuns(), [running]);
      await reader.close();
    });

    test('a child that starts and ends in two writes made together has its whole history', async () => {
      const store = await open();
      const events = passEvents(7, 8);
      const ended = child(7, succeeded(8));
      await Promise.all([
        store.recordExecution(child(7, RUNNING), events.slice(0, 2)),
        store.recordExecution(ended, events.slice(2)),
      ]);
      const reader = await kept(store);
      assert.deepEqual(await reader.execution(ended.executionArn), ended);
      assert.deepEqual(await reader.history(ended.executionArn), events);
      await reader.close();
    });
  });
}

function mapRun(mapRunArn: string, startDate: number): MapRunRecord {
  return {
    mapRunArn,
    executionArn: PARENT_ARN,
    stateMachineArn: CHILD_MACHINE_ARN,
    startDate,
    maxConcurrency: 0,
    toleratedFailurePercentage: 0,
    toleratedFailureCount: 0,
    itemCounts: NONE,
    executionCounts: NONE,
    status: 'SUCCEEDED',
    stopDate: startDate + 1,
  };
}

function pending(index: number, size: number): PendingChild {
  return { input: JSON.stringify({ index, text: 'x'.repeat(size) }), itemCount: index % 7 };
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const page of pages) gathered.push(page);
  return gathered;
}

async function flat<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  return (await all(pages)).flat();
}
