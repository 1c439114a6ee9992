import type { AuthorizationRequest } from '../iam/evaluate.ts';
import { parsePolicy } from '../iam/policy.ts';
import { principalAccount } from '../iam/principal.ts';
import type { Bucket } from './bucket.ts';
import type { S3Request } from './request.ts';
import type { Attributes } from './stored-object.ts';

/** Whose an object is that does not belong to the account of its bucket. */
export interface ForeignOwner {
  /** `anonymous` for what anonymous callers wrote: it is theirs together. */
  readonly accountId: string;
  /** Whether its access control list is `bucket-owner-full-control`, and not `private`. */
  readonly bucketOwnerControls: boolean;
}

const ANONYMOUS = 'anonymous';

/**
 * The owner of what a request makes in the bucket, as an attribute: who writes, unless the bucket takes over.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
 */
export function ownedBy({ caller, headers }: S3Request, bucket: Bucket): Pick<Attributes, 'owner'> {
  const { objectOwnership } = bucket.settings;
  const accountId = principalAccount(caller.principal) ?? ANONYMOUS;
  const bucketOwnerControls = headers['x-amz-acl'] === 'bucket-owner-full-control';
  const takenOver =
    objectOwnership === 'BucketOwnerEnforced' || (objectOwnership === 'BucketOwnerPreferred' && bucketOwnerControls);
  return takenOver || accountId === bucket.accountId ? {} : { owner: { accountId, bucketOwnerControls } };
}

/** The owner that counts: what was written before a bucket became BucketOwnerEnforced is its owner's as well. */
export function foreignOwner<T>(owner: T | undefined, { settings }: Bucket): T | undefined {
  return settings.objectOwnership === 'BucketOwnerEnforced' ? undefined : owner;
}

/** The actions that READ of an object's access control list is about. All others are the bucket owner's to allow. */
export const READ_ACTIONS: ReadonlySet<string> = new Set(
  ['', 'Version'].flatMap((version) => [`s3:GetObject${version}`, `s3:GetObject${version}Attributes`]),
);

/**
 * The request to read an object of another account than the bucket's: the Allow statements of the bucket policy do not
 * cover it, its Deny statements do, and its access control list allows the bucket's account at most.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-auth-workflow-object-operation.html
 */
export function ofForeignObject(request: AuthorizationRequest, owner: ForeignOwner): AuthorizationRequest {
  const { action, resource, resourcePolicy } = request;
  const ownerAccount = owner.accountId;
  const Principal = grantee(request, owner);
  if (resourcePolicy === undefined && Principal === undefined) return { ...request, ownerAccount };
  const statement = { Effect: 'Allow', Principal, Action: action, Resource: resource };
  const allows = Principal === undefined ? [] : parsePolicy({ Statement: [statement] }, 'resource').allows;
  const { name = 'no bucket policy', policy } = resourcePolicy ?? {};
  return {
    ...request,
    ownerAccount,
    resourcePolicy: {
      name: `${name}, of which only Deny covers an object of account ${ownerAccount}, with its access control list`,
      policy: { kind: 'resource', principalIds: {}, denies: [], ...policy, allows },
    },
  };
}

/** Whom the list grants something beside an owner with an account, as far as it concerns the principal. */
function grantee(
  { principal, resourceAccount }: AuthorizationRequest,
  { accountId, bucketOwnerControls }: ForeignOwner,
): string | { readonly AWS: string } | undefined {
  if (accountId === ANONYMOUS && principal.kind === 'anonymous') return '*';
  return bucketOwnerControls ? { AWS: resourceAccount } : undefined;
}
