import {
  algorithmOfHeader,
  type Checksum,
  checksumMismatch,
  checksumTypeMismatch,
  checkWellFormed,
} from '../checksum.ts';
import { wholeSeconds } from '../dates.ts';
import { encryptionHeaders } from '../encryption.ts';
import { S3Error } from '../errors.ts';
import type { ObjectInput } from '../operation.ts';
import { MOST_PARTS } from '../part-number.ts';
import { unquoted, writeCondition } from '../preconditions.ts';
import { receiveText } from '../receive.ts';
import type { S3Request, S3Response } from '../request.ts';
import type { StoredObject, WriteCondition } from '../stored-object.ts';
import type { NamedPart, Upload } from '../upload-store.ts';
import { writtenVersionHeader } from '../version-id.ts';
import { child, element, parseXml, type XmlElement, xmlDocument } from '../xml.ts';

const LARGEST_LIST_OF_PARTS = 4 * 1024 * 1024;

type Headers = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export async function completeMultipartUpload(input: ObjectInput): Promise<S3Response> {
  const { request, bucket, key, store, uploads } = input;
  const condition = writeCondition(request.headers);
  // Said again, it is of no object that has been there before.
  if (uploads.find(request.query.uploadId!, bucket.name, key) === undefined) return complete(input, condition);
  return store.whereConditionHolds(bucket.name, key, condition, (watched) => complete(input, watched));
}

async function complete(input: ObjectInput, condition: WriteCondition): Promise<S3Response> {
  const { request, bucket, key, uploads, encryption, now } = input;
  const { headers } = request;
  const id = request.query.uploadId!;
  const upload = uploads.find(id, bucket.name, key);
  if (upload !== undefined) await encryption.resume(request, bucket, key, upload.attributes);
  const expected = expectedChecksum(headers);
  // The checksum header is of the object, not of this document.
  const text = await receiveText(withoutChecksums(request), LARGEST_LIST_OF_PARTS, () => new S3Error('MalformedXML'));
  const parts = namedParts(text);
  const completion = await uploads.complete({ id, bucket: bucket.name, key }, parts, {
    lastModified: wholeSeconds(now()),
    condition,
    check: (upload, object) => {
      checkPartChecksums(upload, parts);
      checkSize(headers['x-amz-mp-object-size'], object);
      checkType(headers['x-amz-checksum-type'], upload);
      if (expected !== undefined) compare(expected, object.attributes.checksum!);
    },
  });
  const { etag, checksum, versionId } = completion;
  const content = [
    element('Location', `http://${headers.host ?? 's3'}/${bucket.name}/${encodeURIComponent(key)}`),
    element('Bucket', bucket.name),
    element('Key', key),
    element('ETag', `"${etag}"`),
    checksum === undefined ? '' : element(`Checksum${checksum.algorithm}`, checksum.value),
    element('ChecksumType', checksum?.type),
  ];
  return {
    status: 200,
    headers: {
      'content-type': 'application/xml',
      ...encryptionHeaders(completion),
      ...writtenVersionHeader(versionId),
    },
    body: xmlDocument('CompleteMultipartUploadResult', content.join('')),
  };
}

type Expected = Pick<Checksum, 'algorithm' | 'value'>;

/** The checksum of the object to be; of a composite one, `-` and the number of parts may be left out. */
function expectedChecksum(headers: Headers): Expected | undefined {
  for (const [name, value] of Object.entries(headers)) {
    const algorithm = algorithmOfHeader(name);
    if (algorithm === undefined) continue;
    checkWellFormed(algorithm, withoutPartsCount(value));
    return { algorithm, value };
  }
  return undefined;
}

function withoutPartsCount(value: string): string {
  return value.replace(/-\d+$/, '');
}

function compare(expected: Expected, { algorithm, value }: Checksum): void {
  if (expected.algorithm !== algorithm) throw checksumTypeMismatch(algorithm, expected.algorithm);
  if (expected.value !== value && expected.value !== withoutPartsCount(value)) throw checksumMismatch(algorithm);
}

function withoutChecksums(request: S3Request): S3Request {
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => algorithmOfHeader(name) === undefined),
  );
  return { ...request, headers };
}

/** A composite checksum is of checksums that the client knows. */
function checkPartChecksums({ attributes: { checksum } }: Upload, parts: readonly NamedPart[]): void {
  if (checksum?.type !== 'COMPOSITE') return;
  const part = parts.find((candidate) => candidate.checksum === undefined);
  if (part === undefined) return;
  throw new S3Error('InvalidRequest', {
    message: `The upload was created using a ${checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
  });
}

function checkSize(expected: string | undefined, { size }: StoredObject): void {
  if (expected === undefined || Number(expected) === size) return;
  throw new S3Error('InvalidRequest', {
    message: `The provided 'x-amz-mp-object-size' header value ${expected} does not match what was computed: ${size}`,
  });
}

function checkType(type: string | undefined, { attributes: { checksum } }: Upload): void {
  if (type === undefined || type === checksum?.type) return;
  throw new S3Error('InvalidRequest', {
    message: `The upload was created using the ${checksum?.type ?? 'null'} checksum mode. The complete request must use the same checksum mode.`,
  });
}

function namedParts(text: string): readonly NamedPart[] {
  const root = parseXml(text);
  const parts = root.children.filter(({ name }) => name === 'Part').map(namedPart);
  if (root.name !== 'CompleteMultipartUpload' || parts.length === 0 || parts.length > MOST_PARTS) {
    throw new S3Error('MalformedXML');
  }
  return parts;
}

function namedPart(part: XmlElement): NamedPart {
  const number = Number(child(part, 'PartNumber')?.text);
  const etag = child(part, 'ETag')?.text;
  if (!Number.isInteger(number) || etag === undefined) throw new S3Error('MalformedXML');
  const checksum = part.children.find(({ name }) => name.startsWith('Checksum'))?.text.trim();
  const named = { number, etag: unquoted(etag) };
  return checksum === undefined ? named : { ...named, checksum };
}
