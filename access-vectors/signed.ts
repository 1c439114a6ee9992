import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Answer } from './call.ts';
import type { Credentials } from './declared-accounts.ts';
import type { VectorRequest } from './vector.ts';

/** Requests that no command of the client for S3 sends, signed by the signer of the SDK. */

type Source = string | ArrayBuffer | ArrayBufferView;

class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: Source) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }
  update(data: Source): void {
    this.#hash.update(bytes(data));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

function bytes(source: Source): Uint8Array {
  if (typeof source === 'string') return Buffer.from(source);
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

/** A session token is part of what is signed. */
function signer(credentials: Credentials, service: string, region: string): SignatureV4 {
  return new SignatureV4({ credentials, service, region, sha256: Sha256, uriEscapePath: service !== 's3' });
}

/** Gets an object by a presigned URL, as anybody would who was given it. */
export async function getPresigned(url: string, credentials: Credentials, request: VectorRequest): Promise<Answer> {
  const { bucket, key, region } = request;
  const { host, hostname, port } = new URL(url);
  const path = `/${bucket}/${key?.split('/').map(encodeURIComponent).join('/')}`;
  const headers = { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const unsigned = { method: 'GET', protocol: 'http:', hostname, port: Number(port), path, headers };
  const { query = {} } = await signer(credentials, 's3', region).presign(unsigned, { expiresIn: 60 });
  const parameters = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return answerOf(await fetch(`${url}${path}?${parameters}`));
}

/** Sends an operation of a service that takes forms, such as STS. */
export async function postForm(
  url: string,
  credentials: Credentials,
  { service, region }: { readonly service: string; readonly region: string },
  form: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { host, hostname, port } = new URL(url);
  const body = new URLSearchParams(form).toString();
  const headers = { host, 'content-type': 'application/x-www-form-urlencoded' };
  const unsigned = { method: 'POST', protocol: 'http:', hostname, port: Number(port), path: '/', headers, body };
  const signed = await signer(credentials, service, region).sign(unsigned);
  return answerOf(await fetch(url, { method: 'POST', headers: signed.headers, body }));
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]?.replaceAll('&quot;', '"');
  const [code, message] = [element('Code'), element('Message')];
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
  };
}
