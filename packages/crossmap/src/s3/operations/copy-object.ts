import { blobsOf } from '../body.ts';
import { type Checksum, type ChecksumAlgorithm, parseAlgorithm } from '../checksum.ts';
import { algorithmOfCopy, copiedContent } from '../copied-content.ts';
import { type CopySource, copySource, LARGEST_COPY, sourceVersionHeader } from '../copy-source.ts';
import { isoDate, wholeSeconds } from '../dates.ts';
import { encryptionHeaders } from '../encryption.ts';
import { ENCRYPTION_HEADERS } from '../encryption-request.ts';
import { notImplemented, S3Error } from '../errors.ts';
import { resourceArn } from '../gate.ts';
import { metadataOf, storageClassOf } from '../object-headers.ts';
import { ownedBy } from '../object-owner.ts';
import { taggedBy, taggingHeader } from '../object-tags.ts';
import type { ObjectInput } from '../operation.ts';
import { writeCondition } from '../preconditions.ts';
import type { S3Request, S3Response } from '../request.ts';
import type { Attributes, StoredObject, WriteCondition } from '../stored-object.ts';
import { writtenVersionHeader } from '../version-id.ts';
import { element, xmlDocument } from '../xml.ts';

/**
 * A copy is an object that was put whole, also where its source came in parts.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export async function copyObject(input: ObjectInput): Promise<S3Response> {
  const { request, bucket, key, store } = input;
  const condition = writeCondition(request.headers);
  return store.whereConditionHolds(bucket.name, key, condition, (watched) => copy(input, watched));
}

async function copy(input: ObjectInput, condition: WriteCondition): Promise<S3Response> {
  const { request, bucket, key, store, encryption, now } = input;
  const described = newDescription(request);
  const replacesTags = replaces(request, 'x-amz-tagging-directive', 'Unknown tagging directive.');
  const algorithm = requestedAlgorithm(request);
  const source = copySource(input);
  checkSize(source.object);
  checkSomethingChanges(input, source);
  const tags = replacesTags ? taggedBy(request.headers) : copiedTags(input, source);
  return store.pins.during(blobsOf(source.object.body), async () => {
    const from = await encryption.resume(request, source.bucket, source.key, source.object.attributes);
    const { cipher: to, attributes: encrypted } = await encryption.begin(request, bucket, key);
    const copying = { store, algorithm: algorithmOfCopy(source.object, algorithm), from, to };
    const { etag, checksum, body } = await copiedContent(source.object, copying);
    const { headers, metadata } = described ?? source.object.attributes;
    const made = { ...storageClassOf(request.headers), ...encrypted, ...ownedBy(request, bucket) };
    const attributes = { headers, metadata, ...tags, ...made, checksum };
    const { size } = source.object;
    const object: StoredObject = { size, etag, lastModified: wholeSeconds(now()), attributes, body };
    try {
      const versionId = await store.putObject(bucket.name, key, object, condition);
      return copied(object, checksum, { ...sourceVersionHeader(source), ...writtenVersionHeader(versionId) });
    } catch (error) {
      await store.pins.remove(blobsOf(body));
      throw error;
    }
  });
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
function newDescription(request: S3Request): Pick<Attributes, 'headers' | 'metadata'> | undefined {
  return replaces(request, 'x-amz-metadata-directive', 'Unknown metadata directive.')
    ? metadataOf(request.headers)
    : undefined;
}

/** Whether a directive says that the request replaces what the source has, and not that it is copied, as by default. */
function replaces({ headers }: S3Request, directive: string, unknown: string): boolean {
  const value = headers[directive] ?? 'COPY';
  if (value === 'COPY' || value === 'REPLACE') return value === 'REPLACE';
  throw new S3Error('InvalidArgument', {
    message: unknown,
    elements: { ArgumentName: directive, ArgumentValue: value },
  });
}

/** Who copies tags must be allowed to read and to write them. */
function copiedTags({ request, bucket, key, authorize }: ObjectInput, source: CopySource): Pick<Attributes, 'tags'> {
  if ('x-amz-tagging' in request.headers) {
    throw notImplemented('x-amz-tagging of a copy without x-amz-tagging-directive: REPLACE');
  }
  const { tags } = source.object.attributes;
  if (tags === undefined) return {};
  const query = source.versionId === undefined ? {} : { versionId: source.versionId };
  const part: S3Request = { ...request, bucket: source.bucket.name, key: source.key, query, headers: {} };
  const read = source.versionId === undefined ? 's3:GetObjectTagging' : 's3:GetObjectVersionTagging';
  authorize(read, resourceArn(source.bucket.name, source.key), { bucket: source.bucket, part });
  const headers = { ...request.headers, 'x-amz-tagging': taggingHeader(tags) };
  authorize('s3:PutObjectTagging', resourceArn(bucket.name, key), { part: { ...request, headers } });
  return { tags };
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
