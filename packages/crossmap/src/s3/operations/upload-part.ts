import { type ChecksumAlgorithm, checksumHeader, checksumTypeMismatch } from '../checksum.ts';
import { wholeSeconds } from '../dates.ts';
import { encryptionHeaders } from '../encryption.ts';
import { summingOf } from '../multipart-object.ts';
import type { ObjectInput } from '../operation.ts';
import { partNumber } from '../part-number.ts';
import { type Received, receive } from '../receive.ts';
import type { S3Response } from '../request.ts';
import type { Upload } from '../upload-store.ts';
import { declaredAlgorithm } from '../verification.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export async function uploadPart(input: ObjectInput): Promise<S3Response> {
  const { request, bucket, key, store, uploads, encryption } = input;
  const number = partNumber(request.query.partNumber);
  const upload = uploads.upload(request.query.uploadId!, bucket.name, key);
  checkAlgorithm(upload, declaredAlgorithm(request.headers));
  const { algorithm } = summingOf(upload.attributes);
  const cipher = await encryption.resume(request, bucket, key, upload.attributes);
  const received = await receive(request, store.blobs, { inline: false, cipher, sums: [algorithm] });
  const etag = cipher.etag(received.md5);
  await keepPart(input, upload, { ...received, number, etag });
  const shown = received.declared ?? upload.attributes.checksum?.algorithm;
  const checksum = shown === undefined ? {} : { [checksumHeader(shown)]: received.sums[shown]! };
  return { status: 200, headers: { ...encryptionHeaders(upload.attributes), etag: `"${etag}"`, ...checksum } };
}

interface ArrivedPart extends Pick<Received, 'size' | 'sums' | 'content'> {
  readonly number: number;
  readonly etag: string;
}

/** What arrived, or was copied, becomes the part with the number; its blob is removed if it cannot and nothing else has it. */
export async function keepPart(
  { store, uploads, now }: ObjectInput,
  upload: Upload,
  { number, etag, size, sums, content }: ArrivedPart,
): Promise<void> {
  if (content.kind !== 'blob') throw new Error('Expected a part to be kept as a blob');
  const { algorithm } = summingOf(upload.attributes);
  const part = { number, etag, size, checksum: sums[algorithm]!, blob: content.id };
  try {
    await uploads.putPart(upload, { ...part, lastModified: wholeSeconds(now()) });
  } catch (error) {
    await store.pins.remove([content.id]);
    throw error;
  }
}

/** Parts of a composite checksum each come with theirs; S3 can sum up the others by itself. */
function checkAlgorithm({ attributes: { checksum } }: Upload, declared: ChecksumAlgorithm | undefined): void {
  if (checksum === undefined || checksum.algorithm === declared) return;
  if (declared === undefined && checksum.type === 'FULL_OBJECT') return;
  throw checksumTypeMismatch(checksum.algorithm, declared);
}
