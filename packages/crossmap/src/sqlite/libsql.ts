import { type Connection, checkValues, type Driver, type SqlValue, type Statement } from './database.ts';

interface LibsqlStatement {
  run(values: readonly SqlValue[]): { readonly changes: number };
  get(values: readonly SqlValue[]): LibsqlRow | undefined;
  iterate(values: readonly SqlValue[]): IterableIterator<LibsqlRow>;
}

interface LibsqlConnection {
  exec(sql: string): void;
  prepare(sql: string): LibsqlStatement;
  close(): void;
}

type LibsqlRow = Record<string, SqlValue | ArrayBuffer | object>;

/**
 * The bridge for Node 20, which has no SQLite of its own: half as fast, the files are the same. Goes when the AWS SDK
 * drops Node 20. `undefined` where the optional dependency is not installed or has no binary for this machine.
 */
export async function libsql(): Promise<Driver | undefined> {
  const Libsql = await load();
  if (Libsql === undefined) return undefined;
  return {
    name: 'libsql',
    open: (path) => connection(new Libsql(path)),
    // A file that cannot be opened at all is the one failure without a code of its own.
    resultCode: (error) => (error as { rawCode?: number }).rawCode,
  };
}

async function load(): Promise<(new (path: string) => LibsqlConnection) | undefined> {
  try {
    const module = await import('libsql');
    return module.default as unknown as new (
      path: string,
    ) => LibsqlConnection;
  } catch {
    return undefined;
  }
}

function connection(database: LibsqlConnection): Connection {
  return {
    exec: (sql) => database.exec(sql),
    close: () => {
      release(database);
      database.close();
    },
    prepare: <R>(sql: string): Statement<R> => {
      const statement = database.prepare(sql);
      function* iterate(...values: readonly SqlValue[]): Generator<R, undefined> {
        checkValues(values);
        for (const row of statement.iterate(values)) yield plain(row);
      }
      return {
        run(...values) {
          checkValues(values);
          return statement.run(values);
        },
        get(...values) {
          checkValues(values);
          const row = statement.get(values);
          return row === undefined ? undefined : plain<R>(row);
        },
        all: (...values) => Array.from(iterate(...values)),
        iterate,
      };
    },
  };
}

/**
 * A statement stays open until it is collected, and with it the file: gives up the lock by hand. A connection that
 * never got the lock has none to give up.
 */
function release(database: LibsqlConnection): void {
  try {
    for (const sql of ['PRAGMA journal_mode = DELETE', 'PRAGMA locking_mode = NORMAL', 'BEGIN IMMEDIATE', 'COMMIT']) {
      database.exec(sql);
    }
  } catch {
    return;
  }
}

/** libsql gives blobs as ArrayBuffer and adds a `_metadata` to the row of a `get`. */
function plain<R>(row: LibsqlRow): R {
  const columns: LibsqlRow = {};
  for (const name in row) {
    const value = row[name]!;
    if (name !== '_metadata') columns[name] = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
  }
  return columns as R;
}
