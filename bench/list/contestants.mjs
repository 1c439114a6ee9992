// The contestants of the bench `list`: each lists the bucket into a file, one line a key, and answers how many there were.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createWriteStream, openSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const run = promisify(execFile);

async function client({ endpoint }) {
  const { S3Client } = await import('@aws-sdk/client-s3');
  return new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
}

/** `crossmap`: what `crossmap list --out FILE` does, into JSON Lines, compressed where the file is named so. */
async function crossmap({ endpoint, slots, fields, out }) {
  const dist = '../../packages/crossmap/dist/src/listing';
  const { s3Pages } = await import(`${dist}/http/s3-pages.js`);
  const { runListJob } = await import(`${dist}/list-job.js`);
  const { fileSink, gzipSink } = await import(`${dist}/output/byte-sink.js`);
  const keysOnly = fields === 'keys';
  const pages = s3Pages({
    bucket: 'bench',
    prefix: '',
    fields: keysOnly ? 'keys' : 'all',
    region: 'us-east-1',
    endpoint,
    credentials: async () => credentials,
    now: Date.now,
  });
  const { counts } = await runListJob(pages.listPage, {
    bucket: 'bench',
    prefix: '',
    keysOnly,
    filter: {},
    format: 'jsonl',
    sink: () => (out.endsWith('.gz') ? gzipSink(fileSink(out)) : fileSink(out)),
    parts: undefined,
    since: undefined,
    slots,
    partitioned: slots > 1,
    // The fake imitates S3: nothing is asked only to be sure of it.
    checkStartAfter: false,
    sleep: wait,
    chance: Math.random,
    stopped: new AbortController().signal,
    now: Date.now,
    progress: () => undefined,
  });
  pages.close();
  return counts;
}

/** The way of the article that this project began with: pages one after the other, into an array, stringified. */
async function seed(options) {
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
  const s3 = await client(options);
  const objects = [];
  let token;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: 'bench', ContinuationToken: token }));
    for (const { Key } of page.Contents ?? []) objects.push({ Key });
    token = page.NextContinuationToken;
  } while (token !== undefined);
  const text = JSON.stringify(objects);
  writeFileSync(options.out, text.slice(1, -1).replaceAll('"},{"', '"}\n{"'));
  return { keys: objects.length };
}

async function paginator(options) {
  const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
  const file = openSync(options.out, 'w');
  let keys = 0;
  for await (const page of paginateListObjectsV2({ client: await client(options) }, { Bucket: 'bench' })) {
    const lines = (page.Contents ?? []).map(({ Key }) => `${JSON.stringify({ Key })}\n`);
    keys += lines.length;
    writeSync(file, lines.join(''));
  }
  closeSync(file);
  return { keys };
}

async function s5cmd({ endpoint, out }) {
  const file = createWriteStream(out);
  await once(file, 'open');
  const child = execFile('s5cmd', ['--endpoint-url', endpoint, 'ls', '--show-fullpath', 's3://bench/*'], {
    maxBuffer: 2 ** 30,
    env: environment(),
  });
  child.stdout.pipe(file);
  await Promise.all([once(child, 'close'), once(file, 'close')]);
  return {};
}

async function rclone({ endpoint, out }) {
  const remote = `:s3,provider=Other,env_auth=true,endpoint="${endpoint}":bench`;
  const args = ['lsf', '-R', '--fast-list', '--files-only', '--format', 'p', remote, '--config', '/dev/null'];
  const { stdout } = await run('rclone', args, { maxBuffer: 2 ** 30, env: environment() });
  writeFileSync(out, stdout);
  return {};
}

function environment() {
  const { accessKeyId, secretAccessKey } = credentials;
  return {
    ...process.env,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: 'us-east-1',
  };
}

export const contestants = {
  crossmap,
  serial: (options) => crossmap({ ...options, slots: 1 }),
  seed,
  paginator,
  s5cmd,
  rclone,
};
