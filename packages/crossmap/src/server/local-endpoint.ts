import type { IncomingMessage, ServerResponse } from 'node:http';

/** What AWS has no API for and this server tells, read-only, under `/_crossmap/`. */
export interface LocalEndpoint {
  /** Denied requests with their explanation, latest first. */
  denials(): readonly object[];
  /** The latest log events of a function, oldest first. */
  logs(functionArn: string): readonly object[];
}

export const LOCAL_PREFIX = '/_crossmap/';

/** Answers `GET /_crossmap/denials` and `GET /_crossmap/logs?function=ARN`. */
export function handleLocal(message: IncomingMessage, response: ServerResponse, endpoint: LocalEndpoint): void {
  const url = new URL(message.url ?? '/', 'http://127.0.0.1');
  const result = isLoopback(message.headers.host) && message.method === 'GET' ? read(url, endpoint) : undefined;
  const body = JSON.stringify(
    result ?? { message: `Expected GET ${LOCAL_PREFIX}denials or ${LOCAL_PREFIX}logs?function=ARN` },
  );
  response.writeHead(result === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(body);
  message.resume();
}

/** A page of the web that has its own name resolved to this machine is no local client. */
function isLoopback(host: string | undefined): boolean {
  return host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
}

function read(url: URL, endpoint: LocalEndpoint): object | undefined {
  if (url.pathname === `${LOCAL_PREFIX}denials`) return { denials: endpoint.denials() };
  const functionArn = url.searchParams.get('function');
  if (url.pathname === `${LOCAL_PREFIX}logs` && functionArn !== null) return { events: endpoint.logs(functionArn) };
  return undefined;
}
