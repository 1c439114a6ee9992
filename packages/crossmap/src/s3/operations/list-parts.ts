import { isoDate } from '../dates.ts';
import { LARGEST_PAGE } from '../listing.ts';
import type { Part } from '../multipart-object.ts';
import type { ObjectInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { STANDARD } from '../storage-class.ts';
import type { Upload } from '../upload-store.ts';
import { element, xmlDocument } from '../xml.ts';
import { initiatorElement, ownerElement, parseCount, summingElements } from './list-elements.ts';
import { unfinishedUpload } from './unfinished-upload.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export async function listParts(input: ObjectInput): Promise<S3Response> {
  const { bucket, key, uploads, request, encryption } = input;
  const upload = unfinishedUpload(input, 's3:ListMultipartUploadParts');
  await encryption.resume(request, bucket, key, upload.attributes);
  const { query } = request;
  const marker = parseCount('part-number-marker', query['part-number-marker']) ?? 0;
  const maxParts = Math.min(parseCount('max-parts', query['max-parts']) ?? LARGEST_PAGE, LARGEST_PAGE);
  const found = uploads.parts(upload, marker, maxParts + 1);
  const parts = found.slice(0, maxParts);
  const content = [
    element('Bucket', bucket.name),
    element('Key', key),
    element('UploadId', upload.id),
    initiatorElement(upload.initiator),
    ownerElement(bucket, upload.attributes.owner?.accountId),
    element('StorageClass', upload.attributes.storageClass ?? STANDARD),
    element('PartNumberMarker', marker),
    element('NextPartNumberMarker', parts.at(-1)?.number ?? 0),
    element('MaxParts', maxParts),
    element('IsTruncated', maxParts > 0 && found.length > maxParts),
    summingElements(upload.attributes.checksum),
    ...parts.map((part) => partElement(part, upload)),
  ];
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: xmlDocument('ListPartsResult', content.join('')),
  };
}

function partElement({ number, lastModified, etag, size, checksum }: Part, { attributes }: Upload): string {
  const algorithm = attributes.checksum?.algorithm;
  const content = [
    element('PartNumber', number),
    element('LastModified', isoDate(lastModified)),
    element('ETag', `"${etag}"`),
    element('Size', size),
    algorithm === undefined ? '' : element(`Checksum${algorithm}`, checksum),
  ];
  return `<Part>${content.join('')}</Part>`;
}
