import {
  closeSync,
  createReadStream,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ListingCounts } from '../lister.ts';
import { compareKeys } from '../strategy/key-order.ts';
import type { OpenRanges } from '../strategy/partition.ts';
import type { ListSummary } from '../summary.ts';

interface Segment {
  /** Of the range whose keys are in it. */
  readonly id: number;
  readonly firstKey: string;
  /** In bytes. */
  length: number;
}

/** What a listing that was left needs to go on, a few kilobytes. */
export interface Checkpoint {
  /** What is listed and how, so that nothing else goes on with it. */
  readonly listing: string;
  readonly open: OpenRanges;
  /** As they were when `open` was so: what a file has beyond that is listed again and written over. */
  readonly segments: readonly Readonly<Segment>[];
  readonly counts: Pick<ListingCounts, 'keys' | 'requests' | 'retries'>;
  readonly summary: ListSummary;
}

const FILE = 'checkpoint.json';

/**
 * A list in parts: a file for each range of the partition. A range gives its keys in order and ranges do not overlap, so
 * the files one after the other, by the first key of each, are the sorted list: sorting costs no memory. Their
 * lengths and the open ranges are a checkpoint: after `kill -9` only what came after the last one is listed again.
 */
export class Segments {
  readonly #folder: string;
  readonly #segments = new Map<number, Segment>();
  readonly #unsaved = new Set<number>();
  readonly #listing: string;
  /** What was left by an earlier process. */
  readonly left: Checkpoint | undefined;

  /** `listing` names what is listed and how. Throws `OtherListing` where the folder has the checkpoint of another one. */
  constructor(folder: string, listing: string) {
    this.#folder = folder;
    this.#listing = listing;
    mkdirSync(folder, { recursive: true });
    this.left = readCheckpoint(join(folder, FILE));
    if (this.left !== undefined && this.left.listing !== listing) throw new OtherListing(folder, this.left.listing);
    for (const segment of this.left?.segments ?? []) {
      this.#segments.set(segment.id, { ...segment });
    }
  }

  /** Adds lines, the first of them for `firstKey`, to what the range gave before. */
  append(id: number, firstKey: string, lines: string): void {
    const segment = this.#segments.get(id) ?? { id, firstKey, length: 0 };
    const bytes = Buffer.from(lines);
    const file = openSync(this.#path(id), segment.length === 0 ? 'w' : 'r+');
    try {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(file, bytes, written, bytes.length - written, segment.length + written);
      }
    } finally {
      closeSync(file);
    }
    segment.length += bytes.length;
    this.#segments.set(id, segment);
    this.#unsaved.add(id);
  }

  /** From here on the listing can go on. */
  save(checkpoint: Omit<Checkpoint, 'segments' | 'listing'>): void {
    for (const id of this.#unsaved) {
      const file = openSync(this.#path(id), 'r+');
      fdatasyncSync(file);
      closeSync(file);
    }
    this.#unsaved.clear();
    const path = join(this.#folder, FILE);
    writeFileSync(
      `${path}.new`,
      JSON.stringify({ ...checkpoint, listing: this.#listing, segments: [...this.#segments.values()] }),
    );
    renameSync(`${path}.new`, path);
  }

  /** All segments in the order of their keys. */
  async *bytes(): AsyncGenerator<Buffer> {
    const sorted = [...this.#segments.values()].sort((a, b) => compareKeys(a.firstKey, b.firstKey));
    for (const { id, length } of sorted) {
      if (length > 0) yield* createReadStream(this.#path(id), { end: length - 1, highWaterMark: 256 * 1024 });
    }
  }

  /** The list has been put together elsewhere. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #path(id: number): string {
    return join(this.#folder, `${id}.part`);
  }
}

export class OtherListing extends Error {
  constructor(folder: string, listing: string) {
    super(`${folder} has the checkpoint of another listing: ${listing}`);
    this.name = 'OtherListing';
  }
}

function readCheckpoint(path: string): Checkpoint | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
