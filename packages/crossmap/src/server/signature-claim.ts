import type { S3ErrorCode } from '../s3/errors.ts';
import type { Credential } from './credential-scope.ts';

/** What a request says of its signature, in its header or its query, well-formed but not verified. */
export interface SignatureClaim extends Credential {
  readonly type: 'REST-HEADER' | 'REST-QUERY-STRING';
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `yyyyMMddTHHmmssZ`, and the same in epoch ms. */
  readonly timestamp: string;
  readonly time: number;
  readonly sessionToken: string | undefined;
  readonly payloadHash: string | undefined;
}

/** S3's codes; other services have other names for the same. */
export type AuthenticationErrorCode = Extract<
  S3ErrorCode,
  | 'AccessDenied'
  | 'AuthorizationHeaderMalformed'
  | 'AuthorizationQueryParametersError'
  | 'ExpiredToken'
  | 'InvalidAccessKeyId'
  | 'InvalidArgument'
  | 'InvalidRequest'
  | 'InvalidToken'
  | 'NotImplemented'
  | 'RequestTimeTooSkewed'
  | 'SignatureDoesNotMatch'
>;

export interface RefusedAuthentication {
  readonly kind: 'refused';
  readonly code: AuthenticationErrorCode;
  /** Absent where the code says it all. */
  readonly message?: string;
  readonly elements?: Readonly<Record<string, string>>;
}

export type ReadClaim = { readonly kind: 'claim'; readonly claim: SignatureClaim } | RefusedAuthentication;

export const ALGORITHM = 'AWS4-HMAC-SHA256';
export const LARGEST_SKEW_MS: number = 15 * 60 * 1000;

export function refused(
  code: AuthenticationErrorCode,
  message?: string,
  elements?: Readonly<Record<string, string>>,
): RefusedAuthentication {
  return {
    kind: 'refused',
    code,
    ...(message === undefined ? {} : { message }),
    ...(elements === undefined ? {} : { elements }),
  };
}

/** `20260102T030405Z` in epoch ms. */
export function parseTimestamp(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  return Date.UTC(year!, month! - 1, day, hour, minute, second);
}

export function timestampOf(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
}
