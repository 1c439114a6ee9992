import type { Database } from '../sqlite/database.ts';

const VERSION = 2;

/**
 * Keys are blobs: they compare as UTF-8 bytes, S3's order, and may hold any character. Inline bodies have a table of
 * their own, so that a listing reads none. `blob` counts the objects and parts that hold each blob: a copy shares them.
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
    bucket TEXT NOT NULL, key BLOB NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, last_modified INTEGER NOT NULL,
    attributes TEXT NOT NULL, body INTEGER, segments TEXT,
    PRIMARY KEY (bucket, key)
  ) WITHOUT ROWID;
  CREATE TABLE body (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE blob (id TEXT PRIMARY KEY, uses INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE upload (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, attributes TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX upload_by_bucket ON upload (bucket);
  CREATE TABLE part (
    upload TEXT NOT NULL, number INTEGER NOT NULL, etag TEXT NOT NULL, size INTEGER NOT NULL, checksum TEXT,
    blob TEXT NOT NULL,
    PRIMARY KEY (upload, number)
  ) WITHOUT ROWID;
  PRAGMA user_version = ${VERSION};
`;

/** Makes the tables in an empty database. Throws when the database is of another version. */
export function prepareSchema(database: Database): void {
  const { user_version } = database.prepare<{ user_version: number }>('PRAGMA user_version').get()!;
  if (user_version === 0) database.exec(TABLES);
  else if (user_version !== VERSION) {
    throw new Error(
      `Expected an S3 index of version ${VERSION}, found version ${user_version}: use another data folder`,
    );
  }
}
