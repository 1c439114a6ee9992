import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeChunked } from '../../src/s3/chunked-body.ts';
import { S3Error } from '../../src/s3/errors.ts';

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decode(text: string, length: number, size = 7): Promise<{ data: string; trailers: object }> {
  let trailers = {};
  const onTrailers = (received: object) => {
    trailers = received;
  };
  const chunks: Uint8Array[] = [];
  for await (const bytes of decodeChunked(pieces(text, size), { length, onTrailers })) chunks.push(Buffer.from(bytes));
  return { data: Buffer.concat(chunks).toString(), trailers };
}

function refusal(code: string) {
  return (error: unknown) => error instanceof S3Error && error.code === code;
}

const BODY = '5\r\nhello\r\nB\r\n, \r\n wörld\r\n0\r\nX-Amz-Checksum-CRC32: AAAAAA==\r\n\r\n';

test('the data of all chunks comes out, and the trailers, wherever the transport cuts', async () => {
  for (let size = 1; size <= BODY.length; size += 1) {
    assert.deepEqual(await decode(BODY, 16, size), {
      data: 'hello, \r\n wörld',
      trailers: { 'x-amz-checksum-crc32': 'AAAAAA==' },
    });
  }
});

test('a body without trailers, and one without data, end', async () => {
  assert.deepEqual(await decode('2\r\nhi\r\n0\r\n\r\n', 2), { data: 'hi', trailers: {} });
  assert.deepEqual(await decode('0\r\n\r\n', 0), { data: '', trailers: {} });
});

test('a body that is shorter or longer than declared is refused', async () => {
  await assert.rejects(decode(BODY, 17), refusal('IncompleteBody'));
  await assert.rejects(decode(BODY, 15), refusal('IncompleteBody'));
  for (let end = 1; end < BODY.indexOf('0\r\nX'); end += 1) {
    await assert.rejects(decode(BODY.slice(0, end), 16), refusal('IncompleteBody'), `cut at ${end}`);
  }
});

test('framing that is none is refused', async () => {
  for (const body of [
    'hello',
    'xyz\r\nhello\r\n0\r\n\r\n',
    '2\r\nhello\r\n0\r\n\r\n',
    '0\r\nno trailer\r\n\r\n',
    'a'.repeat(20_000),
  ]) {
    await assert.rejects(
      decode(body, 2, 4096),
      (error) => error instanceof S3Error && error.status === 400,
      body.slice(0, 9),
    );
  }
});
