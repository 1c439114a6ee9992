import { createHash } from 'node:crypto';
import {
  algorithmOfHeader,
  type ChecksumAlgorithm,
  checksumMismatch,
  checkWellFormed,
  declaredChecksum,
  parseAlgorithm,
  startChecksum,
} from './checksum.ts';
import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';

/** What a body came to. */
export interface Digests {
  /** Hexadecimal. */
  readonly md5: string;
  /** The algorithm by which the client summed it up, if it did. */
  readonly declared: ChecksumAlgorithm | undefined;
  /** Base64, of the declared algorithm and of those that were asked for. */
  readonly sums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
}

/** The MD5 and the checksums of bytes as they pass. */
export class Summing {
  readonly #md5 = createHash('md5');
  readonly #running: readonly (readonly [ChecksumAlgorithm, ReturnType<typeof startChecksum>])[];

  constructor(algorithms: Iterable<ChecksumAlgorithm>) {
    this.#running = [...new Set(algorithms)].map((algorithm) => [algorithm, startChecksum(algorithm)]);
  }

  update(bytes: Uint8Array): void {
    this.#md5.update(bytes);
    for (const [, sum] of this.#running) sum.update(bytes);
  }

  async take(source: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const bytes of source) this.update(bytes);
  }

  /** The same bytes, summed up as they are read. */
  async *passing(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of source) {
      this.update(bytes);
      yield bytes;
    }
  }

  finish(): Pick<Digests, 'md5' | 'sums'> {
    const sums = this.#running.map(([name, sum]) => [name, Buffer.from(sum.digest()).toString('base64')] as const);
    return { md5: this.#md5.digest('hex'), sums: Object.fromEntries(sums) };
  }
}

/** Compares a body with every digest that the request gives of it, in a header or a trailer. */
export class Verification {
  readonly #request: S3Request;
  readonly #sha256: ReturnType<typeof createHash> | undefined;
  readonly #declared: ChecksumAlgorithm | undefined;
  readonly #summing: Summing;

  /** Sums up by `sums` beside what the request declares. Errors: `InvalidRequest`, `InvalidDigest`. */
  constructor(request: S3Request, sums: readonly ChecksumAlgorithm[] = []) {
    this.#request = request;
    const { headers } = request;
    if (/^[0-9a-f]{64}$/.test(headers['x-amz-content-sha256'] ?? '')) this.#sha256 = createHash('sha256');
    this.#declared = declaredAlgorithm(headers);
    this.#summing = new Summing(this.#declared === undefined ? sums : [this.#declared, ...sums]);
    const md5 = headers['content-md5'];
    if (md5 !== undefined && Buffer.from(md5, 'base64').length !== 16) throw new S3Error('InvalidDigest');
  }

  update(bytes: Uint8Array): void {
    this.#summing.update(bytes);
    this.#sha256?.update(bytes);
  }

  /** Errors: `BadDigest`, `XAmzContentSHA256Mismatch`, `InvalidRequest` for a trailer that is missing or none. */
  finish(): Digests {
    const { md5, sums } = this.#summing.finish();
    this.#compareMd5(md5);
    if (this.#sha256 !== undefined) {
      const computed = this.#sha256.digest('hex');
      const declared = this.#request.headers['x-amz-content-sha256']!;
      if (computed !== declared) {
        throw new S3Error('XAmzContentSHA256Mismatch', {
          elements: { ClientComputedContentSHA256: declared, S3ComputedContentSHA256: computed },
        });
      }
    }
    if (this.#declared !== undefined && sums[this.#declared] !== this.#value(this.#declared)) {
      throw checksumMismatch(this.#declared);
    }
    return { md5, sums, declared: this.#declared };
  }

  #compareMd5(md5: string): void {
    const declared = this.#request.headers['content-md5'];
    const calculated = Buffer.from(md5, 'hex').toString('base64');
    if (declared === undefined || Buffer.from(declared, 'base64').toString('base64') === calculated) return;
    throw new S3Error('BadDigest', { elements: { ExpectedDigest: declared, CalculatedDigest: calculated } });
  }

  /** What the client says the checksum is. */
  #value(algorithm: ChecksumAlgorithm): string {
    const declared = declaredChecksum(this.#request.headers);
    if (declared !== undefined) return declared.value;
    const name = this.#request.headers['x-amz-trailer']!.trim().toLowerCase();
    const value = this.#request.body.trailers()[name];
    if (value === undefined) {
      throw new S3Error('InvalidRequest', { message: `The request promised the trailer ${name} and did not send it` });
    }
    checkWellFormed(algorithm, value);
    return value;
  }
}

/** By which algorithm a request sums up its body, in a header or a trailer. Errors: `InvalidRequest`. */
export function declaredAlgorithm(headers: Readonly<Record<string, string>>): ChecksumAlgorithm | undefined {
  const declared = declaredChecksum(headers)?.algorithm ?? algorithmOfTrailer(headers['x-amz-trailer']);
  const announced = headers['x-amz-sdk-checksum-algorithm'];
  if (announced === undefined) return declared;
  if (declared === undefined) {
    throw new S3Error('InvalidRequest', {
      message:
        'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    });
  }
  if (parseAlgorithm(announced, 'x-amz-sdk-checksum-algorithm') === declared) return declared;
  throw new S3Error('InvalidRequest', { message: 'Value for x-amz-sdk-checksum-algorithm header is invalid.' });
}

function algorithmOfTrailer(trailer: string | undefined): ChecksumAlgorithm | undefined {
  if (trailer === undefined) return undefined;
  const algorithm = algorithmOfHeader(trailer.trim().toLowerCase());
  if (algorithm !== undefined) return algorithm;
  throw new S3Error('InvalidRequest', {
    message: `The value specified in the x-amz-trailer header is not supported: ${trailer}`,
  });
}
