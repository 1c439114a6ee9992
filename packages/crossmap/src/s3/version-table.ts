import type { Database } from '../sqlite/database.ts';
import type { BlobTable } from './blob-table.ts';
import type { Segment } from './body.ts';
import type { BucketSettings } from './bucket-settings.ts';
import type { ChecksumAlgorithm, ChecksumType } from './checksum.ts';
import { afterKey, type Place } from './listing.ts';
import type { Attributes, Deletion, FoundVersion, ListedObject, ListedVersion, StoredObject } from './stored-object.ts';
import { NULL_VERSION, newVersionId, sequenceOf } from './version-id.ts';

interface ContentColumns {
  readonly attributes: string;
  readonly bytes: Uint8Array | null;
  readonly segments: string | null;
}

/** A row of `version`, and of `object`, in which nothing but `version` and `checksum` is null. */
interface VersionColumns {
  readonly sequence: number;
  readonly version: string | null;
  readonly last_modified: number;
  readonly size: number | null;
  readonly etag: string | null;
}

interface ObjectColumns extends VersionColumns {
  readonly size: number;
  readonly etag: string;
}

type Versioning = BucketSettings['versioning'];

/**
 * The versions of all keys: reads, and the steps of writes, each inside a transaction of the caller's. Steps that drop
 * contents add the blobs that became free to `freed`, to be removed after the commit.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html
 */
export class VersionTable {
  readonly #blobs: BlobTable;
  readonly #sql: ReturnType<typeof statements>;
  #lastSequence: number;

  constructor(database: Database, blobs: BlobTable) {
    this.#blobs = blobs;
    this.#sql = statements(database);
    this.#lastSequence =
      database.prepare<{ last: number | null }>('SELECT max(sequence) AS last FROM content').get()!.last ?? 0;
  }

  /** The current version of a key, or the one with an id; ids that no version has name none. */
  find(bucket: string, key: Uint8Array, versionId: string | undefined): FoundVersion {
    const row = versionId === undefined ? this.#latest(bucket, key) : this.#named(bucket, key, versionId);
    if (row === undefined) return { kind: 'absent' };
    const id = row.version ?? NULL_VERSION;
    if (!isObject(row)) return { kind: 'delete-marker', versionId: id, lastModified: row.last_modified };
    const content = this.#sql.content.get(row.sequence)!;
    const { size, etag, last_modified: lastModified } = row;
    const attributes = JSON.parse(content.attributes) as Attributes;
    return { kind: 'object', object: { size, etag, lastModified, attributes, body: bodyOf(content), versionId: id } };
  }

  /** The current object without its content; `undefined` also below a delete marker. */
  current(bucket: string, key: Uint8Array): Pick<StoredObject, 'size' | 'etag' | 'lastModified'> | undefined {
    const row = this.#sql.current.get(bucket, key);
    return row && { size: row.size, etag: row.etag, lastModified: row.last_modified };
  }

