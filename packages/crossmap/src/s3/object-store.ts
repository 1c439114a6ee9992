import type { Database } from '../sqlite/database.ts';
import type { BlobStore } from './blob-store.ts';
import { BlobTable } from './blob-table.ts';
import type { Bucket } from './bucket.ts';
import { BucketTable } from './bucket-table.ts';
import { ConditionalWrites } from './conditional-writes.ts';
import { S3Error } from './errors.ts';
import { GroupCommit } from './group-commit.ts';
import type { Place } from './listing.ts';
import { PinnedBlobs } from './pinned-blobs.ts';
import { prepareSchema } from './schema.ts';
import type {
  Attributes,
  Deletion,
  FoundVersion,
  ListedObject,
  ListedVersion,
  StoredObject,
  WriteCondition,
} from './stored-object.ts';
import { VersionTable } from './version-table.ts';

/** What a write gives: the id of the new version, and the blobs that became free. */
export interface Written {
  readonly versionId: string;
  readonly freed: readonly string[];
}

interface LastFound {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
  readonly generation: number;
  readonly found: FoundVersion;
}

/**
 * Buckets and objects: an index in one SQLite database, small bodies with it, large ones as blobs. A write is durable
 * when its promise resolves; writes made together are committed together. Reads see committed writes only.
 *
 * What is synced, so that this holds also when the power fails: the index at every commit (WAL, `synchronous=FULL`); a
 * blob, and then the directory that names it, before the row that refers to it is committed. A blob goes after the commit
 * that gives up its last row. So no row is ever without its blob; a blob without a row, which a crash in between leaves,
 * is swept when the store opens. Keys are data in rows: no file is ever named after one.
 */
export class ObjectStore {
  readonly blobs: BlobStore;
  readonly pins: PinnedBlobs;
  readonly database: Database;
  readonly commits: GroupCommit;
  readonly buckets: BucketTable;
  readonly #heldBlobs: BlobTable;
  readonly #versions: VersionTable;
  readonly #conditionalWrites = new ConditionalWrites();
  readonly #sql: ReturnType<typeof statements>;
  /** What was found last, good until the next commit: a request asks for tags and then for the object. */
  #last: LastFound | undefined;

