import type { ObjectPage } from '../page.ts';
import type { ByteSink } from './byte-sink.ts';
import type { ListFormat } from './list-format.ts';

/** Writes pages as they come, in whatever order that is. Never holds more than a page. */
export class ListWriter {
  readonly #sink: ByteSink;
  readonly #format: ListFormat;
  #empty = true;
  /** Writes one after the other: a sink takes no second one before the first is done. */
  #last: Promise<void> | undefined;

  constructor(sink: ByteSink, format: ListFormat) {
    this.#sink = sink;
    this.#format = format;
  }

  write(page: ObjectPage): Promise<void> | undefined {
    if (page.keys.length === 0) return undefined;
    const lines = this.#format.lines(page);
    const text = this.#empty ? this.#format.head + lines.slice(this.#format.separator.length) : lines;
    this.#empty = false;
    return this.#send(Buffer.from(text, page.plain && page.columns === undefined ? 'latin1' : 'utf8'));
  }

  /** Bytes that `lines` gave earlier, from the first one on. */
  async writeAll(bytes: AsyncIterable<Buffer>): Promise<void> {
    let skip = this.#format.separator.length;
    await this.#send(Buffer.from(this.#format.head));
    for await (const chunk of bytes) {
      await this.#send(chunk.subarray(skip));
      skip = 0;
      this.#empty = false;
    }
    if (this.#empty) this.#empty = false;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#sink.write(Buffer.from((this.#empty ? this.#format.head : '') + this.#format.tail));
    await this.#sink.close();
  }

  async abort(): Promise<void> {
    await this.#sink.abort();
  }

  #send(bytes: Buffer): Promise<void> | undefined {
    if (this.#last === undefined) {
      const waiting = this.#sink.write(bytes);
      if (waiting !== undefined) this.#follow(waiting);
      return waiting;
    }
    return this.#follow(this.#last.then(() => this.#sink.write(bytes)));
  }

  #follow(write: Promise<void>): Promise<void> {
    const settled = write.finally(() => {
      if (this.#last === settled) this.#last = undefined;
    });
    this.#last = settled;
    settled.catch(() => undefined);
    return settled;
  }
}
