import type { Bucket } from './bucket.ts';
import { wholeSeconds } from './dates.ts';
import { describedBy } from './object-headers.ts';
import type { Services } from './operation.ts';
import { receive } from './receive.ts';
import type { S3Request } from './request.ts';
import type { ObjectVersion } from './stored-object.ts';
import type { NamedPart, Upload } from './upload-store.ts';

/** A part ends with the piece of the stream that reaches this size. */
const PART_SIZE = 8 * 1024 * 1024;

/** Stores the body of an admitted request as a multipart object. Without a complete body nothing is left of it. */
export async function putInParts(
  { store, uploads, now, newId }: Services,
  { request, bucket, key }: { readonly request: S3Request; readonly bucket: Bucket; readonly key: string },
): Promise<ObjectVersion> {
  const upload: Upload = { id: newId(), bucket: bucket.name, key, attributes: describedBy(request.headers) };
  const source = request.body.stream[Symbol.asyncIterator]();
  await uploads.create(upload);
  try {
    const parts: NamedPart[] = [];
    for (let ended = false; !ended; ) {
      const part = new PartStream(source);
      const body = { length: undefined, stream: part, trailers: () => ({}) };
      const { size, md5, content } = await receive({ ...request, body }, store.blobs, { inline: false });
      if (content.kind !== 'blob') throw new Error('Expected a part to be received as a blob');
      ended = part.ended;
      if (size === 0 && parts.length > 0) {
        await store.blobs.remove(content.id);
        continue;
      }
      const number = parts.length + 1;
      await uploads.putPart(upload, { number, etag: md5, size, blob: content.id });
      parts.push({ number, etag: md5 });
    }
    return await uploads.complete(upload, parts, { lastModified: wholeSeconds(now()), condition: {} });
  } catch (error) {
    await source.return?.();
    await uploads.abort(upload);
    throw error;
  }
}

/** The next part of a stream: up to `PART_SIZE` and the rest of the piece that reaches it. */
class PartStream implements AsyncIterable<Uint8Array> {
  readonly #source: AsyncIterator<Uint8Array>;
  #ended = false;

  constructor(source: AsyncIterator<Uint8Array>) {
    this.#source = source;
  }

  /** Whether the source has ended with this part. */
  get ended(): boolean {
    return this.#ended;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let size = 0; size < PART_SIZE; ) {
      const { value, done } = await this.#source.next();
      if (done === true) {
        this.#ended = true;
        return;
      }
      size += value.length;
      yield value;
    }
  }
}
