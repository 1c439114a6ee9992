import { wholeSeconds } from '../dates.ts';
import { encryptionHeaders } from '../encryption.ts';
import type { ObjectCipher } from '../object-cipher.ts';
import { checksumHeaders, describedBy } from '../object-headers.ts';
import type { ObjectInput } from '../operation.ts';
import { writeCondition } from '../preconditions.ts';
import { type Received, receive } from '../receive.ts';
import type { S3Response } from '../request.ts';
import type { Attributes, StoredObject } from '../stored-object.ts';
import { versionHeader } from '../version-id.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export async function putObject({ request, bucket, key, store, encryption, now }: ObjectInput): Promise<S3Response> {
  const encrypting = await encryption.begin(request, bucket, key);
  const { cipher } = encrypting;
  const described = { ...describedBy(request.headers), ...encrypting.attributes };
  const condition = writeCondition(request.headers);
  const received = await receive(request, cipher.blobs(store.blobs), { inline: true });
  const attributes: Attributes =
    received.checksum === undefined
      ? described
      : { ...described, checksum: { ...received.checksum, type: 'FULL_OBJECT' } };
  const object: StoredObject = {
    size: received.size,
    etag: cipher.etag(received.md5),
    lastModified: wholeSeconds(now()),
    attributes,
    body: storedBody(received, cipher),
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

function storedBody({ content, size }: Received, cipher: ObjectCipher): StoredObject['body'] {
  if (content.kind === 'inline') return { kind: 'inline', bytes: cipher.seal(content.bytes) };
  return { kind: 'blobs', segments: [{ blob: content.id, size }] };
}
