import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Caller } from '../iam/evaluate.ts';
import type { EmbeddedS3 } from '../s3/embedded-s3.ts';
import { notImplemented, S3Error } from '../s3/errors.ts';
import { parseUrl } from '../s3/path-style.ts';
import type { S3Request, S3Response } from '../s3/request.ts';
import { errorDocument } from '../s3/xml.ts';
import { requestBody } from './s3-body.ts';
import { authenticate, type CredentialLookup, type RequestSignature } from './sigv4.ts';

export interface S3HttpOptions {
  readonly s3: EmbeddedS3;
  readonly lookup: CredentialLookup;
  /** Epoch ms. */
  readonly now: () => number;
  /** Told of what was thrown and is no refusal; the client gets InternalError. */
  readonly onBug: (error: unknown) => void;
}

const ANONYMOUS: Caller = { principal: { kind: 'anonymous' }, identityPolicies: [] };

/** Answers one path-style REST request. Never rejects. The connection stays usable after a refusal. */
export async function handleS3(
  message: IncomingMessage,
  response: ServerResponse,
  options: S3HttpOptions,
): Promise<void> {
  const requestId = randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();
  // Clients correct their clocks by this.
  response.setHeader('date', new Date(options.now()).toUTCString());
  response.setHeader('x-amz-request-id', requestId);
  response.setHeader('x-amz-id-2', requestId);
  response.setHeader('server', 'Crossmap');
  try {
    await send(response, await options.s3.handle(readRequest(message, options)));
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

function readRequest(message: IncomingMessage, { lookup, now }: S3HttpOptions): S3Request {
  const headers = singleHeaders(message);
  const method = message.method ?? 'GET';
  const url = message.url ?? '/';
  refuseVirtualHost(headers.host);
  const authentication = authenticate({ method, url, headers }, lookup, now());
  let caller = ANONYMOUS;
  let region: string | undefined;
  let signature: RequestSignature | undefined;
  switch (authentication.kind) {
    case 'refused':
      throw new S3Error(authentication.code, authentication);
    case 'authenticated':
      ({ caller, region, signature } = authentication);
      if (authentication.service !== 's3') throw wrongService(authentication.service);
      break;
    case 'anonymous':
      break;
  }
  return {
    caller,
    region,
    method,
    ...parseUrl(url),
    headers,
    body: requestBody(message, headers, signature),
  };
}

/** A name below a host's own would be a bucket's: only the host itself is answered, the path names the bucket. */
function refuseVirtualHost(host = ''): void {
  const name = host.replace(/:\d+$/, '');
  if (name === '' || name === 'localhost' || name === '[::1]' || /^[\d.]+$/.test(name)) return;
  throw notImplemented(`A virtual-host style request (Host: ${host})`);
}

function wrongService(service: string): S3Error {
  return new S3Error('AuthorizationHeaderMalformed', {
    message: `The authorization header is malformed; incorrect service "${service}". This endpoint belongs to "s3".`,
  });
}

function singleHeaders(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(',');
  }
  return headers;
}

async function send(response: ServerResponse, { status, headers, body }: S3Response): Promise<void> {
  if (typeof body === 'string' || body === undefined || body.kind === 'bytes') {
    const bytes = body === undefined ? undefined : typeof body === 'string' ? Buffer.from(body) : body.bytes;
    const hasLength = status === 204 || status === 304 || 'content-length' in headers;
    response.writeHead(status, hasLength ? headers : { ...headers, 'content-length': bytes?.length ?? 0 });
    response.end(bytes);
    return;
  }
  response.writeHead(status, headers);
  await pipeline(Readable.from(body.stream, { objectMode: false }), response);
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
