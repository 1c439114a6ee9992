import { readBody } from '../body.ts';
import { bucketArn } from '../bucket.ts';
import { S3Error } from '../errors.ts';
import { checksumHeaders, headersOf } from '../object-headers.ts';
import type { ObjectInput } from '../operation.ts';
import { notModified, requestedRange } from '../preconditions.ts';
import type { S3Response } from '../request.ts';
import type { ObjectVersion } from '../stored-object.ts';
import { checkVersionId, versionHeader } from '../version-id.ts';

/**
 * GetObject and HeadObject. Whether a key exists is told only to who may list the bucket.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export async function getObject(input: ObjectInput): Promise<S3Response> {
  const { request, bucket, store } = input;
  const object = requestedVersion(input);
  const headers = { ...headersOf(object), ...versionHeader(bucket, object.versionId) };
  if (notModified(request.headers, object)) return { status: 304, headers };
  const range = requestedRange(request.headers.range, object.size);
  const { start, end } = range ?? { start: 0, end: object.size };
  headers['content-length'] = String(end - start);
  if (range !== undefined) headers['content-range'] = `bytes ${start}-${end - 1}/${object.size}`;
  else if (request.headers['x-amz-checksum-mode'] === 'ENABLED')
    Object.assign(headers, checksumHeaders(object.attributes));
  const status = range === undefined ? 200 : 206;
  return request.method === 'HEAD'
    ? { status, headers }
    : { status, headers, body: readBody(object.body, start, end, store) };
}

/**
 * What a read is of. A delete marker is none: as the current version it is told in a header, by its id it is
 * `MethodNotAllowed`. https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
 */
function requestedVersion({ request, bucket, key, store, authorize }: ObjectInput): ObjectVersion {
  const versionId = checkVersionId(request.query.versionId);
  const found = store.object(bucket.name, key, versionId);
  if (found.kind === 'object') return found.object;
  if (found.kind === 'absent' || versionId === undefined) authorize('s3:ListBucket', bucketArn(bucket.name));
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
