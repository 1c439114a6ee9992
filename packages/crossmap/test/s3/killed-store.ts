import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Caller, evaluate } from '../../src/iam/evaluate.ts';
import { directoryBlobs } from '../../src/s3/directory-blobs.ts';
import { EmbeddedS3 } from '../../src/s3/embedded-s3.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import type { S3Request } from '../../src/s3/request.ts';
import { openDatabase } from '../../src/sqlite/open.ts';

/** What the process that is killed and the one that looks at what it left have in common. */
export const PLAIN = 'plain-objects';
export const VERSIONED = 'versioned-objects';
const ACCOUNT = '111111111111';

const owner: Caller = {
  principal: { kind: 'root', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root` },
  identityPolicies: [],
};

export interface OpenStore {
  readonly s3: EmbeddedS3;
  readonly store: ObjectStore;
}

export async function openStore(folder: string): Promise<OpenStore> {
  const database = await openDatabase(join(folder, 'objects.sqlite'));
  const store = await ObjectStore.open(database, await directoryBlobs(join(folder, 'objects')));
  let ids = 0;
  const s3 = new EmbeddedS3({
    store,
    authorizer: { authorize: evaluate },
    now: () => Date.UTC(2026, 0, 2),
    newId: () => `${process.pid}-${ids++}`,
    minimumPartSize: 1,
  });
  for (const name of [PLAIN, VERSIONED]) await s3.provisionBucket({ name, accountId: ACCOUNT, region: 'eu-west-1' });
  await store.buckets.put(VERSIONED, 'versioning', 'Enabled');
  return { s3, store };
}

/** A request of the owner of the buckets. */
export function request(
  method: string,
  target: Pick<S3Request, 'bucket' | 'key'>,
  query: Record<string, string> = {},
  body: Uint8Array = Buffer.alloc(0),
): S3Request {
  async function* stream() {
    yield body;
  }
  const content = { length: body.length, stream: stream(), trailers: () => ({}) };
  return {
    caller: owner,
    region: 'eu-west-1',
    method,
    ...target,
    query,
    headers: { 'content-length': String(body.length) },
    body: content,
  };
}

/** How an object is put: in one piece, or in parts of these sizes. */
export type Shape = 'small' | 'large' | 'parts';

const PARTS: Readonly<Record<Shape, readonly number[]>> = {
  small: [900],
  large: [200_000],
  parts: [150_000, 70_000, 3],
};

/** The pieces of the `n`th object put under a key: no two objects have the same bytes. */
export function pieces(key: string, n: number, shape: Shape): readonly Buffer[] {
  return PARTS[shape].map((size, part) => Buffer.alloc(size, `${key} ${n} ${shape} ${part} `));
}

/** The entity tag of an object in these pieces. */
export function etagOf(content: readonly Uint8Array[]): string {
  const md5s = content.map((piece) => createHash('md5').update(piece).digest());
  if (md5s.length === 1) return md5s[0]!.toString('hex');
  return `${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-${md5s.length}`;
}

/** An operation of the process that is killed, which writes `begin` and then `done` with each as a line of JSON. */
export interface Operation {
  readonly bucket: string;
  readonly key: string;
  readonly n: number;
  readonly kind: Shape | 'delete';
}

export type Line = { readonly begin: Operation } | { readonly done: Operation; readonly versionId: string | undefined };
