import { type Connection, type Database, DatabaseError, type Driver, type Synchronous } from './database.ts';
import { libsql } from './libsql.ts';
import { nodeSqlite } from './node-sqlite.ts';

/**
 * Opens the database file at `path`, made when absent, or `':memory:'`. A file is opened for this process alone
 * (a second opener gets `InUse` at once), in WAL mode with `synchronous=FULL`: what is committed survives a crash of
 * the machine. Uses `node:sqlite` where Node has it, else `libsql`. Throws `DatabaseError`.
 */
export async function openDatabase(path: string): Promise<Database> {
  const driver = nodeSqlite() ?? (await libsql());
  if (driver === undefined) {
    throw new DatabaseError(
      'NoDriver',
      `Expected SQLite, found neither node:sqlite (Node 22.13 or later) nor the optional package libsql on Node ` +
        `${process.version}: use a newer Node, or install without --omit=optional`,
    );
  }
  return openWith(driver, path);
}

/** `openDatabase` with a given driver. */
export function openWith(driver: Driver, path: string): Database {
  let connection: Connection | undefined;
  try {
    connection = driver.open(path);
    if (path !== ':memory:') {
      // The empty write takes the lock now rather than at the first statement.
      for (const sql of ['PRAGMA locking_mode = EXCLUSIVE', 'BEGIN EXCLUSIVE', 'COMMIT']) connection.exec(sql);
      connection.prepare('PRAGMA journal_mode = WAL').get();
    }
    connection.exec('PRAGMA synchronous = FULL');
    return database(driver, connection);
  } catch (error) {
    connection?.close();
    throw openingError(driver.resultCode(error), path, error);
  }
}

const SYNCHRONOUS: readonly Synchronous[] = ['OFF', 'NORMAL', 'FULL', 'EXTRA'];

function database(driver: Driver, connection: Connection): Database {
  const readSynchronous = connection.prepare<{ synchronous: number }>('PRAGMA synchronous');
  return {
    driver: driver.name,
    exec: connection.exec,
    prepare: connection.prepare,
    close: connection.close,
    synchronous: () => SYNCHRONOUS[readSynchronous.get()!.synchronous]!,
    transaction(work) {
      connection.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        connection.exec('COMMIT');
        return result;
      } catch (error) {
        rollBack(connection);
        throw error;
      }
    },
  };
}

/** SQLite has rolled back by itself when the disk is full; the error of the work is the one to be seen. */
function rollBack(connection: Connection): void {
  try {
    connection.exec('ROLLBACK');
  } catch {
    return;
  }
}

const SQLITE_BUSY = 5;
const SQLITE_NOTADB = 26;

function openingError(resultCode: number | undefined, path: string, cause: unknown): DatabaseError {
  switch (resultCode) {
    case SQLITE_BUSY:
      return new DatabaseError('InUse', `Expected ${path} to be free, found it in use by another process`, { cause });
    case SQLITE_NOTADB:
      return new DatabaseError('NotADatabase', `Expected ${path} to be an SQLite database, found another file`, {
        cause,
      });
    default:
      return new DatabaseError('CannotOpen', `Could not open the database ${path}: ${String(cause)}`, { cause });
  }
}
