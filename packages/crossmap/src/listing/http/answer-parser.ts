/** Reads one HTTP/1.1 answer. Text is of one byte a character. */
export interface AnswerSink {
  /** Status and headers, names in lower case. */
  head(status: number, headers: Readonly<Record<string, string>>): void;
  body(text: string): void;
  /** The answer is whole. `reusable`: another request may be sent on the connection. */
  end(reusable: boolean): void;
}

const LARGEST_HEAD = 64 * 1024;

type State = 'head' | 'counted' | 'size' | 'chunk' | 'chunk-end' | 'trailer' | 'to-close' | 'done';

/**
 * HTTP/1.1 as a GET needs it: a status line, headers, and a body that is counted, chunked or ends with the connection
 * (RFC 9112). Throws an `Error` for what is none of it.
 */
export class AnswerParser {
  readonly #sink: AnswerSink;
  #state: State = 'head';
  #pending = '';
  /** Of the body or of the chunk, what has not come yet. */
  #left = 0;
  #keepAlive = true;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  push(text: string): void {
    let rest = this.#pending === '' ? text : this.#pending + text;
    this.#pending = '';
    while (rest !== '' && this.#state !== 'done') {
      const taken = this.#step(rest);
      if (taken === undefined) {
        if (rest.length > LARGEST_HEAD) throw new Error('A line or head of the answer is too long');
        this.#pending = rest;
        return;
      }
      rest = taken;
    }
    if (rest !== '') throw new Error('More was sent than one answer');
  }

  /** The server closed the connection: that may be the end of the body. */
  close(): boolean {
    if (this.#state === 'to-close') this.#finish();
    return this.#state === 'done';
  }

  /** What is left to be read; undefined where more is needed first. */
  #step(text: string): string | undefined {
    switch (this.#state) {
      case 'head': {
        const end = text.indexOf('\r\n\r\n');
        if (end === -1) return undefined;
        this.#head(text.slice(0, end));
        return text.slice(end + 4);
      }
      case 'counted':
      case 'chunk': {
        const body = text.length <= this.#left ? text : text.slice(0, this.#left);
        this.#left -= body.length;
        this.#sink.body(body);
        if (this.#left === 0) {
          if (this.#state === 'counted') this.#finish();
          else this.#state = 'chunk-end';
        }
        return text.slice(body.length);
      }
      case 'chunk-end':
        if (text.length < 2) return undefined;
        this.#state = 'size';
        return text.slice(2);
      case 'size': {
        const end = text.indexOf('\r\n');
        if (end === -1) return undefined;
        const size = Number.parseInt(text.slice(0, end), 16);
        if (!(size >= 0)) throw new Error('A chunk of the answer has no size');
        this.#left = size;
        this.#state = size === 0 ? 'trailer' : 'chunk';
        return text.slice(end + 2);
      }
      case 'trailer': {
        const end = text.indexOf('\r\n');
        if (end === -1) return undefined;
        if (end === 0) this.#finish();
        return text.slice(end + 2);
      }
      case 'to-close':
        this.#sink.body(text);
        return '';
      case 'done':
        return text;
    }
  }

  #head(text: string): void {
    const [first = '', ...lines] = text.split('\r\n');
    const [, version, status] = /^HTTP\/(1\.[01]) (\d{3})/.exec(first) ?? [];
    if (status === undefined) throw new Error('The answer is not HTTP/1.1');
    // 100 Continue and its kind precede the answer itself.
    if (status.startsWith('1')) return;
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const colon = line.indexOf(':');
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    this.#keepAlive = version === '1.1' && headers.connection?.toLowerCase() !== 'close';
    this.#sink.head(Number(status), headers);
    if (headers['transfer-encoding']?.toLowerCase() === 'chunked') this.#state = 'size';
    else if (headers['content-length'] === undefined)
      this.#state = status === '204' || status === '304' ? 'counted' : 'to-close';
    else {
      this.#left = Number(headers['content-length']);
      this.#state = 'counted';
    }
    if (this.#state === 'to-close') this.#keepAlive = false;
    if (this.#state === 'counted' && this.#left === 0) this.#finish();
  }

  #finish(): void {
    this.#state = 'done';
    this.#sink.end(this.#keepAlive);
  }
}
