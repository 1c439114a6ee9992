/** A conditional write that is under way. */
interface UnderWay {
  deleted: boolean;
}

/**
 * Conditional writes from when their condition is first looked at until they are committed: a delete of their key that
 * comes in between is a conflict, even where the condition holds again by then.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export class ConditionalWrites {
  readonly #underWay = new Map<string, Set<UnderWay>>();

  /** Runs `work`, which may ask at any time whether something was deleted under the key since it began. */
  async watch<T>(bucket: string, key: string, work: (isConflict: () => boolean) => Promise<T>): Promise<T> {
    const name = nameOf(bucket, key);
    const write: UnderWay = { deleted: false };
    const writes = this.#underWay.get(name) ?? new Set();
    this.#underWay.set(name, writes.add(write));
    try {
      return await work(() => write.deleted);
    } finally {
      writes.delete(write);
      if (writes.size === 0) this.#underWay.delete(name);
    }
  }

  deleted(bucket: string, key: string): void {
    for (const write of this.#underWay.get(nameOf(bucket, key)) ?? []) write.deleted = true;
  }
}

/** A slash is no character of a bucket's name. */
function nameOf(bucket: string, key: string): string {
  return `${bucket}/${key}`;
}
