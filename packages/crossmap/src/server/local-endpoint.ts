import type { IncomingMessage, ServerResponse } from 'node:http';

/** What AWS has no API for and this server tells, read-only, under `/_crossmap/`. */
export interface LocalEndpoint {
  /** Denied requests with their explanation, latest first. */
  denials(): readonly object[];
  /** The latest log events of a function, oldest first. */
  logs(functionArn: string): readonly object[];
  /** The latest records of a log group, by its ARN with or without `:*`, oldest first; `undefined` for a group that is not there. */
  logGroup(logGroupArn: string): readonly object[] | undefined;
}

export const LOCAL_PREFIX = '/_crossmap/';

/** Answers `GET /_crossmap/denials`, `GET /_crossmap/logs?function=ARN` and `GET /_crossmap/logs?group=ARN`. */
export function handleLocal(message: IncomingMessage, response: ServerResponse, endpoint: LocalEndpoint): void {
  const url = new URL(message.url ?? '/', 'http://127.0.0.1');
  const result = isLoopback(message.headers.host) && message.method === 'GET' ? read(url, endpoint) : undefined;
  const body = JSON.stringify(
    result ?? {
      message: `Expected GET ${LOCAL_PREFIX}denials, ${LOCAL_PREFIX}logs?function=ARN or ${LOCAL_PREFIX}logs?group=ARN`,
    },
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
  if (url.pathname !== `${LOCAL_PREFIX}logs`) return undefined;
  const functionArn = url.searchParams.get('function');
  if (functionArn !== null) return { events: endpoint.logs(functionArn) };
  const events = endpoint.logGroup(url.searchParams.get('group') ?? '');
  return events === undefined ? undefined : { events };
}
