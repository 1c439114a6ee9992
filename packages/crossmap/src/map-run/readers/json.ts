import type { Json } from '../../asl/json.ts';
import { ItemReaderFailure } from '../item-reader-failure.ts';

/** The largest item of a file (Step Functions Developer Guide, ItemReader). */
export const MAX_ITEM_BYTES = 8 * 1024 * 1024;

const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];
const [QUOTE, BACKSLASH, COMMA, OPEN, CLOSE, OPEN_BRACE, CLOSE_BRACE] = [0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The elements of one JSON array given as UTF-8 bytes, in order, some at a time. Holds the bytes of the items that the
 * last chunk completed, never the file. A file that is truncated, not UTF-8, not an array, or goes on after the array
 * ends in `ItemReaderFailure` that says at which byte and item; nothing is skipped.
 */
export async function* readJsonArray(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Json[]> {
  const scanner = new ArrayScanner();
  for await (const chunk of chunks) {
    const items = scanner.take(chunk);
    if (items.length > 0) yield items;
  }
  scanner.finish();
}

class ArrayScanner {
  #phase: 'before' | 'inside' | 'after' = 'before';
  /** Bytes since the last element boundary. */
  #pending: Uint8Array = new Uint8Array(0);
  /** Where `#pending` starts in the file. */
  #offset = 0;
  #items = 0;
  #commas = 0;
  #depth = 0;
  /** How many bytes of a byte order mark the file began with. */
  #mark = 0;
  #inString = false;
  #escaped = false;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  take(chunk: Uint8Array): readonly Json[] {
    const from = this.#pending.length;
    const bytes = from === 0 ? chunk : concatenate(this.#pending, chunk);
    const start = this.#phase === 'before' ? this.#findOpening(bytes) : 0;
    if (this.#phase === 'before') {
      this.#offset += bytes.length;
      this.#pending = new Uint8Array(0);
      return [];
    }
    if (this.#phase === 'after') {
      this.#expectBlank(bytes, 0);
      this.#offset += bytes.length;
      return [];
    }
    return this.#scan(bytes, start, Math.max(from, start));
  }

  finish(): void {
    if (this.#phase === 'after') return;
    const end = this.#offset + this.#pending.length;
    if (this.#phase === 'before')
      throw new ItemReaderFailure(`Expected a JSON array, found an empty file of ${end} bytes.`);
    const where = `after ${this.#items} items, at byte ${end}`;
    throw new ItemReaderFailure(`The file ends inside the JSON array, ${where}: it is truncated.`);
  }

  /** Where the first element may start; moves on to `inside` when the opening bracket is there. */
  #findOpening(bytes: Uint8Array): number {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (this.#offset + i === this.#mark && byte === BYTE_ORDER_MARK[this.#mark]) {
        this.#mark++;
        continue;
      }
      if (this.#mark === 1 || this.#mark === 2) throw new ItemReaderFailure('The file is not UTF-8, at byte 0.');
      if (isBlank(byte)) continue;
      if (byte === OPEN_BRACE) {
        throw new ItemReaderFailure('A JSON object as items is not supported yet: expected a JSON array.');
      }
      if (byte !== OPEN) throw new ItemReaderFailure('Attempting to map over non-iterable node.');
      this.#phase = 'inside';
      this.#depth = 1;
      return i + 1;
    }
    return bytes.length;
  }

  /** Looks at `bytes` from `unseen`; the current element starts at or after `start`. */
  #scan(bytes: Uint8Array, start: number, unseen: number): readonly Json[] {
    let boundary = -1;
    let element = start;
    let commas = 0;
    for (let i = unseen; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inString = false;
      } else if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN || byte === OPEN_BRACE) this.#depth++;
      else if (byte === CLOSE || byte === CLOSE_BRACE) {
        this.#depth--;
        if (this.#depth > 0) continue;
        this.#checkSize(bytes, element, i, commas);
        return this.#close(bytes, start, i, commas);
      } else if (byte === COMMA && this.#depth === 1) {
        this.#checkSize(bytes, element, i, commas);
        boundary = i;
        element = i + 1;
        commas++;
      }
    }
    this.#checkSize(bytes, element, bytes.length, commas);
    const items = boundary < 0 ? [] : this.#parse(bytes, start, boundary, commas);
    this.#commas += commas;
    this.#pending = bytes.slice(element);
    this.#offset += element;
    return items;
  }

  /** Blanks around an item do not count. `more`: how many items of `bytes` come before this one. */
  #checkSize(bytes: Uint8Array, start: number, end: number, more: number): void {
    if (end - start <= MAX_ITEM_BYTES) return;
    const item = bytes.subarray(start, end);
    const first = item.findIndex((byte) => !isBlank(byte));
    const last = item.findLastIndex((byte) => !isBlank(byte));
    if (first < 0 || last - first < MAX_ITEM_BYTES) return;
    throw new ItemReaderFailure(
      `Item ${this.#items + more} is larger than ${MAX_ITEM_BYTES} bytes, at byte ${this.#offset + start + first}.`,
    );
  }

  #close(bytes: Uint8Array, start: number, end: number, commas: number): readonly Json[] {
    if (bytes[end] !== CLOSE) this.#refuse(start, end, `found \`}\` where the array should end`);
    const empty = this.#commas + commas === 0 && bytes.subarray(start, end).every(isBlank);
    const items = empty ? [] : this.#parse(bytes, start, end, commas + 1);
    this.#phase = 'after';
    this.#expectBlank(bytes, end + 1);
    this.#offset += bytes.length;
    this.#pending = new Uint8Array(0);
    return items;
  }

  #parse(bytes: Uint8Array, start: number, end: number, expected: number): readonly Json[] {
    const items = this.#tryParse(bytes.subarray(start, end));
    if (typeof items === 'string') this.#refuse(start, end, items);
    if (items.length !== expected)
      this.#refuse(start, end, `found ${expected} places for an item and ${items.length} items`);
    this.#items += items.length;
    return items;
  }

  #tryParse(bytes: Uint8Array): readonly Json[] | string {
    try {
      return JSON.parse(`[${this.#decoder.decode(bytes)}]`) as Json[];
    } catch (error) {
      return (error as Error).message;
    }
  }

  #refuse(start: number, end: number, why: string): never {
    const between = `between byte ${this.#offset + start} and ${this.#offset + end}`;
    throw new ItemReaderFailure(`The file is not valid JSON, ${between}, after ${this.#items} items: ${why}.`);
  }

  #expectBlank(bytes: Uint8Array, from: number): void {
    const at = bytes.subarray(from).findIndex((byte) => !isBlank(byte));
    if (at >= 0) {
      throw new ItemReaderFailure(
        `Expected nothing after the JSON array, found more at byte ${this.#offset + from + at}.`,
      );
    }
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function concatenate(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
