import { principalAccount } from '../../iam/principal.ts';
import { parseBucketPolicy } from '../bucket-policy.ts';
import { S3Error } from '../errors.ts';
import type { BucketInput } from '../operation.ts';
import { receiveText } from '../receive.ts';
import type { S3Response } from '../request.ts';

const LARGEST_POLICY = 20 * 1024;

export async function getBucketPolicy(input: BucketInput): Promise<S3Response> {
  checkOwner(input);
  const { name, settings } = input.bucket;
  const { policy } = settings;
  if (policy === undefined) throw new S3Error('NoSuchBucketPolicy', { elements: { BucketName: name } });
  return { status: 200, headers: { 'content-type': 'application/json' }, body: policy.document };
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
  parseBucketPolicy(bucket.name, document);
  await store.buckets.put(bucket.name, 'policy', { document, principalIds: {} });
  return { status: 204, headers: {} };
}

export async function deleteBucketPolicy(input: BucketInput): Promise<S3Response> {
  checkOwner(input);
  await input.store.buckets.put(input.bucket.name, 'policy', undefined);
  return { status: 204, headers: {} };
}

/** Even a permitted caller of another account has no hand in the policy: API_GetBucketPolicy.html */
function checkOwner({ request, bucket }: BucketInput): void {
  if (principalAccount(request.caller.principal) !== bucket.accountId) throw new S3Error('MethodNotAllowed');
}
