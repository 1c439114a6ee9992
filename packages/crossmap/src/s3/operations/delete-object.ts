import { wholeSeconds } from '../dates.ts';
import type { ObjectInput } from '../operation.ts';
import { writeCondition } from '../preconditions.ts';
import type { S3Response } from '../request.ts';
import { checkVersionId, versionHeader } from '../version-id.ts';

/**
 * Answers the same whether there was an object or not.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
 */
export async function deleteObject({ request, bucket, key, store, now }: ObjectInput): Promise<S3Response> {
  const versionId = checkVersionId(request.query.versionId);
  const condition = writeCondition(request.headers);
  const deletion = await store.deleteObject(bucket.name, key, {
    versionId,
    condition,
    lastModified: wholeSeconds(now()),
  });
  const headers = versionHeader(bucket, deletion.versionId);
  return { status: 204, headers: deletion.deleteMarker ? { ...headers, 'x-amz-delete-marker': 'true' } : headers };
}
