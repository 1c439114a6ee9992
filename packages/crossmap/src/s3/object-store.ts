import type { Database } from '../sqlite/database.ts';
import type { BlobStore } from './blob-store.ts';
import type { Segment, StoredBody } from './body.ts';
import type { Bucket } from './bucket.ts';
import { BucketTable } from './bucket-table.ts';
import type { Checksum } from './checksum.ts';
import { S3Error } from './errors.ts';
import { GroupCommit } from './group-commit.ts';
import { PinnedBlobs } from './pinned-blobs.ts';
import { prepareSchema } from './schema.ts';

/** What is kept of an object beside its bytes. */
export interface Attributes {
  /** `content-type` and the other standard headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata, names without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly checksum?: Checksum;
}

export interface ListedObject {
  /** UTF-8. */
  readonly key: Buffer;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Epoch ms, whole seconds. */
  readonly lastModified: number;
  readonly checksum?: Checksum;
}

export interface StoredObject {
  readonly size: number;
  readonly etag: string;
  readonly lastModified: number;
  readonly attributes: Attributes;
  readonly body: StoredBody;
}

/** What must hold of the current object for a write to happen. */
export interface WriteCondition {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: '*';
}

interface ObjectRow {
  readonly size: number;
  readonly etag: string;
  readonly last_modified: number;
  readonly attributes: string;
  readonly segments: string | null;
  readonly bytes: Uint8Array | null;
}

type ListedRow = Omit<ObjectRow, 'segments' | 'bytes'> & { readonly key: Uint8Array };

/**
 * Buckets and objects: an index in one SQLite database, small bodies with it, large ones as blobs. A write is durable
 * when its promise resolves; writes made together are committed together. Reads see committed writes only.
 */
export class ObjectStore {
  readonly blobs: BlobStore;
  readonly pins: PinnedBlobs;
  readonly database: Database;
  readonly commits: GroupCommit;
  readonly buckets: BucketTable;
  readonly #sql: ReturnType<typeof statements>;
  #lastBody: number;

  private constructor(database: Database, blobs: BlobStore) {
    this.database = database;
    this.blobs = blobs;
    this.commits = new GroupCommit(database);
    this.buckets = new BucketTable(database, this.commits);
    this.#sql = statements(database);
    this.pins = new PinnedBlobs(blobs, (id) => this.#holds(id));
    this.#lastBody = database.prepare<{ last: number | null }>('SELECT max(id) AS last FROM body').get()!.last ?? 0;
  }

  /** Takes over the database and the blobs, and sweeps blobs that a crash left. */
  static async open(database: Database, blobs: BlobStore): Promise<ObjectStore> {
    prepareSchema(database);
    const store = new ObjectStore(database, blobs);
    await blobs.sweep((id) => store.#holds(id));
    return store;
  }

  /** Commits what has gathered and closes the database. */
  close(): void {
    this.commits.flush();
    this.database.close();
  }

  bucket(name: string): Bucket | undefined {
    return this.buckets.bucket(name);
  }

  /** Deletes an empty bucket with its unfinished uploads. Errors: `BucketNotEmpty`. */
  async deleteBucket(name: string): Promise<void> {
    const freed = await this.buckets.delete(name, () => {
      if (this.scan(name, Buffer.alloc(0), END_OF_KEYS, 1).length > 0) {
        throw new S3Error('BucketNotEmpty', { elements: { BucketName: name } });
      }
      const freed = this.release(this.#sql.blobsOfUploads.all(name).map((row) => row.blob));
      this.#sql.deletePartsOfBucket.run(name);
      this.#sql.deleteUploadsOfBucket.run(name);
      return freed;
    });
    await this.pins.remove(freed);
  }

  object(bucket: string, key: string): StoredObject | undefined {
    const row = this.#sql.object.get(bucket, Buffer.from(key));
    if (row === undefined) return undefined;
    return {
      size: row.size,
      etag: row.etag,
      lastModified: row.last_modified,
      attributes: JSON.parse(row.attributes) as Attributes,
      body:
        row.segments === null
          ? { kind: 'inline', bytes: row.bytes ?? new Uint8Array() }
          : { kind: 'blobs', segments: JSON.parse(row.segments) as Segment[] },
    };
  }

  /** At most `limit` objects from key `lower` (inclusive) to key `upper` (exclusive), in the byte order of keys. */
  scan(bucket: string, lower: Uint8Array, upper: Uint8Array, limit: number): readonly ListedObject[] {
    return this.#sql.scan.all(bucket, lower, upper, limit).map((row) => {
      const { checksum } = JSON.parse(row.attributes) as Attributes;
      return {
        key: Buffer.from(row.key.buffer, row.key.byteOffset, row.key.byteLength),
        size: row.size,
        etag: row.etag,
        lastModified: row.last_modified,
        ...(checksum === undefined ? {} : { checksum }),
      };
    });
  }

  async putObject(bucket: string, key: string, object: StoredObject, condition: WriteCondition): Promise<void> {
    const freed = await this.commits.write(() => this.putInTransaction(bucket, key, object, condition));
    await this.pins.remove(freed);
  }

  /** Part of a write of the caller's. Gives the blobs that became free, to be removed after the commit. */
  putInTransaction(bucket: string, key: string, object: StoredObject, condition: WriteCondition): readonly string[] {
    const keyBytes = Buffer.from(key);
    if (this.bucket(bucket) === undefined) throw new S3Error('NoSuchBucket', { elements: { BucketName: bucket } });
    this.#checkCondition(bucket, keyBytes, key, condition);
    const freed = this.#drop(bucket, keyBytes);
    const { body } = object;
    let bodyId: number | null = null;
    if (body.kind === 'inline') {
      this.#lastBody += 1;
      bodyId = this.#lastBody;
      this.#sql.putBody.run(bodyId, body.bytes);
    } else {
      this.hold(body.segments.map(({ blob }) => blob));
    }
    const segments = body.kind === 'inline' ? null : JSON.stringify(body.segments);
    const attributes = JSON.stringify(object.attributes);
    this.#sql.putObject.run(
      bucket,
      keyBytes,
      object.size,
      object.etag,
      object.lastModified,
      attributes,
      bodyId,
      segments,
    );
    return freed;
  }

