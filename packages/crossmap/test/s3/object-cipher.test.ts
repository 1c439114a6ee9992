import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { memoryBlobs } from '../../src/s3/memory-blobs.ts';
import { aesCipher, PLAIN } from '../../src/s3/object-cipher.ts';

const cipher = aesCipher(randomBytes(32));
const contentAndRange = fc
  .uint8Array({ maxLength: 200 })
  .chain((content) => fc.tuple(fc.constant(content), fc.nat({ max: content.length }), fc.nat({ max: content.length })))
  .map(([content, a, b]) => ({ content, start: Math.min(a, b), end: Math.max(a, b) }));

async function stored(pieces: readonly Uint8Array[]) {
  const blobs = memoryBlobs();
  const writer = await cipher.blobs(blobs).create();
  for (const piece of pieces) await writer.write(piece);
  return { blobs, id: await writer.finish() };
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const bytes of stream) chunks.push(bytes);
  return Buffer.concat(chunks);
}

test('any range of sealed content opens to that range', () => {
  fc.assert(
    fc.property(contentAndRange, ({ content, start, end }) => {
      const opened = cipher.open(cipher.seal(content), start, end);
      assert.deepEqual(Buffer.from(opened), Buffer.from(content.subarray(start, end)));
    }),
  );
});

test('any range of a blob is read as it was written, in whatever pieces', async () => {
  await fc.assert(
    fc.asyncProperty(contentAndRange, fc.nat(), async ({ content, start, end }, cut) => {
      const at = content.length === 0 ? 0 : cut % content.length;
      const { blobs, id } = await stored([content.subarray(0, at), content.subarray(at)]);
      const read = await bytesOf(cipher.blobs(blobs).read(id, start, end));
      assert.deepEqual(read, Buffer.from(content.subarray(start, end)));
    }),
  );
});

test('what is stored is not the content, and never the same twice', async () => {
  const content = Buffer.from('the same content over and over again, '.repeat(10));
  const once = await stored([content]);
  const again = await stored([content]);
  const size = content.length + 16;
  const [first, second] = await Promise.all([
    bytesOf(once.blobs.read(once.id, 0, size)),
    bytesOf(again.blobs.read(again.id, 0, size)),
  ]);
  assert.equal(first.length, size);
  assert.equal(first.includes('content'), false);
  assert.notDeepEqual(first, second);
  assert.equal(Buffer.from(cipher.seal(content)).includes('content'), false);
});

test('the counter wraps around', () => {
  const last = Buffer.concat([Buffer.alloc(16, 0xff), Buffer.alloc(64)]);
  const whole = cipher.open(last, 0, 64);
  assert.deepEqual(cipher.open(last, 20, 40), whole.subarray(20, 40));
});

test('the entity tag is no MD5 of the content, and the content as it is has its MD5', () => {
  const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
  assert.match(cipher.etag(md5), /^[0-9a-f]{32}$/);
  assert.notEqual(cipher.etag(md5), md5);
  assert.notEqual(cipher.etag(md5), aesCipher(randomBytes(32)).etag(md5));
  assert.equal(PLAIN.etag(md5), md5);
});
