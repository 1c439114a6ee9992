import { S3Error } from '../errors.ts';
import type { BucketInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { readTagSet, tagSetElement } from '../tag-set.ts';
import { NO_CONTENT, receiveXml, xmlResponse } from '../xml-response.ts';

const MOST_TAGS = 50;

export async function getBucketTagging({ bucket }: BucketInput): Promise<S3Response> {
  const { tags } = bucket.settings;
  if (tags === undefined) throw new S3Error('NoSuchTagSet', { elements: { BucketName: bucket.name } });
  return xmlResponse('Tagging', tagSetElement(tags));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html */
export async function putBucketTagging({ request, bucket, store }: BucketInput): Promise<S3Response> {
  const tags = readTagSet(await receiveXml(request, 'Tagging'));
  if (tags.length > MOST_TAGS) {
    throw new S3Error('BadRequest', { message: `Bucket tag count cannot be greater than ${MOST_TAGS}` });
  }
  await store.buckets.put(bucket.name, 'tags', tags);
  return NO_CONTENT;
}

export async function deleteBucketTagging({ bucket, store }: BucketInput): Promise<S3Response> {
  await store.buckets.put(bucket.name, 'tags', undefined);
  return NO_CONTENT;
}
