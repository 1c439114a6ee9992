import { ItemReaderFailure } from '../item-reader-failure.ts';
import { MAX_ITEM_BYTES } from './rows.ts';

const [LINE_FEED, CARRIAGE_RETURN, QUOTE, BACKSLASH] = [0x0a, 0x0d, 0x22, 0x5c];

/**
 * Cuts CSV text into records and fields by the rules of the ItemReader: a line feed, or carriage return and line feed,
 * ends a record. A field that begins with a quote may hold delimiters and line feeds. Two quotes are one, also in a field
 * without quotes around it. A backslash escapes a backslash, a quote and the delimiter; before anything else it is dropped.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */
export class CsvRecords {
  readonly #delimiter: string;
  /** A record whose quoted field is still open. */
  #open = '';
  #records = 0;
  // Where the next character of each kind is, as found so far: looked for once, not once a line.
  #quote = -1;
  #backslash = -1;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  /** The records that `text`, whole lines, completes. */
  take(text: string): readonly string[][] {
    return this.#cut(this.#open + text);
  }

  /** What follows the last line feed was taken as a record already; an open quote is a file cut short. */
  finish(): readonly string[][] {
    if (this.#open === '') return [];
    throw new ItemReaderFailure(
      `The file ends inside a quoted field, in record ${this.#records + 1}: it is truncated.`,
    );
  }

  #cut(text: string): readonly string[][] {
    const records: string[][] = [];
    const delimiter = this.#delimiter;
    this.#open = '';
    this.#quote = -1;
    this.#backslash = -1;
    let separator = -1;
    for (let from = 0; from < text.length; ) {
      const feed = text.indexOf('\n', from);
      const end = feed < 0 ? text.length : feed;
      if (this.#hasSpecial(text, from, end)) {
        const record: string[] = [];
        const next = this.#cutWithQuotes(text, from, record);
        if (next === undefined) {
          this.#keepOpen(text.slice(from));
          return records;
        }
        records.push(record);
        this.#records++;
        from = next;
        separator = -1;
        continue;
      }
      const last = end > from && text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
      const record: string[] = [];
      let start = from;
      for (;;) {
        if (separator < start) separator = indexOrEnd(text, delimiter, start);
        if (separator >= last) break;
        record.push(text.slice(start, separator));
        start = separator + 1;
      }
      record.push(text.slice(start, last));
      records.push(record);
      this.#records++;
      from = end + 1;
    }
    return records;
  }

  /** Whether the line has a quote or a backslash. */
  #hasSpecial(text: string, from: number, end: number): boolean {
    if (this.#quote < from) this.#quote = indexOrEnd(text, '"', from);
    if (this.#backslash < from) this.#backslash = indexOrEnd(text, '\\', from);
    return this.#quote < end || this.#backslash < end;
  }

  /** Fills `record` with the fields from `from`. Gives where the next record begins; `undefined` when it is not all there. */
  #cutWithQuotes(text: string, from: number, record: string[]): number | undefined {
    const delimiter = this.#delimiter.charCodeAt(0);
    let at = from;
    for (;;) {
      let field = '';
      if (text.charCodeAt(at) === QUOTE) {
        at++;
        for (;;) {
          const plain = this.#endOfPlain(text, at);
          field += text.slice(at, plain);
          if (plain >= text.length) return undefined;
          at = plain;
          if (text.charCodeAt(at) === BACKSLASH) {
            const escapes = this.#isEscape(text, at);
            if (escapes) field += text[at + 1];
            at += escapes ? 2 : 1;
            continue;
          }
          if (text.charCodeAt(at + 1) !== QUOTE) break;
          field += '"';
          at += 2;
        }
        at++;
      }
      let start = at;
      for (; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (code === LINE_FEED || code === delimiter) break;
        if (code === BACKSLASH) {
          field += text.slice(start, at);
          start = at + 1;
          if (this.#isEscape(text, at)) at++;
        } else if (code === QUOTE && text.charCodeAt(at + 1) === QUOTE) {
          field += text.slice(start, at);
          at++;
          start = at;
        }
      }
      const ended = at >= text.length || text.charCodeAt(at) === LINE_FEED;
      const last = ended && at > start && text.charCodeAt(at - 1) === CARRIAGE_RETURN ? at - 1 : at;
      record.push(field + text.slice(start, last));
      if (ended) return at + 1;
      at++;
    }
  }

  /** The next quote or backslash from `at`. */
  #endOfPlain(text: string, at: number): number {
    if (this.#quote < at) this.#quote = indexOrEnd(text, '"', at);
    if (this.#backslash < at) this.#backslash = indexOrEnd(text, '\\', at);
    return Math.min(this.#quote, this.#backslash);
  }

  #isEscape(text: string, at: number): boolean {
    const next = text[at + 1];
    return next === '\\' || next === '"' || (next !== undefined && next === this.#delimiter);
  }

  #keepOpen(text: string): void {
    if (text.length > MAX_ITEM_BYTES) {
      throw new ItemReaderFailure(
        `A quoted field goes on for more than ${MAX_ITEM_BYTES} bytes, in record ${this.#records + 1}.`,
      );
    }
    this.#open = text;
  }
}

function indexOrEnd(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at;
}