  private constructor(database: Database, blobs: BlobStore) {
    this.database = database;
    this.blobs = blobs;
    this.commits = new GroupCommit(database);
    this.buckets = new BucketTable(database, this.commits);
    this.#heldBlobs = new BlobTable(database);
    this.#versions = new VersionTable(database, this.#heldBlobs);
    this.#sql = statements(database);
    this.pins = new PinnedBlobs(blobs, (id) => this.#heldBlobs.holds(id));
  }

  /** Takes over the database and the blobs, and sweeps blobs that a crash left. */
  static async open(database: Database, blobs: BlobStore): Promise<ObjectStore> {
    prepareSchema(database);
    const store = new ObjectStore(database, blobs);
    await blobs.sweep((id) => store.#heldBlobs.holds(id));
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
      if (!this.#versions.isEmpty(name)) throw new S3Error('BucketNotEmpty', { elements: { BucketName: name } });
      const freed = this.release(this.#sql.blobsOfUploads.all(name).map((row) => row.blob));
      this.#sql.deletePartsOfBucket.run(name);
      this.#sql.deleteUploadsOfBucket.run(name);
      this.#sql.deleteCompletedOfBucket.run(name);
      return freed;
    });
    await this.pins.remove(freed);
  }

  /** What a key names now, or the version with an id. Whether an id is well-formed is the caller's to ask. */
  object(bucket: string, key: string, versionId?: string): FoundVersion {
    const { generation } = this.commits;
    const last = this.#last;
    if (last?.key === key && last.bucket === bucket && last.versionId === versionId && last.generation === generation) {
      return last.found;
    }
    const found = this.#versions.find(bucket, Buffer.from(key), versionId);
    this.#last = { bucket, key, versionId, generation, found };
    return found;
  }

  /** At most `limit` current objects from key `lower` (inclusive) to `upper` (exclusive), in the byte order of keys. */
  scan(bucket: string, lower: Uint8Array, upper: Uint8Array, limit: number): readonly ListedObject[] {
    return this.#versions.scan(bucket, lower, upper, limit);
  }

  /** The same of all versions and delete markers, those of one key from the newest to the oldest. */
  scanVersions(bucket: string, lower: Place, upper: Uint8Array, limit: number): readonly ListedVersion[] {
    return this.#versions.scanVersions(bucket, lower, upper, limit);
  }

  /** The place of the null version of a key among its versions. */
  nullSequence(bucket: string, key: string): number | undefined {
    return this.#versions.nullSequence(bucket, Buffer.from(key));
  }

  /** Makes an object the current version of its key, and gives its id. Errors: `NoSuchBucket`, those of `condition`. */
  async putObject(bucket: string, key: string, object: StoredObject, condition: WriteCondition): Promise<string> {
    const { versionId, freed } = await this.commits.write(() => this.putInTransaction(bucket, key, object, condition));
    await this.pins.remove(freed);
    return versionId;
  }

  /** Part of a write of the caller's, who removes the freed blobs after the commit. */
  putInTransaction(bucket: string, key: string, object: StoredObject, condition: WriteCondition): Written {
    const { versioning } = this.#existing(bucket).settings;
    const keyBytes = Buffer.from(key);
    this.#checkCondition(bucket, keyBytes, key, condition);
    const freed: string[] = [];
    const versionId = this.#versions.put(bucket, keyBytes, object, versioning, freed);
    return { versionId, freed };
  }

  /**
   * Deletes the version with the id, or without one what the key names now; neither need be there. Errors:
   * `NoSuchBucket`, those of `condition`.
   */
  async deleteObject(
    bucket: string,
    key: string,
    {
      versionId,
      condition,
      lastModified,
    }: {
      readonly versionId?: string | undefined;
      readonly condition: WriteCondition;
      /** Of the delete marker. */
      readonly lastModified: number;
    },
  ): Promise<Deletion> {
    const freed: string[] = [];
    const deletion = await this.commits.write(() => {
      const { versioning } = this.#existing(bucket).settings;
      const keyBytes = Buffer.from(key);
      this.#checkCondition(bucket, keyBytes, key, condition);
      const before = this.#versions.current(bucket, keyBytes);
      const deletion =
        versionId === undefined
          ? this.#versions.deleteCurrent(bucket, keyBytes, { versioning, lastModified }, freed)
          : this.#versions.deleteVersion(bucket, keyBytes, versionId, freed);
      if (before !== undefined && this.#versions.current(bucket, keyBytes) === undefined) {
        this.#conditionalWrites.deleted(bucket, key);
      }
      return deletion;
    });
    await this.pins.remove(freed);
    return deletion;
  }

  /** Replaces the attributes of a version by what `change` makes of them; gives what was found. */
  changeAttributes(
    bucket: string,
    key: string,
    versionId: string | undefined,
    change: (attributes: Attributes) => Attributes,
  ): Promise<FoundVersion> {
    return this.commits.write(() => {
      const keyBytes = Buffer.from(key);
      const found = this.#versions.find(bucket, keyBytes, versionId);
      if (found.kind === 'object') {
        const { versionId, attributes } = found.object;
        this.#versions.putAttributes(bucket, keyBytes, versionId, change(attributes));
      }
      return found;
    });
  }

  #existing(name: string): Bucket {
    const bucket = this.bucket(name);
    if (bucket === undefined) throw new S3Error('NoSuchBucket', { elements: { BucketName: name } });
    return bucket;
  }

  /**
   * Runs a write that has a condition: it is asked before a body is taken in for nothing, and with the commit. Errors:
   * those of `condition`, and `ConditionalRequestConflict` when a delete came in between.
   */
  async whereConditionHolds<T>(
    bucket: string,
    key: string,
    condition: WriteCondition,
    write: (condition: WriteCondition) => Promise<T>,
  ): Promise<T> {
    if (condition.ifMatch === undefined && condition.ifNoneMatch === undefined) return write(condition);
    this.#checkCondition(bucket, Buffer.from(key), key, condition);
    return this.#conditionalWrites.watch(bucket, key, (isConflict) => write({ ...condition, isConflict }));
  }

  #checkCondition(bucket: string, keyBytes: Uint8Array, key: string, condition: WriteCondition): void {
    const { ifMatch, ifNoneMatch } = condition;
    if (ifMatch === undefined && ifNoneMatch === undefined) return;
    if (condition.isConflict?.() === true) throw new S3Error('ConditionalRequestConflict', { elements: { Key: key } });
    const etag = this.#versions.current(bucket, keyBytes)?.etag;
    if (ifNoneMatch !== undefined && etag !== undefined) {
      throw new S3Error('PreconditionFailed', { elements: { Condition: 'If-None-Match' } });
    }
    if (ifMatch === undefined) return;
    if (etag === undefined) throw new S3Error('NoSuchKey', { elements: { Key: key } });
    if (etag !== ifMatch) throw new S3Error('PreconditionFailed', { elements: { Condition: 'If-Match' } });
  }

  /** Part of a write: one more version or part has each of these blobs. */
  hold(blobs: readonly string[]): void {
    this.#heldBlobs.hold(blobs);
  }

  /** Part of a write: one version or part less has each of these blobs. Gives those that nothing has now. */
  release(blobs: readonly string[]): readonly string[] {
    return this.#heldBlobs.release(blobs);
  }
}

function statements(database: Database) {
  const ofBucket = 'upload IN (SELECT id FROM upload WHERE bucket = ?)';
  return {
    blobsOfUploads: database.prepare<{ blob: string }>(`SELECT blob FROM part WHERE ${ofBucket}`),
    deletePartsOfBucket: database.prepare(`DELETE FROM part WHERE ${ofBucket}`),
    deleteUploadsOfBucket: database.prepare('DELETE FROM upload WHERE bucket = ?'),
    deleteCompletedOfBucket: database.prepare('DELETE FROM completed_upload WHERE bucket = ?'),
  };
}
