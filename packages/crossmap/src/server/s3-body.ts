import type { IncomingMessage } from 'node:http';
import { type ChunkSignatures, decodeChunked } from '../s3/chunked-body.ts';
import { notImplemented, S3Error } from '../s3/errors.ts';
import type { RequestBody } from '../s3/request.ts';
import type { RequestSignature } from './sigv4.ts';

const SHA256_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** The content of a request, taken out of `aws-chunked` where it is in it. Errors: `MissingContentLength`. */
export function requestBody(
  message: IncomingMessage,
  headers: Readonly<Record<string, string>>,
  signature: RequestSignature | undefined,
): RequestBody {
  const payload = headers['x-amz-content-sha256'];
  if (payload?.startsWith('STREAMING-') === true) return chunkedBody(message, headers, payload, signature);
  return { length: contentLength(headers), stream: source(message), trailers: () => ({}) };
}

function chunkedBody(
  message: IncomingMessage,
  headers: Readonly<Record<string, string>>,
  payload: string,
  signature: RequestSignature | undefined,
): RequestBody {
  const length = wholeNumber(headers['x-amz-decoded-content-length']);
  if (length === undefined) throw new S3Error('MissingContentLength');
  let trailers: Readonly<Record<string, string>> = {};
  const stream = decodeChunked(source(message), {
    length,
    onTrailers: (received) => {
      trailers = received;
    },
    ...signaturesOf(payload, signature),
  });
  return { length, stream, trailers: () => trailers };
}

function signaturesOf(
  payload: string,
  signature: RequestSignature | undefined,
): { readonly signatures?: ChunkSignatures } {
  switch (payload) {
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return {};
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      if (signature === undefined) throw new S3Error('AccessDenied');
      return {
        signatures: {
          seed: signature.seed,
          chunk: (previous, sha256) =>
            signature.sign('AWS4-HMAC-SHA256-PAYLOAD', [previous, SHA256_OF_NOTHING, sha256]),
          trailer: (previous, sha256) => signature.sign('AWS4-HMAC-SHA256-TRAILER', [previous, sha256]),
        },
      };
    default:
      throw notImplemented(`x-amz-content-sha256: ${payload}`, { Header: 'x-amz-content-sha256' });
  }
}

/** A request without a body need not say so; one with a body of unknown length is not accepted. */
function contentLength(headers: Readonly<Record<string, string>>): number {
  if (headers['transfer-encoding'] !== undefined) throw new S3Error('MissingContentLength');
  return wholeNumber(headers['content-length']) ?? 0;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Leaving the iteration early must not destroy the connection: the answer still has to go out on it. */
function source(message: IncomingMessage): AsyncIterable<Uint8Array> {
  return message.iterator({ destroyOnReturn: false });
}
