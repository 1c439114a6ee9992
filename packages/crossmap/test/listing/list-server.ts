import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { countUpTo } from '../../src/listing/strategy/key-order.ts';

export interface Asked {
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** Answers in place of a page. Returns whether it did. */
export type Interlude = (asked: Asked, response: ServerResponse) => boolean;

export interface ListServer {
  readonly endpoint: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** ListObjectsV2 over sorted keys, as S3 answers it: form encoding, chunks, a token that is a position. */
export async function listServer(
  keys: readonly string[],
  options: {
    readonly pageSize?: number;
    readonly interlude?: Interlude;
    readonly ignoreStartAfter?: boolean;
    readonly encode?: boolean;
  } = {},
): Promise<ListServer> {
  const { pageSize = 1_000, interlude = () => false, ignoreStartAfter = false, encode = true } = options;
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://localhost').searchParams;
    asked.push({ query, headers: request.headers });
    if (interlude({ query, headers: request.headers }, response)) return;
    const [token, startAfter] = [query.get('continuation-token'), query.get('start-after')];
    const from =
      token !== null ? Number(token) : startAfter === null || ignoreStartAfter ? 0 : countUpTo(keys, startAfter);
    const to = Math.min(from + Math.min(pageSize, Number(query.get('max-keys') ?? pageSize)), keys.length);
    const head =
      `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><Name>b</Name>${encode ? '<EncodingType>url</EncodingType>' : ''}` +
      `<IsTruncated>${to < keys.length}</IsTruncated>` +
      (to < keys.length ? `<NextContinuationToken>${to}</NextContinuationToken>` : '');
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.write(head);
    response.write(
      keys
        .slice(from, to)
        .map((key) => contents(encode ? urlEncode(key) : xmlEscape(key)))
        .join(''),
    );
    response.end('</ListBucketResult>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function contents(key: string, more = ''): string {
  return (
    `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;abc123&quot;</ETag>` +
    `<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>${more}<Size>${key.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`
  );
}

/** As S3 encodes keys: form encoding, slashes kept. */
export function urlEncode(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/')
    .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function xmlEscape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
}

export function errorXml(code: string, more = ''): string {
  return `<?xml version="1.0"?><Error><Code>${code}</Code><Message>about ${code}</Message>${more}</Error>`;
}
