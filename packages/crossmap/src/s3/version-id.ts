import { randomBytes } from 'node:crypto';
import type { Bucket } from './bucket.ts';
import { S3Error } from './errors.ts';

/** The id of the one version of a key that was written while its bucket was not versioned, or suspended. */
export const NULL_VERSION = 'null';

/**
 * The id of the version that is written `sequence`th, 32 characters as S3's are. The number is in it, covered by chance,
 * so that a listing can go on after a version that has been deleted since.
 */
export function newVersionId(sequence: number): string {
  const bytes = randomBytes(24);
  bytes.writeBigUInt64BE(BigInt(sequence) ^ bytes.readBigUInt64BE(8));
  return bytes.toString('base64').replaceAll('+', '.').replaceAll('/', '_');
}

/** The number in a version id; `undefined` for a text that no version ever had. */
export function sequenceOf(versionId: string): number | undefined {
  if (!/^[A-Za-z0-9._]{32}$/.test(versionId)) return undefined;
  const bytes = Buffer.from(versionId.replaceAll('.', '+').replaceAll('_', '/'), 'base64');
  const sequence = bytes.readBigUInt64BE() ^ bytes.readBigUInt64BE(8);
  return sequence <= Number.MAX_SAFE_INTEGER ? Number(sequence) : undefined;
}

/** The header that names a version that is read or deleted: none in a bucket that never was versioned. */
export function versionHeader({ settings }: Bucket, versionId: string): Record<string, string> {
  return settings.versioning === undefined ? {} : { 'x-amz-version-id': versionId };
}

/**
 * The header that names a version to who writes it: none for the null version, also where versioning is suspended.
 * Source: the sample responses of https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export function writtenVersionHeader(versionId: string): Record<string, string> {
  return versionId === NULL_VERSION ? {} : { 'x-amz-version-id': versionId };
}

/** The id that a request names, if it names one. Errors: `InvalidArgument` for what no version ever had as its id. */
export function checkVersionId(versionId: string | undefined): string | undefined {
  if (versionId === undefined || versionId === NULL_VERSION || sequenceOf(versionId) !== undefined) return versionId;
  throw new S3Error('InvalidArgument', {
    message: versionId === '' ? 'Version id cannot be the empty string' : 'Invalid version id specified',
    elements: { ArgumentName: 'versionId', ArgumentValue: versionId },
  });
}
