import { textIn } from './parquet-values.ts';

/**
 * The texts of some pages, made when they are asked for: a page has tens of thousands, and those that were all made
 * at once outlive their use by far.
 */
export class ParquetTexts {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** The bytes of each page, from the number of its first text on. */
  readonly #pages: { readonly from: number; readonly bytes: Buffer }[] = [];
  #page = 0;

  get count(): number {
    return this.#starts.length;
  }

  /** Keeps where a text is, and gives its number. */
  keep(text: Uint8Array): number {
    const number = this.#starts.length;
    if (this.#pages.at(-1)?.bytes.buffer !== text.buffer) {
      this.#pages.push({ from: number, bytes: Buffer.from(text.buffer) });
    }
    this.#starts.push(text.byteOffset);
    this.#ends.push(text.byteOffset + text.byteLength);
    return number;
  }

  /** Asked for in their order. Throws for a text that is not UTF-8. */
  at(number: number): string {
    while ((this.#pages[this.#page + 1]?.from ?? Number.POSITIVE_INFINITY) <= number) this.#page++;
    return textIn(this.#pages[this.#page]?.bytes ?? NO_PAGE, this.#starts[number] ?? 0, this.#ends[number] ?? 0);
  }
}

const NO_PAGE = Buffer.alloc(0);
