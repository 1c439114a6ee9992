import { wholeSeconds } from '../dates.ts';
import { resourceArn } from '../gate.ts';
import type { BucketInput, ObjectInput } from '../operation.ts';
import { writeCondition } from '../preconditions.ts';
import type { S3Request, S3Response } from '../request.ts';
import type { Deletion } from '../stored-object.ts';
import { checkVersionId, versionHeader } from '../version-id.ts';

/**
 * Answers the same whether there was an object or not.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
 */
export async function deleteObject(input: ObjectInput): Promise<S3Response> {
  checkVersionId(input.request.query.versionId);
  const { deleteMarker, versionId } = await deleteRequested(input, input.request, input.key);
  const headers = versionHeader(input.bucket, versionId);
  return { status: 204, headers: deleteMarker ? { ...headers, 'x-amz-delete-marker': 'true' } : headers };
}

/**
 * Deletes what a request that may delete names, if its condition holds. Who asks for an entity tag must also be allowed
 * to read it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
 */
export async function deleteRequested(
  { bucket, store, now, authorize }: BucketInput,
  request: S3Request,
  key: string,
): Promise<Deletion> {
  const ifMatch = request.headers['if-match'];
  if (ifMatch !== undefined && ifMatch !== '*')
    authorize('s3:GetObject', resourceArn(bucket.name, key), { part: request });
  const condition = writeCondition(request.headers);
  const { versionId } = request.query;
  return store.deleteObject(bucket.name, key, { versionId, condition, lastModified: wholeSeconds(now()) });
}
