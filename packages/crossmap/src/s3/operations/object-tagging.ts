import { S3Error } from '../errors.ts';
import { resourceArn } from '../gate.ts';
import { checkObjectTags, taggingHeader } from '../object-tags.ts';
import type { ObjectInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { requestedVersion } from '../requested-version.ts';
import type { ObjectVersion } from '../stored-object.ts';
import { readTagSet, tagSetElement } from '../tag-set.ts';
import { versionHeader } from '../version-id.ts';
import { receiveXml, xmlResponse } from '../xml-response.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export async function getObjectTagging(input: ObjectInput): Promise<S3Response> {
  const { attributes, versionId } = taggedVersion(input);
  const response = xmlResponse('Tagging', tagSetElement(attributes.tags ?? []));
  return { ...response, headers: { ...response.headers, ...versionHeader(input.bucket, versionId) } };
}

/**
 * What is allowed may depend on the tags that are to be, so the body is read before it is asked.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html
 */
export async function putObjectTagging(input: ObjectInput): Promise<S3Response> {
  const { request, bucket, key, store, authorize } = input;
  const tags = readTagSet(await receiveXml(request, 'Tagging'), checkObjectTags);
  const action = request.query.versionId === undefined ? 's3:PutObjectTagging' : 's3:PutObjectVersionTagging';
  const headers = { ...request.headers, 'x-amz-tagging': taggingHeader(tags) };
  authorize(action, resourceArn(bucket.name, key), { part: { ...request, headers } });
  const { versionId } = taggedVersion(input);
  await store.changeAttributes(bucket.name, key, versionId, (attributes) => ({ ...attributes, tags }));
  return { status: 200, headers: versionHeader(bucket, versionId) };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html */
export async function deleteObjectTagging(input: ObjectInput): Promise<S3Response> {
  const { bucket, key, store } = input;
  const { versionId } = taggedVersion(input);
  await store.changeAttributes(bucket.name, key, versionId, ({ tags: _, ...attributes }) => attributes);
  return { status: 204, headers: versionHeader(bucket, versionId) };
}

/** Unlike a read, what asks for tags is told of a delete marker also where it is the current version. */
function taggedVersion(input: ObjectInput): ObjectVersion {
  const { request, bucket, key, store } = input;
  const found = store.object(bucket.name, key, request.query.versionId);
  if (found.kind !== 'delete-marker')
    return requestedVersion(input, { bucket, key, versionId: request.query.versionId });
  throw new S3Error('MethodNotAllowed', {
    elements: { Method: request.method, ResourceType: 'DeleteMarker' },
    headers: { 'x-amz-delete-marker': 'true', ...versionHeader(bucket, found.versionId) },
  });
}
