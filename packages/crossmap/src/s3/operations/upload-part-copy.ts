import { blobsOf } from '../body.ts';
import { copiedPart } from '../copied-content.ts';
import { copySource, LARGEST_COPY, sourceVersionHeader } from '../copy-source.ts';
import { isoDate, wholeSeconds } from '../dates.ts';
import { encryptionHeaders } from '../encryption.ts';
import { S3Error } from '../errors.ts';
import { summingOf } from '../multipart-object.ts';
import type { ObjectInput } from '../operation.ts';
import { partNumber } from '../part-number.ts';
import type { ByteRange } from '../preconditions.ts';
import type { S3Response } from '../request.ts';
import type { StoredObject } from '../stored-object.ts';
import { element, xmlDocument } from '../xml.ts';
import { keepPart } from './upload-part.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
export async function uploadPartCopy(input: ObjectInput): Promise<S3Response> {
  const { request, bucket, key, store, uploads, encryption, now } = input;
  const number = partNumber(request.query.partNumber);
  const upload = uploads.upload(request.query.uploadId!, bucket.name, key);
  const source = copySource(input);
  const range = requestedBytes(request.headers['x-amz-copy-source-range'], source.object);
  const { etag, sums } = await store.pins.during(blobsOf(source.object.body), async () => {
    const from = await encryption.resume(request, source.bucket, source.key, source.object.attributes);
    const to = await encryption.resume(request, bucket, key, upload.attributes);
    const copying = { store, algorithm: summingOf(upload.attributes).algorithm, from, to };
    const copied = await copiedPart(source.object, range, copying);
    const part = { ...copied, number, etag: to.etag(copied.md5) };
    await keepPart(input, upload, part);
    return part;
  });
  const algorithm = upload.attributes.checksum?.algorithm;
  const content = [
    element('LastModified', isoDate(wholeSeconds(now()))),
    element('ETag', `"${etag}"`),
    algorithm === undefined ? '' : element(`Checksum${algorithm}`, sums[algorithm]),
  ];
  return {
    status: 200,
    headers: {
      'content-type': 'application/xml',
      ...encryptionHeaders(upload.attributes),
      ...sourceVersionHeader(source),
    },
    body: xmlDocument('CopyPartResult', content.join('')),
  };
}

/** The whole source when no range is named; unlike the range of a read it may not go beyond the end. */
function requestedBytes(range: string | undefined, { size }: StoredObject): ByteRange {
  if (range === undefined) {
    if (size > LARGEST_COPY) throw tooLarge();
    return { start: 0, end: size };
  }
  const match = /^bytes=(\d+)-(\d+)$/.exec(range);
  const [start, end] = [Number(match?.[1]), Number(match?.[2]) + 1];
  if (match === null || end <= start) {
    throw new S3Error('InvalidArgument', {
      message:
        'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      elements: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: range },
    });
  }
  if (end > size) {
    throw new S3Error('InvalidRange', {
      message: `Range specified is not valid for source object of size: ${size}`,
      elements: { RangeRequested: range, ActualObjectSize: String(size) },
    });
  }
  if (end - start > LARGEST_COPY) throw tooLarge();
  return { start, end };
}

function tooLarge(): S3Error {
  return new S3Error('InvalidRequest', {
    message: `The specified copy range is larger than the maximum allowable size for a copy source: ${LARGEST_COPY}`,
  });
}
