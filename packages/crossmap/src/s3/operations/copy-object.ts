import { readBody, type StoredBody } from '../body.ts';
import { type Checksum, type ChecksumAlgorithm, DEFAULT_ALGORITHM, parseAlgorithm } from '../checksum.ts';
import { type CopySource, copySource, LARGEST_COPY, sourceVersionHeader } from '../copy-source.ts';
import { isoDate, wholeSeconds } from '../dates.ts';
import { S3Error } from '../errors.ts';
import { ENCRYPTED, metadataOf, storageClassOf } from '../object-headers.ts';
import { isMultipart } from '../object-parts.ts';
import type { ObjectStore } from '../object-store.ts';
import type { ObjectInput } from '../operation.ts';
import { writeCondition } from '../preconditions.ts';
import type { S3Request, S3Response } from '../request.ts';
import type { Attributes, StoredObject } from '../stored-object.ts';
import { Summing } from '../verification.ts';
import { versionHeader } from '../version-id.ts';
import { element, xmlDocument } from '../xml.ts';

/**
 * A copy is an object that was put whole, also where its source came in parts. It shares the stored bytes of its source.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export async function copyObject(input: ObjectInput): Promise<S3Response> {
  const { request, bucket, key, store, now } = input;
  const condition = writeCondition(request.headers);
  const described = newDescription(request);
  const algorithm = requestedAlgorithm(request);
  const source = copySource(input);
  checkSize(source.object);
  checkSomethingChanges(input, source);
  const body = withoutParts(source.object.body);
  const blobs = body.kind === 'inline' ? [] : body.segments.map(({ blob }) => blob);
  store.pins.pin(blobs);
  try {
    const { etag, checksum } = await digests(source.object, algorithm, store);
    const { headers, metadata } = described ?? source.object.attributes;
    const attributes = { headers, metadata, ...storageClassOf(request.headers), checksum };
    const object: StoredObject = {
      size: source.object.size,
      etag,
      lastModified: wholeSeconds(now()),
      attributes,
      body,
    };
    const versionId = await store.putObject(bucket.name, key, object, condition);
    return copied(object, checksum, { ...sourceVersionHeader(source), ...versionHeader(bucket, versionId) });
  } finally {
    await store.pins.unpin(blobs);
  }
}

function copied(
  { etag, lastModified }: StoredObject,
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
    headers: { 'content-type': 'application/xml', ...ENCRYPTED, ...versions },
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
const CHANGES = ['x-amz-storage-class', 'x-amz-server-side-encryption', 'x-amz-checksum-algorithm'];

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

/** The same stored bytes, which are no parts any more. */
function withoutParts(body: StoredBody): StoredBody {
  if (body.kind === 'inline') return body;
  return { kind: 'blobs', segments: body.segments.map(({ blob, size }) => ({ blob, size })) };
}

/**
 * Entity tag and checksum of the copy: those of the source where they are of its bytes, else summed up anew, by the
 * algorithm of the request, of the source or of S3.
 */
async function digests(
  source: StoredObject,
  requested: ChecksumAlgorithm | undefined,
  store: ObjectStore,
): Promise<{ readonly etag: string; readonly checksum: Checksum }> {
  const known = source.attributes.checksum;
  const algorithm = requested ?? known?.algorithm ?? DEFAULT_ALGORITHM;
  if (!isMultipart(source) && known?.algorithm === algorithm) return { etag: source.etag, checksum: known };
  const summing = new Summing([algorithm]);
  const body = readBody(source.body, 0, source.size, store);
  for await (const bytes of body.kind === 'bytes' ? [body.bytes] : body.stream) summing.update(bytes);
  const { md5, sums } = summing.finish();
  return { etag: md5, checksum: { algorithm, value: sums[algorithm]!, type: 'FULL_OBJECT' } };
}
