import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Session } from '../accounts/session-tokens.ts';
import type { Caller } from '../iam/evaluate.ts';
import { readAuthorizationHeader } from './authorization-header.ts';
import { canonicalRequest, sha256, type WireRequest } from './canonical-request.ts';
import { signingKey } from './credential-scope.ts';
import { isPresigned, readPresignedUrl } from './presigned-url.ts';
import { ALGORITHM, type RefusedAuthentication, refused } from './signature-claim.ts';

export type { AuthenticationErrorCode } from './signature-claim.ts';

export interface SignedRequest extends WireRequest {
  /** Hexadecimal SHA-256 of the body, for services whose clients do not send it in `x-amz-content-sha256`. */
  readonly payloadHash?: string;
  /** The decoded query, where a signature may be in it. */
  readonly query?: Readonly<Record<string, string>>;
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

export type Authentication =
  /** No credentials were sent. */
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'authenticated';
      readonly caller: Caller;
      /** Of temporary credentials. */
      readonly session: Session | undefined;
      readonly type: 'REST-HEADER' | 'REST-QUERY-STRING';
      /** When it was signed, epoch ms. */
      readonly time: number;
      /** Region and service the request is signed for. */
      readonly region: string;
      readonly service: string;
      readonly signature: RequestSignature;
    }
  | RefusedAuthentication;

/** What signatures of the parts of a body continue from. */
export interface RequestSignature {
  readonly seed: string;
  /** Signs `algorithm`, the time and scope of the request, and `lines`. */
  readonly sign: (algorithm: string, lines: readonly string[]) => string;
}

/**
 * Verifies the Signature Version 4 in the Authorization header or in the query.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * Not supported, and refused: SigV4A, Signature Version 2.
 */
export function authenticate(request: SignedRequest, lookup: CredentialLookup, now: number): Authentication {
  const { headers, query = {} } = request;
  const presigned = isPresigned(query);
  const inHeader = (headers.authorization ?? '') !== '';
  if (!presigned && !inHeader) return { kind: 'anonymous' };
  if (presigned && inHeader) return twoMechanisms(headers.authorization!);
  const read = presigned ? readPresignedUrl(query, headers, now) : readAuthorizationHeader(headers, now);
  if (read.kind === 'refused') return read;
  const { accessKeyId, scope, signedHeaders, signature, timestamp, time, sessionToken, type } = read.claim;

  const unsigned = headersToSign(headers).filter((name) => !signedHeaders.includes(name));
  if (unsigned.length > 0) {
    return refused('AccessDenied', 'There were headers present in the request which were not signed', {
      HeadersNotSigned: unsigned.join(', '),
    });
  }
  const payloadHash = request.payloadHash ?? read.claim.payloadHash;
  if (payloadHash === undefined) {
    return refused('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  const found = lookup(accessKeyId, sessionToken);
  if (found.kind === 'refused') return refused(found.code, undefined, { AWSAccessKeyId: accessKeyId });

  const key = signingKey(found.secretAccessKey, scope);
  const scopeText = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const sign: RequestSignature['sign'] = (algorithm, lines) =>
    createHmac('sha256', key)
      .update([algorithm, timestamp, scopeText, ...lines].join('\n'))
      .digest('hex');
  const canonical = canonicalRequest(request, { signedHeaders, service: scope.service, payloadHash });
  if (!sameSignature(sign(ALGORITHM, [sha256(canonical)]), signature)) {
    return refused('SignatureDoesNotMatch', undefined, {
      AWSAccessKeyId: accessKeyId,
      SignatureProvided: signature,
      CanonicalRequest: canonical,
    });
  }
  const { region, service } = scope;
  return {
    kind: 'authenticated',
    caller: found.caller,
    session: found.session,
    type,
    time,
    region,
    service,
    signature: { seed: signature, sign },
  };
}

function twoMechanisms(authorization: string): RefusedAuthentication {
  return refused(
    'InvalidArgument',
    'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
    { ArgumentName: 'Authorization', ArgumentValue: authorization },
  );
}

function headersToSign(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
}

/** Takes as long for one that is nearly right as for one that is not. */
function sameSignature(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
