import type { BucketInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { element } from '../xml.ts';
import { DONE, oneOf, receiveXml, texts, xmlResponse } from '../xml-response.ts';

const ROOT = 'RequestPaymentConfiguration';

export async function getBucketRequestPayment({ bucket }: BucketInput): Promise<S3Response> {
  return xmlResponse(ROOT, element('Payer', bucket.settings.requestPayer ?? 'BucketOwner'));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketRequestPayment.html */
export async function putBucketRequestPayment({ request, bucket, store }: BucketInput): Promise<S3Response> {
  const { Payer } = texts(await receiveXml(request, ROOT), ['Payer']);
  await store.buckets.put(bucket.name, 'requestPayer', oneOf(Payer, ['BucketOwner', 'Requester']));
  return DONE;
}
