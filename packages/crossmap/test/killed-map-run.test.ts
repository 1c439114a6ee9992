import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { cutMapRun } from './cut-log.ts';
import { killedMapRun } from './killed-map-run.ts';

describe('a Map Run whose processes are killed', () => {
  for (const childType of ['STANDARD', 'EXPRESS'] as const) {
    test(`has every item once in the end: ${childType} children`, async () => {
      const data = await mkdtemp(join(tmpdir(), 'crossmap-killed-'));
      const figures = await killedMapRun({ data, items: 400, childType }, [1, 90, 150]);
      assert.equal(figures.kills, 3);
      assert.ok(
        figures.runAgain <= 3 * 40,
        `${figures.runAgain} items ran again, of at most 40 in flight at each kill`,
      );
      await rm(data, { recursive: true, force: true });
    });
  }

  for (const tail of ['cut', 'noise'] as const) {
    test(`goes on from whole commits when the end of the write-ahead log is ${tail}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'crossmap-cut-'));
      const figures = await cutMapRun(folder, { items: 300, after: 200, shares: [0, 0.3, 0.9], tail });
      assert.deepEqual(figures.synchronous, 'FULL');
      await rm(folder, { recursive: true, force: true });
    });
  }
});
