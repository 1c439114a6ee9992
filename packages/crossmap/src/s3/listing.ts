import type { ListedObject } from './stored-object.ts';

/** After every key: no UTF-8 text holds the byte 0xFF. */
export const END_OF_KEYS: Buffer = Buffer.from([0xff]);

/** How many keys and common prefixes a page has at most. */
export const LARGEST_PAGE = 1000;

export interface ListQuery {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  /** Where to begin, inclusive, as `ListPage.next` or `afterKey` give it. */
  readonly from: Buffer | undefined;
  readonly maxKeys: number;
}

export interface ListPage {
  readonly contents: readonly ListedObject[];
  readonly commonPrefixes: readonly string[];
  /** Where the next page begins; absent on the last page. */
  readonly next?: Buffer;
}

/** Objects from `lower` (inclusive) to `upper` (exclusive) in the byte order of their keys, at most `limit`. */
export type Scan = (lower: Buffer, upper: Buffer, limit: number) => readonly ListedObject[];

/** How many rows are read at a time where a common prefix may make the rest of them useless. */
const LOOK_AHEAD = 100;

/**
 * One page of ListObjectsV2, keys in UTF-8 byte order (not JavaScript's UTF-16 order: they differ above U+FFFF). Common
 * prefixes count towards `maxKeys`; the keys below one are skipped, not read.
 */
export function listPage(scan: Scan, query: ListQuery): ListPage {
  const prefix = Buffer.from(query.prefix);
  const upper = successorOf(prefix);
  let lower = query.from === undefined ? prefix : later(prefix, query.from);
  if (query.maxKeys === 0) return { contents: [], commonPrefixes: [] };

  const contents: ListedObject[] = [];
  const commonPrefixes: string[] = [];
  const rollUp = query.delimiter === undefined ? undefined : { prefix, delimiter: Buffer.from(query.delimiter) };
  for (;;) {
    const room = query.maxKeys - contents.length - commonPrefixes.length;
    // One more than fits tells whether there is a next page.
    const limit = rollUp === undefined ? room + 1 : Math.min(room + 1, LOOK_AHEAD);
    const objects = scan(lower, upper, limit);
    let skipTo: Buffer | undefined;
    for (const object of objects) {
      if (contents.length + commonPrefixes.length === query.maxKeys)
        return { contents, commonPrefixes, next: object.key };
      const commonPrefix = rollUp === undefined ? undefined : commonPrefixOf(object.key, rollUp);
      if (commonPrefix === undefined) {
        contents.push(object);
        lower = afterKey(object.key);
      } else {
        commonPrefixes.push(commonPrefix.toString());
        skipTo = successorOf(commonPrefix);
        break;
      }
    }
    if (skipTo !== undefined) lower = skipTo;
    else if (objects.length < limit) return { contents, commonPrefixes };
  }
}

/** The first place after a key. */
export function afterKey(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.alloc(1)]);
}

/** The first place after all keys that begin with `prefix`, which is UTF-8: its last byte can be counted up. */
export function successorOf(prefix: Buffer): Buffer {
  if (prefix.length === 0) return END_OF_KEYS;
  const successor = Buffer.from(prefix);
  successor[successor.length - 1]! += 1;
  return successor;
}

function later(a: Buffer, b: Buffer): Buffer {
  return a.compare(b) >= 0 ? a : b;
}

/** What a key has in common with others: all up to the first delimiter after the prefix; `undefined` without one. */
export function commonPrefixOf(
  key: Buffer,
  rollUp: { readonly prefix: Buffer; readonly delimiter: Buffer },
): Buffer | undefined {
  const at = key.indexOf(rollUp.delimiter, rollUp.prefix.length);
  return at === -1 ? undefined : key.subarray(0, at + rollUp.delimiter.length);
}