  /** Makes an object the current version of its key and gives its id. */
  put(bucket: string, key: Uint8Array, object: StoredObject, versioning: Versioning, freed: string[]): string {
    const version = this.#makeRoom(bucket, key, versioning, freed);
    const { attributes, body } = object;
    const summed = attributes.checksum && `${attributes.checksum.algorithm} ${attributes.checksum.type}`;
    const sequence = this.#lastSequence;
    this.#sql.putObject.run(
      bucket,
      key,
      sequence,
      version,
      object.lastModified,
      object.size,
      object.etag,
      summed ?? null,
    );
    if (body.kind === 'inline') this.#sql.putContent.run(sequence, JSON.stringify(attributes), body.bytes, null);
    else {
      this.#blobs.hold(body.segments.map(({ blob }) => blob));
      this.#sql.putContent.run(sequence, JSON.stringify(attributes), null, JSON.stringify(body.segments));
    }
    return version ?? NULL_VERSION;
  }

  /** A delete without a version: of the object, or where the bucket has versions, by a delete marker on top. */
  deleteCurrent(
    bucket: string,
    key: Uint8Array,
    { versioning, lastModified }: { readonly versioning: Versioning; readonly lastModified: number },
    freed: string[],
  ): Deletion {
    const version = this.#makeRoom(bucket, key, versioning, freed);
    if (versioning === undefined) return { deleteMarker: false, versionId: NULL_VERSION };
    this.#sql.putMarker.run(bucket, key, this.#lastSequence, version, lastModified);
    this.#sql.putContent.run(this.#lastSequence, '{}', null, null);
    return { deleteMarker: true, versionId: version ?? NULL_VERSION };
  }

  /** Deletes one version for good; when it was the latest, the one before it is. */
  deleteVersion(bucket: string, key: Uint8Array, versionId: string, freed: string[]): Deletion {
    const row = this.#named(bucket, key, versionId);
    if (row === undefined) return { deleteMarker: false, versionId };
    this.#dropContent(row.sequence, freed);
    this.#sql.deleteObject.run(bucket, key, row.sequence);
    this.#sql.deleteVersion.run(bucket, key, row.sequence);
    if (this.#sql.current.get(bucket, key) === undefined) {
      const next = this.#sql.newest.get(bucket, key);
      if (next !== undefined && isObject(next)) {
        this.#sql.promote.run(bucket, key, next.sequence);
        this.#sql.deleteVersion.run(bucket, key, next.sequence);
      }
    }
    return { deleteMarker: !isObject(row), versionId };
  }

  /** Replaces what is kept of a version beside its bytes. */
  putAttributes(bucket: string, key: Uint8Array, versionId: string, attributes: Attributes): void {
    const row = this.#named(bucket, key, versionId);
    if (row !== undefined) this.#sql.putAttributes.run(JSON.stringify(attributes), row.sequence);
  }

  /** Current objects from key `lower` (inclusive) to key `upper` (exclusive), in the byte order of keys. */
  scan(bucket: string, lower: Uint8Array, upper: Uint8Array, limit: number): readonly ListedObject[] {
    return this.#sql.scan.all(bucket, lower, upper, limit).map(listed);
  }

  /** The same of all versions and delete markers, those of one key from the newest to the oldest. */
  scanVersions(bucket: string, lower: Place, upper: Uint8Array, limit: number): readonly ListedVersion[] {
    const { key, below } = lower;
    const older = below === undefined ? [] : this.#sql.scanOlder.all(bucket, key, below, bucket, key, below, limit);
    const range = [bucket, below === undefined ? key : afterKey(key), upper] as const;
    const later = older.length === limit ? [] : this.#sql.scanVersions.all(...range, ...range, limit - older.length);
    const latest = older.length === 0 ? undefined : this.#latest(bucket, key);
    return [
      ...older.map((row) => listedVersion(row, row.sequence === latest?.sequence)),
      ...later.map((row, index) => listedVersion(row, !sameKey(row, later[index - 1]))),
    ];
  }

  /** The place of the null version of a key among its versions. */
  nullSequence(bucket: string, key: Uint8Array): number | undefined {
    return this.#named(bucket, key, NULL_VERSION)?.sequence;
  }

  /** Whether the bucket holds no version and no delete marker. */
  isEmpty(bucket: string): boolean {
    return this.#sql.anyObject.get(bucket) === undefined && this.#sql.anyVersion.get(bucket) === undefined;
  }

  /** Counts a write, and takes from its key what it replaces: the null version, or the place of the latest. */
  #makeRoom(bucket: string, key: Uint8Array, versioning: Versioning, freed: string[]): string | null {
    this.#lastSequence += 1;
    const current = this.#sql.current.get(bucket, key);
    if (versioning !== 'Enabled') {
      if (versioning === 'Suspended') {
        const old = this.#sql.nullVersion.get(bucket, key);
        if (old !== undefined) {
          this.#dropContent(old.sequence, freed);
          this.#sql.deleteVersion.run(bucket, key, old.sequence);
        }
      }
      if (current?.version === null) {
        this.#dropContent(current.sequence, freed);
        this.#sql.deleteObject.run(bucket, key, current.sequence);
        return null;
      }
    }
    if (current !== undefined) {
      this.#sql.demote.run(bucket, key);
      this.#sql.deleteObject.run(bucket, key, current.sequence);
    }
    return versioning === 'Enabled' ? newVersionId(this.#lastSequence) : null;
  }

  #latest(bucket: string, key: Uint8Array): VersionColumns | undefined {
    return this.#sql.current.get(bucket, key) ?? this.#sql.newest.get(bucket, key);
  }

  #named(bucket: string, key: Uint8Array, versionId: string): VersionColumns | undefined {
    const version = versionId === NULL_VERSION ? null : versionId;
    const current = this.#sql.current.get(bucket, key);
    if (current?.version === version) return current;
    if (version === null) return this.#sql.nullVersion.get(bucket, key);
    const sequence = sequenceOf(version);
    const row = sequence === undefined ? undefined : this.#sql.version.get(bucket, key, sequence);
    return row?.version === version ? row : undefined;
  }

  #dropContent(sequence: number, freed: string[]): void {
    const { segments } = this.#sql.segments.get(sequence)!;
    this.#sql.deleteContent.run(sequence);
    if (segments === null) return;
    freed.push(...this.#blobs.release((JSON.parse(segments) as Segment[]).map(({ blob }) => blob)));
  }
}

function isObject<Row extends VersionColumns>(row: Row): row is Row & ObjectColumns {
  return row.etag !== null;
}

