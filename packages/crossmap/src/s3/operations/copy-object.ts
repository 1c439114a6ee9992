import { type Checksum, type ChecksumAlgorithm, parseAlgorithm } from '../checksum.ts';
import { copiedContent } from '../copied-content.ts';
import { type CopySource, copySource, LARGEST_COPY, sourceVersionHeader } from '../copy-source.ts';
import { isoDate, wholeSeconds } from '../dates.ts';
import { encryptionHeaders } from '../encryption.ts';
import { ENCRYPTION_HEADERS } from '../encryption-request.ts';
import { S3Error } from '../errors.ts';
import { metadataOf, storageClassOf } from '../object-headers.ts';
import type { ObjectInput } from '../operation.ts';
import { writeCondition } from '../preconditions.ts';
import type { S3Request, S3Response } from '../request.ts';
import type { Attributes, StoredObject } from '../stored-object.ts';
import { versionHeader } from '../version-id.ts';
import { element, xmlDocument } from '../xml.ts';

/**
 * A copy is an object that was put whole, also where its source came in parts.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export async function copyObject(input: ObjectInput): Promise<S3Response> {
  const { request, bucket, key, store, encryption, now } = input;
  const condition = writeCondition(request.headers);
  const described = newDescription(request);
  const algorithm = requestedAlgorithm(request);
  const source = copySource(input);
  checkSize(source.object);
  checkSomethingChanges(input, source);
  const opening = await encryption.resume(request, source.bucket, source.key, source.object.attributes);
  const encrypting = await encryption.begin(request, bucket, key);
  const { headers, metadata } = described ?? source.object.attributes;
  const content = await copiedContent(source.object, store, { algorithm, from: opening, to: encrypting.cipher });
  try {
    const { etag, checksum, body } = content;
    const attributes = { headers, metadata, ...storageClassOf(request.headers), ...encrypting.attributes, checksum };
    const { size } = source.object;
    const object: StoredObject = { size, etag, lastModified: wholeSeconds(now()), attributes, body };
    const versionId = await store.putObject(bucket.name, key, object, condition);
    return copied(object, checksum, { ...sourceVersionHeader(source), ...versionHeader(bucket, versionId) });
  } finally {
    await content.letGo();
  }
}

function copied(
  { etag, lastModified, attributes }: StoredObject,
  checksum: Checksum,
  versions: Readonly<Record<string, string>>,
): S3Response {
  const content = [
    element('LastModified', isoDate(lastModified)),
    element('ETag', `"${etag}"`),
    element(`Checksum${checksum.algorithm}`, checksum.value),
    element('ChecksumType', checksum.type),
  ];
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', ...encryptionHeaders(attributes), ...versions },
    body: xmlDocument('CopyObjectResult', content.join('')),
  };
}

/** Headers and metadata when the request replaces them; `undefined` when they are the source's. */
function newDescription({ headers }: S3Request): Pick<Attributes, 'headers' | 'metadata'> | undefined {
  switch (headers['x-amz-metadata-directive']) {
    case undefined:
    case 'COPY':
      return undefined;
    case 'REPLACE':
      return metadataOf(headers);
    default:
      throw new S3Error('InvalidArgument', {
        message: 'Unknown metadata directive.',
        elements: {
          ArgumentName: 'x-amz-metadata-directive',
          ArgumentValue: headers['x-amz-metadata-directive']!,
        },
      });
  }
}

function requestedAlgorithm({ headers }: S3Request): ChecksumAlgorithm | undefined {
  const name = headers['x-amz-checksum-algorithm'];
  return name === undefined ? undefined : parseAlgorithm(name, 'x-amz-checksum-algorithm');
}

function checkSize({ size }: StoredObject): void {
  if (size <= LARGEST_COPY) return;
  throw new S3Error('InvalidRequest', {
    message: `The specified copy source is larger than the maximum allowable size for a copy source: ${LARGEST_COPY}`,
  });
}

/** Headers that say how the copy differs, even where they say what is so already. */
const CHANGES = ['x-amz-storage-class', 'x-amz-checksum-algorithm', ...ENCRYPTION_HEADERS];

/** An object is copied onto itself only to change it, or to bring back an older version. */
function checkSomethingChanges({ request, bucket, key }: ObjectInput, source: CopySource): void {
  const { headers } = request;
  if (source.bucket.name !== bucket.name || source.key !== key || source.versionId !== undefined) return;
  if (headers['x-amz-metadata-directive'] === 'REPLACE' || CHANGES.some((name) => name in headers)) return;
  throw new S3Error('InvalidRequest', {
    message:
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  });
}
