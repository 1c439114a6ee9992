import { type ChecksumType, defaultType, parseAlgorithm, typeAllowed } from '../checksum.ts';
import { wholeSeconds } from '../dates.ts';
import { encryptionHeaders } from '../encryption.ts';
import { S3Error } from '../errors.ts';
import { initiatorOf } from '../initiator.ts';
import type { UploadAttributes } from '../multipart-object.ts';
import { describedBy } from '../object-headers.ts';
import { ownedBy } from '../object-owner.ts';
import type { ObjectInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { newUploadId } from '../upload-store.ts';
import { element, xmlDocument } from '../xml.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export async function createMultipartUpload(input: ObjectInput): Promise<S3Response> {
  const { request, bucket, key, uploads, encryption, newId, now } = input;
  const checksum = requestedSumming(request.headers);
  const encrypting = await encryption.begin(request, bucket, key);
  const described = { ...describedBy(request.headers), ...encrypting.attributes, ...ownedBy(request, bucket) };
  const attributes: UploadAttributes = checksum === undefined ? described : { ...described, checksum };
  const id = newUploadId(now(), newId());
  const initiated = wholeSeconds(now());
  await uploads.create({
    id,
    bucket: bucket.name,
    key,
    initiated,
    initiator: initiatorOf(request.caller.principal),
    attributes,
  });
  const content = element('Bucket', bucket.name) + element('Key', key) + element('UploadId', id);
  return {
    status: 200,
    headers: {
      'content-type': 'application/xml',
      ...encryptionHeaders(attributes),
      ...(checksum && { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type }),
    },
    body: xmlDocument('InitiateMultipartUploadResult', content),
  };
}

function requestedSumming(headers: Readonly<Record<string, string>>): UploadAttributes['checksum'] {
  const name = headers['x-amz-checksum-algorithm'];
  const type = headers['x-amz-checksum-type'];
  if (name === undefined) {
    if (type === undefined) return undefined;
    throw new S3Error('InvalidRequest', {
      message: 'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    });
  }
  const algorithm = parseAlgorithm(name, 'x-amz-checksum-algorithm');
  const wanted = type ?? defaultType(algorithm);
  if (isChecksumType(wanted) && typeAllowed(algorithm, wanted)) return { algorithm, type: wanted };
  throw new S3Error('InvalidRequest', {
    message: `The ${wanted} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  });
}

function isChecksumType(type: string): type is ChecksumType {
  return type === 'FULL_OBJECT' || type === 'COMPOSITE';
}
