import type { Json } from '../../asl/json.ts';
import { ItemReaderFailure } from '../item-reader-failure.ts';
import { concatenate, isBlank, MAX_ITEM_BYTES, NO_BYTES, type Rows } from './rows.ts';
import { decodeUtf8 } from './utf8.ts';

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN, CLOSE, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The items between the brackets of one array or object, cut at its commas and parsed a chunk at a time. */
export class JsonItems {
  readonly #container: 'array' | 'object';
  /** Bytes since the last comma. */
  #pending: Uint8Array = NO_BYTES;
  /** Where `#pending` starts in the file. */
  #offset: number;
  #items = 0;
  #commas = 0;
  /** Open brackets, that of the container included. */
  #depth = 1;
  #inString = false;
  #escaped = false;
  #ended = false;
  /** Whether the member that is being read has its colon. */
  #colon = false;
  /** Where in `#pending` that colon is. */
  #colonAt = -1;

  /** `offset`: where in the file the first byte after the opening bracket is. */
  constructor(container: 'array' | 'object', offset: number) {
    this.#container = container;
    this.#offset = offset;
  }

  get ended(): boolean {
    return this.#ended;
  }

  truncated(): ItemReaderFailure {
    const end = this.#offset + this.#pending.length;
    return new ItemReaderFailure(
      `The file ends inside the JSON ${this.#container}, after ${this.#items} items, at byte ${end}: it is truncated.`,
    );
  }

  /** The items that `chunk` completes, and how many of its bytes belong to the container and its closing bracket. */
  take(chunk: Uint8Array): { readonly rows: Rows; readonly end: number } {
    const unseen = this.#pending.length;
    const bytes = concatenate(this.#pending, chunk);
    const { length } = bytes;
    const ofObject = this.#container === 'object';
    const colons: number[] = this.#colonAt < 0 ? [] : [this.#colonAt];
    let [boundary, element, commas, depth, inString] = [-1, 0, 0, this.#depth, this.#inString];
    let i = this.#escaped ? unseen + 1 : unseen;
    while (i < length) {
      if (inString) {
        i = endOfString(bytes, i);
        inString = i >= length;
        i++;
        continue;
      }
      const byte = bytes[i] as number;
      if (byte === QUOTE) inString = true;
      else if (byte === OPEN || byte === OPEN_BRACE) depth++;
      else if (byte === CLOSE || byte === CLOSE_BRACE) {
        depth--;
        if (depth === 0) {
          this.#checkSize(bytes, element, i, commas);
          return { rows: this.#close(bytes, i, commas, colons), end: i + 1 - unseen };
        }
      } else if (byte === COMMA && depth === 1) {
        if (i - element > MAX_ITEM_BYTES) this.#checkSize(bytes, element, i, commas);
        if (ofObject) this.#expectColon(element, i);
        boundary = i;
        element = i + 1;
        commas++;
      } else if (byte === COLON && depth === 1 && ofObject) {
        if (this.#colon) this.#refuse(element, i, 'found two colons in one member');
        this.#colon = true;
        colons.push(i);
      }
      i++;
    }
    this.#depth = depth;
    this.#inString = inString;
    // An escape at the end of the bytes takes the next byte with it.
    this.#escaped = inString && i > length + 1;
    this.#checkSize(bytes, element, length, commas);
    const rows = boundary < 0 ? NO_ROWS : this.#parse(bytes, boundary, commas, colons);
    this.#commas += commas;
    this.#colonAt = this.#colon ? (colons.at(-1) as number) - element : -1;
    this.#pending = bytes.slice(element);
    this.#offset += element;
    return { rows, end: chunk.length };
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

  #expectColon(start: number, end: number): void {
    if (!this.#colon) this.#refuse(start, end, 'found a member without a colon');
    this.#colon = false;
  }

  #close(bytes: Uint8Array, end: number, commas: number, colons: readonly number[]): Rows {
    const [expected, found] = this.#container === 'array' ? [CLOSE, '}'] : [CLOSE_BRACE, ']'];
    if (bytes[end] !== expected) this.#refuse(0, end, `found \`${found}\` where the ${this.#container} should end`);
    const empty = this.#commas + commas === 0 && bytes.subarray(0, end).every(isBlank);
    if (!empty && this.#container === 'object') this.#expectColon(0, end);
    const rows = empty ? NO_ROWS : this.#parse(bytes, end, commas + 1, colons);
    this.#ended = true;
    return rows;
  }

  #parse(bytes: Uint8Array, end: number, expected: number, colons: readonly number[]): Rows {
    if (this.#container === 'object')
      return this.#parseMembers(new Uint8Array(bytes.subarray(0, end)), expected, colons);
    const values = this.#parseList(bytes.subarray(0, end), expected);
    this.#items += values.length;
    return { values };
  }

  /** With commas for colons (`bytes` is written to), members are a list of keys and values in turn: none is lost or moved. */
  #parseMembers(bytes: Uint8Array, expected: number, colons: readonly number[]): Rows {
    for (const at of colons) if (at < bytes.length) bytes[at] = COMMA;
    const list = this.#parseList(bytes, expected * 2);
    const keys: string[] = [];
    const values: Json[] = [];
    for (let i = 0; i < list.length; i += 2) {
      const key = list[i];
      if (typeof key !== 'string') return this.#refuse(0, bytes.length, 'found a key that is no text');
      keys.push(key);
      values.push(list[i + 1] as Json);
    }
    this.#items += values.length;
    return { values, keys };
  }

  #parseList(bytes: Uint8Array, expected: number): readonly Json[] {
    const list = this.#tryParse(bytes);
    if (typeof list === 'string') return this.#refuse(0, bytes.length, list);
    if (list.length === expected) return list;
    return this.#refuse(0, bytes.length, `found ${expected} places for a value and ${list.length} values`);
  }

  #tryParse(bytes: Uint8Array): readonly Json[] | string {
    try {
      return JSON.parse(`[${decodeUtf8(bytes)}]`) as Json[];
    } catch (error) {
      return (error as Error).message;
    }
  }

  #refuse(start: number, end: number, why: string): never {
    const between = `between byte ${this.#offset + start} and ${this.#offset + end}`;
    throw new ItemReaderFailure(`The file is not valid JSON, ${between}, after ${this.#items} items: ${why}.`);
  }
}

/** Where the quote is that ends the string; past the last byte when it is not among the bytes. */
function endOfString(bytes: Uint8Array, from: number): number {
  const { length } = bytes;
  let i = from;
  while (i < length) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) return i;
    i += byte === BACKSLASH ? 2 : 1;
  }
  return i;
}

const NO_ROWS: Rows = { values: [] };
