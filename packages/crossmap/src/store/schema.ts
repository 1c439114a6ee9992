import { type Database, DatabaseError } from '../sqlite/database.ts';

const VERSION = 4;

/**
 * Dates are epoch ms. `arn` numbers the ARNs, and ids of revisions, that many rows share. The first revision of a state
 * machine has an empty id. An execution is listed under its Map Run at its
 * index, or under its state machine at its start date. `history` has the packed events of each write, a line each; while
 * an execution runs it has those of the first alone, and `open_events` those of each later one, which most children do
 * not need: their second is the last. `failure`, `record` and `logging_configuration` are JSON text.
 */
const TABLES = `
  CREATE TABLE arn (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE
  );
  CREATE TABLE state_machine (
    id INTEGER PRIMARY KEY,
    state_machine_arn TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    role_arn TEXT NOT NULL,
    type TEXT NOT NULL,
    creation_date INTEGER NOT NULL,
    logging_configuration TEXT NOT NULL,
    revision_id TEXT
  );
  CREATE TABLE state_machine_revision (
    state_machine_arn TEXT NOT NULL,
    revision_id TEXT NOT NULL,
    definition TEXT NOT NULL,
    role_arn TEXT NOT NULL,
    PRIMARY KEY (state_machine_arn, revision_id)
  ) WITHOUT ROWID;
  CREATE TABLE activity (
    id INTEGER PRIMARY KEY,
    activity_arn TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    creation_date INTEGER NOT NULL
  );
  CREATE TABLE execution (
    id INTEGER PRIMARY KEY,
    arn_before_name INTEGER NOT NULL,
    name TEXT NOT NULL,
    state_machine_arn INTEGER NOT NULL,
    role_arn INTEGER NOT NULL,
    revision INTEGER,
    listed_under INTEGER NOT NULL,
    status INTEGER NOT NULL,
    position INTEGER NOT NULL,
    item_count INTEGER,
    start_date INTEGER NOT NULL,
    stop_date INTEGER,
    input TEXT NOT NULL,
    output TEXT,
    failure TEXT,
    history TEXT NOT NULL
  );
  CREATE UNIQUE INDEX execution_arn ON execution (arn_before_name, name);
  CREATE INDEX execution_listing ON execution (listed_under, status, position);
  CREATE TABLE open_events (
    execution INTEGER NOT NULL,
    first_event INTEGER NOT NULL,
    events TEXT NOT NULL,
    PRIMARY KEY (execution, first_event)
  ) WITHOUT ROWID;
  CREATE TABLE map_run (
    id INTEGER PRIMARY KEY,
    map_run_arn TEXT NOT NULL UNIQUE,
    execution_arn TEXT NOT NULL,
    start_date INTEGER NOT NULL,
    record TEXT NOT NULL
  );
  CREATE INDEX map_run_of_execution ON map_run (execution_arn, start_date);
  CREATE TABLE spool (
    id INTEGER PRIMARY KEY,
    map_run_arn INTEGER NOT NULL,
    first_child INTEGER NOT NULL,
    children INTEGER NOT NULL,
    sizes TEXT NOT NULL,
    inputs TEXT NOT NULL
  );
  CREATE UNIQUE INDEX spool_of_map_run ON spool (map_run_arn, first_child);
`;

/**
 * Names in no order touch a page of `execution_arn` per child. Measured with a million such children: 18,000/s
 * with SQLite's own settings (2 MB, 1,000 pages), 25,000/s with these; 53,000 and 68,000 when names come in order.
 */
const SETTINGS = `
  PRAGMA cache_size = -32000;
  PRAGMA wal_autocheckpoint = 8000;
`;

/** Settings, and the tables in an empty database. Throws for a data file of another version or of something else. */
export function ensureSchema(database: Database): void {
  database.exec(SETTINGS);
  const version = database.prepare<{ user_version: number }>('PRAGMA user_version').get()!.user_version;
  if (version === VERSION) return;
  const { tables } = database.prepare<{ tables: number }>('SELECT count(*) AS tables FROM sqlite_schema').get()!;
  if (version !== 0 || tables !== 0) {
    const found = version === 0 ? 'a database of something else' : `version ${version}`;
    const expected = `Expected a Crossmap data file of version ${VERSION}, found ${found}`;
    throw new DatabaseError('OtherVersion', `${expected}: remove the data folder, or give another one with --data`);
  }
  database.transaction(() => {
    database.exec(TABLES);
    database.exec(`PRAGMA user_version = ${VERSION}`);
  });
}
