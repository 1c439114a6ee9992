import type { Database } from '../sqlite/database.ts';
import type { BlobTable } from './blob-table.ts';
import type { Segment } from './body.ts';
import type { BucketSettings } from './bucket-settings.ts';
import type { ChecksumAlgorithm, ChecksumType } from './checksum.ts';
import { afterKey, type Place } from './listing.ts';
import type {
  Attributes,
  Deletion,
  FoundVersion,
  ListedObject,
  ListedVersion,
  ObjectVersion,
  StoredObject,
} from './stored-object.ts';
import { NULL_VERSION, newVersionId, sequenceOf } from './version-id.ts';

interface ContentColumns {
  readonly attributes: string;
  readonly bytes: Uint8Array | null;
  readonly segments: string | null;
}

/** A row of `version`, and of `object`, in which nothing but `version`, `checksum`, `storage_class` and `owner` is null. */
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
    if (versionId === undefined) {
      const current = this.#sql.currentWithContent.get(bucket, key);
      if (current !== undefined) return { kind: 'object', object: objectVersion(current, current) };
    }
    const row = versionId === undefined ? this.#sql.newest.get(bucket, key) : this.#named(bucket, key, versionId);
    if (row === undefined) return { kind: 'absent' };
    if (isObject(row)) return { kind: 'object', object: objectVersion(row, this.#sql.content.get(row.sequence)!) };
    return { kind: 'delete-marker', versionId: row.version ?? NULL_VERSION, lastModified: row.last_modified };
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
      attributes.storageClass ?? null,
      attributes.owner?.accountId ?? null,
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
    return rows(this.#sql.scan.get(bucket, lower, upper, limit)).map(listedObject);
  }

  /** The same of all versions and delete markers, those of one key from the newest to the oldest. */
  scanVersions(bucket: string, lower: Place, upper: Uint8Array, limit: number): readonly ListedVersion[] {
    const { key, below } = lower;
    const older =
      below === undefined ? [] : rows(this.#sql.scanOlder.get(bucket, key, below, bucket, key, below, limit));
    const range = [bucket, below === undefined ? key : afterKey(key), upper] as const;
    const room = limit - older.length;
    const later = room === 0 ? [] : rows(this.#sql.scanVersions.get(...range, ...range, room));
    const latest = older.length === 0 ? undefined : this.#latest(bucket, key);
    return [
      ...older.map((row) => listedVersion(row, row[SEQUENCE] === latest?.sequence)),
      ...later.map((row, index) => listedVersion(row, row[0] !== later[index - 1]?.[0])),
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

function isObject(row: VersionColumns): row is ObjectColumns {
  return row.etag !== null;
}

function objectVersion(row: ObjectColumns, content: ContentColumns): ObjectVersion {
  return {
    size: row.size,
    etag: row.etag,
    lastModified: row.last_modified,
    attributes: JSON.parse(content.attributes) as Attributes,
    body: bodyOf(content),
    versionId: row.version ?? NULL_VERSION,
  };
}

function bodyOf({ bytes, segments }: ContentColumns): StoredObject['body'] {
  if (segments !== null) return { kind: 'blobs', segments: JSON.parse(segments) as Segment[] };
  return { kind: 'inline', bytes: bytes ?? new Uint8Array() };
}

/** A row of a listing, in the order of `LISTED`; a delete marker has neither size nor entity tag. */
type ListedRow = readonly [
  key: string,
  lastModified: number,
  size: number | null,
  etag: string | null,
  checksum: string | null,
  storageClass: string | null,
  sequence: number,
  version: string | null,
  owner: string | null,
];

const LISTED = 'CAST(key AS TEXT), last_modified, size, etag, checksum, storage_class, sequence, version, owner';
const SEQUENCE = 6;

/** The rows of a query come as one JSON text: as rows they take four times as long. */
function asJson(query: string): string {
  return `SELECT json_group_array(json_array(${LISTED})) AS rows FROM (${query})`;
}

function rows(result: { readonly rows: string } | undefined): readonly ListedRow[] {
  return JSON.parse(result!.rows) as readonly ListedRow[];
}

function listedObject([key, lastModified, size, etag, checksum, storageClass, , , owner]: ListedRow): ListedObject {
  const object = { key, size: size!, etag: etag!, lastModified };
  if (checksum === null && storageClass === null && owner === null) return object;
  return {
    ...object,
    ...(checksum !== null && { checksum: summing(checksum) }),
    ...(storageClass !== null && { storageClass }),
    ...(owner !== null && { owner }),
  };
}

function listedVersion(row: ListedRow, isLatest: boolean): ListedVersion {
  const [key, lastModified, , etag, , , sequence, version] = row;
  const listed = { key, sequence, versionId: version ?? NULL_VERSION, isLatest, lastModified };
  return etag === null ? listed : { ...listed, object: listedObject(row) };
}

function summing(text: string): NonNullable<ListedObject['checksum']> {
  const [algorithm, type] = text.split(' ');
  return { algorithm: algorithm as ChecksumAlgorithm, type: type as ChecksumType };
}

function statements(database: Database) {
  const columns = 'sequence, version, last_modified, size, etag';
  const all = 'bucket, key, sequence, version, last_modified, size, etag, checksum, storage_class, owner';
  const ofKey = 'WHERE bucket = ? AND key = ?';
  const inRange = 'WHERE bucket = ? AND key >= ? AND key < ?';
  return {
    current: database.prepare<ObjectColumns>(`SELECT ${columns} FROM object ${ofKey}`),
    currentWithContent: database.prepare<ObjectColumns & ContentColumns>(
      `SELECT ${columns}, attributes, bytes, segments FROM object JOIN content USING (sequence) ${ofKey}`,
    ),
    newest: database.prepare<VersionColumns>(`SELECT ${columns} FROM version ${ofKey} ORDER BY sequence DESC LIMIT 1`),
    version: database.prepare<VersionColumns>(`SELECT ${columns} FROM version ${ofKey} AND sequence = ?`),
    nullVersion: database.prepare<VersionColumns>(`SELECT ${columns} FROM version ${ofKey} AND version IS NULL`),
    content: database.prepare<ContentColumns>('SELECT attributes, bytes, segments FROM content WHERE sequence = ?'),
    segments: database.prepare<{ segments: string | null }>('SELECT segments FROM content WHERE sequence = ?'),
    anyObject: database.prepare('SELECT 1 FROM object WHERE bucket = ? LIMIT 1'),
    anyVersion: database.prepare('SELECT 1 FROM version WHERE bucket = ? LIMIT 1'),
    // One lower bound only: of two, SQLite may search by the wrong one.
    scan: database.prepare<{ rows: string }>(asJson(`SELECT * FROM object ${inRange} ORDER BY key LIMIT ?`)),
    scanOlder: database.prepare<{ rows: string }>(
      asJson(
        `SELECT ${all} FROM object ${ofKey} AND sequence < ? UNION ALL
         SELECT ${all} FROM version ${ofKey} AND sequence < ? ORDER BY sequence DESC LIMIT ?`,
      ),
    ),
    scanVersions: database.prepare<{ rows: string }>(
      asJson(
        `SELECT ${all} FROM object ${inRange} UNION ALL SELECT ${all} FROM version ${inRange}
         ORDER BY key, sequence DESC LIMIT ?`,
      ),
    ),
    putObject: database.prepare(`INSERT INTO object (${all}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
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
