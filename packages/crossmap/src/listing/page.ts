import type { ListedPage } from './strategy/partition.ts';

/** Where a page begins: after a key, or where an earlier page says that it goes on. Both absent: with the first key. */
export interface PageRequest {
  readonly startAfter?: string;
  readonly token?: string;
  /** Fewer keys than a page may have. */
  readonly limit?: number;
}

/** Of the objects of a page, in the order of its keys. */
export interface Columns {
  readonly sizes: readonly number[];
  /** As S3 writes it: `2026-11-24T00:00:00.000Z`. */
  readonly lastModified: readonly string[];
  /** With its quotes; undefined where the server says none. */
  readonly etags: readonly (string | undefined)[];
  readonly storageClasses: readonly (string | undefined)[];
}

/** A page of ListObjectsV2: keys in UTF-8 byte order, at most 1,000. */
export interface ObjectPage extends ListedPage {
  /** How to ask for the page that follows. */
  readonly token: string | undefined;
  /** No key has a character that JSON, CSV or XML would have to escape. */
  readonly plain: boolean;
  /** Undefined where only keys were asked for. */
  readonly columns: Columns | undefined;
}

/** One ListObjectsV2 request for a bucket and a prefix, without retries. Throws `ListingError`. */
export type ListPage = (request: PageRequest) => Promise<ObjectPage>;

/**
 * `throttled` and `failed` may be tried again, and throttling asks for fewer requests at once. `refused` is final. Codes
 * are those of S3, or of Node.js where no answer came (`ECONNRESET`).
 */
export class ListingError extends Error {
  readonly code: string;
  readonly kind: 'throttled' | 'failed' | 'refused';

  constructor(kind: ListingError['kind'], code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = code;
    this.code = code;
    this.kind = kind;
  }
}
