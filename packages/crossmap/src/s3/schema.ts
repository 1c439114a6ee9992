import { type Database, DatabaseError } from '../sqlite/database.ts';

const VERSION = 6;

/**
 * Keys are blobs: they compare as UTF-8 bytes, S3's order, and may hold any character. `object` holds the current
 * objects and nothing else, in narrow rows, so that a listing reads neither contents nor older versions. `version` holds
 * what is not current, and every delete marker (without `etag`), the newest of a key first. `content` has one row for
 * each row of the two, found by `sequence`, which counts the writes. The null version has no `version`. `blob` counts
 * the versions and parts that hold each blob: a copy shares them.
 */
const TABLES = `
  CREATE TABLE bucket (
    name TEXT PRIMARY KEY, account_id TEXT NOT NULL, region TEXT NOT NULL, creation_date INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE bucket_setting (
    bucket TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (bucket, name)
  ) WITHOUT ROWID;
  CREATE TABLE object (
    bucket TEXT NOT NULL, key BLOB NOT NULL, sequence INTEGER NOT NULL, version TEXT,
    last_modified INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, checksum TEXT,
    storage_class TEXT, owner TEXT,
    PRIMARY KEY (bucket, key)
  ) WITHOUT ROWID;
  CREATE TABLE version (
    bucket TEXT NOT NULL, key BLOB NOT NULL, sequence INTEGER NOT NULL, version TEXT,
    last_modified INTEGER NOT NULL, size INTEGER, etag TEXT, checksum TEXT, storage_class TEXT,
    owner TEXT,
    PRIMARY KEY (bucket, key, sequence DESC)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX null_version ON version (bucket, key) WHERE version IS NULL;
  CREATE TABLE content (sequence INTEGER PRIMARY KEY, attributes TEXT NOT NULL, bytes BLOB, segments TEXT);
  CREATE TABLE blob (id TEXT PRIMARY KEY, uses INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE upload (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, initiated INTEGER NOT NULL, initiator TEXT NOT NULL,
    attributes TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX upload_by_key ON upload (bucket, key, id);
  CREATE TABLE part (
    upload TEXT NOT NULL, number INTEGER NOT NULL, etag TEXT NOT NULL, size INTEGER NOT NULL, checksum TEXT,
    blob TEXT NOT NULL, last_modified INTEGER NOT NULL,
    PRIMARY KEY (upload, number)
  ) WITHOUT ROWID;
  CREATE TABLE completed_upload (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, completed INTEGER NOT NULL, parts TEXT NOT NULL,
    completion TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX completed_upload_by_time ON completed_upload (completed);
  PRAGMA user_version = ${VERSION};
`;

/** Makes the tables in an empty database. Throws when the database is of another version. */
export function prepareSchema(database: Database): void {
  const { user_version } = database.prepare<{ user_version: number }>('PRAGMA user_version').get()!;
  if (user_version === 0) database.exec(TABLES);
  else if (user_version !== VERSION) {
    throw new DatabaseError(
      'OtherVersion',
      `Expected an S3 index of version ${VERSION}, found version ${user_version}: remove the data folder, or give another one with --data`,
    );
  }
}
