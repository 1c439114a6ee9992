import { createHash } from 'node:crypto';
import { CRC32, CRC32C, CRC64NVME, type CrcModel, combineCrc } from './crc.ts';
import { notImplemented, S3Error } from './errors.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';
/** What S3 adds to an object that comes without a checksum. */
export const DEFAULT_ALGORITHM: ChecksumAlgorithm = 'CRC64NVME';
/** Of a multipart object: over the bytes of the object, or over the checksums of its parts. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** A checksum as S3 stores and shows it: base64, a composite one followed by `-` and the number of parts. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly type: ChecksumType;
}

interface Running {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

const ALGORITHMS: Readonly<Record<ChecksumAlgorithm, { readonly bytes: number; readonly crc?: CrcModel }>> = {
  CRC32: { bytes: 4, crc: CRC32 },
  CRC32C: { bytes: 4, crc: CRC32C },
  CRC64NVME: { bytes: 8, crc: CRC64NVME },
  SHA1: { bytes: 20 },
  SHA256: { bytes: 32 },
};

export function startChecksum(algorithm: ChecksumAlgorithm): Running {
  return ALGORITHMS[algorithm].crc?.create() ?? createHash(algorithm);
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

const HEADER_PREFIX = 'x-amz-checksum-';
/** Headers that begin like a checksum and are none. */
const OTHER_HEADERS = new Set(['x-amz-checksum-algorithm', 'x-amz-checksum-type', 'x-amz-checksum-mode']);

/** The algorithm a checksum header names; `undefined` when it is no checksum header. */
export function algorithmOfHeader(header: string): ChecksumAlgorithm | undefined {
  if (!header.startsWith(HEADER_PREFIX) || OTHER_HEADERS.has(header)) return undefined;
  return parseAlgorithm(header.slice(HEADER_PREFIX.length), header);
}

/** Algorithms that S3 has and this one does not. */
const OTHER_ALGORITHMS = ['MD5', 'SHA512', 'XXHASH3', 'XXHASH64', 'XXHASH128'];

/** Errors: `InvalidRequest` for what is no algorithm of S3, `NotImplemented`. */
export function parseAlgorithm(name: string, header: string): ChecksumAlgorithm {
  const algorithm = name.toUpperCase();
  if (Object.hasOwn(ALGORITHMS, algorithm)) return algorithm as ChecksumAlgorithm;
  if (OTHER_ALGORITHMS.includes(algorithm)) throw notImplemented(`Checksum algorithm ${name}`, { Header: header });
  const valid = Object.keys(ALGORITHMS).join(', ');
  throw new S3Error('InvalidRequest', {
    message: `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${valid}]`,
  });
}

/** The checksum a request declares in its headers. Two of them, or one that cannot be one, are `InvalidRequest`. */
export function declaredChecksum(
  headers: Readonly<Record<string, string>>,
): { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined {
  let declared: { algorithm: ChecksumAlgorithm; value: string } | undefined;
  for (const name in headers) {
    const algorithm = algorithmOfHeader(name);
    if (algorithm === undefined) continue;
    if (declared !== undefined) {
      throw new S3Error('InvalidRequest', {
        message: 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
      });
    }
    declared = { algorithm, value: headers[name]! };
    checkWellFormed(algorithm, declared.value);
  }
  return declared;
}

export function checkWellFormed(algorithm: ChecksumAlgorithm, value: string): void {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length === ALGORITHMS[algorithm].bytes && bytes.toString('base64') === value) return;
  throw new S3Error('InvalidRequest', { message: `Value for ${checksumHeader(algorithm)} header is invalid.` });
}

export function checksumMismatch(algorithm: ChecksumAlgorithm): S3Error {
  return new S3Error('BadDigest', { message: `The ${algorithm} you specified did not match the calculated checksum.` });
}

/** A part or object summed up by another algorithm than its upload. */
export function checksumTypeMismatch(expected: ChecksumAlgorithm, actual: ChecksumAlgorithm | undefined): S3Error {
  return new S3Error('InvalidRequest', {
    message: `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${actual?.toLowerCase() ?? 'null'}`,
  });
}

/** How a multipart upload with this algorithm is summed up unless it says otherwise. */
export function defaultType(algorithm: ChecksumAlgorithm): ChecksumType {
  return algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE';
}

/** Whether S3 offers the combination. */
export function typeAllowed(algorithm: ChecksumAlgorithm, type: ChecksumType): boolean {
  if (algorithm === 'CRC64NVME') return type === 'FULL_OBJECT';
  return type === 'COMPOSITE' || ALGORITHMS[algorithm].crc !== undefined;
}

/** The checksum of a multipart object from those of its parts. */
export function checksumOfParts(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly { readonly checksum: string; readonly size: number }[],
): Checksum {
  const digests = parts.map((part) => Buffer.from(part.checksum, 'base64'));
  const { crc } = ALGORITHMS[algorithm];
  if (type === 'FULL_OBJECT' && crc !== undefined) {
    const whole = digests.reduce<Uint8Array>(
      (sum, digest, index) => combineCrc(crc, sum, digest, parts[index]!.size),
      new Uint8Array(crc.width / 8),
    );
    return { algorithm, type, value: Buffer.from(whole).toString('base64') };
  }
  const composite = startChecksum(algorithm);
  composite.update(Buffer.concat(digests));
  return { algorithm, type, value: `${Buffer.from(composite.digest()).toString('base64')}-${parts.length}` };
}
