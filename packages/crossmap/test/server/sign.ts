import { createHash, createHmac } from 'node:crypto';
import type { Person } from './s3-world.ts';

/** A request signed by hand, for what no SDK sends. */
export interface Signed {
  readonly headers: Record<string, string>;
  readonly seed: string;
  readonly sign: (algorithm: string, lines: readonly string[]) => string;
}

/** Signs for S3, or another service, in eu-west-1. `payload` is what goes into `x-amz-content-sha256`; a query is in order already. */
export function signedHeaders(
  { accessKeyId, secretAccessKey }: Pick<Person, 'accessKeyId' | 'secretAccessKey'>,
  request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly payload: string;
    readonly now: number;
    readonly service?: string;
  },
  { dateHeader = false } = {},
): Signed {
  const timestamp = new Date(request.now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${timestamp.slice(0, 8)}/eu-west-1/${request.service ?? 's3'}/aws4_request`;
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-content-sha256': request.payload,
    ...(dateHeader ? {} : { 'x-amz-date': timestamp }),
  };
  const key = scope.split('/').reduce<string | Buffer>((secret, text) => hmac(secret, text), `AWS4${secretAccessKey}`);
  const sign: Signed['sign'] = (algorithm, lines) =>
    hmac(key, [algorithm, timestamp, scope, ...lines].join('\n')).toString('hex');
  const names = Object.keys(headers).sort();
  const [path, query = ''] = request.path.split('?');
  const canonical = [
    request.method,
    path,
    query,
    names.map((name) => `${name}:${headers[name]}\n`).join(''),
    names.join(';'),
    request.payload,
  ].join('\n');
  const seed = sign('AWS4-HMAC-SHA256', [sha256(canonical)]);
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${seed}`;
  return { headers, seed, sign };
}

/** The chunks of a body, each signed, with an empty one and perhaps a trailer at the end. */
export function signedChunks({ seed, sign }: Signed, data: readonly Buffer[], trailer: string | undefined): Buffer[] {
  let previous = seed;
  const chunks = [...data, Buffer.alloc(0)].map((bytes) => {
    previous = sign('AWS4-HMAC-SHA256-PAYLOAD', [previous, sha256(''), sha256(bytes)]);
    const end = bytes.length === 0 ? '' : '\r\n';
    return Buffer.concat([
      Buffer.from(`${bytes.length.toString(16)};chunk-signature=${previous}\r\n`),
      bytes,
      Buffer.from(end),
    ]);
  });
  if (trailer === undefined) return [...chunks, Buffer.from('\r\n')];
  const signature = sign('AWS4-HMAC-SHA256-TRAILER', [previous, sha256(`${trailer}\n`)]);
  return [...chunks, Buffer.from(`${trailer}\r\nx-amz-trailer-signature:${signature}\r\n\r\n`)];
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
