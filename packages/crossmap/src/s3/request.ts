import type { Caller, NamedPolicy } from '../iam/evaluate.ts';
import type { ResponseBody } from './body.ts';

/** A request as the REST API defines it, authenticated, without its transport. */
export interface S3Request {
  readonly caller: Caller;
  /** The Region of the endpoint that the request means; `undefined` for one that is neither signed nor names it. */
  readonly region: string | undefined;
  readonly method: string;
  readonly bucket?: string;
  readonly key?: string;
  /** Decoded. A parameter without a value has an empty one. */
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RequestBody;
  /** How and when (epoch ms) it was signed, for one that came over the wire. */
  readonly signature?: { readonly type: 'REST-HEADER' | 'REST-QUERY-STRING'; readonly time: number };
  /** @default REACHED_OVER_TLS */
  readonly network?: Network;
}

/** What policies may ask about the way by which a request came. */
export interface Network {
  /** An address of IPv4 or IPv6; `undefined` for a request from inside. */
  readonly sourceIp?: string;
  readonly secureTransport: boolean;
  /** The VPC endpoint that it came through, with its policy if it has one of its own. */
  readonly vpcEndpoint?: { readonly vpcEndpointId: string; readonly vpcId: string; readonly policy?: NamedPolicy };
}

/** The same call to AWS goes by HTTPS; the local endpoint is HTTP only because nothing of it leaves the machine. */
export const REACHED_OVER_TLS: Network = { secureTransport: true };

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
