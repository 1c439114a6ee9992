import { type Bucket, bucketArn } from './bucket.ts';
import { S3Error } from './errors.ts';
import type { ObjectInput } from './operation.ts';
import type { ObjectVersion } from './stored-object.ts';
import { checkVersionId, versionHeader } from './version-id.ts';

/**
 * What a read is of. Whether a key exists is told only to who may list the bucket with that key as the prefix. A delete marker is no object: as the
 * current version it is told in a header, by its id it is `MethodNotAllowed`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
 */
export function requestedVersion(
  { request, store, authorize }: Pick<ObjectInput, 'request' | 'store' | 'authorize'>,
  { bucket, key, versionId }: { readonly bucket: Bucket; readonly key: string; readonly versionId: string | undefined },
): ObjectVersion {
  const found = store.object(bucket.name, key, checkVersionId(versionId));
  if (found.kind === 'object') return found.object;
  if (found.kind === 'absent' || versionId === undefined)
    authorize('s3:ListBucket', bucketArn(bucket.name), { bucket, prefix: key });
  if (found.kind === 'absent') {
    if (versionId === undefined) throw new S3Error('NoSuchKey', { elements: { Key: key } });
    throw new S3Error('NoSuchVersion', { elements: { Key: key, VersionId: versionId } });
  }
  const headers = { 'x-amz-delete-marker': 'true', ...versionHeader(bucket, found.versionId) };
  if (versionId === undefined) throw new S3Error('NoSuchKey', { elements: { Key: key }, headers });
  throw new S3Error('MethodNotAllowed', {
    elements: { Method: request.method, ResourceType: 'DeleteMarker' },
    headers: { ...headers, allow: 'DELETE', 'last-modified': new Date(found.lastModified).toUTCString() },
  });
}
