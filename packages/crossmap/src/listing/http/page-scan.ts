import { type Columns, ListingError, type ObjectPage } from '../page.ts';
import type { AnswerReader } from './connections.ts';
import { textOf } from './xml-text.ts';

export type Fields = 'keys' | 'all';

const OBJECT = '<Contents>';
const OBJECT_END = '</Contents>';
const LONGEST_OBJECT = 64 * 1024;

/**
 * Reads an answer of ListObjectsV2 as it arrives, without a parser: each chunk is searched for the tags of the fields
 * that are wanted, which costs a fiftieth of building a tree. S3 writes no attributes, comments or sections there. With
 * `encoding-type=url` the answer is ASCII; a server that does not encode is understood too.
 */
export class PageScan implements AnswerReader<ObjectPage> {
  readonly #keysOnly: boolean;
  /**
   * Values of one kind, each chunk's in one string: a slice of a chunk would keep all of it in memory, and it is the
   * pages under way that decide how much work the garbage collector has.
   */
  readonly #keys: string[] = [];
  readonly #lastModified: string[] = [];
  readonly #etags: string[] = [];
  readonly #sizes: number[] = [];
  readonly #storageClasses: (string | undefined)[] = [];
  readonly #classNames = new Map<string, string>();
  /** What comes before the first object. */
  #head = '';
  #inObjects = false;
  /** There is something to decode. */
  #special = false;
  /** Of the last chunk, what was not yet complete. */
  #rest = '';

  constructor(fields: Fields) {
    this.#keysOnly = fields === 'keys';
  }

  /** Text of one byte a character, whatever the encoding. */
  push(chunk: string): void {
    if (!this.#inObjects) {
      this.#rest += chunk;
      const first = this.#rest.indexOf(OBJECT);
      if (first === -1) return;
      this.#head = this.#rest.slice(0, first);
      this.#inObjects = true;
      this.#scan(this.#rest, first);
      return;
    }
    const end = chunk.indexOf(OBJECT_END) + OBJECT_END.length;
    if (end < OBJECT_END.length) {
      this.#scan(this.#rest + chunk, 0);
      if (this.#rest.length > LONGEST_OBJECT) throw unreadable('an object of it has no end');
      return;
    }
    this.#scan(this.#rest + chunk.slice(0, end), 0);
    this.#scan(chunk, end);
  }

  /** After the last chunk. Throws `ListingError` where the answer broke off. */
  end(): ObjectPage {
    if (!this.#rest.trimEnd().endsWith('</ListBucketResult>')) throw unreadable('it breaks off');
    const around = this.#head + this.#rest;
    const encoded = around.includes('<EncodingType>url</EncodingType>');
    const token = elementOf(around, 'NextContinuationToken');
    const { keys, plain } = decodedKeys(linesOf(this.#keys), this.#special, encoded);
    return {
      keys,
      plain,
      truncated: elementOf(around, 'IsTruncated') === 'true',
      token: token === undefined ? undefined : textOf(token),
      columns: this.#keysOnly ? undefined : this.#columns(),
    };
  }

  #columns(): Columns {
    return {
      sizes: this.#sizes,
      lastModified: linesOf(this.#lastModified),
      etags: linesOf(this.#etags).map((etag) => (etag === '' ? undefined : etag)),
      storageClasses: this.#storageClasses,
    };
  }

  #scan(text: string, from: number): void {
    const end = text.lastIndexOf(OBJECT_END) + OBJECT_END.length;
    if (end < OBJECT_END.length || end <= from) {
      this.#rest = text.slice(from);
      return;
    }
    if (this.#keysOnly) this.#scanKeys(text, from, end);
    else this.#scanObjects(text, from, end);
    this.#rest = text.slice(end);
  }

  /** `Key>` is looked for, because capital Ks are rare and `<` is not. */
  #scanKeys(text: string, from: number, to: number): void {
    const keys: string[] = [];
    for (let at = text.indexOf('Key>', from); at !== -1 && at < to; ) {
      const end = text.indexOf('<', at);
      keys.push(text.slice(at + 4, end));
      at = text.indexOf('Key>', end + 6);
    }
    this.#addKeys(keys);
  }

  #scanObjects(text: string, from: number, to: number): void {
    const [keys, modified, etags]: [string[], string[], string[]] = [[], [], []];
    for (let at = from; at < to; ) {
      let [key, lastModified, etag, size] = ['', '', '', ''];
      let storageClass: string | undefined;
      at = text.indexOf(OBJECT, at) + OBJECT.length;
      for (;;) {
        const value = text.indexOf('>', at) + 1;
        const tag = text.charCodeAt(at + 1);
        // `/` of </Contents>
        if (tag === 0x2f) {
          at = value;
          break;
        }
        // Owner and RestoreStatus hold elements.
        if (tag === 0x4f || tag === 0x52) {
          at = text.indexOf(tag === 0x4f ? '</Owner>' : '</RestoreStatus>', value) + (tag === 0x4f ? 8 : 16);
          continue;
        }
        const close = text.indexOf('<', value);
        if (tag === 0x4b) key = text.slice(value, close);
        else if (tag === 0x4c) lastModified = text.slice(value, close);
        else if (tag === 0x45) etag = text.slice(value, close);
        else if (tag === 0x53 && value - at === 6) size = text.slice(value, close);
        else if (tag === 0x53) storageClass = this.#className(text.slice(value, close));
        at = close + (value - at) + 1;
      }
      keys.push(key);
      modified.push(lastModified);
      etags.push(etag.startsWith('&quot;') ? `"${etag.slice(6, -6)}"` : textOf(etag));
      this.#sizes.push(Number(size));
      this.#storageClasses.push(storageClass);
    }
    this.#addKeys(keys);
    this.#lastModified.push(modified.join('\n'));
    this.#etags.push(etags.join('\n'));
  }

  #addKeys(keys: readonly string[]): void {
    const text = keys.join('\n');
    this.#special ||= text.includes('%') || text.includes('+');
    this.#keys.push(text);
  }

  #className(slice: string): string {
    const known = this.#classNames.get(slice);
    if (known !== undefined) return known;
    const name = Buffer.from(slice).toString();
    this.#classNames.set(name, name);
    return name;
  }
}

function linesOf(chunks: readonly string[]): string[] {
  return chunks.length === 0 ? [] : chunks.join('\n').split('\n');
}

function elementOf(text: string, name: string): string | undefined {
  const start = text.indexOf(`<${name}>`);
  return start === -1 ? undefined : text.slice(start + name.length + 2, text.indexOf('<', start + 1));
}

/** What JSON, CSV or UTF-8 would write in another way. */
const NOT_PLAIN = /[^ !#-+\--;=?-[\]-~]/;

function decodedKeys(raw: string[], special: boolean, encoded: boolean): { keys: string[]; plain: boolean } {
  if (special || !encoded) {
    for (let i = 0; i < raw.length; i++) {
      const key = raw[i] ?? '';
      raw[i] = encoded ? urlDecoded(key) : textOf(Buffer.from(key, 'latin1').toString());
    }
  }
  return { keys: raw, plain: !NOT_PLAIN.test(raw.join('')) };
}

function urlDecoded(key: string): string {
  if (!key.includes('%') && !key.includes('+')) return key;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (error) {
    throw unreadable(`the key \`${key}\` is not UTF-8`, error);
  }
}

function unreadable(why: string, cause?: unknown): ListingError {
  return new ListingError('failed', 'UnreadableAnswer', `The answer of ListObjectsV2 cannot be read: ${why}.`, cause);
}
