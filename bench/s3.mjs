// The embedded S3 over HTTP: keys listed, small objects put and got, each client in a process of its own, on disk.
import { fork } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

export async function s3(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      keys: { type: 'string', default: '2000000' },
      objects: { type: 'string', default: '50000' },
      size: { type: 'string', default: '1024' },
      'in-flight': { type: 'string', default: '64' },
      lanes: { type: 'string', default: '4' },
      peer: { type: 'boolean', default: true },
    },
    allowNegative: true,
  });
  const [keys, objects, size, inFlight, lanes] = ['keys', 'objects', 'size', 'in-flight', 'lanes'].map((name) =>
    Number(values[name]),
  );
  const load = { objects, size, inFlight };
  const folder = await mkdtemp(join(tmpdir(), 'crossmap-bench-'));
  try {
    const filled = await run('s3-server.mjs', { task: 'fill', folder, keys });
    const server = await start('s3-server.mjs', { task: 'serve', folder });
    const listed = await run('s3-client.mjs', { ...server.ready, bucket: 'bench-listing', list: { keys, lanes } });
    const { rssMb } = await server.ask('figures');
    const small = await run('s3-client.mjs', { ...server.ready, bucket: 'bench-objects', load });
    const { synchronous, commits, peakRssMb, cpuSeconds } = await server.ask('figures');
    await server.stop();
    const { size: bytes } = await stat(join(folder, 'objects.sqlite'));
    return {
      keys,
      keysFilledPerSecond: filled.perSecond,
      listedKeysPerSecond: listed.keysPerSecond,
      listLanes: lanes,
      rssMbAfterListing: rssMb,
      databaseMb: Math.round(bytes / 2 ** 20),
      ...small,
      objectBytes: size,
      inFlight,
      synchronous,
      commits,
      serverCpuSeconds: cpuSeconds,
      peakRssMb,
      peer: values.peer ? await peer(folder, load) : 'not asked for',
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** s3rver, where it is installed: a file for each object, nothing is synced. It reads all of a bucket for each page. */
async function peer(folder, load) {
  const server = await start('s3-peer.mjs', { folder: join(folder, 's3rver') });
  if (server.ready.missing) return server.ready.missing;
  const figures = await run('s3-client.mjs', { ...server.ready, bucket: 'bench-objects', load });
  const { peakRssMb } = await server.ask('figures');
  await server.stop();
  return { name: server.ready.name, synchronous: 'none', commits: 0, ...figures, peakRssMb };
}

function started(file, options) {
  return fork(new URL(file, import.meta.url), [JSON.stringify(options)], { stdio: 'inherit' });
}

function message(child) {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`A process of the bench ended with ${code}`)));
  });
}

/** A process that says one thing and ends. */
function run(file, options) {
  return message(started(file, options));
}

/** A server process, once it listens. */
async function start(file, options) {
  const child = started(file, options);
  const ready = await message(child);
  return {
    ready,
    ask: (what) => {
      child.send(what);
      return message(child);
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.send('stop');
      }),
  };
}
