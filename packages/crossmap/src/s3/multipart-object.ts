import { createHash } from 'node:crypto';
import type { Segment } from './body.ts';
import { type ChecksumAlgorithm, type ChecksumType, checksumOfParts, DEFAULT_ALGORITHM } from './checksum.ts';
import type { Attributes, StoredObject } from './stored-object.ts';

/** Of the object to be, with how its parts are summed up, if the client said so. */
export interface UploadAttributes extends Omit<Attributes, 'checksum'> {
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType };
}

export interface Part {
  readonly number: number;
  /** MD5 in hexadecimal. */
  readonly etag: string;
  readonly size: number;
  /** Base64; of the algorithm of the upload. */
  readonly checksum: string;
  readonly blob: string;
  /** Epoch ms, whole seconds. */
  readonly lastModified: number;
}

/** How the parts of an upload are summed up: as the client wants it, else as S3 does for itself. */
export function summingOf({ checksum }: UploadAttributes): NonNullable<UploadAttributes['checksum']> {
  return checksum ?? { algorithm: DEFAULT_ALGORITHM, type: 'FULL_OBJECT' };
}

/**
 * The object that the parts are together. Checksums of parts are kept only where the client asked for them.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html on the entity tag of a multipart object.
 */
export function assemble(attributes: UploadAttributes, parts: readonly Part[], lastModified: number): StoredObject {
  const { algorithm, type } = summingOf(attributes);
  const md5 = createHash('md5');
  for (const part of parts) md5.update(part.etag, 'hex');
  const asked = attributes.checksum !== undefined;
  return {
    size: parts.reduce((sum, part) => sum + part.size, 0),
    etag: `${md5.digest('hex')}-${parts.length}`,
    lastModified,
    attributes: { ...attributes, checksum: checksumOfParts(algorithm, type, parts) },
    body: {
      kind: 'blobs',
      segments: parts.map(
        ({ blob, size, number, checksum }): Segment => ({ blob, size, part: number, ...(asked && { checksum }) }),
      ),
    },
  };
}
