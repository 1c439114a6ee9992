import type { BlobStore } from './blob-store.ts';
import { type ObjectCipher, PLAIN } from './object-cipher.ts';
import type { PinnedBlobs } from './pinned-blobs.ts';

/** Where the bytes of an object are: in the index, or in blobs one after the other (a part each). */
export type StoredBody =
  | { readonly kind: 'inline'; readonly bytes: Uint8Array }
  | { readonly kind: 'blobs'; readonly segments: readonly Segment[] };

export interface Segment {
  readonly blob: string;
  readonly size: number;
  /** Of an object that was uploaded in parts: the number of this one, and its checksum in base64. */
  readonly part?: number;
  readonly checksum?: string;
}

/** The blobs that a body is in. */
export function blobsOf(body: StoredBody): readonly string[] {
  return body.kind === 'inline' ? [] : body.segments.map(({ blob }) => blob);
}

/** The bytes of an answer: all at once when they are few, else a stream that must be read to its end or left. */
export type ResponseBody =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly size: number; readonly stream: AsyncIterable<Uint8Array> };

/** The bytes of an answer as a stream. */
export async function* bytesOf(body: ResponseBody): AsyncGenerator<Uint8Array> {
  if (body.kind === 'bytes') yield body.bytes;
  else yield* body.stream;
}

/** Bytes `start` to before `end` of a body. A stream holds its blobs from now on, even if they are replaced. */
export function readBody(
  body: StoredBody,
  start: number,
  end: number,
  { blobs, pins }: { readonly blobs: BlobStore; readonly pins: PinnedBlobs },
  cipher: ObjectCipher = PLAIN,
): ResponseBody {
  if (body.kind === 'inline') return { kind: 'bytes', bytes: cipher.open(body.bytes, start, end) };
  const ids = blobsOf(body);
  pins.pin(ids);
  return {
    kind: 'stream',
    size: end - start,
    stream: new Segments(readSegments(body.segments, start, end, cipher.blobs(blobs)), () => pins.unpin(ids)),
  };
}

async function* readSegments(
  segments: readonly Segment[],
  start: number,
  end: number,
  blobs: BlobStore,
): AsyncGenerator<Uint8Array> {
  let position = 0;
  for (const { blob, size } of segments) {
    const from = Math.max(start - position, 0);
    const to = Math.min(end - position, size);
    if (from < to) yield* blobs.read(blob, from, to);
    position += size;
  }
}

/** An iteration that lets go once, also when it is left before its first step (a generator would not notice). */
class Segments implements AsyncIterableIterator<Uint8Array> {
  readonly #bytes: AsyncGenerator<Uint8Array>;
  readonly #release: () => Promise<void>;
  #released = false;

  constructor(bytes: AsyncGenerator<Uint8Array>, release: () => Promise<void>) {
    this.#bytes = bytes;
    this.#release = release;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    try {
      const result = await this.#bytes.next();
      if (result.done === true) await this.#letGo();
      return result;
    } catch (error) {
      await this.#letGo();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    const result = await this.#bytes.return(undefined);
    await this.#letGo();
    return result;
  }

  async #letGo(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#release();
  }
}
