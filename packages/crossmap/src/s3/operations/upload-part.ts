import { type ChecksumAlgorithm, checksumHeader, checksumTypeMismatch } from '../checksum.ts';
import { wholeSeconds } from '../dates.ts';
import { summingOf } from '../multipart-object.ts';
import { ENCRYPTED } from '../object-headers.ts';
import type { ObjectInput } from '../operation.ts';
import { partNumber } from '../part-number.ts';
import { receive, type StoredContent } from '../receive.ts';
import type { S3Response } from '../request.ts';
import type { Upload } from '../upload-store.ts';
import { type Digests, declaredAlgorithm } from '../verification.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export async function uploadPart(input: ObjectInput): Promise<S3Response> {
  const { request, bucket, key, store, uploads } = input;
  const number = partNumber(request.query.partNumber);
  const upload = uploads.upload(request.query.uploadId!, bucket.name, key);
  checkAlgorithm(upload, declaredAlgorithm(request.headers));
  const { algorithm } = summingOf(upload.attributes);
  const received = await receive(request, store.blobs, { inline: false, sums: [algorithm] });
  await keepPart(input, upload, number, received);
  const shown = received.declared ?? upload.attributes.checksum?.algorithm;
  const checksum = shown === undefined ? {} : { [checksumHeader(shown)]: received.sums[shown]! };
  return { status: 200, headers: { ...ENCRYPTED, etag: `"${received.md5}"`, ...checksum } };
}

/** What arrived, or was copied, becomes the part with the number; a blob that cannot is removed. */
export async function keepPart(
  { store, uploads, now }: ObjectInput,
  upload: Upload,
  number: number,
  {
    size,
    md5,
    sums,
    content,
  }: Pick<Digests, 'md5' | 'sums'> & { readonly size: number; readonly content: StoredContent },
): Promise<void> {
  if (content.kind !== 'blob') throw new Error('Expected a part to be kept as a blob');
  const { algorithm } = summingOf(upload.attributes);
  const part = { number, etag: md5, size, checksum: sums[algorithm]!, blob: content.id };
  try {
    await uploads.putPart(upload, { ...part, lastModified: wholeSeconds(now()) });
  } catch (error) {
    await store.blobs.remove(content.id);
    throw error;
  }
}

/** Parts of a composite checksum each come with theirs; S3 can sum up the others by itself. */
function checkAlgorithm({ attributes: { checksum } }: Upload, declared: ChecksumAlgorithm | undefined): void {
  if (checksum === undefined || checksum.algorithm === declared) return;
  if (declared === undefined && checksum.type === 'FULL_OBJECT') return;
  throw checksumTypeMismatch(checksum.algorithm, declared);
}
