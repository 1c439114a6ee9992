// MB/s and items/s of each ItemReader. The file is made from a seed in a process of its own, which is not counted; the
// reading process gives how many items it got and a checksum over them, compared with those of what was written.
import { fork } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const FORMATS = ['JSON', 'JSONL', 'CSV', 'PARQUET'];
const TARGETS = { JSON: '120 MB/s', JSONL: '150 MB/s', CSV: '80 MB/s', PARQUET: '400000 items/s', rssMb: 200 };

export async function read(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      size: { type: 'string', default: '500' },
      seed: { type: 'string', default: '1' },
      formats: { type: 'string', default: FORMATS.join(',') },
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'crossmap-read-'));
  const figures = {};
  try {
    for (const format of values.formats.split(',')) {
      const path = join(folder, `items.${format.toLowerCase()}`);
      const task = { format, path, bytes: Number(values.size) * 1e6, seed: Number(values.seed) };
      const written = await inProcess({ ...task, step: 'write' });
      const megabytes = (await stat(path)).size / 1e6;
      const got = await inProcess({ ...task, step: 'read' });
      if (got.items !== written.items || got.checksum !== written.checksum) {
        throw new Error(`${format}: wrote ${JSON.stringify(written)}, read ${JSON.stringify(got)}`);
      }
      figures[format] = {
        megabytes: Math.round(megabytes),
        items: got.items,
        checksum: got.checksum,
        seconds: got.seconds,
        megabytesPerSecond: Math.round(megabytes / got.seconds),
        itemsPerSecond: Math.round(got.items / got.seconds),
        cpuSeconds: got.cpuSeconds,
        peakRssMb: got.peakRssMb,
      };
      await rm(path);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return { sizeMb: Number(values.size), seed: Number(values.seed), targets: TARGETS, ...figures };
}

function inProcess(task) {
  const child = fork(new URL('read-runner.mjs', import.meta.url), [JSON.stringify(task)], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`${task.step} of ${task.format} ended with ${code}`)));
  });
}
