import { createHash } from 'node:crypto';
import type { Segment } from './body.ts';
import { type ChecksumAlgorithm, type ChecksumType, checksumOfParts } from './checksum.ts';
import { S3Error } from './errors.ts';
import type { ObjectStore } from './object-store.ts';
import type { Attributes, ObjectVersion, StoredObject, WriteCondition } from './stored-object.ts';

export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly attributes: UploadAttributes;
}

/** Of the object to be, with how its parts are summed up. */
export interface UploadAttributes extends Omit<Attributes, 'checksum'> {
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType };
}

export interface Part {
  readonly number: number;
  /** MD5 in hexadecimal. */
  readonly etag: string;
  readonly size: number;
  /** Base64; of the upload's algorithm. */
  readonly checksum?: string;
  readonly blob: string;
}

/** A part as CompleteMultipartUpload names it. */
export interface NamedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksum?: string;
}

interface PartRow extends Omit<Part, 'checksum'> {
  readonly checksum: string | null;
}

/** S3's limit; the last part may be smaller. */
export const MINIMUM_PART_SIZE: number = 5 * 1024 * 1024;

/** Unfinished multipart uploads. */
export class UploadStore {
  readonly #objects: ObjectStore;
  readonly #minimumPartSize: number;
  readonly #sql: ReturnType<typeof statements>;

  constructor(objects: ObjectStore, minimumPartSize: number = MINIMUM_PART_SIZE) {
    this.#objects = objects;
    this.#minimumPartSize = minimumPartSize;
    this.#sql = statements(objects);
  }

  create({ id, bucket, key, attributes }: Upload): Promise<unknown> {
    return this.#objects.commits.write(() => {
      if (this.#objects.bucket(bucket) === undefined)
        throw new S3Error('NoSuchBucket', { elements: { BucketName: bucket } });
      return this.#sql.create.run(id, bucket, Buffer.from(key), JSON.stringify(attributes));
    });
  }

  /** Errors: `NoSuchUpload`, also for an upload of another key. */
  upload(id: string, bucket: string, key: string): Upload {
    const row = this.#sql.upload.get(id, bucket, Buffer.from(key));
    if (row === undefined) throw new S3Error('NoSuchUpload', { elements: { UploadId: id } });
    return { id, bucket, key, attributes: JSON.parse(row.attributes) as UploadAttributes };
  }

  /** Stores a part in the place of one with the same number. */
  async putPart(upload: Upload, part: Part): Promise<void> {
    const freed = await this.#objects.commits.write(() => {
      this.upload(upload.id, upload.bucket, upload.key);
      const replaced = this.#sql.part.get(upload.id, part.number);
      this.#objects.hold([part.blob]);
      this.#sql.putPart.run(upload.id, part.number, part.etag, part.size, part.checksum ?? null, part.blob);
      return replaced === undefined ? [] : this.#objects.release([replaced.blob]);
    });
    await this.#objects.pins.remove(freed);
  }

  async abort(upload: Upload): Promise<void> {
    const freed = await this.#objects.commits.write(() => {
      const blobs = this.#parts(upload.id).map((part) => part.blob);
      this.#forget(upload.id);
      return this.#objects.release(blobs);
    });
    await this.#objects.pins.remove(freed);
  }

  /**
   * Makes the object of the named parts, without copying them; parts not named are dropped.
   * Errors: `NoSuchUpload`, `InvalidPart`, `InvalidPartOrder`, `EntityTooSmall`, those of `condition`.
   */
  async complete(
    upload: Upload,
    named: readonly NamedPart[],
    options: {
      readonly lastModified: number;
      readonly condition: WriteCondition;
      /** Throws when the object is not what the client expects; then nothing has happened. */
      readonly check?: (object: StoredObject) => void;
    },
  ): Promise<ObjectVersion> {
    const { object, freed } = await this.#objects.commits.write(() => {
      this.upload(upload.id, upload.bucket, upload.key);
      const stored = this.#parts(upload.id);
      const parts = this.#chosen(upload, stored, named);
      const object = assemble(upload, parts, options.lastModified);
      options.check?.(object);
      this.#forget(upload.id);
      const { versionId, freed } = this.#objects.putInTransaction(upload.bucket, upload.key, object, options.condition);
      const unused = this.#objects.release(stored.map((part) => part.blob));
      return { object: { ...object, versionId }, freed: [...unused, ...freed] };
    });
    await this.#objects.pins.remove(freed);
    return object;
  }

  #chosen(upload: Upload, stored: readonly Part[], named: readonly NamedPart[]): readonly Part[] {
    const elements = { UploadId: upload.id };
    if (named.some(({ number }, index) => index > 0 && number <= named[index - 1]!.number)) {
      throw new S3Error('InvalidPartOrder', { elements });
    }
    const byNumber = new Map(stored.map((part) => [part.number, part]));
    const parts = named.map(({ number, etag, checksum }) => {
      const part = byNumber.get(number);
      const summed = upload.attributes.checksum !== undefined;
      const checksumDiffers = summed && checksum !== undefined && checksum !== part?.checksum;
      if (part !== undefined && part.etag === etag && !checksumDiffers) return part;
      throw new S3Error('InvalidPart', { elements: { ...elements, PartNumber: String(number), ETag: etag } });
    });
    const small = parts.slice(0, -1).find((part) => part.size < this.#minimumPartSize);
    if (small === undefined) return parts;
    throw new S3Error('EntityTooSmall', {
      elements: {
        ProposedSize: String(small.size),
        MinSizeAllowed: String(this.#minimumPartSize),
        PartNumber: String(small.number),
        ETag: small.etag,
      },
    });
  }

  #parts(id: string): readonly Part[] {
    return this.#sql.parts.all(id).map(({ checksum, ...part }) => (checksum === null ? part : { ...part, checksum }));
  }

  #forget(id: string): void {
    this.#sql.deleteParts.run(id);
    this.#sql.delete.run(id);
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html on the entity tag of a multipart object. */
function assemble(upload: Upload, parts: readonly Part[], lastModified: number): StoredObject {
  const { checksum: summing, ...attributes } = upload.attributes;
  const md5 = createHash('md5');
  for (const part of parts) md5.update(part.etag, 'hex');
  const summed = parts.flatMap(({ checksum, size }) => (checksum === undefined ? [] : [{ checksum, size }]));
  const checksum = summing === undefined ? undefined : checksumOfParts(summing.algorithm, summing.type, summed);
  return {
    size: parts.reduce((sum, part) => sum + part.size, 0),
    etag: `${md5.digest('hex')}-${parts.length}`,
    lastModified,
    attributes: checksum === undefined ? attributes : { ...attributes, checksum },
    body: { kind: 'blobs', segments: parts.map(({ blob, size }): Segment => ({ blob, size })) },
  };
}

function statements({ database }: ObjectStore) {
  return {
    create: database.prepare('INSERT INTO upload VALUES (?, ?, ?, ?)'),
    upload: database.prepare<{ attributes: string }>(
      'SELECT attributes FROM upload WHERE id = ? AND bucket = ? AND key = ?',
    ),
    delete: database.prepare('DELETE FROM upload WHERE id = ?'),
    part: database.prepare<{ blob: string }>('SELECT blob FROM part WHERE upload = ? AND number = ?'),
    parts: database.prepare<PartRow>(
      'SELECT number, etag, size, checksum, blob FROM part WHERE upload = ? ORDER BY number',
    ),
    putPart: database.prepare('INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?, ?)'),
    deleteParts: database.prepare('DELETE FROM part WHERE upload = ?'),
  };
}