  /** Deletes the object if there is one. */
  async deleteObject(bucket: string, key: string): Promise<void> {
    const freed = await this.commits.write(() => this.#drop(bucket, Buffer.from(key)));
    await this.pins.remove(freed);
  }

  #checkCondition(bucket: string, keyBytes: Uint8Array, key: string, { ifMatch, ifNoneMatch }: WriteCondition): void {
    if (ifMatch === undefined && ifNoneMatch === undefined) return;
    const etag = this.#sql.etag.get(bucket, keyBytes)?.etag;
    if (ifNoneMatch !== undefined && etag !== undefined) {
      throw new S3Error('PreconditionFailed', { elements: { Condition: 'If-None-Match' } });
    }
    if (ifMatch === undefined) return;
    if (etag === undefined) throw new S3Error('NoSuchKey', { elements: { Key: key } });
    if (etag !== ifMatch) throw new S3Error('PreconditionFailed', { elements: { Condition: 'If-Match' } });
  }

  #drop(bucket: string, key: Uint8Array): readonly string[] {
    const row = this.#sql.storage.get(bucket, key);
    if (row === undefined) return [];
    if (row.body !== null) this.#sql.deleteBody.run(row.body);
    this.#sql.deleteObject.run(bucket, key);
    return row.segments === null ? [] : this.release((JSON.parse(row.segments) as Segment[]).map(({ blob }) => blob));
  }

  /** Part of a write: one more object or part has each of these blobs. */
  hold(blobs: readonly string[]): void {
    for (const blob of blobs) this.#sql.holdBlob.run(blob);
  }

  /** Part of a write: one object or part less has each of these blobs. Gives those that nothing has now. */
  release(blobs: readonly string[]): readonly string[] {
    return blobs.filter((blob) => {
      this.#sql.releaseBlob.run(blob);
      return this.#sql.deleteUnusedBlob.run(blob).changes > 0;
    });
  }

  #holds(blob: string): boolean {
    return this.#sql.blob.get(blob) !== undefined;
  }
}

/** After every key: no UTF-8 text holds the byte 0xFF. */
export const END_OF_KEYS: Buffer = Buffer.from([0xff]);

function statements(database: Database) {
  const ofBucket = 'upload IN (SELECT id FROM upload WHERE bucket = ?)';
  return {
    blobsOfUploads: database.prepare<{ blob: string }>(`SELECT blob FROM part WHERE ${ofBucket}`),
    deletePartsOfBucket: database.prepare(`DELETE FROM part WHERE ${ofBucket}`),
    deleteUploadsOfBucket: database.prepare('DELETE FROM upload WHERE bucket = ?'),
    object: database.prepare<ObjectRow>(
      `SELECT size, etag, last_modified, attributes, segments, bytes
       FROM object LEFT JOIN body ON body.id = object.body WHERE bucket = ? AND key = ?`,
    ),
    // One lower bound only: of two, SQLite may search by the wrong one.
    scan: database.prepare<ListedRow>(
      `SELECT key, size, etag, last_modified, attributes FROM object
       WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?`,
    ),
    etag: database.prepare<{ etag: string }>('SELECT etag FROM object WHERE bucket = ? AND key = ?'),
    storage: database.prepare<{ body: number | null; segments: string | null }>(
      'SELECT body, segments FROM object WHERE bucket = ? AND key = ?',
    ),
    putObject: database.prepare('INSERT INTO object VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    deleteObject: database.prepare('DELETE FROM object WHERE bucket = ? AND key = ?'),
    putBody: database.prepare('INSERT INTO body VALUES (?, ?)'),
    deleteBody: database.prepare('DELETE FROM body WHERE id = ?'),
    blob: database.prepare<{ id: string }>('SELECT id FROM blob WHERE id = ?'),
    holdBlob: database.prepare('INSERT INTO blob VALUES (?, 1) ON CONFLICT DO UPDATE SET uses = uses + 1'),
    releaseBlob: database.prepare('UPDATE blob SET uses = uses - 1 WHERE id = ?'),
    deleteUnusedBlob: database.prepare('DELETE FROM blob WHERE id = ? AND uses = 0'),
  };
}
