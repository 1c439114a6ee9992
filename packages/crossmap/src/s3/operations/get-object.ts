import { readBody } from '../body.ts';
import { bucketArn } from '../bucket.ts';
import { S3Error } from '../errors.ts';
import { checksumHeaders, headersOf } from '../object-headers.ts';
import type { ObjectInput } from '../operation.ts';
import { notModified, requestedRange } from '../preconditions.ts';
import type { S3Response } from '../request.ts';

/**
 * GetObject and HeadObject. Whether a key exists is told only to who may list the bucket.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export async function getObject({ request, bucket, key, store, authorize }: ObjectInput): Promise<S3Response> {
  checkVersion(request.query.versionId);
  const object = store.object(bucket.name, key);
  if (object === undefined) {
    authorize('s3:ListBucket', bucketArn(bucket.name));
    throw new S3Error('NoSuchKey', { elements: { Key: key } });
  }
  const headers = headersOf(object);
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

/** Without versioning the only version of an object is `null`. */
function checkVersion(versionId: string | undefined): void {
  if (versionId === undefined || versionId === 'null') return;
  throw new S3Error('InvalidArgument', {
    message: 'Invalid version id specified',
    elements: { ArgumentName: 'versionId', ArgumentValue: versionId },
  });
}
