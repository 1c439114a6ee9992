/** What SQLite stores. Strings hold no NUL character: one of the drivers would cut them there, so both refuse. */
export type SqlValue = string | number | null | Uint8Array;

/**
 * A prepared statement. `R` is the shape of its rows, which the caller states and nothing checks. Blobs come back as
 * `Uint8Array`. Integers are exact up to 2^53; declare columns INTEGER, or one of the drivers stores a REAL.
 */
export interface Statement<R> {
  run(...values: readonly SqlValue[]): { readonly changes: number };
  get(...values: readonly SqlValue[]): R | undefined;
  all(...values: readonly SqlValue[]): R[];
  /** Rows as they are asked for. An iteration left early holds back the clean-up of the write-ahead log. */
  iterate(...values: readonly SqlValue[]): IterableIterator<R>;
}

export interface Connection {
  exec(sql: string): void;
  prepare<R = unknown>(sql: string): Statement<R>;
  close(): void;
}

export type Synchronous = 'OFF' | 'NORMAL' | 'FULL' | 'EXTRA';
export type DriverName = 'node:sqlite' | 'libsql';

export interface Database extends Connection {
  readonly driver: DriverName;
  /** Runs `work`, which is synchronous, in one transaction: committed when it returns, rolled back when it throws. */
  transaction<T>(work: () => T): T;
  /** The setting in force, read back from SQLite. */
  synchronous(): Synchronous;
}

/** One way to SQLite. The code of an error it throws while opening is SQLite's number (`SQLITE_BUSY` is 5). */
export interface Driver {
  readonly name: DriverName;
  open(path: string): Connection;
  resultCode(error: unknown): number | undefined;
}

export type DatabaseErrorCode = 'NoDriver' | 'NotADatabase' | 'OtherVersion' | 'InUse' | 'CannotOpen' | 'InvalidValue';

/** A database that could not be opened, or a value it cannot hold. Failures of SQL are the driver's own errors. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Refuses what one of the drivers would store as something else. */
export function checkValues(values: readonly SqlValue[]): void {
  for (const value of values) {
    if (value === undefined) throw new DatabaseError('InvalidValue', 'Expected a value to store, got `undefined`');
    if (typeof value === 'string' && value.includes('\0')) {
      throw new DatabaseError('InvalidValue', 'Expected text without NUL characters: store such text as a blob');
    }
  }
}
