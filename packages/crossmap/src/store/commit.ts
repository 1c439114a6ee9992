import { RefusedWrite } from './refused-write.ts';

/** `size` in events, or what costs as much. Writes of one `key` that gather together are joined. */
export interface Write {
  readonly key: string;
  readonly size: number;
}

export interface CommitPort<W extends Write> {
  /** Runs `work` in one durable transaction: all of it is kept, or it throws and nothing is. */
  transaction(work: () => void): void;
  /**
   * Makes one write in the transaction; what it gives runs after the commit. Throws `RefusedWrite`, having changed
   * nothing, to leave out this write alone; anything else fails the commit.
   */
  apply(write: W): () => void;
  /** One write for two of the same key; `undefined` when they are not one: the second waits for the next commit. */
  join(first: W, second: W): W | undefined;
}

const MAX_EVENTS_PER_COMMIT = 5_000;

/** Nothing of a commit is kept: the disk is full, or the data file cannot be written for another reason. */
export class CommitFailed extends Error {
  override readonly name = 'CommitFailed';

  constructor(writes: number, cause: unknown) {
    super(`Could not commit ${writes} writes, none of them is kept: ${String(cause)}`, { cause });
  }
}

/** A write waiting for its commit, and the promise of those who made it. */
class Gathered<W> {
  write: W;
  readonly settled: Promise<void>;
  resolve!: () => void;
  reject!: (error: Error) => void;

  constructor(write: W) {
    this.write = write;
    this.settled = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

interface Batch<W> {
  size: number;
  readonly writes: Map<string, Gathered<W>>;
}

/**
 * The one writer of a database: commits what has gathered as soon as the event loop is free, at most 5,000 events at
 * once (one larger write goes alone), in the order the writes were made. Never waits for a timer.
 */
export class GroupCommitter<W extends Write> {
  readonly #port: CommitPort<W>;
  readonly #batches: Batch<W>[] = [];
  #scheduled = false;
  #closed = false;
  #commits = 0;

  constructor(port: CommitPort<W>) {
    this.#port = port;
  }

  /** How many commits were made. */
  get commits(): number {
    return this.#commits;
  }

  /** Resolves when the write is durable. Rejects when it is refused or its commit failed: then it is not kept. */
  add(write: W): Promise<void> {
    if (this.#closed)
      return Promise.reject(new Error('Expected an open store, found it closed: the write is not kept'));
    let batch = this.#batches.at(-1);
    if (batch === undefined || batch.size + write.size > MAX_EVENTS_PER_COMMIT) batch = this.#newBatch();
    const earlier = batch.writes.get(write.key);
    if (earlier !== undefined) {
      const joined = this.#port.join(earlier.write, write);
      if (joined !== undefined) {
        earlier.write = joined;
        batch.size += write.size;
        return earlier.settled;
      }
      batch = this.#newBatch();
    }
    const gathered = new Gathered(write);
    batch.writes.set(write.key, gathered);
    batch.size += write.size;
    return gathered.settled;
  }

  /** Commits what has gathered and takes nothing more. */
  close(): void {
    this.#closed = true;
    while (this.#batches.length > 0) this.#commit();
  }

  #newBatch(): Batch<W> {
    const batch: Batch<W> = { size: 0, writes: new Map() };
    this.#batches.push(batch);
    this.#schedule();
    return batch;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#commit();
      if (this.#batches.length > 0) this.#schedule();
    });
  }

  #commit(): void {
    const batch = this.#batches.shift();
    if (batch === undefined) return;
    const all = [...batch.writes.values()];
    const refused = new Map<Gathered<W>, RefusedWrite>();
    const afterwards: (() => void)[] = [];
    try {
      this.#port.transaction(() => {
        for (const gathered of all) {
          try {
            afterwards.push(this.#port.apply(gathered.write));
          } catch (error) {
            if (!(error instanceof RefusedWrite)) throw error;
            refused.set(gathered, error);
          }
        }
      });
    } catch (cause) {
      const failure = new CommitFailed(all.length, cause);
      for (const gathered of all) gathered.reject(failure);
      return;
    }
    this.#commits++;
    for (const run of afterwards) run();
    for (const gathered of all) {
      const refusal = refused.get(gathered);
      if (refusal === undefined) gathered.resolve();
      else gathered.reject(refusal);
    }
  }
}
