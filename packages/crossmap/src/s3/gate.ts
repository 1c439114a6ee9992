import { deniedMessage } from '../iam/decision.ts';
import type { AuthorizationRequest, Authorizer } from '../iam/evaluate.ts';
import { principalAccount } from '../iam/principal.ts';
import { type Bucket, bucketArn } from './bucket.ts';
import type { BucketPolicies } from './bucket-policy.ts';
import { requestContext } from './context.ts';
import { withDefaultRight } from './default-right.ts';
import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';

const LONGEST_KEY = 1024;

/** The checks of one request after it is authenticated and before its operation runs. */
export class Gate {
  readonly #authorizer: Authorizer;
  readonly #policies: BucketPolicies;

  constructor(authorizer: Authorizer, policies: BucketPolicies) {
    this.#authorizer = authorizer;
    this.#policies = policies;
  }

  /**
   * Throws `AccessDenied` unless the caller may do `action` on `resource`, in a bucket or in its own account. What it may
   * do by default needs no policy, but can be denied by one.
   */
  authorize(
    request: S3Request,
    action: string,
    resource: string,
    bucket: Bucket | undefined,
    { byDefault = false }: { readonly byDefault?: boolean } = {},
  ): void {
    const { principal } = request.caller;
    const resourceAccount = bucket?.accountId ?? principalAccount(principal);
    if (resourceAccount === undefined) throw new S3Error('AccessDenied');
    const resourcePolicy = bucket === undefined ? undefined : this.#policies.of(bucket);
    const authorization: AuthorizationRequest = {
      ...request.caller,
      action,
      resource,
      resourceAccount,
      ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
      context: requestContext(request, request.region ?? bucket?.region ?? 'us-east-1'),
    };
    const decision = this.#authorizer.authorize(byDefault ? withDefaultRight(authorization) : authorization);
    if (decision.decision === 'Allow') return;
    throw new S3Error('AccessDenied', { message: deniedMessage(authorization, decision) });
  }
}

/** One host answers for all Regions, so the Region a request is signed for is the endpoint it means. */
export function checkRegion({ region, headers }: S3Request, bucket: Bucket): void {
  if (region === undefined || region === bucket.region) return;
  throw new S3Error('PermanentRedirect', {
    elements: { Endpoint: headers.host ?? `s3.${bucket.region}.amazonaws.com`, Bucket: bucket.name },
    headers: { 'x-amz-bucket-region': bucket.region },
  });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html */
export function checkExpectedOwner(expected: string | undefined, bucket: Bucket): void {
  if (expected === undefined) return;
  if (!/^\d{12}$/.test(expected)) throw new S3Error('InvalidBucketOwnerAWSAccountID');
  if (expected !== bucket.accountId) throw new S3Error('AccessDenied');
}

/** Errors: `KeyTooLongError`, and `InvalidURI` for what UTF-8 cannot say. */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size > LONGEST_KEY) {
    throw new S3Error('KeyTooLongError', { elements: { Size: String(size), MaxSizeAllowed: String(LONGEST_KEY) } });
  }
  if (/\p{Surrogate}/u.test(key)) throw new S3Error('InvalidURI');
}

export function resourceArn(bucket: string, key: string | undefined): string {
  return key === undefined ? bucketArn(bucket) : `${bucketArn(bucket)}/${key}`;
}
