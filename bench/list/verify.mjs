// Compares a written list with the generator's keys, one by one, in a process of its own: exits with 1 at a difference.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { keysOf, objectAt } from './keys.mjs';

const { dist, count, seed, out, kind, fields, inOrder = false } = JSON.parse(process.argv[2]);
const expected = keysOf(dist, count, seed);
const at = new Map(inOrder ? [] : expected.map((key, i) => [key, i]));
const seen = new Uint8Array(count);
const fail = (what) => {
  console.error(`${kind}: ${what}`);
  process.exit(1);
};
const file = createReadStream(out);
let lines = 0;
for await (const line of createInterface({ input: out.endsWith('.gz') ? file.pipe(createGunzip()) : file })) {
  if (line === '') continue;
  const item =
    kind === 's5cmd' ? { Key: line.slice('s3://bench/'.length) } : kind === 'rclone' ? { Key: line } : JSON.parse(line);
  const i = inOrder ? (expected[lines] === item.Key ? lines : undefined) : at.get(item.Key);
  if (i === undefined) fail(`${JSON.stringify(item.Key)} is not expected (line ${lines + 1})`);
  if (seen[i] === 1) fail(`${JSON.stringify(item.Key)} is there twice`);
  seen[i] = 1;
  lines += 1;
  if (fields !== 'all') continue;
  const { size, modified, etag, storageClass } = objectAt(i);
  const right = item.Size === size && item.LastModified === modified && item.ETag === `"${etag}"`;
  if (!right || item.StorageClass !== storageClass) fail(`the fields of ${JSON.stringify(item.Key)} are wrong`);
}
if (lines !== count) fail(`${count - lines} of ${count} keys are missing`);
process.send({ verified: lines });
process.disconnect();
