import type { Database } from '../sqlite/database.ts';

/** Counts who has each blob: versions of objects and parts. A copy shares the blobs of its source. */
export class BlobTable {
  readonly #sql: ReturnType<typeof statements>;

  constructor(database: Database) {
    this.#sql = statements(database);
  }

  holds(blob: string): boolean {
    return this.#sql.blob.get(blob) !== undefined;
  }

  /** Part of a write: one more version or part has each of these blobs. */
  hold(blobs: readonly string[]): void {
    for (const blob of blobs) this.#sql.hold.run(blob);
  }

  /** Part of a write: one version or part less has each of these blobs. Gives those that nothing has now. */
  release(blobs: readonly string[]): readonly string[] {
    return blobs.filter((blob) => {
      this.#sql.release.run(blob);
      return this.#sql.deleteUnused.run(blob).changes > 0;
    });
  }
}

function statements(database: Database) {
  return {
    blob: database.prepare<{ id: string }>('SELECT id FROM blob WHERE id = ?'),
    hold: database.prepare('INSERT INTO blob VALUES (?, 1) ON CONFLICT DO UPDATE SET uses = uses + 1'),
    release: database.prepare('UPDATE blob SET uses = uses - 1 WHERE id = ?'),
    deleteUnused: database.prepare('DELETE FROM blob WHERE id = ? AND uses = 0'),
  };
}
