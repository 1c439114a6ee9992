import { principalAccount, principalName } from '../../iam/principal.ts';
import { bucketArn } from '../bucket.ts';
import { parseBucketPolicy, shownPolicy } from '../bucket-policy.ts';
import { S3Error } from '../errors.ts';
import type { BucketInput } from '../operation.ts';
import { isPublicPolicy } from '../public-policy.ts';
import { receiveText } from '../receive.ts';
import type { S3Response } from '../request.ts';
import { element } from '../xml.ts';
import { NO_CONTENT, xmlResponse } from '../xml-response.ts';

const LARGEST_POLICY = 20 * 1024;

/** As it was put, except that a user or role that is gone is shown by the unique id it had. */
export async function getBucketPolicy(input: BucketInput): Promise<S3Response> {
  checkOwner(input);
  const body = shownPolicy(existingPolicy(input), input.principalIds);
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

/** The document is kept as it is sent. Errors: `MalformedPolicy`, which says what is wrong with it. */
export async function putBucketPolicy(input: BucketInput): Promise<S3Response> {
  checkOwner(input);
  const { request, bucket, store } = input;
  const document = await receiveText(request, LARGEST_POLICY, () => {
    return new S3Error('MalformedPolicy', {
      message: `Normalized policy document exceeds the maximum allowed size of ${LARGEST_POLICY} bytes`,
    });
  });
  const { principalIds } = parseBucketPolicy(bucket.name, document, input.principalIds);
  if (bucket.settings.publicAccessBlock?.BlockPublicPolicy === true && isPublicPolicy(document)) {
    throw publicPolicyBlocked(input);
  }
  await store.buckets.put(bucket.name, 'policy', { document, principalIds });
  return NO_CONTENT;
}

export async function deleteBucketPolicy(input: BucketInput): Promise<S3Response> {
  checkOwner(input);
  await input.store.buckets.put(input.bucket.name, 'policy', undefined);
  return NO_CONTENT;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html */
export async function getBucketPolicyStatus(input: BucketInput): Promise<S3Response> {
  return xmlResponse('PolicyStatus', element('IsPublic', isPublicPolicy(existingPolicy(input).document)));
}

function existingPolicy({ bucket }: BucketInput) {
  const { policy } = bucket.settings;
  if (policy === undefined) throw new S3Error('NoSuchBucketPolicy', { elements: { BucketName: bucket.name } });
  return policy;
}

/** Even a permitted caller of another account has no hand in the policy: API_GetBucketPolicy.html */
function checkOwner({ request, bucket }: BucketInput): void {
  if (principalAccount(request.caller.principal) !== bucket.accountId) throw new S3Error('MethodNotAllowed');
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html */
function publicPolicyBlocked({ request, bucket }: BucketInput): S3Error {
  const who = `User: ${principalName(request.caller.principal)} is not authorized to perform: s3:PutBucketPolicy`;
  const why = 'because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.';
  return new S3Error('AccessDenied', { message: `${who} on resource: "${bucketArn(bucket.name)}" ${why}` });
}
