import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { ItemReaderFailure } from '../item-reader-failure.ts';

/**
 * What the bytes of an object are when the name of its key says that they are compressed: `.gz` and `.gzip`, `.zst` and
 * `.zstd`; otherwise the bytes. Damaged or truncated data ends in `ItemReaderFailure`.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */
export function decompressed(key: string, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (/\.gz(ip)?$/i.test(key)) return gunzip(bytes);
  if (/\.zstd?$/i.test(key)) return unzstd(bytes);
  return bytes;
}

async function* gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const output = createGunzip({ chunkSize: 256 * 1024 });
  // The error, if any, comes out of the iteration.
  pipeline(Readable.from(bytes), output, () => undefined);
  try {
    yield* output as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new ItemReaderFailure(`The GZIP data is damaged or truncated: ${error.message}.`);
  }
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

async function* unzstd(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const made: Uint8Array[] = [];
  const stream = new Decompress((part) => {
    if (part.length > 0) made.push(part);
  });
  let size = 0;
  const push = (chunk: Uint8Array, last: boolean): void => {
    try {
      stream.push(chunk, last);
    } catch (error) {
      throw new ItemReaderFailure(
        `The ZSTD data is damaged or truncated, at byte ${size}: ${(error as Error).message}.`,
      );
    }
  };
  for await (const chunk of bytes) {
    push(chunk, false);
    size += chunk.length;
    yield* made.splice(0);
  }
  push(new Uint8Array(0), true);
  yield* made.splice(0);
}
