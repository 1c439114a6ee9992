import { principalName } from '../iam/principal.ts';
import type { Bucket } from './bucket.ts';
import { notImplemented, S3Error } from './errors.ts';
import type { S3Request } from './request.ts';

const CANNED = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
  'log-delivery-write',
];
const PUBLIC = ['public-read', 'public-read-write', 'authenticated-read'];

/** Whether a request gives an access control list in its headers. */
export function namesAcl({ headers }: S3Request): boolean {
  return 'x-amz-acl' in headers || Object.keys(headers).some((name) => name.startsWith('x-amz-grant-'));
}

/**
 * The canned list that a request gives what it makes in the bucket; `undefined` for the default one. Where lists are
 * disabled there is `bucket-owner-full-control` only; elsewhere the lists that grant nobody but owners something.
 * Errors: `AccessControlListNotSupported`, `InvalidArgument`, `AccessDenied` of BlockPublicAcls, `NotImplemented`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
 */
export function checkAcl(request: S3Request, bucket: Bucket, action: string, resource: string): void {
  if (!namesAcl(request)) return;
  const { objectOwnership, publicAccessBlock } = bucket.settings;
  const canned = request.headers['x-amz-acl'];
  if (canned !== undefined && !CANNED.includes(canned)) {
    throw new S3Error('InvalidArgument', { elements: { ArgumentName: 'x-amz-acl', ArgumentValue: canned } });
  }
  if (objectOwnership === 'BucketOwnerEnforced') {
    if (canned === 'bucket-owner-full-control') return;
    throw new S3Error('AccessControlListNotSupported');
  }
  if (canned === 'private' || canned === 'bucket-owner-full-control') return;
  if (canned !== undefined && PUBLIC.includes(canned) && publicAccessBlock?.BlockPublicAcls === true) {
    const who = `User: ${principalName(request.caller.principal)} is not authorized to perform: ${action}`;
    const why = 'because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.';
    throw new S3Error('AccessDenied', { message: `${who} on resource: "${resource}" ${why}` });
  }
  throw notImplemented(canned === undefined ? 'An ACL of x-amz-grant headers' : `x-amz-acl: ${canned}`);
}
