import { createHash } from 'node:crypto';
import { S3Error } from './errors.ts';

/** Signatures of an `aws-chunked` body; each depends on the one before, the first on that of the request. */
export interface ChunkSignatures {
  readonly seed: string;
  /** The signature of a chunk whose data has this SHA-256 (hex). */
  chunk(previous: string, sha256: string): string;
  /** The signature of trailers whose canonical form has this SHA-256 (hex). */
  trailer(previous: string, sha256: string): string;
}

export interface ChunkedBody {
  /** Present when the chunks are signed. */
  readonly signatures?: ChunkSignatures;
  /** Length of the data without framing, which the client declared. */
  readonly length: number;
  /** Receives the trailers, names in lower case, after the last byte of data. */
  readonly onTrailers: (trailers: Readonly<Record<string, string>>) => void;
}

/** The longest line of framing: a chunk header or a trailer. */
const LONGEST_LINE = 8192;

/**
 * The data inside an `aws-chunked` body, as it arrives. A chunk is given out before its signature is known to be right:
 * whoever stores the data must wait for the end. Errors: `IncompleteBody`, `InvalidRequest`, `SignatureDoesNotMatch`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html
 */
export async function* decodeChunked(source: AsyncIterable<Uint8Array>, body: ChunkedBody): AsyncGenerator<Uint8Array> {
  const input = new Input(source);
  let previous = body.signatures?.seed ?? '';
  let length = 0;
  for (;;) {
    const { size, signature } = parseChunkHeader(await input.line());
    const hash = body.signatures === undefined ? undefined : createHash('sha256');
    length += size;
    if (length > body.length) throw incomplete();
    for (let rest = size; rest > 0; ) {
      const bytes = await input.upTo(rest);
      hash?.update(bytes);
      rest -= bytes.length;
      yield bytes;
    }
    if (body.signatures !== undefined && hash !== undefined) {
      const expected = body.signatures.chunk(previous, hash.digest('hex'));
      if (signature !== expected) throw new S3Error('SignatureDoesNotMatch');
      previous = expected;
    }
    if (size === 0) break;
    if ((await input.line()) !== '') throw malformed('a chunk that is followed by an empty line');
  }
  if (length !== body.length) throw incomplete();
  body.onTrailers(await readTrailers(input, body.signatures, previous));
}

function parseChunkHeader(line: string): { readonly size: number; readonly signature: string | undefined } {
  const match = /^([0-9a-fA-F]{1,13})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
  if (match === null) throw malformed('a chunk header');
  return { size: Number.parseInt(match[1]!, 16), signature: match[2] };
}

async function readTrailers(
  input: Input,
  signatures: ChunkSignatures | undefined,
  previous: string,
): Promise<Record<string, string>> {
  const trailers: Record<string, string> = {};
  let signature: string | undefined;
  let canonical = '';
  for (;;) {
    const line = await input.line();
    if (line === '') break;
    const colon = line.indexOf(':');
    if (colon < 1) throw malformed('a trailer');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'x-amz-trailer-signature') {
      signature = value;
    } else {
      trailers[name] = value;
      canonical += `${name}:${value}\n`;
    }
  }
  if (signatures !== undefined && canonical !== '') {
    const expected = signatures.trailer(previous, createHash('sha256').update(canonical).digest('hex'));
    if (signature !== expected) throw new S3Error('SignatureDoesNotMatch');
  }
  return trailers;
}

/** Lines and runs of bytes from a stream of buffers. */
class Input {
  readonly #source: AsyncIterator<Uint8Array>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** A line without its end. */
  async line(): Promise<string> {
    let end = this.#buffer.indexOf('\r\n');
    while (end === -1) {
      if (this.#buffer.length > LONGEST_LINE) throw malformed('a line of at most 8,192 bytes');
      const next = await this.#next();
      if (next === undefined) throw incomplete();
      this.#buffer = this.#buffer.length === 0 ? next : Buffer.concat([this.#buffer, next]);
      end = this.#buffer.indexOf('\r\n');
    }
    const line = this.#buffer.toString('latin1', 0, end);
    this.#buffer = this.#buffer.subarray(end + 2);
    return line;
  }

  async upTo(count: number): Promise<Buffer> {
    while (this.#buffer.length === 0) {
      const next = await this.#next();
      if (next === undefined) throw incomplete();
      this.#buffer = next;
    }
    const bytes = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(bytes.length);
    return bytes;
  }

  async #next(): Promise<Buffer | undefined> {
    const { value, done } = await this.#source.next();
    return done === true ? undefined : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
}

function incomplete(): S3Error {
  return new S3Error('IncompleteBody');
}

function malformed(expected: string): S3Error {
  return new S3Error('InvalidRequest', { message: `The aws-chunked body is malformed: expected ${expected}` });
}
