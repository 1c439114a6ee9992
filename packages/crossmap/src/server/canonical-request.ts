import { createHash } from 'node:crypto';

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, not decoded. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The text that Signature Version 4 signs. A signature in the query is no part of what it signs.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest(
  { method, url, headers }: WireRequest,
  {
    signedHeaders,
    service,
    payloadHash,
  }: { readonly signedHeaders: readonly string[]; readonly service: string; readonly payloadHash: string },
): string {
  const queryStart = url.indexOf('?');
  const path = queryStart === -1 ? url : url.slice(0, queryStart);
  const query = queryStart === -1 ? '' : url.slice(queryStart + 1);
  const lines = signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`);
  return [
    method,
    canonicalPath(path, service),
    canonicalQuery(query),
    lines.join(''),
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

/** S3 signs the path encoded once, all other services encode the encoded path again. */
function canonicalPath(path: string, service: string): string {
  const once = encodePath(decode(path));
  return service === 's3' ? once : encodePath(once);
}

function encodePath(path: string): string {
  return encode(path).replaceAll('%2F', '/');
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  const parameters = query.split('&').map((parameter) => {
    const equals = parameter.indexOf('=');
    const name = equals === -1 ? parameter : parameter.slice(0, equals);
    const value = equals === -1 ? '' : parameter.slice(equals + 1);
    return [encode(decode(name)), encode(decode(value))] as const;
  });
  const signed = parameters.filter(([name]) => name !== 'X-Amz-Signature');
  signed.sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)));
  return signed.map(([name, value]) => `${name}=${value}`).join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What is no percent-encoding of UTF-8 is left as it is: it will match no signature or be refused later. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Of a canonical request, hexadecimal: what was signed are the bytes on the wire, which headers give as Latin-1. */
export function sha256(canonicalRequest: string): string {
  return createHash('sha256').update(canonicalRequest, 'latin1').digest('hex');
}
