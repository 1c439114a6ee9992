import type { PublicAccessBlock } from '../bucket-settings.ts';
import { S3Error } from '../errors.ts';
import type { BucketInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { element } from '../xml.ts';
import { DONE, NO_CONTENT, receiveXml, texts, xmlResponse } from '../xml-response.ts';

const ROOT = 'PublicAccessBlockConfiguration';
const SETTINGS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html */
export async function getPublicAccessBlock({ bucket }: BucketInput): Promise<S3Response> {
  const block = bucket.settings.publicAccessBlock;
  if (block === undefined) {
    throw new S3Error('NoSuchPublicAccessBlockConfiguration', { elements: { BucketName: bucket.name } });
  }
  return xmlResponse(ROOT, SETTINGS.map((name) => element(name, block[name])).join(''));
}

/** A setting that is not sent is off. */
export async function putPublicAccessBlock({ request, bucket, store }: BucketInput): Promise<S3Response> {
  const sent = texts(await receiveXml(request, ROOT), SETTINGS);
  const block: PublicAccessBlock = {
    BlockPublicAcls: truth(sent.BlockPublicAcls),
    IgnorePublicAcls: truth(sent.IgnorePublicAcls),
    BlockPublicPolicy: truth(sent.BlockPublicPolicy),
    RestrictPublicBuckets: truth(sent.RestrictPublicBuckets),
  };
  await store.buckets.put(bucket.name, 'publicAccessBlock', block);
  return DONE;
}

export async function deletePublicAccessBlock({ bucket, store }: BucketInput): Promise<S3Response> {
  await store.buckets.put(bucket.name, 'publicAccessBlock', undefined);
  return NO_CONTENT;
}

function truth(text = 'false'): boolean {
  const value = text.toLowerCase();
  if (value !== 'true' && value !== 'false') throw new S3Error('MalformedXML');
  return value === 'true';
}
