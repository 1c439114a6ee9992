import { ItemReaderFailure } from '../item-reader-failure.ts';
import { isBlank } from './rows.ts';

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN, CLOSE, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

type Expected = 'value' | 'key' | 'key text' | 'colon' | 'end of skipped';

/**
 * Walks JSON bytes to the array or object that a pointer names. What it passes on the way is held only to closed
 * strings and brackets.
 */
export class PointerWalk {
  readonly #pointer: readonly string[];
  /** How many tokens led to a container that has been entered. */
  #level = 0;
  #expected: Expected = 'value';
  #inArray = false;
  /** Of the array that was entered last: the element that comes next. */
  #index = 0;
  #key: number[] = [];
  #skipped = { depth: 0, inString: false, escaped: false };
  #escaped = false;

  constructor(pointer: readonly string[]) {
    this.#pointer = pointer;
  }

  /** How many brackets are open around the container. */
  get depth(): number {
    return this.#level;
  }

  /** Gives the container when `byte` opens it. */
  take(byte: number): 'array' | 'object' | undefined {
    switch (this.#expected) {
      case 'value':
        return this.#value(byte);
      case 'key':
        this.#beforeKey(byte);
        return undefined;
      case 'key text':
        this.#keyText(byte);
        return undefined;
      case 'colon':
        if (byte === COLON) this.#expected = this.#matches() ? 'value' : this.#skip();
        else if (!isBlank(byte))
          throw new ItemReaderFailure('The file is not valid JSON: expected a colon after a key.');
        return undefined;
      case 'end of skipped':
        this.#skipByte(byte);
        return undefined;
    }
  }

  #value(byte: number): 'array' | 'object' | undefined {
    if (isBlank(byte)) return undefined;
    const container = byte === OPEN ? 'array' : byte === OPEN_BRACE ? 'object' : undefined;
    if (this.#level === this.#pointer.length) {
      if (container === undefined) throw new ItemReaderFailure('Attempting to map over non-iterable node.');
      return container;
    }
    if (container === undefined) throw this.#nothingThere();
    this.#level++;
    this.#inArray = container === 'array';
    this.#index = 0;
    if (this.#inArray) this.#expected = this.#token === '0' ? 'value' : this.#skip();
    else this.#expected = 'key';
    return undefined;
  }

  get #token(): string {
    return this.#pointer[this.#level - 1] as string;
  }

  #beforeKey(byte: number): void {
    if (isBlank(byte)) return;
    if (byte === CLOSE_BRACE) throw this.#nothingThere();
    if (byte !== QUOTE) throw new ItemReaderFailure('The file is not valid JSON: expected a key in quotes.');
    this.#key = [];
    this.#escaped = false;
    this.#expected = 'key text';
  }

  #keyText(byte: number): void {
    if (byte === QUOTE && !this.#escaped) this.#expected = 'colon';
    else this.#key.push(byte);
    this.#escaped = byte === BACKSLASH && !this.#escaped;
  }

  #matches(): boolean {
    try {
      return JSON.parse(`"${Buffer.from(this.#key).toString()}"`) === this.#token;
    } catch {
      throw new ItemReaderFailure('The file is not valid JSON: a key has characters that it may not have.');
    }
  }

  #skip(): Expected {
    this.#skipped = { depth: 0, inString: false, escaped: false };
    return 'end of skipped';
  }

  #skipByte(byte: number): void {
    const skipped = this.#skipped;
    if (skipped.inString) {
      if (skipped.escaped) skipped.escaped = false;
      else if (byte === BACKSLASH) skipped.escaped = true;
      else if (byte === QUOTE) skipped.inString = false;
      return;
    }
    if (byte === QUOTE) skipped.inString = true;
    else if (byte === OPEN || byte === OPEN_BRACE) skipped.depth++;
    else if (byte === CLOSE || byte === CLOSE_BRACE) {
      if (skipped.depth === 0) throw this.#nothingThere();
      skipped.depth--;
    } else if (byte === COMMA && skipped.depth === 0) this.#next();
  }

  #next(): void {
    if (!this.#inArray) {
      this.#expected = 'key';
      return;
    }
    this.#index++;
    this.#expected = String(this.#index) === this.#token ? 'value' : this.#skip();
  }

  #nothingThere(): ItemReaderFailure {
    return new ItemReaderFailure(`The file has nothing at the ItemsPointer \`/${this.#pointer.join('/')}\`.`);
  }
}
