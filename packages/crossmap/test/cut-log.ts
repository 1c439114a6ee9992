import assert from 'node:assert/strict';
import { cp, open, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteStore } from '../src/store/sqlite-store.ts';
import { finish, interrupt, type MapRunOnDisk, type Ran } from './killed-map-run.ts';

export interface Cut {
  readonly items: number;
  /** After how many items the process is killed whose log is cut. */
  readonly after: number;
  /** Where, each from 0 (all of the log is lost) to 1. */
  readonly shares: readonly number[];
  /** Whether what is lost is missing, or is there and means nothing. */
  readonly tail: 'cut' | 'noise';
}

/**
 * Kills a Map Run, and from each place goes on without the rest of its write-ahead log: it opens, holds whole commits
 * only, and ends with every item once. Children that are lost with the log run again.
 */
export async function cutMapRun(folder: string, { items, after, shares, tail }: Cut) {
  const killed: MapRunOnDisk = { data: join(folder, 'killed'), items, childType: 'STANDARD' };
  const before: Ran = new Map();
  assert.ok(await interrupt(killed, after, before), 'the process was killed');
  let [logBytes, runAgain, synchronous, childrenKept] = [0, 0, '', [] as number[]];
  for (const [number, share] of shares.entries()) {
    const run = { ...killed, data: join(folder, `${tail}-${number}`) };
    await cp(killed.data, run.data, { recursive: true });
    const log = join(run.data, 'executions.sqlite-wal');
    logBytes = (await stat(log)).size;
    await lose(log, Math.floor(logBytes * share), tail);
    const store = await openSqliteStore(join(run.data, 'executions.sqlite'));
    synchronous = store.synchronous;
    childrenKept.push(await wholeChildren(store));
    await store.close();
    const ran: Ran = new Map(before);
    await finish(run, ran);
    runAgain += [...ran].filter(([n, times]) => times > (before.get(n) ?? 0) && before.has(n)).length;
  }
  return { cuts: shares.length, logBytes, synchronous, childrenKept, runAgain };
}

async function lose(log: string, from: number, tail: 'cut' | 'noise'): Promise<void> {
  if (tail === 'cut') return truncate(log, from);
  const { length } = await readFile(log);
  const file = await open(log, 'r+');
  await file.write(Buffer.alloc(length - from, 'noise'), 0, length - from, from);
  await file.close();
}

/** How many children there are; each has a history that fits its status, or the store throws. */
async function wholeChildren(store: Awaited<ReturnType<typeof openSqliteStore>>): Promise<number> {
  let children = 0;
  for (const { mapRunArn } of await store.runningMapRuns()) {
    for await (const group of store.children(mapRunArn, ['RUNNING', 'SUCCEEDED'])) {
      for (const { executionArn, status } of group) {
        const types = ((await store.history(executionArn)) ?? []).map(({ type }) => type);
        assert.equal(types[0], 'ExecutionStarted');
        assert.equal(types.at(-1) === 'ExecutionSucceeded', status === 'SUCCEEDED');
        children += 1;
      }
    }
  }
  return children;
}