function bodyOf({ bytes, segments }: ContentColumns): StoredObject['body'] {
  if (segments !== null) return { kind: 'blobs', segments: JSON.parse(segments) as Segment[] };
  return { kind: 'inline', bytes: bytes ?? new Uint8Array() };
}

interface ListedColumns {
  readonly key: Uint8Array;
  readonly checksum: string | null;
}

function listed(row: ListedColumns & Pick<ObjectColumns, 'size' | 'etag' | 'last_modified'>): ListedObject {
  const { size, etag, last_modified: lastModified, checksum } = row;
  const object = { key: bufferOf(row.key), size, etag, lastModified };
  return checksum === null ? object : { ...object, checksum: summing(checksum) };
}

function listedVersion(row: ListedColumns & VersionColumns, isLatest: boolean): ListedVersion {
  const { sequence, last_modified: lastModified } = row;
  const version = { key: bufferOf(row.key), sequence, versionId: row.version ?? NULL_VERSION, isLatest, lastModified };
  return isObject(row) ? { ...version, object: listed(row) } : version;
}

function sameKey(row: ListedColumns, previous: ListedColumns | undefined): boolean {
  return previous !== undefined && Buffer.compare(row.key, previous.key) === 0;
}

function summing(text: string): NonNullable<ListedObject['checksum']> {
  const [algorithm, type] = text.split(' ');
  return { algorithm: algorithm as ChecksumAlgorithm, type: type as ChecksumType };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function statements(database: Database) {
  const columns = 'sequence, version, last_modified, size, etag';
  const listedColumns = `key, ${columns}, checksum`;
  const all = 'bucket, key, sequence, version, last_modified, size, etag, checksum';
  const ofKey = 'WHERE bucket = ? AND key = ?';
  const inRange = 'WHERE bucket = ? AND key >= ? AND key < ?';
  return {
    current: database.prepare<ObjectColumns>(`SELECT ${columns} FROM object ${ofKey}`),
    newest: database.prepare<VersionColumns>(`SELECT ${columns} FROM version ${ofKey} ORDER BY sequence DESC LIMIT 1`),
    version: database.prepare<VersionColumns>(`SELECT ${columns} FROM version ${ofKey} AND sequence = ?`),
    nullVersion: database.prepare<VersionColumns>(`SELECT ${columns} FROM version ${ofKey} AND version IS NULL`),
    content: database.prepare<ContentColumns>('SELECT attributes, bytes, segments FROM content WHERE sequence = ?'),
    segments: database.prepare<{ segments: string | null }>('SELECT segments FROM content WHERE sequence = ?'),
    anyObject: database.prepare('SELECT 1 FROM object WHERE bucket = ? LIMIT 1'),
    anyVersion: database.prepare('SELECT 1 FROM version WHERE bucket = ? LIMIT 1'),
    // One lower bound only: of two, SQLite may search by the wrong one.
    scan: database.prepare<ListedColumns & Pick<ObjectColumns, 'size' | 'etag' | 'last_modified'>>(
      `SELECT key, size, etag, last_modified, checksum FROM object ${inRange} ORDER BY key LIMIT ?`,
    ),
    scanOlder: database.prepare<ListedColumns & VersionColumns>(
      `SELECT ${listedColumns} FROM object ${ofKey} AND sequence < ? UNION ALL
       SELECT ${listedColumns} FROM version ${ofKey} AND sequence < ? ORDER BY sequence DESC LIMIT ?`,
    ),
    scanVersions: database.prepare<ListedColumns & VersionColumns>(
      `SELECT ${listedColumns} FROM object ${inRange} UNION ALL SELECT ${listedColumns} FROM version ${inRange}
       ORDER BY key, sequence DESC LIMIT ?`,
    ),
    putObject: database.prepare(`INSERT INTO object (${all}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
    putMarker: database.prepare(
      'INSERT INTO version (bucket, key, sequence, version, last_modified) VALUES (?, ?, ?, ?, ?)',
    ),
    putContent: database.prepare('INSERT INTO content VALUES (?, ?, ?, ?)'),
    putAttributes: database.prepare('UPDATE content SET attributes = ? WHERE sequence = ?'),
    demote: database.prepare(`INSERT INTO version (${all}) SELECT ${all} FROM object ${ofKey}`),
    promote: database.prepare(`INSERT INTO object (${all}) SELECT ${all} FROM version ${ofKey} AND sequence = ?`),
    deleteObject: database.prepare(`DELETE FROM object ${ofKey} AND sequence = ?`),
    deleteVersion: database.prepare(`DELETE FROM version ${ofKey} AND sequence = ?`),
    deleteContent: database.prepare('DELETE FROM content WHERE sequence = ?'),
  };
}
