import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Caller } from '../iam/evaluate.ts';
import type { EmbeddedS3 } from '../s3/embedded-s3.ts';
import { parseHost } from '../s3/endpoint.ts';
import { S3Error } from '../s3/errors.ts';
import { parsePath, parseUrl } from '../s3/path-style.ts';
import { type Network, REACHED_OVER_TLS, type S3Request, type S3Response } from '../s3/request.ts';
import { errorDocument } from '../s3/xml.ts';
import { BODY_TIMEOUT_MS, messageSource } from './message-source.ts';
import { unsignedQuery } from './presigned-url.ts';
import { requestBody } from './s3-body.ts';
import { type Authentication, authenticate, type CredentialLookup } from './sigv4.ts';

export interface S3HttpOptions {
  readonly s3: EmbeddedS3;
  readonly lookup: CredentialLookup;
  /** Epoch ms. */
  readonly now: () => number;
  /** Told of what was thrown and is no refusal; the client gets InternalError. */
  readonly onBug: (error: unknown) => void;
  /**
   * The way by which a request came, for the condition keys about it; `undefined` for the default.
   * @default - from the peer's address, over TLS
   */
  readonly network?: (message: IncomingMessage) => Network | undefined;
  /**
   * How long a body may stand still before its request is given up, and an answer that nobody reads.
   * @default BODY_TIMEOUT_MS
   */
  readonly bodyTimeoutMs?: number;
}

const ANONYMOUS: Caller = { principal: { kind: 'anonymous' }, identityPolicies: [] };

/**
 * Answers one REST request, path-style or in virtual-hosted style. Never rejects. The connection stays usable after a
 * refusal, unless the client waits for leave to send a body that nobody wants.
 */
export async function handleS3(
  message: IncomingMessage,
  response: ServerResponse,
  options: S3HttpOptions,
): Promise<void> {
  const requestId = randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();
  const { bodyTimeoutMs = BODY_TIMEOUT_MS } = options;
  // Clients correct their clocks by this.
  response.setHeader('date', new Date(options.now()).toUTCString());
  response.setHeader('x-amz-request-id', requestId);
  response.setHeader('x-amz-id-2', requestId);
  response.setHeader('server', 'Crossmap');
  const source = messageSource(message, response, bodyTimeoutMs);
  try {
    await send(response, await options.s3.handle(readRequest(message, source, options)), bodyTimeoutMs);
  } catch (error) {
    if (!(error instanceof S3Error)) {
      if (message.errored !== null || response.destroyed) return void response.destroy();
      options.onBug(error);
    }
    sendError(message, response, error instanceof S3Error ? error : new S3Error('InternalError'), requestId);
  } finally {
    // What is left of a refused body has to pass before the next request on this connection.
    message.resume();
  }
}

function readRequest(message: IncomingMessage, source: AsyncIterable<Uint8Array>, options: S3HttpOptions): S3Request {
  const { lookup, now, network } = options;
  const headers = singleHeaders(message);
  const method = message.method ?? 'GET';
  const url = message.url ?? '/';
  const endpoint = parseHost(headers.host);
  const { query, ...pathStyle } = parseUrl(url);
  const authentication = authenticate({ method, url, headers, query }, lookup, now());
  if (authentication.kind === 'refused') throw new S3Error(authentication.code, authentication);
  if (authentication.kind === 'authenticated') checkScope(authentication, endpoint.region);
  const signed = authentication.kind === 'authenticated' ? authentication : undefined;
  const presigned = signed?.type === 'REST-QUERY-STRING' ? unsignedQuery(query) : { query, headers: {} };
  const allHeaders = { ...presigned.headers, ...headers };
  return {
    caller: signed?.caller ?? ANONYMOUS,
    region: endpoint.region ?? signed?.region,
    method,
    ...(endpoint.bucket === undefined ? pathStyle : parsePath(`/${endpoint.bucket}${url.split('?', 1)[0]}`)),
    query: presigned.query,
    headers: allHeaders,
    body: requestBody({ method, headers: allHeaders, source, signature: signed?.signature }),
    ...(signed !== undefined && { signature: { type: signed.type, time: signed.time } }),
    network: network?.(message) ?? { ...REACHED_OVER_TLS, ...peer(message) },
  };
}

/** A request is signed for S3, and for the Region of the host if that has one. */
function checkScope(
  { type, region, service }: Extract<Authentication, { kind: 'authenticated' }>,
  endpointRegion: string | undefined,
): void {
  const [code, where] =
    type === 'REST-HEADER'
      ? (['AuthorizationHeaderMalformed', 'The authorization header is malformed'] as const)
      : (['AuthorizationQueryParametersError', 'Error parsing the X-Amz-Credential parameter'] as const);
  if (service !== 's3') {
    throw new S3Error(code, { message: `${where}; incorrect service "${service}". This endpoint belongs to "s3".` });
  }
  if (endpointRegion === undefined || endpointRegion === region) return;
  throw new S3Error(code, {
    message: `${where}; the region '${region}' is wrong; expecting '${endpointRegion}'`,
    elements: { Region: endpointRegion },
  });
}

function peer(message: IncomingMessage): Pick<Network, 'sourceIp'> {
  const address = message.socket.remoteAddress?.replace(/^::ffff:/, '');
  return address === undefined ? {} : { sourceIp: address };
}

function singleHeaders(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(',');
  }
  return headers;
}

async function send(response: ServerResponse, { status, headers, body }: S3Response, timeoutMs: number): Promise<void> {
  if (typeof body === 'string' || body === undefined || body.kind === 'bytes') {
    const bytes = body === undefined ? undefined : typeof body === 'string' ? Buffer.from(body) : body.bytes;
    const hasLength = status === 204 || status === 304 || 'content-length' in headers;
    response.writeHead(status, hasLength ? headers : { ...headers, 'content-length': bytes?.length ?? 0 });
    response.end(bytes);
    return;
  }
  response.writeHead(status, headers);
  response.setTimeout(timeoutMs, () => response.destroy());
  await pipeline(Readable.from(body.stream, { objectMode: false }), response);
  response.setTimeout(0);
}

/** Answers to HEAD have no body: the status is all a client sees. */
function sendError(message: IncomingMessage, response: ServerResponse, error: S3Error, requestId: string): void {
  if (response.headersSent) return void response.destroy();
  const resource = (message.url ?? '/').split('?', 1)[0]!;
  const document = message.method === 'HEAD' ? '' : errorDocument(error, { resource, requestId });
  response.writeHead(error.status, {
    ...error.headers,
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(document),
  });
  response.end(document);
}
