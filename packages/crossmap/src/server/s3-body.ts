import { type ChunkSignatures, decodeChunked } from '../s3/chunked-body.ts';
import { notImplemented, S3Error } from '../s3/errors.ts';
import type { RequestBody } from '../s3/request.ts';
import type { RequestSignature } from './sigv4.ts';

const SHA256_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

interface Wire {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly source: AsyncIterable<Uint8Array>;
  readonly signature: RequestSignature | undefined;
}

/** The content of a request, taken out of `aws-chunked` where it is in it. Errors: `MissingContentLength`. */
export function requestBody(wire: Wire): RequestBody {
  const payload = wire.headers['x-amz-content-sha256'];
  if (payload?.startsWith('STREAMING-') === true) return chunkedBody(wire, payload);
  if (payload !== undefined && !/^(UNSIGNED-PAYLOAD|[0-9a-f]{64})$/.test(payload)) {
    throw new S3Error('InvalidArgument', {
      message:
        'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
      elements: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: payload },
    });
  }
  return { length: contentLength(wire), stream: wire.source, trailers: () => ({}) };
}

function chunkedBody({ headers, source, signature }: Wire, payload: string): RequestBody {
  const length = wholeNumber(headers['x-amz-decoded-content-length']);
  if (length === undefined) throw new S3Error('MissingContentLength');
  let trailers: Readonly<Record<string, string>> = {};
  const stream = decodeChunked(source, {
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

/** A request without a body need not say so; one with a body of unknown length is not accepted, as by S3. */
function contentLength({ headers }: Wire): number {
  if (headers['transfer-encoding'] !== undefined) {
    throw new S3Error('NotImplemented', { elements: { Header: 'Transfer-Encoding' } });
  }
  return wholeNumber(headers['content-length']) ?? 0;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
