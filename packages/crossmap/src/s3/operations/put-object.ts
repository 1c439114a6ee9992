import { type Checksum, DEFAULT_ALGORITHM } from '../checksum.ts';
import { wholeSeconds } from '../dates.ts';
import { encryptionHeaders } from '../encryption.ts';
import { checksumHeaders, describedBy } from '../object-headers.ts';
import { ownedBy } from '../object-owner.ts';
import type { ObjectInput } from '../operation.ts';
import { writeCondition } from '../preconditions.ts';
import { receive, storedBody } from '../receive.ts';
import type { S3Response } from '../request.ts';
import type { Attributes, StoredObject, WriteCondition } from '../stored-object.ts';
import { declaredAlgorithm } from '../verification.ts';
import { writtenVersionHeader } from '../version-id.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export async function putObject(input: ObjectInput): Promise<S3Response> {
  const { request, bucket, key, store } = input;
  const condition = writeCondition(request.headers);
  return store.whereConditionHolds(bucket.name, key, condition, (watched) => write(input, watched));
}

async function write(
  { request, bucket, key, store, encryption, now }: ObjectInput,
  condition: WriteCondition,
): Promise<S3Response> {
  const description = describedBy(request.headers);
  const encrypting = await encryption.begin(request, bucket, key);
  const { cipher } = encrypting;
  const described = { ...description, ...encrypting.attributes, ...ownedBy(request, bucket) };
  const algorithm = declaredAlgorithm(request.headers) ?? DEFAULT_ALGORITHM;
  const received = await receive(request, store.blobs, { inline: true, cipher, sums: [algorithm] });
  const checksum: Checksum = { algorithm, value: received.sums[algorithm]!, type: 'FULL_OBJECT' };
  const attributes: Attributes = { ...described, checksum };
  const object: StoredObject = {
    size: received.size,
    etag: cipher.etag(received.md5),
    lastModified: wholeSeconds(now()),
    attributes,
    body: storedBody(received),
  };
  let versionId: string;
  try {
    versionId = await store.putObject(bucket.name, key, object, condition);
  } catch (error) {
    if (received.content.kind === 'blob') await store.blobs.remove(received.content.id);
    throw error;
  }
  const headers = { ...encryptionHeaders(attributes), etag: `"${object.etag}"`, ...checksumHeaders(attributes) };
  return { status: 200, headers: { ...headers, ...writtenVersionHeader(versionId) } };
}
