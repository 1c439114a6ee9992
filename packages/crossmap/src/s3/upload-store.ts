import { createHash } from 'node:crypto';
import { S3Error } from './errors.ts';
import type { Initiator } from './initiator.ts';
import type { Source } from './listing.ts';
import { assemble, type Part, type UploadAttributes } from './multipart-object.ts';
import type { ObjectStore } from './object-store.ts';
import type { Attributes, StoredObject, WriteCondition } from './stored-object.ts';

export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  /** Epoch ms, whole seconds. */
  readonly initiated: number;
  readonly initiator: Initiator;
  readonly attributes: UploadAttributes;
}

/** A part as CompleteMultipartUpload names it. */
export interface NamedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksum?: string;
}

/** What a completed upload has become. */
export interface Completion extends Pick<Attributes, 'checksum' | 'encryption'> {
  readonly etag: string;
  readonly versionId: string;
}

export interface ListedUpload {
  readonly key: string;
  readonly upload: Upload;
}

interface UploadRow {
  readonly id: string;
  readonly key: Uint8Array;
  readonly initiated: number;
  readonly initiator: string;
  readonly attributes: string;
}

interface PartRow extends Omit<Part, 'lastModified'> {
  readonly last_modified: number;
}

/** S3's limit; the last part may be smaller. */
export const MINIMUM_PART_SIZE: number = 5 * 1024 * 1024;

/** How long a repeated completion is answered as the first one was. */
const REMEMBERED_MS = 24 * 60 * 60 * 1000;

/** An id that tells uploads of one key in the order in which they began. */
export function newUploadId(epochMs: number, unique: string): string {
  return epochMs.toString(16).padStart(12, '0') + unique.replaceAll('-', '');
}

/** Unfinished multipart uploads, and what the last ones became. */
export class UploadStore {
  readonly #objects: ObjectStore;
  readonly #minimumPartSize: number;
  readonly #sql: ReturnType<typeof statements>;

  constructor(objects: ObjectStore, minimumPartSize: number = MINIMUM_PART_SIZE) {
    this.#objects = objects;
    this.#minimumPartSize = minimumPartSize;
    this.#sql = statements(objects);
  }

  create({ id, bucket, key, initiated, initiator, attributes }: Upload): Promise<unknown> {
    return this.#objects.commits.write(() => {
      if (this.#objects.bucket(bucket) === undefined)
        throw new S3Error('NoSuchBucket', { elements: { BucketName: bucket } });
      const documents = [JSON.stringify(initiator), JSON.stringify(attributes)] as const;
      return this.#sql.create.run(id, bucket, Buffer.from(key), initiated, ...documents);
    });
  }

  find(id: string, bucket: string, key: string): Upload | undefined {
    const row = this.#sql.upload.get(id, bucket, Buffer.from(key));
    return row && uploadOf(bucket, row);
  }

  /** Errors: `NoSuchUpload`, also for an upload of another key. */
  upload(id: string, bucket: string, key: string): Upload {
    const upload = this.find(id, bucket, key);
    if (upload === undefined) throw noSuchUpload(id);
    return upload;
  }

  /** The uploads of a bucket by key, those of one key as they began. */
  listed(bucket: string): Source<ListedUpload> {
    return {
      scan: ({ key, behind = '' }, upper, limit) =>
        this.#sql.scan
          .all(bucket, key, behind, upper, limit)
          .map((row) => ({ key: Buffer.from(row.key).toString(), upload: uploadOf(bucket, row) })),
      after: ({ key, upload }) => ({ key: Buffer.from(key), behind: upload.id }),
    };
  }

  /** Stores a part in the place of one with the same number. */
  async putPart(upload: Upload, part: Part): Promise<void> {
    const freed = await this.#objects.commits.write(() => {
      this.upload(upload.id, upload.bucket, upload.key);
      const replaced = this.#sql.part.get(upload.id, part.number);
      this.#objects.hold([part.blob]);
      const { number, etag, size, checksum, blob, lastModified } = part;
      this.#sql.putPart.run(upload.id, number, etag, size, checksum, blob, lastModified);
      return replaced === undefined ? [] : this.#objects.release([replaced.blob]);
    });
    await this.#objects.pins.remove(freed);
  }

  /** At most `limit` parts with a number above `after`, in order. */
  parts({ id }: Upload, after: number, limit: number): readonly Part[] {
    return this.#sql.parts.all(id, after, limit).map(partOf);
  }

  async abort(upload: Upload): Promise<void> {
    const freed = await this.#objects.commits.write(() => {
      const blobs = this.#allParts(upload.id).map((part) => part.blob);
      this.#forget(upload.id);
      return this.#objects.release(blobs);
    });
    await this.#objects.pins.remove(freed);
  }

  /**
   * Makes the object of the named parts, without copying them; parts not named are dropped. Said again with the same
   * parts it gives what it gave. Errors: `NoSuchUpload`, `InvalidPart`, `InvalidPartOrder`, `EntityTooSmall`, those of
   * `condition` and `check`.
   */
  async complete(
    { id, bucket, key }: Pick<Upload, 'id' | 'bucket' | 'key'>,
    named: readonly NamedPart[],
    options: {
      readonly lastModified: number;
      readonly condition: WriteCondition;
      /** Throws when the object is not what the client expects; then nothing has happened. */
      readonly check?: (upload: Upload, object: StoredObject) => void;
    },
  ): Promise<Completion> {
    const { completion, freed } = await this.#objects.commits.write(() => {
      const upload = this.find(id, bucket, key);
      if (upload === undefined) return { completion: this.#completion(id, bucket, key, named), freed: [] };
      const stored = this.#allParts(id);
      const object = assemble(upload.attributes, this.#chosen(upload, stored, named), options.lastModified);
      options.check?.(upload, object);
      this.#forget(id);
      const { versionId, freed } = this.#objects.putInTransaction(bucket, key, object, options.condition);
      const unused = this.#objects.release(stored.map((part) => part.blob));
      const { checksum, encryption } = object.attributes;
      const completion = {
        etag: object.etag,
        versionId,
        ...(checksum && { checksum }),
        ...(encryption && { encryption }),
      };
      this.#remember({ id, bucket, key }, named, completion, options.lastModified);
      return { completion, freed: [...unused, ...freed] };
    });
    await this.#objects.pins.remove(freed);
    return completion;
  }

  /** Errors: `NoSuchUpload` unless the upload was completed with just these parts. */
  #completion(id: string, bucket: string, key: string, named: readonly NamedPart[]): Completion {
    const row = this.#sql.completed.get(id, bucket, Buffer.from(key), digestOf(named));
    if (row === undefined) throw noSuchUpload(id);
    return JSON.parse(row.completion) as Completion;
  }

  #remember(
    { id, bucket, key }: Pick<Upload, 'id' | 'bucket' | 'key'>,
    named: readonly NamedPart[],
    completion: Completion,
    now: number,
  ): void {
    this.#sql.forgetCompleted.run(now - REMEMBERED_MS);
    this.#sql.remember.run(id, bucket, Buffer.from(key), now, digestOf(named), JSON.stringify(completion));
  }

  #chosen(upload: Upload, stored: readonly Part[], named: readonly NamedPart[]): readonly Part[] {
    const elements = { UploadId: upload.id };
    if (named.some(({ number }, index) => index > 0 && number <= named[index - 1]!.number)) {
      throw new S3Error('InvalidPartOrder', { elements });
    }
    const summed = upload.attributes.checksum !== undefined;
    const byNumber = new Map(stored.map((part) => [part.number, part]));
    const parts = named.map(({ number, etag, checksum }) => {
      const part = byNumber.get(number);
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

  #allParts(id: string): readonly Part[] {
    return this.#sql.parts.all(id, 0, -1).map(partOf);
  }

  #forget(id: string): void {
    this.#sql.deleteParts.run(id);
    this.#sql.delete.run(id);
  }
}

