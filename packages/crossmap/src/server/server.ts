import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handleJson, type JsonProtocolOptions } from './json-protocol.ts';
import { handleLocal, LOCAL_PREFIX, type LocalEndpoint } from './local-endpoint.ts';
import { handleS3, type S3HttpOptions } from './s3.ts';

export interface ServerOptions extends JsonProtocolOptions, S3HttpOptions {
  readonly localEndpoint: LocalEndpoint;
}

export interface Listening {
  readonly port: number;
  /** Ends the listener and every connection. */
  close(): Promise<void>;
}

/**
 * One listener for every service, on the loopback interface only. JSON services name their operation in X-Amz-Target;
 * what has none is S3. Rejects with Node's error (`EADDRINUSE`) when the port cannot be had.
 */
export async function listen(port: number, options: ServerOptions): Promise<Listening> {
  const server = createServer((message, response) => {
    const target = message.headers['x-amz-target'];
    if (message.url?.startsWith(LOCAL_PREFIX)) handleLocal(message, response, options.localEndpoint);
    else if (typeof target === 'string') void handleJson(target, message, response, options);
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

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
