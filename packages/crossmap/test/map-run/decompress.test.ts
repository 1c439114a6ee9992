import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { decompressed } from '../../src/map-run/readers/decompress.ts';
import { cutAt, everyByte, failureOf } from './reading.ts';

// `zstd -c` of the text below: Node 20 has no zstd to make it with.
const ZSTD = Buffer.from('KLUv/QRYbQAAMGl0ZW1zCgEAL2kpApLU8Vo=', 'base64');

async function inflated(key: string, bytes: Uint8Array, cuts: readonly number[] = []): Promise<string[]> {
  const parts: Uint8Array[] = [];
  for await (const part of decompressed(key, cutAt(bytes, cuts))) parts.push(part);
  return [Buffer.concat(parts).toString()];
}

const text = 'items\n'.repeat(20);

test('the name of the key says what is compressed', async () => {
  const gzip = gzipSync(text);
  for (const key of ['a.jsonl.gz', 'a.csv.gzip', 'A.GZ']) assert.deepEqual(await inflated(key, gzip, [10]), [text]);
  for (const key of ['a.jsonl.zst', 'a.csv.zstd']) assert.deepEqual(await inflated(key, ZSTD), [text]);
  for (const key of ['a.jsonl', 'a.gz.json', 'gz']) assert.deepEqual(await inflated(key, Buffer.from(text)), [text]);
});

test('members and frames one after the other are one file, wherever the chunks are cut', async () => {
  const gzip = Buffer.concat([gzipSync(text), gzipSync('more\n')]);
  assert.deepEqual(await inflated('a.gz', gzip, everyByte(gzip)), [`${text}more\n`]);
  const zstd = Buffer.concat([ZSTD, ZSTD]);
  assert.deepEqual(await inflated('a.zst', zstd, everyByte(zstd)), [text + text]);
});

test('what is cut short, damaged or not compressed is refused', async () => {
  const gzip = gzipSync(text);
  for (let end = 1; end < gzip.length; end++) {
    assert.match(await failureOf(inflated('a.gz', gzip.subarray(0, end))), /GZIP data is damaged or truncated/);
  }
  const damaged = Buffer.from(gzip);
  damaged[gzip.length - 6] = (damaged[gzip.length - 6] as number) ^ 1;
  assert.match(await failureOf(inflated('a.gz', damaged)), /GZIP data is damaged/);
  assert.match(await failureOf(inflated('a.gz', Buffer.from(text))), /GZIP data is damaged/);
  for (let end = 1; end < ZSTD.length; end++) {
    assert.match(await failureOf(inflated('a.zst', ZSTD.subarray(0, end))), /ZSTD data is damaged or truncated/);
  }
  assert.match(await failureOf(inflated('a.zst', Buffer.from(text))), /ZSTD data is damaged/);
});

test('an error that is not of the data comes through as it is', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield gzipSync(text).subarray(0, 8);
    throw new TypeError('a fault');
  }
  const reading = (async () => {
    for await (const _ of decompressed('a.gz', broken())) assert.fail('bytes');
  })();
  await assert.rejects(reading, TypeError);
});
