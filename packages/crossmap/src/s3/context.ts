import type { Context } from '../iam/context.ts';
import type { S3Request } from './request.ts';

/** Headers that are condition keys, each `s3:` and its name, when they are sent. */
const HEADER_KEYS = [
  'x-amz-acl',
  'x-amz-content-sha256',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-storage-class',
  'if-match',
  'if-none-match',
];

/** Query parameters of listings that are condition keys. */
const LISTING_KEYS = ['prefix', 'delimiter', 'max-keys'];

/**
 * The condition keys that follow from what a request says; those of its principal and resource are the authorizer's to
 * add. `aws:SecureTransport` is `true`: the same call
 * to AWS goes by HTTPS, the local endpoint is HTTP only because it never leaves the machine.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
export function requestContext(request: S3Request, region: string): Context {
  const context: Record<string, string> = {
    'aws:SecureTransport': 'true',
    'aws:RequestedRegion': region,
  };
  if (request.caller.principal.kind !== 'anonymous') {
    context['s3:authType'] = 'REST-HEADER';
    context['s3:signatureversion'] = 'AWS4-HMAC-SHA256';
  }
  for (const name of HEADER_KEYS) {
    const value = request.headers[name];
    if (value !== undefined) context[`s3:${name}`] = value;
  }
  if (request.key === undefined) {
    for (const name of LISTING_KEYS) {
      const value = request.query[name];
      if (value !== undefined) context[`s3:${name}`] = value;
    }
  }
  return context;
}
