import { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { BatchInput, ListedObject } from './batch-event.ts';
import { failure, nameAndMessage } from './failure.ts';

/** An object of the bucket account. Its body is fetched when it is asked for, each time anew. */
export interface SourceObject {
  readonly key: string;
  /** Bytes, when the bucket was listed. */
  readonly size: number;
  /** In double quotes, as S3 writes it. */
  readonly etag?: string;
  readonly lastModified?: Date;
  /** The body as a stream, which is destroyed when the object's processing has ended. */
  stream(): Promise<Readable>;
  bytes(): Promise<Uint8Array>;
  /** The body as UTF-8; bytes that are none become U+FFFD. */
  text(): Promise<string>;
}

/** The object that a batch item names, and `close` to let go of what was not read of its body. */
export function openObject(
  client: S3Client,
  input: BatchInput,
  item: ListedObject,
  signal: AbortSignal,
): { object: SourceObject; close: () => void } {
  const streams: Readable[] = [];
  const stream = async () => {
    const body = await readBody(client, input, item.Key, signal);
    streams.push(body);
    return body;
  };
  const bytes = async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await stream()) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  const object: SourceObject = {
    key: item.Key,
    size: item.Size,
    ...(item.ETag !== undefined && { etag: item.ETag }),
    ...(item.LastModified !== undefined && { lastModified: new Date(item.LastModified) }),
    stream,
    bytes,
    text: async () => (await bytes()).toString(),
  };
  const close = () => {
    for (const body of streams) body.destroy();
  };
  return { object, close };
}

async function readBody(client: S3Client, input: BatchInput, key: string, signal: AbortSignal): Promise<Readable> {
  const { bucket, owner, region } = input;
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, ExpectedBucketOwner: owner });
  const { Body } = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
    const { name, message } = nameAndMessage(error);
    const place = `s3://${bucket}/${key} (account ${owner}, ${region})`;
    throw failure(name, `cannot read ${place}: ${name}: ${message}${name === 'AccessDenied' ? DENIED : ''}`);
  });
  if (!(Body instanceof Readable)) throw failure('NoBody', `s3://${bucket}/${key} came without a body`);
  return Body;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, section Permissions */
const DENIED =
  '. Either s3:GetObject is not allowed to this function, here or by the bucket policy, or the object no longer exists: ' +
  'S3 answers both alike to a role that may not list the bucket';
