import type { ObjectStore } from './object-store.ts';
import type { ListedObject, ListedVersion } from './stored-object.ts';

/** How many keys and common prefixes a page has at most. */
export const LARGEST_PAGE = 1000;

/** After every key: no UTF-8 text holds the byte 0xFF. */
export const END_OF_KEYS: Buffer = Buffer.from([0xff]);

/**
 * Where a listing begins: at a key, within its versions below the one with this sequence, or within its uploads behind the
 * one with this id.
 */
export interface Place {
  readonly key: Buffer;
  readonly below?: number;
  readonly behind?: string;
}

/** What can be listed: anything with keys in the byte order of UTF-8. */
export interface Source<Item> {
  /** At most `limit` items from `lower` (inclusive) to the key `upper` (exclusive). */
  scan(lower: Place, upper: Buffer, limit: number): readonly Item[];
  /** The first place after an item. */
  after(item: Item): Place;
}

export interface ListQuery {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly from: Place | undefined;
  readonly maxKeys: number;
}

export interface ListPage<Item = ListedObject> {
  readonly contents: readonly Item[];
  readonly commonPrefixes: readonly string[];
  /** The last key or common prefix; empty on an empty page. */
  readonly last: string;
  /** The key where the next page begins; absent on the last page. */
  readonly next?: Buffer;
}

export function currentObjects(store: ObjectStore, bucket: string): Source<ListedObject> {
  return {
    scan: (lower, upper, limit) => store.scan(bucket, lower.key, upper, limit),
    after: ({ key }) => ({ key: afterKey(Buffer.from(key)) }),
  };
}

/** Versions and delete markers, those of one key from the newest to the oldest. */
export function allVersions(store: ObjectStore, bucket: string): Source<ListedVersion> {
  return {
    scan: (lower, upper, limit) => store.scanVersions(bucket, lower, upper, limit),
    after: ({ key, sequence }) => ({ key: Buffer.from(key), below: sequence }),
  };
}

/** How many rows are read first where common prefixes may make the rest of them useless. */
const FIRST_LOOK = 32;

/**
 * One page of a listing, in UTF-8 byte order (not JavaScript's UTF-16 order: they differ above U+FFFF). Common prefixes
 * count towards `maxKeys`; the keys below one are skipped, not read: as many are read at a time as the last read was worth.
 */
export function listPage<Item extends { readonly key: string }>(
  source: Source<Item>,
  query: ListQuery,
): ListPage<Item> {
  const { prefix, delimiter, maxKeys } = query;
  if (maxKeys === 0) return { contents: [], commonPrefixes: [], last: '' };
  const first = Buffer.from(prefix);
  const upper = successorOf(first);
  let lower: Place = query.from === undefined || first.compare(query.from.key) > 0 ? { key: first } : query.from;

  const contents: Item[] = [];
  const commonPrefixes: string[] = [];
  let last = '';
  const isInLast = ({ key }: Item) => last === commonPrefixes.at(-1) && key.startsWith(last);
  let look = delimiter === undefined ? maxKeys + 1 : FIRST_LOOK;
  for (;;) {
    // One more than fits tells whether there is a next page.
    const limit = Math.min(look, maxKeys - contents.length - commonPrefixes.length + 1);
    const items = source.scan(lower, upper, limit);
    for (const item of items) {
      if (isInLast(item)) continue;
      if (contents.length + commonPrefixes.length === maxKeys) {
        return { contents, commonPrefixes, last, next: Buffer.from(item.key) };
      }
      const end = delimiter === undefined ? -1 : item.key.indexOf(delimiter, prefix.length);
      last = end === -1 ? item.key : item.key.slice(0, end + delimiter!.length);
      if (end === -1) contents.push(item);
      else commonPrefixes.push(last);
    }
    const end = items.at(-1);
    if (end === undefined || items.length < limit) return { contents, commonPrefixes, last };
    const inCommonPrefix = isInLast(end);
    lower = inCommonPrefix ? { key: successorOf(Buffer.from(last)) } : source.after(end);
    look = inCommonPrefix ? Math.max(look >> 1, 1) : look * 2;
  }
}

/** Where a listing goes on after a marker: not within the common prefix that it is in, which has been listed. */
export function afterMarker(marker: string, { prefix, delimiter }: Omit<ListQuery, 'from' | 'maxKeys'>): Place {
  const end = delimiter === undefined || !marker.startsWith(prefix) ? -1 : marker.indexOf(delimiter, prefix.length);
  if (end === -1) return { key: afterKey(Buffer.from(marker)) };
  return { key: successorOf(Buffer.from(marker.slice(0, end + delimiter!.length))) };
}

/** The first place after a key. */
export function afterKey(key: Uint8Array): Buffer {
  return Buffer.concat([key, Buffer.alloc(1)]);
}

/** The first place after all keys that begin with `prefix`, which is UTF-8: its last byte can be counted up. */
export function successorOf(prefix: Buffer): Buffer {
  if (prefix.length === 0) return END_OF_KEYS;
  const successor = Buffer.from(prefix);
  successor[successor.length - 1]! += 1;
  return successor;
}
