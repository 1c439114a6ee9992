import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { S3Error, type S3ErrorCode } from '../s3/errors.ts';
import { errorDocument } from '../s3/xml.ts';
import { handleJson, type JsonProtocolOptions } from './json-protocol.ts';
import { handleLocal, LOCAL_PREFIX, type LocalEndpoint } from './local-endpoint.ts';
import { handleQuery, type QueryProtocolOptions } from './query/query-protocol.ts';
import { handleS3, type S3HttpOptions } from './s3.ts';

export interface ServerOptions extends JsonProtocolOptions, QueryProtocolOptions, S3HttpOptions {
  readonly localEndpoint: LocalEndpoint;
  /**
   * The interface to listen on.
   * @default 127.0.0.1
   */
  readonly host?: string;
  /**
   * How long a client may take to send the head of a request.
   * @default HEAD_TIMEOUT_MS
   */
  readonly headTimeoutMs?: number;
}

const HEAD_TIMEOUT_MS = 20_000;

export interface Listening {
  readonly port: number;
  /** Ends the listener and every connection. */
  close(): Promise<void>;
}

/**
 * One listener for every service, on the loopback interface unless told otherwise. JSON services name their operation in
 * X-Amz-Target; query services are known by the scope of the signature, or by a form without one; all else is S3. Rejects
 * with Node's error (`EADDRINUSE`) when the port cannot be had.
 */
export async function listen(port: number, options: ServerOptions): Promise<Listening> {
  const { host = '127.0.0.1', headTimeoutMs = HEAD_TIMEOUT_MS } = options;
  const handle = (message: IncomingMessage, response: ServerResponse) => {
    const target = message.headers['x-amz-target'];
    if (message.url?.startsWith(LOCAL_PREFIX)) handleLocal(message, response, options.localEndpoint);
    else if (typeof target === 'string') void handleJson(target, message, response, options);
    else if (isQuery(message, options)) void handleQuery(message, response, options);
    else void handleS3(message, response, options);
  };
  // A body may take any time, as long as it goes on; how long it may stand still is for who reads it.
  const server = createServer(
    {
      keepAliveTimeout: 65_000,
      requestTimeout: 0,
      headersTimeout: headTimeoutMs,
      connectionsCheckingInterval: Math.min(headTimeoutMs, 5_000),
    },
    handle,
  );
  // Leave to send a body is given when it is read; any other expectation means nothing to S3.
  server.on('checkContinue', handle);
  server.on('checkExpectation', handle);
  server.on('clientError', refuseMalformed);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

/** S3 takes no form at `/`. */
function isQuery({ headers, method, url }: IncomingMessage, { queryApis }: QueryProtocolOptions): boolean {
  const service = /Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1];
  if (service !== undefined && queryApis.some(({ signedFor }) => signedFor === service)) return true;
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  return method === 'POST' && url === '/' && isForm && service !== 's3';
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

const MALFORMED: Readonly<Record<string, S3ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'RequestHeaderSectionTooLarge',
  ERR_HTTP_REQUEST_TIMEOUT: 'RequestTimeout',
};

/** Answers what is no request of HTTP, or never becomes one. */
function refuseMalformed(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const refusal = new S3Error(MALFORMED[error.code ?? ''] ?? 'BadRequest');
  const body = errorDocument(refusal, { resource: '/', requestId: '' });
  socket.end(
    `HTTP/1.1 ${refusal.status} Bad Request\r\nConnection: close\r\nContent-Type: application/xml\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
