import type { Database, Statement } from '../sqlite/database.ts';

interface Write {
  readonly work: () => unknown;
  readonly settle: (outcome: Outcome) => void;
}

type Outcome =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Commits together whatever has gathered as soon as the event loop is free, never after a timer. A write's promise
 * settles after the commit. A write that throws undoes itself alone and rejects alone; a failed commit rejects all.
 */
export class GroupCommit {
  readonly #database: Database;
  readonly #savepoint: Statement<unknown>;
  readonly #release: Statement<unknown>;
  #gathered: Write[] = [];
  #commits = 0;
  #generation = 0;

  constructor(database: Database) {
    this.#database = database;
    this.#savepoint = database.prepare('SAVEPOINT write');
    this.#release = database.prepare('RELEASE write');
  }

  /** `work` is synchronous and runs inside the next transaction, after the writes that were made before it. */
  write<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#gathered.length === 0) setImmediate(() => this.flush());
      this.#gathered.push({
        work,
        settle: (outcome) => (outcome.kind === 'done' ? resolve(outcome.result as T) : reject(outcome.error)),
      });
    });
  }

  /** How many commits were made. */
  get commits(): number {
    return this.#commits;
  }

  /** What was read stays so as long as this number does: another one holds while a commit is made, and after it. */
  get generation(): number {
    return this.#generation;
  }

  /** Commits now what has gathered. */
  flush(): void {
    const writes = this.#gathered;
    this.#gathered = [];
    if (writes.length === 0) return;
    this.#commits += 1;
    this.#generation += 1;
    let outcomes: Outcome[];
    try {
      outcomes = this.#database.transaction(() => writes.map((write) => this.#attempt(write.work)));
    } catch (error) {
      outcomes = writes.map(() => ({ kind: 'failed', error }));
    }
    this.#generation += 1;
    for (const [index, write] of writes.entries()) write.settle(outcomes[index]!);
  }

  #attempt(work: () => unknown): Outcome {
    this.#savepoint.run();
    try {
      return { kind: 'done', result: work() };
    } catch (error) {
      this.#database.exec('ROLLBACK TO write');
      return { kind: 'failed', error };
    } finally {
      this.#release.run();
    }
  }
}
