import { wholeSeconds } from '../dates.ts';
import { checksumHeaders, describedBy, ENCRYPTED } from '../object-headers.ts';
import type { Attributes, StoredObject } from '../object-store.ts';
import type { ObjectInput } from '../operation.ts';
import { writeCondition } from '../preconditions.ts';
import { type Received, receive } from '../receive.ts';
import type { S3Response } from '../request.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export async function putObject({ request, bucket, key, store, now }: ObjectInput): Promise<S3Response> {
  const described = describedBy(request.headers);
  const condition = writeCondition(request.headers);
  const received = await receive(request, store.blobs, { inline: true });
  const attributes: Attributes =
    received.checksum === undefined
      ? described
      : { ...described, checksum: { ...received.checksum, type: 'FULL_OBJECT' } };
  const object: StoredObject = {
    size: received.size,
    etag: received.md5,
    lastModified: wholeSeconds(now()),
    attributes,
    body: storedBody(received),
  };
  try {
    await store.putObject(bucket.name, key, object, condition);
  } catch (error) {
    if (received.content.kind === 'blob') await store.blobs.remove(received.content.id);
    throw error;
  }
  return { status: 200, headers: { ...ENCRYPTED, etag: `"${object.etag}"`, ...checksumHeaders(attributes) } };
}

function storedBody({ content, size }: Received): StoredObject['body'] {
  return content.kind === 'inline' ? content : { kind: 'blobs', segments: [{ blob: content.id, size }] };
}

/** Answers the same whether there was an object or not. */
export async function deleteObject({ bucket, key, store }: ObjectInput): Promise<S3Response> {
  await store.deleteObject(bucket.name, key);
  return { status: 204, headers: {} };
}
