import type { ObjectOwnership } from '../bucket-settings.ts';
import { S3Error } from '../errors.ts';
import type { BucketInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { element } from '../xml.ts';
import { DONE, NO_CONTENT, oneOf, receiveXml, texts, xmlResponse } from '../xml-response.ts';

export const OBJECT_OWNERSHIPS: readonly ObjectOwnership[] = [
  'BucketOwnerEnforced',
  'BucketOwnerPreferred',
  'ObjectWriter',
];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html */
export async function getBucketOwnershipControls({ bucket }: BucketInput): Promise<S3Response> {
  const { objectOwnership } = bucket.settings;
  if (objectOwnership === undefined) {
    throw new S3Error('OwnershipControlsNotFoundError', { elements: { BucketName: bucket.name } });
  }
  return xmlResponse('OwnershipControls', `<Rule>${element('ObjectOwnership', objectOwnership)}</Rule>`);
}

export async function putBucketOwnershipControls({ request, bucket, store }: BucketInput): Promise<S3Response> {
  const { children } = await receiveXml(request, 'OwnershipControls');
  const [rule] = children;
  if (rule?.name !== 'Rule' || children.length !== 1) throw new S3Error('MalformedXML');
  const ownership = oneOf(texts(rule, ['ObjectOwnership']).ObjectOwnership, OBJECT_OWNERSHIPS);
  await store.buckets.put(bucket.name, 'objectOwnership', ownership);
  return DONE;
}

/** A bucket without the setting is as buckets were before there was one: `ObjectWriter`. */
export async function deleteBucketOwnershipControls({ bucket, store }: BucketInput): Promise<S3Response> {
  await store.buckets.put(bucket.name, 'objectOwnership', undefined);
  return NO_CONTENT;
}
