// How fast a bucket is listed, beside others: each contestant and the fake S3 in a process of its own, every list compared
// with the generator's keys one by one. `--kill N`: a sorted list by the command, killed N times on its way.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { distributions } from './list/keys.mjs';

export async function list(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      keys: { type: 'string', default: '1000000' },
      dist: { type: 'string', default: 'hex' },
      latency: { type: 'string', default: '40' },
      jitter: { type: 'string', default: '0' },
      tail: { type: 'boolean', default: false },
      faults: { type: 'boolean', default: false },
      slots: { type: 'string', default: '64' },
      fields: { type: 'string', default: 'keys' },
      seed: { type: 'string', default: '1' },
      gzip: { type: 'boolean', default: false },
      kill: { type: 'string', default: '0' },
      beside: { type: 'string', default: 'serial,seed,paginator,s5cmd,rclone' },
    },
  });
  const chosen = values.dist === 'all' ? distributions : values.dist.split(',');
  const folder = await mkdtemp(join(tmpdir(), 'crossmap-list-'));
  const figures = {};
  try {
    for (const dist of chosen) figures[dist] = await listed(dist, values, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
  const { beside: _, dist: __, ...settings } = values;
  return { ...settings, distributions: figures };
}

async function listed(dist, values, folder) {
  const task = { dist, count: Number(values.keys), seed: Number(values.seed) };
  const faults = values.faults ? { throttle: 0.05, reset: 0.01, tail: 0.01 } : {};
  const tail = values.tail ? { tail: 0.01 } : {};
  const server = fork(new URL('list/server.mjs', import.meta.url), [
    JSON.stringify({ ...task, latency: Number(values.latency), jitter: Number(values.jitter), ...tail, ...faults }),
  ]);
  const [{ port }] = await once(server, 'message');
  const endpoint = `http://127.0.0.1:${port}`;
  const least = Math.max(1, Math.ceil(task.count / 1_000));
  const figures = {};
  try {
    const names = ['crossmap', ...values.beside.split(',').filter((name) => name !== '')];
    for (const name of names) {
      const fields = name === 'crossmap' || name === 'serial' ? values.fields : 'keys';
      const out = join(folder, `${name}.jsonl${values.gzip && name === 'crossmap' ? '.gz' : ''}`);
      await asked(server);
      const measured =
        name === 'crossmap' && values.kill !== '0'
          ? await killed(endpoint, out, Number(values.kill), server)
          : await inProcess('client', { name, endpoint, slots: Number(values.slots), fields, out }).catch(
              () => undefined,
            );
      const served = await asked(server);
      const inOrder = values.kill !== '0' && name === 'crossmap';
      const checked =
        measured && (await inProcess('verify', { ...task, out, kind: name, fields, inOrder }).catch(() => undefined));
      figures[name] =
        measured === undefined ? 'not here, or failed' : shown(measured, served, task.count, least, checked);
    }
  } finally {
    server.disconnect();
  }
  const { crossmap } = figures;
  for (const other of ['serial', 'seed']) {
    if (figures[other]?.keysPerSecond)
      crossmap[`times_${other}`] = round(crossmap.keysPerSecond / figures[other].keysPerSecond);
  }
  return figures;
}

function shown({ seconds, cpuSeconds, peakRssMb, retries, kills }, served, count, least, checked) {
  return {
    verified: checked?.verified === count,
    keysPerSecond: Math.round(count / seconds),
    seconds: round(seconds),
    listCalls: served.pages,
    callsToLeast: Math.round((served.pages / least) * 1_000) / 1_000,
    ...(retries ? { retries } : {}),
    ...(kills ? { kills } : {}),
    ...(cpuSeconds && { cpuSecondsPerMillion: round((cpuSeconds / count) * 1e6), peakRssMb }),
    serverCpuSeconds: round(served.cpuSeconds),
  };
}

/** `crossmap list --sorted`, ended by SIGKILL so many times, each after it has a checkpoint more. */
async function killed(endpoint, out, times, server) {
  const bin = fileURLToPath(new URL('../packages/crossmap/bin/crossmap.js', import.meta.url));
  const args = [bin, 'list', 's3://bench', '--endpoint', endpoint, '--out', out, '--sorted'];
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y', AWS_REGION: 'us-east-1' };
  const started = performance.now();
  let kills = 0;
  for (;;) {
    const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
    const end = once(child, 'exit');
    if (kills < times) {
      const over = await Promise.race([end, wait(3_500 + 700 * kills)]);
      if (over === undefined) {
        child.kill('SIGKILL');
        kills += 1;
      }
    }
    const [code] = await end;
    if (code === 0) break;
    if (code !== null) throw new Error(`crossmap list ended with ${code}`);
  }
  return { seconds: (performance.now() - started) / 1000, kills, server };
}

async function asked(server) {
  const answer = once(server, 'message');
  server.send('stats');
  return (await answer)[0];
}

function inProcess(file, task) {
  const child = fork(new URL(`list/${file}.mjs`, import.meta.url), [JSON.stringify(task)]);
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
}

function round(value) {
  return Math.round(value * 100) / 100;
}
