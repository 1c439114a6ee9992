import type { AuthorizationRequest, Authorizer } from '../iam/evaluate.ts';
import { principalAccount } from '../iam/principal.ts';
import { type Bucket, bucketArn } from './bucket.ts';
import type { BucketPolicies } from './bucket-policy.ts';
import { requestContext } from './context.ts';
import { withDefaultRight } from './default-right.ts';
import { S3Error } from './errors.ts';
import { foreignOwner, ofForeignObject, READ_ACTIONS } from './object-owner.ts';
import type { ObjectStore } from './object-store.ts';
import type { S3Request } from './request.ts';
import type { Attributes } from './stored-object.ts';

const LONGEST_KEY = 1024;

/** The checks of one request after it is authenticated and before its operation runs. */
export class Gate {
  readonly #authorizer: Authorizer;
  readonly #policies: BucketPolicies;
  readonly #store: ObjectStore;
  readonly #now: () => number;

  constructor(authorizer: Authorizer, policies: BucketPolicies, store: ObjectStore, now: () => number) {
    this.#authorizer = authorizer;
    this.#policies = policies;
    this.#store = store;
    this.#now = now;
  }

  /**
   * Throws `AccessDenied` unless the caller may do `action` on `resource`, in a bucket or in its own account. What it may
   * do by default needs no policy, but can be denied by one.
   */
  authorize(request: S3Request, action: string, resource: string, of: Right): void {
    const authorization = this.#authorization(request, action, resource, of);
    const decision = this.#authorizer.authorize(
      of.byDefault === true ? withDefaultRight(authorization) : authorization,
    );
    if (decision.decision === 'Allow') return;
    throw new S3Error('AccessDenied', { message: decision.message });
  }

  /** Whether the caller may do it, for what is left out where it may not. */
  allows(request: S3Request, action: string, resource: string, of: Right): boolean {
    const authorization = this.#authorization(request, action, resource, of);
    return this.#authorizer.authorize(authorization, true).decision === 'Allow';
  }

  #authorization(
    request: S3Request,
    action: string,
    resource: string,
    { bucket, prefix }: Right,
  ): AuthorizationRequest {
    const resourceAccount = bucket?.accountId ?? principalAccount(request.caller.principal);
    if (resourceAccount === undefined) throw new S3Error('AccessDenied');
    const resourcePolicy = bucket === undefined ? undefined : this.#policies.of(bucket);
    const endpointPolicy = request.network?.vpcEndpoint?.policy;
    const context = {
      ...requestContext(request, request.region ?? bucket?.region ?? 'us-east-1', this.#now()),
      ...(prefix !== undefined && { 's3:prefix': prefix }),
    };
    const authorization: AuthorizationRequest = {
      action,
      resource,
      resourceAccount,
      ...request.caller,
      ...(resourcePolicy !== undefined && { resourcePolicy }),
      ...(endpointPolicy !== undefined && { endpointPolicy }),
      context,
    };
    return bucket === undefined ? authorization : this.#aboutExisting(authorization, request, bucket);
  }

  /** With the tags of the object, for the actions that have them as a condition, and with whose it is, for reads. */
  #aboutExisting(authorization: AuthorizationRequest, request: S3Request, bucket: Bucket): AuthorizationRequest {
    const { action, context } = authorization;
    const attributes = this.#existingAttributes(request, action, bucket);
    if (attributes === undefined) return authorization;
    const { tags = [] } = attributes;
    const tagKeys = Object.fromEntries(tags.map(({ key, value }) => [`s3:ExistingObjectTag/${key}`, value]));
    const tagged = { ...authorization, context: { ...context, ...tagKeys } };
    const owner = READ_ACTIONS.has(action) ? foreignOwner(attributes.owner, bucket) : undefined;
    return owner === undefined ? tagged : ofForeignObject(tagged, owner);
  }

  #existingAttributes({ key, query }: S3Request, action: string, bucket: Bucket): Attributes | undefined {
    if (key === undefined || !ACTIONS_ON_TAGGED.has(action)) return undefined;
    const found = this.#store.object(bucket.name, key, query.versionId);
    return found.kind === 'object' ? found.object.attributes : undefined;
  }
}

interface Right {
  readonly bucket: Bucket | undefined;
  readonly byDefault?: boolean;
  readonly prefix?: string;
}

/**
 * The actions with the condition key `s3:ExistingObjectTag`.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
const ACTIONS_ON_TAGGED = new Set(
  ['GetObject*', 'GetObject*Acl', 'GetObject*Tagging', 'PutObject*Acl', 'PutObject*Tagging', 'DeleteObject*Tagging']
    .concat('GetObject*Attributes')
    .flatMap((action) => [`s3:${action.replace('*', '')}`, `s3:${action.replace('*', 'Version')}`]),
);

/** One host answers for all Regions: the Region it names, or else the one signed for, is the endpoint that is meant. */
export function checkRegion({ region, headers }: S3Request, bucket: Bucket): void {
  if (region === undefined || region === bucket.region) return;
  throw new S3Error('PermanentRedirect', {
    elements: { Endpoint: headers.host ?? `s3.${bucket.region}.amazonaws.com`, Bucket: bucket.name },
    headers: { 'x-amz-bucket-region': bucket.region },
  });
}

/**
 * The condition on the owner of the bucket, or, by its own header, of the bucket that is copied from.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
 */
export function checkExpectedOwner(
  { headers }: S3Request,
  bucket: Bucket,
  header: 'x-amz-expected-bucket-owner' | 'x-amz-source-expected-bucket-owner' = 'x-amz-expected-bucket-owner',
): void {
  const expected = headers[header];
  if (expected === undefined) return;
  if (!/^\d{12}$/.test(expected)) throw new S3Error('InvalidBucketOwnerAWSAccountID');
  if (expected !== bucket.accountId) throw new S3Error('AccessDenied');
}

/**
 * Whether the account of the caller pays. Throws `AccessDenied` for one that should and did not say that it will.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html
 */
export function checkRequesterPays({ caller, headers }: S3Request, bucket: Bucket): boolean {
  if (bucket.settings.requestPayer !== 'Requester') return false;
  const payer = principalAccount(caller.principal);
  if (payer === bucket.accountId) return false;
  if (payer === undefined || headers['x-amz-request-payer'] !== 'requester') throw new S3Error('AccessDenied');
  return true;
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