function noSuchUpload(id: string): S3Error {
  return new S3Error('NoSuchUpload', { elements: { UploadId: id } });
}

function digestOf(named: readonly NamedPart[]): string {
  const text = named.map(({ number, etag }) => `${number}:${etag}`).join(',');
  return createHash('sha256').update(text).digest('base64');
}

function uploadOf(bucket: string, { id, key, initiated, initiator, attributes }: UploadRow): Upload {
  return {
    id,
    bucket,
    key: Buffer.from(key).toString(),
    initiated,
    initiator: JSON.parse(initiator) as Initiator,
    attributes: JSON.parse(attributes) as UploadAttributes,
  };
}

function partOf({ last_modified: lastModified, ...part }: PartRow): Part {
  return { ...part, lastModified };
}

function statements({ database }: ObjectStore) {
  const columns = 'id, key, initiated, initiator, attributes';
  return {
    create: database.prepare(
      'INSERT INTO upload (id, bucket, key, initiated, initiator, attributes) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    upload: database.prepare<UploadRow>(`SELECT ${columns} FROM upload WHERE id = ? AND bucket = ? AND key = ?`),
    scan: database.prepare<UploadRow>(
      `SELECT ${columns} FROM upload WHERE bucket = ? AND (key, id) > (?, ?) AND key < ? ORDER BY key, id LIMIT ?`,
    ),
    delete: database.prepare('DELETE FROM upload WHERE id = ?'),
    part: database.prepare<{ blob: string }>('SELECT blob FROM part WHERE upload = ? AND number = ?'),
    parts: database.prepare<PartRow>(
      `SELECT number, etag, size, checksum, blob, last_modified FROM part
       WHERE upload = ? AND number > ? ORDER BY number LIMIT ?`,
    ),
    putPart: database.prepare('INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?, ?, ?)'),
    deleteParts: database.prepare('DELETE FROM part WHERE upload = ?'),
    completed: database.prepare<{ completion: string }>(
      'SELECT completion FROM completed_upload WHERE id = ? AND bucket = ? AND key = ? AND parts = ?',
    ),
    remember: database.prepare('INSERT INTO completed_upload VALUES (?, ?, ?, ?, ?, ?)'),
    forgetCompleted: database.prepare('DELETE FROM completed_upload WHERE completed < ?'),
  };
}
