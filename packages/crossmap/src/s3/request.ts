import type { Caller } from '../iam/evaluate.ts';
import type { ResponseBody } from './body.ts';

/** A request as the REST API defines it, authenticated, without its transport. */
export interface S3Request {
  readonly caller: Caller;
  /** The Region the request is signed for; `undefined` for one that is not signed. */
  readonly region: string | undefined;
  readonly method: string;
  readonly bucket?: string;
  readonly key?: string;
  /** Decoded. A parameter without a value has an empty one. */
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RequestBody;
}

export interface RequestBody {
  /** Bytes of content, which the stream must have; `undefined` takes whatever comes. */
  readonly length: number | undefined;
  /** The content itself, without the framing of `aws-chunked`. Read once, if at all. */
  readonly stream: AsyncIterable<Uint8Array>;
  /** What came after the content; empty until the stream has ended. */
  readonly trailers: () => Readonly<Record<string, string>>;
}

export interface S3Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text is XML, or JSON for a policy. */
  readonly body?: string | ResponseBody;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

export const EMPTY_BODY: RequestBody = { length: 0, stream: { [Symbol.asyncIterator]: nothing }, trailers: () => ({}) };
