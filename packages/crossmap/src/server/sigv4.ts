import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Session } from '../accounts/session-tokens.ts';
import type { Caller } from '../iam/evaluate.ts';

/** A request as it came over the wire. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query, not decoded. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Hexadecimal SHA-256 of the body, for services whose clients do not send it in `x-amz-content-sha256`. */
  readonly payloadHash?: string;
}

/** Knows the access keys. */
export type CredentialLookup = (
  accessKeyId: string,
  sessionToken: string | undefined,
) =>
  | {
      readonly kind: 'found';
      readonly caller: Caller;
      readonly secretAccessKey: string;
      /** Of temporary credentials. */
      readonly session?: Session;
    }
  | { readonly kind: 'refused'; readonly code: 'InvalidAccessKeyId' | 'InvalidToken' | 'ExpiredToken' };

/** S3's codes; other services have other names for the same. */
export type AuthenticationErrorCode =
  | 'AccessDenied'
  | 'AuthorizationHeaderMalformed'
  | 'ExpiredToken'
  | 'InvalidAccessKeyId'
  | 'InvalidRequest'
  | 'InvalidToken'
  | 'RequestTimeTooSkewed'
  | 'SignatureDoesNotMatch';

export type Authentication =
  /** No credentials were sent. */
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'authenticated';
      readonly caller: Caller;
      /** Of temporary credentials. */
      readonly session: Session | undefined;
      /** Region and service the request is signed for. */
      readonly region: string;
      readonly service: string;
      readonly signature: RequestSignature;
    }
  | {
      readonly kind: 'refused';
      readonly code: AuthenticationErrorCode;
      /** Absent where the code says it all. */
      readonly message?: string;
      readonly elements?: Readonly<Record<string, string>>;
    };

/** What signatures of the parts of a body continue from. */
export interface RequestSignature {
  readonly seed: string;
  /** Signs `algorithm`, the time and scope of the request, and `lines`. */
  readonly sign: (algorithm: string, lines: readonly string[]) => string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const LARGEST_SKEW_MS = 15 * 60 * 1000;

/**
 * Verifies the Signature Version 4 in the Authorization header.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * Not supported, and refused: signatures in the query (presigned URLs) by the service, SigV4A, Signature Version 2.
 */
export function authenticate(request: SignedRequest, lookup: CredentialLookup, now: number): Authentication {
  const { headers } = request;
  if (headers.authorization === undefined) return { kind: 'anonymous' };
  const authorization = parseAuthorization(headers.authorization);
  if (authorization === undefined)
    return refused('AuthorizationHeaderMalformed', malformedMessage(headers.authorization));

  const timestamp = headers['x-amz-date'] ?? '';
  const time = parseTimestamp(timestamp);
  if (time === undefined) {
    return refused('AccessDenied', 'AWS authentication requires a valid x-amz-date header');
  }
  if (Math.abs(now - time) > LARGEST_SKEW_MS) {
    return refused('RequestTimeTooSkewed', undefined, {
      RequestTime: timestamp,
      ServerTime: new Date(now).toISOString(),
      MaxAllowedSkewMilliseconds: String(LARGEST_SKEW_MS),
    });
  }
  const { scope, signedHeaders } = authorization;
  if (scope.date !== timestamp.slice(0, 8)) {
    return refused(
      'AuthorizationHeaderMalformed',
      `The authorization header is malformed; Invalid credential date "${scope.date}"`,
    );
  }
  const unsigned = headersToSign(headers).filter((name) => !signedHeaders.includes(name));
  if (unsigned.length > 0) {
    return refused('AccessDenied', 'There were headers present in the request which were not signed', {
      HeadersNotSigned: unsigned.join(', '),
    });
  }
  const payloadHash = request.payloadHash ?? headers['x-amz-content-sha256'];
  if (payloadHash === undefined) {
    return refused('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  const found = lookup(authorization.accessKeyId, headers['x-amz-security-token']);
  if (found.kind === 'refused') {
    return refused(found.code, undefined, { AWSAccessKeyId: authorization.accessKeyId });
  }

  const key = signingKey(found.secretAccessKey, scope);
  const scopeText = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const sign: RequestSignature['sign'] = (algorithm, lines) =>
    createHmac('sha256', key)
      .update([algorithm, timestamp, scopeText, ...lines].join('\n'))
      .digest('hex');
  const canonical = canonicalRequest(request, signedHeaders, scope.service, payloadHash);
  const expected = sign(ALGORITHM, [sha256(canonical)]);
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(authorization.signature))) {
    return refused('SignatureDoesNotMatch', undefined, {
      AWSAccessKeyId: authorization.accessKeyId,
      CanonicalRequest: canonical,
    });
  }
  return {
    kind: 'authenticated',
    caller: found.caller,
    session: found.session,
    region: scope.region,
    service: scope.service,
    signature: { seed: authorization.signature, sign },
  };
}

interface Scope {
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

interface Authorization {
  readonly accessKeyId: string;
  readonly scope: Scope;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=([^/, ]+)\/(\d{8})\/([^/, ]+)\/([^/, ]+)\/aws4_request, *SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})$/;

function parseAuthorization(header: string): Authorization | undefined {
  const match = AUTHORIZATION.exec(header);
  if (match === null) return undefined;
  const [, accessKeyId, date, region, service, signedHeaders, signature] = match;
  return {
    accessKeyId: accessKeyId!,
    scope: { date: date!, region: region!, service: service! },
    signedHeaders: signedHeaders!.split(';'),
    signature: signature!,
  };
}

function malformedMessage(header: string): string {
  if (header.startsWith(ALGORITHM)) {
    return 'The authorization header is malformed; expected Credential, SignedHeaders and Signature of AWS4-HMAC-SHA256';
  }
  return `Expected the authorization mechanism ${ALGORITHM}, got ${header.split(' ', 1)[0]}`;
}

/** `20260102T030405Z` in epoch ms. */
function parseTimestamp(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  return Date.UTC(year!, month! - 1, day, hour, minute, second);
}

function headersToSign(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
}

function canonicalRequest(
  { method, url, headers }: SignedRequest,
  signedHeaders: readonly string[],
  service: string,
  payloadHash: string,
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
  parameters.sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)));
  return parameters.map(([name, value]) => `${name}=${value}`).join('&');
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

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const MOST_KEYS = 1000;
const signingKeys = new Map<string, Buffer>();

/** Derived once a day for each secret, Region and service. */
function signingKey(secretAccessKey: string, { date, region, service }: Scope): Buffer {
  const name = `${secretAccessKey}/${date}/${region}/${service}`;
  const known = signingKeys.get(name);
  if (known !== undefined) return known;
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date), region), service), 'aws4_request');
  if (signingKeys.size >= MOST_KEYS) signingKeys.clear();
  signingKeys.set(name, key);
  return key;
}

function refused(
  code: AuthenticationErrorCode,
  message?: string,
  elements?: Readonly<Record<string, string>>,
): Extract<Authentication, { kind: 'refused' }> {
  return {
    kind: 'refused',
    code,
    ...(message === undefined ? {} : { message }),
    ...(elements === undefined ? {} : { elements }),
  };
}
