import { createHash } from 'node:crypto';
import type { BlobStore, BlobWriter } from './blob-store.ts';
import {
  algorithmOfHeader,
  type ChecksumAlgorithm,
  checksumMismatch,
  checkWellFormed,
  declaredChecksum,
  startChecksum,
} from './checksum.ts';
import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';

/** Bodies up to this many bytes are kept in the index. */
export const LARGEST_INLINE: number = 64 * 1024;
/** The largest body of one PUT. */
const LARGEST_PUT = 5 * 1024 ** 3;

/** A body that has arrived whole and was what the client said it is. */
export interface Received {
  readonly size: number;
  /** Hexadecimal. */
  readonly md5: string;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  readonly content:
    | { readonly kind: 'inline'; readonly bytes: Uint8Array }
    | { readonly kind: 'blob'; readonly id: string };
}

/**
 * Takes in the body of an object or part: in memory while it is small, else (or when it must be one) as a blob.
 * Errors: `EntityTooLarge`, `IncompleteBody` and those of a digest that does not match.
 */
export async function receive(
  request: S3Request,
  blobs: BlobStore,
  options: { readonly inline: boolean },
): Promise<Received> {
  const { length } = request.body;
  if (length !== undefined && length > LARGEST_PUT) throw tooLarge(length);
  const verification = new Verification(request);
  let gathered: Uint8Array[] = [];
  let blob: BlobWriter | undefined = options.inline ? undefined : await blobs.create();
  let size = 0;
  try {
    for await (const bytes of request.body.stream) {
      size += bytes.length;
      if (size > LARGEST_PUT) throw tooLarge(size);
      verification.update(bytes);
      if (blob === undefined && size > LARGEST_INLINE) {
        blob = await blobs.create();
        for (const earlier of gathered) await blob.write(earlier);
        gathered = [];
      }
      if (blob === undefined) gathered.push(bytes);
      else await blob.write(bytes);
    }
    if (length !== undefined && size !== length) throw new S3Error('IncompleteBody');
    const digests = verification.finish();
    const content =
      blob === undefined
        ? { kind: 'inline' as const, bytes: gathered.length === 1 ? gathered[0]! : Buffer.concat(gathered) }
        : { kind: 'blob' as const, id: await blob.finish() };
    return { size, ...digests, content };
  } catch (error) {
    await blob?.discard();
    throw error;
  }
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

/** Compares a body with every digest that the request gives of it, in a header or a trailer. */
class Verification {
  readonly #request: S3Request;
  readonly #md5 = createHash('md5');
  readonly #sha256: ReturnType<typeof createHash> | undefined;
  readonly #checksum:
    | { readonly algorithm: ChecksumAlgorithm; readonly sum: ReturnType<typeof startChecksum> }
    | undefined;
  readonly #declared: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;

  constructor(request: S3Request) {
    this.#request = request;
    const { headers } = request;
    if (/^[0-9a-f]{64}$/.test(headers['x-amz-content-sha256'] ?? '')) this.#sha256 = createHash('sha256');
    this.#declared = declaredChecksum(headers);
    const algorithm = this.#declared?.algorithm ?? algorithmOfTrailer(headers['x-amz-trailer']);
    if (algorithm !== undefined) this.#checksum = { algorithm, sum: startChecksum(algorithm) };
    const md5 = headers['content-md5'];
    if (md5 !== undefined && Buffer.from(md5, 'base64').length !== 16) throw new S3Error('InvalidDigest');
  }

  update(bytes: Uint8Array): void {
    this.#md5.update(bytes);
    this.#sha256?.update(bytes);
    this.#checksum?.sum.update(bytes);
  }

  finish(): Pick<Received, 'md5' | 'checksum'> {
    const { headers } = this.#request;
    const md5 = this.#md5.digest();
    const contentMd5 = headers['content-md5'];
    if (contentMd5 !== undefined && !md5.equals(Buffer.from(contentMd5, 'base64'))) throw new S3Error('BadDigest');
    if (this.#sha256 !== undefined) {
      const computed = this.#sha256.digest('hex');
      const declared = headers['x-amz-content-sha256']!;
      if (computed !== declared) {
        throw new S3Error('XAmzContentSHA256Mismatch', {
          elements: { ClientComputedContentSHA256: declared, S3ComputedContentSHA256: computed },
        });
      }
    }
    const checksum = this.#finishChecksum();
    return { md5: md5.toString('hex'), ...(checksum === undefined ? {} : { checksum }) };
  }

  #finishChecksum(): Received['checksum'] {
    if (this.#checksum === undefined) return undefined;
    const { algorithm, sum } = this.#checksum;
    const value = Buffer.from(sum.digest()).toString('base64');
    const declared = this.#declared?.value ?? this.#trailer(algorithm);
    if (value !== declared) throw checksumMismatch(algorithm);
    return { algorithm, value };
  }

  #trailer(algorithm: ChecksumAlgorithm): string {
    const name = this.#request.headers['x-amz-trailer']!.trim().toLowerCase();
    const value = this.#request.body.trailers()[name];
    if (value === undefined) {
      throw new S3Error('InvalidRequest', { message: `The request promised the trailer ${name} and did not send it` });
    }
    checkWellFormed(algorithm, value);
    return value;
  }
}

function algorithmOfTrailer(trailer: string | undefined): ChecksumAlgorithm | undefined {
  if (trailer === undefined) return undefined;
  const algorithm = algorithmOfHeader(trailer.trim().toLowerCase());
  if (algorithm !== undefined) return algorithm;
  throw new S3Error('InvalidRequest', {
    message: `The value specified in the x-amz-trailer header is not supported: ${trailer}`,
  });
}
