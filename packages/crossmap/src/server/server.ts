import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handleJson, type JsonProtocolOptions } from './json-protocol.ts';
import { handleLocal, LOCAL_PREFIX, type LocalEndpoint } from './local-endpoint.ts';
import { handleQuery, type QueryProtocolOptions } from './query/query-protocol.ts';
import { handleS3, type S3HttpOptions } from './s3.ts';

export interface ServerOptions extends JsonProtocolOptions, QueryProtocolOptions, S3HttpOptions {
  readonly localEndpoint: LocalEndpoint;
}

export interface Listening {
  readonly port: number;
  /** Ends the listener and every connection. */
  close(): Promise<void>;
}

/**
 * One listener for every service, on the loopback interface only. JSON services name their operation in X-Amz-Target;
 * query services are known by the scope of the signature, or by a form without one; all else is S3. Rejects with Node's error (`EADDRINUSE`) when the port cannot be had.
 */
export async function listen(port: number, options: ServerOptions): Promise<Listening> {
  const server = createServer((message, response) => {
    const target = message.headers['x-amz-target'];
    if (message.url?.startsWith(LOCAL_PREFIX)) handleLocal(message, response, options.localEndpoint);
    else if (typeof target === 'string') void handleJson(target, message, response, options);
    else if (isQuery(message, options)) void handleQuery(message, response, options);
    else void handleS3(message, response, options);
  });
  server.keepAliveTimeout = 65_000;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
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
