import type { Bucket } from './bucket.ts';
import { DEFAULT_ALGORITHM } from './checksum.ts';
import { wholeSeconds } from './dates.ts';
import { initiatorOf } from './initiator.ts';
import { describedBy } from './object-headers.ts';
import { ownedBy } from './object-owner.ts';
import type { Services } from './operation.ts';
import { receive } from './receive.ts';
import type { S3Request } from './request.ts';
import { type Completion, type NamedPart, newUploadId, type Upload } from './upload-store.ts';

/** A part ends with the piece of the stream that reaches this size. */
const PART_SIZE = 8 * 1024 * 1024;

/** Stores the body of an admitted request as a multipart object. Without a complete body nothing is left of it. */
export async function putInParts(
  { store, uploads, encryption, now, newId }: Services,
  { request, bucket, key }: { readonly request: S3Request; readonly bucket: Bucket; readonly key: string },
): Promise<Completion> {
  const { attributes: encrypted } = await encryption.begin(request, bucket, key);
  const cipher = await encryption.resume(request, bucket, key, encrypted);
  const upload: Upload = {
    id: newUploadId(now(), newId()),
    bucket: bucket.name,
    key,
    initiated: wholeSeconds(now()),
    initiator: initiatorOf(request.caller.principal),
    attributes: { ...describedBy(request.headers), ...encrypted, ...ownedBy(request, bucket) },
  };
  const source = request.body.stream[Symbol.asyncIterator]();
  await uploads.create(upload);
  try {
    const parts: NamedPart[] = [];
    for (let ended = false; !ended; ) {
      const part = new PartStream(source);
      const body = { length: undefined, stream: part, trailers: () => ({}) };
      const received = await receive({ ...request, body }, store.blobs, {
        inline: false,
        cipher,
        sums: [DEFAULT_ALGORITHM],
      });
      const { size, md5, content, sums } = received;
      if (content.kind !== 'blob') throw new Error('Expected a part to be received as a blob');
      ended = part.ended;
      if (size === 0 && parts.length > 0) {
        await store.blobs.remove(content.id);
        continue;
      }
      const number = parts.length + 1;
      const etag = cipher.etag(md5);
      const checksum = sums[DEFAULT_ALGORITHM]!;
      const lastModified = wholeSeconds(now());
      await uploads.putPart(upload, { number, etag, size, checksum, blob: content.id, lastModified });
      parts.push({ number, etag });
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
