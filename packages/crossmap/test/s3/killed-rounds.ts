import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ResponseBody } from '../../src/s3/body.ts';
import {
  etagOf,
  type Line,
  type OpenStore,
  type Operation,
  openStore,
  PLAIN,
  pieces,
  request,
  type Shape,
  VERSIONED,
} from './killed-store.ts';

/** All that was said to be done, in all rounds on one folder. */
export interface Said {
  /** The last operation on each key that was done. */
  readonly done: Map<string, Operation>;
  /** Versions that were put and acknowledged, which nothing deletes. */
  readonly versions: Map<string, Operation>;
}

export function nothingSaid(): Said {
  return { done: new Map(), versions: new Map() };
}

/**
 * Starts a process that writes to the store in `folder`, kills it once it has said so many lines, and looks at what it
 * left. Gives how many operations it had done.
 */
export async function killedRound(folder: string, said: Said, seed: number, lines: number): Promise<number> {
  const before = said.done.size + said.versions.size;
  const unfinished = await killedAfter(folder, said, seed, lines);
  const open = await openStore(folder);
  try {
    await checkCurrent(open, said, unfinished);
    await checkVersions(open, said);
    checkBlobs(folder, open);
  } finally {
    open.store.close();
  }
  return said.done.size + said.versions.size - before;
}

const nameOf = ({ bucket, key }: Operation) => `${bucket}/${key}`;

async function killedAfter(folder: string, said: Said, seed: number, lines: number): Promise<Map<string, Operation>> {
  const child = fileURLToPath(new URL('./killed-child.js', import.meta.url));
  const process_ = spawn(process.execPath, [child, folder, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const unfinished = new Map<string, Operation>();
  let count = 0;
  for await (const text of createInterface({ input: process_.stdout })) {
    const line = JSON.parse(text) as Line;
    if ('begin' in line) unfinished.set(nameOf(line.begin), line.begin);
    else {
      unfinished.delete(nameOf(line.done));
      said.done.set(nameOf(line.done), line.done);
      if (line.versionId !== undefined) said.versions.set(line.versionId, line.done);
    }
    count += 1;
    if (count === lines) process_.kill('SIGKILL');
  }
  assert.ok(count >= lines, `the process ended by itself after ${count} lines`);
  return unfinished;
}

/** The current object of each key is what was done last, or what was being done. */
async function checkCurrent(open: OpenStore, said: Said, unfinished: Map<string, Operation>): Promise<void> {
  for (const bucket of [PLAIN, VERSIONED]) {
    const listed = new Set(open.store.scan(bucket, Buffer.alloc(0), Buffer.from([0xff]), 10_000).map(({ key }) => key));
    for (const key of listed) await read(open, bucket, key);
    for (const name of new Set([...said.done.keys(), ...unfinished.keys()])) {
      const possible = [said.done.get(name), unfinished.get(name)].filter((operation) => operation !== undefined);
      if (possible[0]!.bucket !== bucket) continue;
      const { key } = possible[0]!;
      const found = listed.has(key) ? await read(open, bucket, key) : undefined;
      const matching = possible.find(({ kind, n }) =>
        found === undefined ? kind === 'delete' : kind !== 'delete' && found === etagOf(pieces(key, n, kind)),
      );
      const nothingDone = found === undefined && !said.done.has(name);
      assert.ok(matching !== undefined || nothingDone, `${name} is ${found}, expected ${JSON.stringify(possible)}`);
      if (matching !== undefined) said.done.set(name, matching);
    }
  }
}

async function checkVersions({ s3 }: OpenStore, { versions }: Said): Promise<void> {
  for (const [versionId, { bucket, key, n, kind }] of versions) {
    const target = { bucket, key };
    if (kind === 'delete') {
      await assert.rejects(s3.handle(request('GET', target, { versionId })), { code: 'MethodNotAllowed' });
    } else {
      const { headers } = await s3.handle(request('HEAD', target, { versionId }));
      assert.equal(headers.etag, `"${etagOf(pieces(key, n, kind))}"`);
    }
  }
}

/** Reads an object whole and gives its entity tag, which its bytes must have. */
async function read({ s3 }: OpenStore, bucket: string, key: string): Promise<string> {
  const { headers, body } = await s3.handle(request('GET', { bucket, key }));
  const bytes = await bytesOf(body as ResponseBody);
  assert.equal(bytes.length, Number(headers['content-length']), key);
  const [, n, shape] = bytes.subarray(0, 100).toString().split(' ');
  const content = pieces(key, Number(n), shape as Shape);
  assert.ok(bytes.equals(Buffer.concat(content)), `${key} is torn`);
  assert.equal(headers.etag, `"${etagOf(content)}"`);
  return etagOf(content);
}

async function bytesOf(body: ResponseBody): Promise<Buffer> {
  if (body.kind === 'bytes') return Buffer.from(body.bytes);
  const chunks: Uint8Array[] = [];
  for await (const bytes of body.stream) chunks.push(bytes);
  return Buffer.concat(chunks);
}

/** Every file is a blob that something has, and the other way round. */
function checkBlobs(folder: string, { store }: OpenStore): void {
  const held = store.database.prepare<{ id: string }>('SELECT id FROM blob').all();
  assert.deepEqual(readdirSync(join(folder, 'objects')).sort(), held.map(({ id }) => id).sort());
}
