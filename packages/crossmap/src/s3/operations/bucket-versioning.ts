import { notImplemented, S3Error } from '../errors.ts';
import type { BucketInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { element } from '../xml.ts';
import { DONE, oneOf, receiveXml, texts, xmlResponse } from '../xml-response.ts';

const ROOT = 'VersioningConfiguration';

/** Empty for a bucket that never was versioned. */
export async function getBucketVersioning({ bucket }: BucketInput): Promise<S3Response> {
  return xmlResponse(ROOT, element('Status', bucket.settings.versioning));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html */
export async function putBucketVersioning({ request, bucket, store }: BucketInput): Promise<S3Response> {
  const { Status, MfaDelete } = texts(await receiveXml(request, ROOT), ['Status', 'MfaDelete']);
  if (MfaDelete !== undefined && oneOf(MfaDelete, ['Enabled', 'Disabled']) === 'Enabled')
    throw notImplemented('MfaDelete');
  if (Status === undefined) throw new S3Error('IllegalVersioningConfigurationException');
  await store.buckets.put(bucket.name, 'versioning', oneOf(Status, ['Enabled', 'Suspended']));
  return DONE;
}
