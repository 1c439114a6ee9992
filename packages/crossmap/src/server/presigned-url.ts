import { parseCredential } from './credential-scope.ts';
import {
  ALGORITHM,
  LARGEST_SKEW_MS,
  parseTimestamp,
  type ReadClaim,
  type RefusedAuthentication,
  refused,
} from './signature-claim.ts';

type Query = Readonly<Record<string, string>>;

const REQUIRED = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-Date',
  'X-Amz-SignedHeaders',
  'X-Amz-Expires',
] as const;
const LONGEST_S = 604_800;

/** Whether a request carries its signature in the query, of this version or the one before. */
export function isPresigned(query: Query): boolean {
  return 'X-Amz-Algorithm' in query || 'X-Amz-Signature' in query || 'X-Amz-Credential' in query || isVersion2(query);
}

function isVersion2(query: Query): boolean {
  return 'Signature' in query && 'AWSAccessKeyId' in query;
}

/**
 * Reads the signature in a presigned URL, which must not have expired by `now`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function readPresignedUrl(query: Query, headers: Readonly<Record<string, string>>, now: number): ReadClaim {
  if (isVersion2(query)) {
    return refused(
      'InvalidRequest',
      `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`,
    );
  }
  const algorithm = query['X-Amz-Algorithm'] ?? '';
  if (algorithm === 'AWS4-ECDSA-P256-SHA256') {
    return refused('NotImplemented', 'Signature Version 4A is not supported by Crossmap');
  }
  if (REQUIRED.some((name) => (query[name] ?? '') === '')) {
    return malformed(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  if (algorithm !== ALGORITHM) {
    return malformed(`X-Amz-Algorithm only supports "${ALGORITHM} and AWS4-ECDSA-P256-SHA256"`);
  }
  const parsed = parseCredential(query['X-Amz-Credential']!);
  if (parsed.kind === 'malformed') return malformed(`Error parsing the X-Amz-Credential parameter; ${parsed.message}`);
  const timestamp = query['X-Amz-Date']!;
  const time = parseTimestamp(timestamp);
  if (time === undefined) {
    return malformed(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`);
  }
  const { scope } = parsed.credential;
  if (scope.date !== timestamp.slice(0, 8)) {
    return malformed(
      `Invalid credential date "${scope.date}". This date is not the same as X-Amz-Date: "${timestamp.slice(0, 8)}".`,
    );
  }
  const wrong = checkExpiry(query['X-Amz-Expires']!, time, now);
  if (wrong !== undefined) return wrong;
  return {
    kind: 'claim',
    claim: {
      ...parsed.credential,
      type: 'REST-QUERY-STRING',
      signedHeaders: query['X-Amz-SignedHeaders']!.toLowerCase().split(';'),
      signature: query['X-Amz-Signature']!,
      timestamp,
      time,
      sessionToken: query['X-Amz-Security-Token'],
      payloadHash: headers['x-amz-content-sha256'] ?? query['X-Amz-Content-Sha256'] ?? 'UNSIGNED-PAYLOAD',
    },
  };
}

function malformed(message: string): RefusedAuthentication {
  return refused('AuthorizationQueryParametersError', message);
}

function checkExpiry(text: string, time: number, now: number): RefusedAuthentication | undefined {
  if (!/^[+-]?\d+$/.test(text)) return malformed('X-Amz-Expires should be a number');
  const seconds = Number(text);
  if (seconds < 0) return malformed('X-Amz-Expires must be non-negative');
  if (seconds > LONGEST_S) {
    return malformed(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${LONGEST_S} seconds`,
    );
  }
  if (time - now > LARGEST_SKEW_MS) return refused('AccessDenied', 'Request is not yet valid');
  const expires = time + seconds * 1000;
  if (now < expires) return undefined;
  return refused('AccessDenied', 'Request has expired', {
    'X-Amz-Expires': text,
    Expires: new Date(expires).toISOString().replace('.000', ''),
    ServerTime: new Date(now).toISOString().replace(/\.\d+/, ''),
  });
}

/** What a presigned request asks for, without what signs it: headers may have been put into the query. */
export function unsignedQuery(query: Query): { readonly query: Query; readonly headers: Query } {
  const rest: Record<string, string> = {};
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(query)) {
    if (SIGNING.test(name)) continue;
    if (/^x-amz-/i.test(name)) headers[name.toLowerCase()] = value;
    else rest[name] = value;
  }
  return { query: rest, headers };
}

const SIGNING = /^X-Amz-(Algorithm|Credential|Signature|Date|SignedHeaders|Expires|Security-Token|Content-Sha256)$/;
