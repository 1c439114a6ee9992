import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { killedRound, nothingSaid } from './killed-rounds.ts';

const folder = mkdtempSync(join(tmpdir(), 'crossmap-killed-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('what was acknowledged is there, whole, after the process is killed', async () => {
  const said = nothingSaid();
  for (const [seed, lines] of [
    [1, 37],
    [2, 160],
  ] as const) {
    assert.ok((await killedRound(folder, said, seed, lines)) > 0);
  }
});
