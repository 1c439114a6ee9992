// Kills a Map Run and goes on with it, each time without the rest of its write-ahead log from another place on.
// Usage: node scripts/cut-log.mjs [cuts] [seed], after a build.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cutMapRun } from '../packages/crossmap/dist/test/cut-log.js';

const [cuts, seed] = [Number(process.argv[2] ?? 100), Number(process.argv[3] ?? 1)];
/** Numbers from 0 to 1 that follow from the seed. */
function* drawn(state) {
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}
const chance = drawn(seed);
for (const tail of ['cut', 'noise']) {
  const folder = await mkdtemp(join(tmpdir(), 'crossmap-cut-'));
  const shares = Array.from({ length: cuts / 2 }, () => chance.next().value);
  const figures = await cutMapRun(folder, { items: 600, after: 400, shares, tail });
  console.log(`${tail}: ${JSON.stringify({ ...figures, childrenKept: undefined })}, every item once`);
  await rm(folder, { recursive: true, force: true });
}
