import {
  type ChecksumType,
  checksumHeader,
  checksumMismatch,
  declaredChecksum,
  defaultType,
  parseAlgorithm,
  typeAllowed,
} from '../checksum.ts';
import { wholeSeconds } from '../dates.ts';
import { S3Error } from '../errors.ts';
import { describedBy, ENCRYPTED } from '../object-headers.ts';
import type { ObjectInput } from '../operation.ts';
import { unquoted, writeCondition } from '../preconditions.ts';
import { receive, receiveText } from '../receive.ts';
import type { S3Request, S3Response } from '../request.ts';
import type { StoredObject } from '../stored-object.ts';
import type { NamedPart, UploadAttributes } from '../upload-store.ts';
import { versionHeader } from '../version-id.ts';
import { child, element, parseXml, type XmlElement, xmlDocument } from '../xml.ts';

const MOST_PARTS = 10_000;
const LARGEST_LIST_OF_PARTS = 4 * 1024 * 1024;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export async function createMultipartUpload({
  request,
  bucket,
  key,
  uploads,
  newId,
}: ObjectInput): Promise<S3Response> {
  const checksum = requestedSumming(request.headers);
  const described = describedBy(request.headers);
  const id = newId();
  const attributes: UploadAttributes = checksum === undefined ? described : { ...described, checksum };
  await uploads.create({ id, bucket: bucket.name, key, attributes });
  const content = element('Bucket', bucket.name) + element('Key', key) + element('UploadId', id);
  const summing: Record<string, string> =
    checksum === undefined
      ? {}
      : { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type };
  return xmlResponse('InitiateMultipartUploadResult', content, summing);
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

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export async function uploadPart({ request, bucket, key, store, uploads }: ObjectInput): Promise<S3Response> {
  const number = partNumber(request.query.partNumber);
  const upload = uploads.upload(request.query.uploadId!, bucket.name, key);
  const received = await receive(request, store.blobs, { inline: false });
  if (received.content.kind !== 'blob') throw new Error('Expected a part to be received as a blob');
  const blob = received.content.id;
  try {
    const summing = upload.attributes.checksum;
    if (summing !== undefined && received.checksum?.algorithm !== summing.algorithm) {
      throw new S3Error('InvalidRequest', {
        message: `Checksum Type mismatch occurred, expected checksum Type: ${summing.algorithm.toLowerCase()}, actual checksum Type: ${received.checksum?.algorithm.toLowerCase() ?? 'null'}`,
      });
    }
    const part = { number, etag: received.md5, size: received.size, blob };
    const checksum = summing === undefined ? undefined : received.checksum?.value;
    await uploads.putPart(upload, checksum === undefined ? part : { ...part, checksum });
  } catch (error) {
    await store.blobs.remove(blob);
    throw error;
  }
  const checksum: Record<string, string> =
    received.checksum === undefined ? {} : { [checksumHeader(received.checksum.algorithm)]: received.checksum.value };
  return { status: 200, headers: { ...ENCRYPTED, etag: `"${received.md5}"`, ...checksum } };
}

function partNumber(text: string | undefined): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= MOST_PARTS) return number;
  throw new S3Error('InvalidArgument', {
    message: `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`,
    elements: { ArgumentName: 'partNumber', ArgumentValue: text ?? '' },
  });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export async function completeMultipartUpload(input: ObjectInput): Promise<S3Response> {
  const { request, bucket, key, uploads, now } = input;
  const upload = uploads.upload(request.query.uploadId!, bucket.name, key);
  // The checksum header is of the object, not of this document.
  const expected = declaredChecksum(request.headers);
  const text = await receiveText(withoutChecksums(request), LARGEST_LIST_OF_PARTS, () => new S3Error('MalformedXML'));
  const object = await uploads.complete(upload, namedParts(text), {
    lastModified: wholeSeconds(now()),
    condition: writeCondition(request.headers),
    check: (assembled) => {
      checkSize(request.headers['x-amz-mp-object-size'], assembled);
      checkType(request.headers['x-amz-checksum-type'], upload.attributes);
      const { checksum } = assembled.attributes;
      if (expected === undefined || checksum?.algorithm !== expected.algorithm) return;
      if (checksum.value !== expected.value) throw checksumMismatch(expected.algorithm);
    },
  });
  const { checksum } = object.attributes;
  const content = [
    element('Location', `http://${request.headers.host ?? 's3'}/${bucket.name}/${encodeURIComponent(key)}`),
    element('Bucket', bucket.name),
    element('Key', key),
    element('ETag', `"${object.etag}"`),
    ...(checksum === undefined
      ? []
      : [element(`Checksum${checksum.algorithm}`, checksum.value), element('ChecksumType', checksum.type)]),
  ];
  return xmlResponse('CompleteMultipartUploadResult', content.join(''), versionHeader(bucket, object.versionId));
}

function withoutChecksums(request: S3Request): S3Request {
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !/^x-amz-checksum-/.test(name)),
  );
  return { ...request, headers };
}

function checkSize(expected: string | undefined, { size }: StoredObject): void {
  if (expected === undefined || Number(expected) === size) return;
  throw new S3Error('InvalidRequest', {
    message: `The provided 'x-amz-mp-object-size' header value ${expected} does not match what was computed: ${size}`,
  });
}

function checkType(type: string | undefined, { checksum }: UploadAttributes): void {
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
  const checksum = part.children.find(({ name }) => name.startsWith('Checksum'))?.text;
  const named = { number, etag: unquoted(etag) };
  return checksum === undefined ? named : { ...named, checksum };
}

export async function abortMultipartUpload({ request, bucket, key, uploads }: ObjectInput): Promise<S3Response> {
  await uploads.abort(uploads.upload(request.query.uploadId!, bucket.name, key));
  return { status: 204, headers: {} };
}

function xmlResponse(root: string, content: string, headers: Readonly<Record<string, string>>): S3Response {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', ...ENCRYPTED, ...headers },
    body: xmlDocument(root, content),
  };
}
