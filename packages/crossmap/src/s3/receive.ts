import type { BlobStore, BlobWriter } from './blob-store.ts';
import type { StoredBody } from './body.ts';
import type { ChecksumAlgorithm } from './checksum.ts';
import { S3Error } from './errors.ts';
import type { ObjectCipher } from './object-cipher.ts';
import type { S3Request } from './request.ts';
import { type Digests, Verification } from './verification.ts';

/** Bodies up to this many bytes are kept in the index. */
export const LARGEST_INLINE: number = 64 * 1024;
/** The largest body of one PUT. */
export const LARGEST_PUT: number = 5 * 1024 ** 3;

export type StoredContent =
  | { readonly kind: 'inline'; readonly bytes: Uint8Array }
  | { readonly kind: 'blob'; readonly id: string };

/** How content is stored: in the index while it is small, or always as a blob; and in which cipher. */
export interface Keeping {
  readonly inline: boolean;
  readonly cipher: ObjectCipher;
}

/** A body that has arrived whole and was what the client said it is. */
export interface Received extends Digests {
  readonly size: number;
  readonly content: StoredContent;
}

/**
 * Takes in the body of an object or part, and sums it up by `sums` beside what the request declares.
 * Errors: `MissingContentLength`, `EntityTooLarge`, `IncompleteBody` and those of a digest that does not match.
 */
export async function receive(
  request: S3Request,
  blobs: BlobStore,
  options: Keeping & { readonly sums: readonly ChecksumAlgorithm[] },
): Promise<Received> {
  const { length } = request.body;
  if (length !== undefined) {
    checkLengthIsGiven(request);
    if (length > LARGEST_PUT) throw tooLarge(length);
  }
  const verification = new Verification(request, options.sums);
  async function* verified() {
    let size = 0;
    for await (const bytes of request.body.stream) {
      size += bytes.length;
      if (size > LARGEST_PUT) throw tooLarge(size);
      verification.update(bytes);
      yield bytes;
    }
    if (length !== undefined && size !== length) throw new S3Error('IncompleteBody');
  }
  let digests: Digests | undefined;
  const { size, content } = await keep(verified(), blobs, options, () => {
    digests = verification.finish();
  });
  return { size, content, ...digests! };
}

/**
 * The one place where content becomes stored bytes: in memory while they are few, else (or when they must be one) as a
 * blob. `check` may still refuse when all has arrived; then nothing is kept.
 */
export async function keep(
  source: AsyncIterable<Uint8Array>,
  blobs: BlobStore,
  { inline, cipher }: Keeping,
  check: () => void = () => {},
): Promise<{ readonly size: number; readonly content: StoredContent }> {
  const create = () => cipher.blobs(blobs).create();
  let gathered: Uint8Array[] = [];
  let blob: BlobWriter | undefined = inline ? undefined : await create();
  let size = 0;
  try {
    for await (const bytes of source) {
      size += bytes.length;
      if (blob === undefined && size > LARGEST_INLINE) {
        blob = await create();
        for (const earlier of gathered) await blob.write(earlier);
        gathered = [];
      }
      if (blob === undefined) gathered.push(bytes);
      else await blob.write(bytes);
    }
    check();
    const content: StoredContent =
      blob === undefined
        ? { kind: 'inline', bytes: cipher.seal(gathered.length === 1 ? gathered[0]! : Buffer.concat(gathered)) }
        : { kind: 'blob', id: await blob.finish() };
    return { size, content };
  } catch (error) {
    await blob?.discard();
    throw error;
  }
}

/** What was kept, as the body of an object. */
export function storedBody({ content, size }: Pick<Received, 'content' | 'size'>): StoredBody {
  return content.kind === 'inline' ? content : { kind: 'blobs', segments: [{ blob: content.id, size }] };
}

/** Over HTTP an object says how long it is, even one of no bytes. */
function checkLengthIsGiven({ headers }: S3Request): void {
  if ('content-length' in headers || 'x-amz-decoded-content-length' in headers) return;
  throw new S3Error('MissingContentLength');
}

function tooLarge(size: number): S3Error {
  return new S3Error('EntityTooLarge', {
    elements: { ProposedSize: String(size), MaxSizeAllowed: String(LARGEST_PUT) },
  });
}

/** Takes in a document of at most `limit` bytes, else `tooLong`. */
export async function receiveText(request: S3Request, limit: number, tooLong: () => S3Error): Promise<string> {
  const verification = new Verification(request);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of request.body.stream) {
    size += bytes.length;
    if (size > limit) throw tooLong();
    verification.update(bytes);
    chunks.push(bytes);
  }
  verification.finish();
  return Buffer.concat(chunks).toString();
}
