import type { BlobStore } from './blob-store.ts';

/**
 * Puts off the removal of a blob until its last reader is done: an overwritten object is read to its old end. A blob that
 * is held again by then, because its reader copied the object, stays.
 */
export class PinnedBlobs {
  readonly #blobs: BlobStore;
  readonly #isHeld: (id: string) => boolean;
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();

  constructor(blobs: BlobStore, isHeld: (id: string) => boolean) {
    this.#blobs = blobs;
    this.#isHeld = isHeld;
  }

  /** Keeps the blobs while `work` goes on. */
  async during<T>(ids: readonly string[], work: () => Promise<T>): Promise<T> {
    this.pin(ids);
    try {
      return await work();
    } finally {
      await this.unpin(ids);
    }
  }

  pin(ids: readonly string[]): void {
    for (const id of ids) this.#readers.set(id, (this.#readers.get(id) ?? 0) + 1);
  }

  async unpin(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const readers = (this.#readers.get(id) ?? 1) - 1;
      if (readers > 0) {
        this.#readers.set(id, readers);
        continue;
      }
      this.#readers.delete(id);
      if (this.#doomed.delete(id) && !this.#isHeld(id)) await this.#blobs.remove(id);
    }
  }

  /** Those that nothing holds are removed, now or after their last reader. */
  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      if (this.#readers.has(id)) this.#doomed.add(id);
      else if (!this.#isHeld(id)) await this.#blobs.remove(id);
    }
  }
}
