// Kills processes in the middle of Map Runs and lets the next go on, until every item is accounted for once.
// Usage: node scripts/kill-map-runs.mjs [kills] [items], after a build.
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killedMapRun } from '../packages/crossmap/dist/test/killed-map-run.js';

const [wanted, items] = [Number(process.argv[2] ?? 20), Number(process.argv[3] ?? 10_000)];
const PER_RUN = 5;
let [kills, runAgain, runs] = [0, 0, 0];
while (kills < wanted) {
  const childType = runs % 2 === 0 ? 'STANDARD' : 'EXPRESS';
  const data = await mkdtemp(join(tmpdir(), 'crossmap-killed-'));
  const after = Array.from({ length: Math.min(PER_RUN, wanted - kills) }, () =>
    randomInt(1, Math.ceil(items / PER_RUN)),
  );
  try {
    const figures = await killedMapRun({ data, items, childType }, after);
    kills += figures.kills;
    runAgain += figures.runAgain;
  } catch (error) {
    console.error(`${childType} children, killed after ${after.join(', ')} items: its data is in ${data}`);
    throw error;
  }
  runs += 1;
  await rm(data, { recursive: true, force: true });
}
console.log(
  `${runs} Map Runs of ${items} items, ${kills} kills: 0 items lost, 0 results doubled, ${runAgain} run again`,
);
