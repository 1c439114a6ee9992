import { type Connection, checkValues, type Driver, type SqlValue, type Statement } from './database.ts';

interface NodeStatement<R> {
  run(...values: readonly SqlValue[]): { readonly changes: number };
  get(...values: readonly SqlValue[]): R | undefined;
  all(...values: readonly SqlValue[]): R[];
  iterate(...values: readonly SqlValue[]): IterableIterator<R>;
}

interface NodeConnection {
  exec(sql: string): void;
  prepare<R>(sql: string): NodeStatement<R>;
  close(): void;
}

interface NodeSqlite {
  readonly DatabaseSync: new (path: string, options: { readonly timeout: number }) => NodeConnection;
}

/** The SQLite inside Node, from 22.13; `undefined` in a Node without it (asked by loading, not by version). */
export function nodeSqlite(): Driver | undefined {
  const sqlite = withoutSqliteWarning(
    () => process.getBuiltinModule('node:sqlite') as unknown as NodeSqlite | undefined,
  );
  if (sqlite === undefined) return undefined;
  return {
    name: 'node:sqlite',
    open: (path) => connection(new sqlite.DatabaseSync(path, { timeout: 0 })),
    resultCode: (error) => (error as { errcode?: number }).errcode,
  };
}

function connection(database: NodeConnection): Connection {
  return {
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
    prepare: <R>(sql: string): Statement<R> => {
      const statement = database.prepare<R>(sql);
      return {
        run(...values) {
          checkValues(values);
          return statement.run(...values);
        },
        get: (...values) => statement.get(...values),
        all: (...values) => statement.all(...values),
        iterate: (...values) => statement.iterate(...values),
      };
    },
  };
}

/** Node 22 warns once that SQLite is experimental. Loading is synchronous, so no other warning passes here meanwhile. */
function withoutSqliteWarning<T>(load: () => T): T {
  const emitWarning = process.emitWarning;
  const quiet = (warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === 'ExperimentalWarning' && String(warning).includes('SQLite')) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  process.emitWarning = quiet as typeof process.emitWarning;
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
