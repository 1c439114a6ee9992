import type { BucketEncryption } from '../bucket-settings.ts';
import { notImplemented, S3Error } from '../errors.ts';
import type { BucketInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { child, element, type XmlElement } from '../xml.ts';
import { DONE, NO_CONTENT, oneOf, receiveXml, texts, xmlResponse } from '../xml-response.ts';
import { invalidArgument } from './list-elements.ts';

const ROOT = 'ServerSideEncryptionConfiguration';
const SSE_S3: BucketEncryption = { algorithm: 'AES256', bucketKeyEnabled: false };

/**
 * Every bucket has a default, which is SSE-S3 where nothing else was put.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html
 */
export async function getBucketEncryption({ bucket }: BucketInput): Promise<S3Response> {
  const { algorithm, keyId, bucketKeyEnabled, blocked } = bucket.settings.encryption ?? SSE_S3;
  const byDefault = element('SSEAlgorithm', algorithm) + element('KMSMasterKeyID', keyId);
  const rule = [
    `<ApplyServerSideEncryptionByDefault>${byDefault}</ApplyServerSideEncryptionByDefault>`,
    element('BucketKeyEnabled', bucketKeyEnabled),
    blocked === undefined
      ? ''
      : `<BlockedEncryptionTypes>${element('EncryptionType', blocked)}</BlockedEncryptionTypes>`,
  ];
  return xmlResponse(ROOT, `<Rule>${rule.join('')}</Rule>`);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html */
export async function putBucketEncryption({ request, bucket, store }: BucketInput): Promise<S3Response> {
  const { children } = await receiveXml(request, ROOT);
  const [rule] = children;
  if (rule?.name !== 'Rule' || children.length !== 1) throw new S3Error('MalformedXML');
  await store.buckets.put(bucket.name, 'encryption', readRule(rule));
  return DONE;
}

export async function deleteBucketEncryption({ bucket, store }: BucketInput): Promise<S3Response> {
  await store.buckets.put(bucket.name, 'encryption', undefined);
  return NO_CONTENT;
}

/** The key is not looked for: a wrong one shows when an object is put. */
function readRule(rule: XmlElement): BucketEncryption {
  const { BucketKeyEnabled: bucketKey = 'false' } = texts(rule, [
    'ApplyServerSideEncryptionByDefault',
    'BucketKeyEnabled',
    'BlockedEncryptionTypes',
  ]);
  const byDefault = child(rule, 'ApplyServerSideEncryptionByDefault');
  const blockedTypes = child(rule, 'BlockedEncryptionTypes');
  if (byDefault === undefined && blockedTypes === undefined) throw new S3Error('MalformedXML');
  const { SSEAlgorithm: algorithm = 'AES256', KMSMasterKeyID: keyId } =
    byDefault === undefined ? {} : texts(byDefault, ['SSEAlgorithm', 'KMSMasterKeyID']);
  if (algorithm === 'aws:kms:dsse') throw notImplemented(`SSEAlgorithm ${algorithm}`);
  if (algorithm === 'AES256' && keyId !== undefined) {
    throw invalidArgument(
      'ApplyServerSideEncryptionByDefault',
      algorithm,
      'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
    );
  }
  const blocked = blockedTypes === undefined ? undefined : texts(blockedTypes, ['EncryptionType']).EncryptionType;
  return {
    algorithm: oneOf(algorithm, ['AES256', 'aws:kms']),
    ...(keyId !== undefined && { keyId }),
    bucketKeyEnabled: oneOf(bucketKey, ['true', 'false']) === 'true',
    ...(blocked !== undefined && { blocked: oneOf(blocked, ['SSE-C', 'NONE']) }),
  };
}
