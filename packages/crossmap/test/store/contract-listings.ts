import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ExecutionQuery, ExecutionRecord } from '../../src/engine/ports.ts';
import { InvalidCursor } from '../../src/store/cursor.ts';
import type { Store, StoreUnderTest } from './contract.ts';
import {
  CHILD_MACHINE_ARN,
  child,
  execution,
  MAP_RUN_ARN,
  RUNNING,
  START,
  STATE_MACHINE_ARN,
  succeeded,
} from './executions.ts';

const OF_MACHINE = { stateMachineArn: STATE_MACHINE_ARN };
const OF_MAP_RUN = { mapRunArn: MAP_RUN_ARN };
const FAILED = { status: 'FAILED', stopDate: START + 1, error: 'E', cause: 'C' } as const;

/** What every `ExecutionStore` does with listings. */
export function listingContract(name: string, { open, kept }: StoreUnderTest): void {
  describe(`listings in ${name}`, () => {
    test('a state machine lists its executions newest start first, and no child workflow execution', async () => {
      const store = await open();
      const records = [2, 1, 3].map((day) => execution(`day-${day}`, succeeded(1), {}, START + day));
      await record(store, ...records, child(0, succeeded(1)));
      const reader = await kept(store);
      assert.deepEqual(await names(reader, { of: OF_MACHINE, limit: 10 }), ['day-3', 'day-2', 'day-1']);
      assert.deepEqual(await reader.executions({ of: { stateMachineArn: CHILD_MACHINE_ARN }, limit: 10 }), {
        items: [],
      });
      await reader.close();
    });

    test('pages follow each other without gap or repetition, and the last has no cursor', async () => {
      let store = await open();
      const children = [0, 1, 2, 3, 4, 5].map((index) => child(index, index % 2 === 0 ? succeeded(1) : FAILED));
      await record(store, ...children);
      const seen: string[] = [];
      let after: string | undefined;
      do {
        store = await kept(store);
        const page = await store.executions({ of: OF_MAP_RUN, limit: 2, ...(after && { after }) });
        seen.push(...page.items.map((item) => item.name));
        after = page.next;
      } while (after !== undefined);
      assert.deepEqual(seen, children.map((one) => one.name).reverse());
      await store.close();
    });

    test('executions that start at the same millisecond are each listed once', async () => {
      const store = await open();
      await record(store, ...['a', 'b', 'c'].map((letter) => execution(letter, RUNNING)));
      const first = await store.executions({ of: OF_MACHINE, limit: 2 });
      const second = await store.executions({ of: OF_MACHINE, limit: 2, after: first.next! });
      assert.deepEqual(
        [...first.items, ...second.items].map((item) => item.name),
        ['c', 'b', 'a'],
      );
      await store.close();
    });

    test('a listing by status gives that status only and follows a change of status', async () => {
      let store = await open();
      await record(store, child(0, RUNNING), child(1, FAILED), child(2, RUNNING), child(3, succeeded(1)));
      await store.recordExecution(child(2, FAILED), []);
      store = await kept(store);
      const listed = async (status: ExecutionRecord['status']) =>
        (await store.executions({ of: OF_MAP_RUN, status, limit: 9 })).items.map((item) => item.child?.index);
      assert.deepEqual(await listed('RUNNING'), [0]);
      assert.deepEqual(await listed('FAILED'), [2, 1]);
      assert.deepEqual(await listed('SUCCEEDED'), [3]);
      assert.deepEqual(await listed('TIMED_OUT'), []);
      await store.close();
    });

    test('an execution that starts between two pages changes nothing on the second', async () => {
      const store = await open();
      await record(store, ...[1, 2, 3].map((day) => execution(`day-${day}`, RUNNING, {}, START + day)));
      const first = await store.executions({ of: OF_MACHINE, limit: 2 });
      await record(store, execution('day-4', RUNNING, {}, START + 4));
      assert.deepEqual(await names(store, { of: OF_MACHINE, limit: 2, after: first.next! }), ['day-1']);
      await store.close();
    });

    test('a page that takes all there is has no cursor', async () => {
      const store = await open();
      await record(store, execution('a', RUNNING), execution('b', RUNNING));
      assert.equal((await store.executions({ of: OF_MACHINE, limit: 2 })).next, undefined);
      assert.equal(typeof (await store.executions({ of: OF_MACHINE, limit: 1 })).next, 'string');
      await store.close();
    });

    test('a cursor that no listing gave is refused', async () => {
      const store = await open();
      await record(store, execution('a', RUNNING));
      await assert.rejects(store.executions({ of: OF_MACHINE, limit: 2, after: 'made up' }), InvalidCursor);
      await assert.rejects(store.stateMachines('arn:', 2, 'made up'), InvalidCursor);
      await store.close();
    });
  });
}

async function record(store: Store, ...records: readonly ExecutionRecord[]): Promise<void> {
  await Promise.all(records.map((one) => store.recordExecution(one, [])));
}

async function names(store: Store, query: ExecutionQuery): Promise<string[]> {
  return (await store.executions(query)).items.map((item) => item.name);
}
