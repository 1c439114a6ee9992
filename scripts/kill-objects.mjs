// Kills a process that writes objects, again and again on one data folder, and looks at what each leaves: every listed
// object reads whole and has its entity tag, every acknowledged write is there, no file belongs to nothing.
// Usage: node scripts/kill-objects.mjs [rounds], after a build.
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killedRound, nothingSaid } from '../packages/crossmap/dist/test/s3/killed-rounds.js';

const rounds = Number(process.argv[2] ?? 50);
const folder = await mkdtemp(join(tmpdir(), 'crossmap-killed-'));
const said = nothingSaid();
for (let round = 1; round <= rounds; round++) {
  const [seed, lines] = [randomInt(2 ** 31), randomInt(1, 400)];
  try {
    await killedRound(folder, said, seed, lines);
  } catch (error) {
    console.error(`Round ${round} (seed ${seed}, ${lines} lines) failed; its data is in ${folder}`);
    throw error;
  }
}
await rm(folder, { recursive: true, force: true });
console.log(`${rounds} kills, ${said.versions.size} acknowledged versions, nothing lost`);
