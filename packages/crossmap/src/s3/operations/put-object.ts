import { type Checksum, DEFAULT_ALGORITHM } from '../checksum.ts';
import { wholeSeconds } from '../dates.ts';
import { encryptionHeaders } from '../encryption.ts';
import { checksumHeaders, describedBy } from '../object-headers.ts';
import type { ObjectInput } from '../operation.ts';
import { writeCondition } from '../preconditions.ts';
import { receive, storedBody } from '../receive.ts';
import type { S3Response } from '../request.ts';
import type { Attributes, StoredObject } from '../stored-object.ts';
import { declaredAlgorithm } from '../verification.ts';
import { versionHeader } from '../version-id.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export async function putObject({ request, bucket, key, store, encryption, now }: ObjectInput): Promise<S3Response> {
  const encrypting = await encryption.begin(request, bucket, key);
  const { cipher } = encrypting;
  const described = { ...describedBy(request.headers), ...encrypting.attributes };
  const condition = writeCondition(request.headers);
  store.checkCondition(bucket.name, key, condition);
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
  return { status: 200, headers: { ...headers, ...versionHeader(bucket, versionId) } };
}
