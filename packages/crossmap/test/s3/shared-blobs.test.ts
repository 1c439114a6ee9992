import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Caller, evaluate } from '../../src/iam/evaluate.ts';
import type { BlobStore } from '../../src/s3/blob-store.ts';
import { bytesOf } from '../../src/s3/body.ts';
import { EmbeddedS3 } from '../../src/s3/embedded-s3.ts';
import { S3Error } from '../../src/s3/errors.ts';
import { memoryBlobs } from '../../src/s3/memory-blobs.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import type { S3Request, S3Response } from '../../src/s3/request.ts';
import { openDatabase } from '../../src/sqlite/open.ts';

const ACCOUNT = '111111111111';
const caller: Caller = {
  principal: { kind: 'root', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root` },
  identityPolicies: [],
};
const [bucket, region] = ['partner-objects', 'eu-west-1'];
const KEYS = ['a', 'b', 'c'];

/** An S3 whose blobs are counted. */
async function countedS3(onRead: () => Promise<unknown> = async () => {}) {
  const memory = memoryBlobs();
  const kept = new Set<string>();
  const blobs: BlobStore = {
    ...memory,
    create: async () => {
      const writer = await memory.create();
      const finish = async () => {
        const id = await writer.finish();
        kept.add(id);
        return id;
      };
      return { ...writer, finish };
    },
    async *read(id, start, end) {
      await onRead();
      yield* memory.read(id, start, end);
    },
    remove: async (id) => {
      kept.delete(id);
      await memory.remove(id);
    },
  };
  const store = await ObjectStore.open(await openDatabase(':memory:'), blobs);
  let ids = 0;
  const authorize: EmbeddedS3Authorizer = (request) => {
    const decision = evaluate(request);
    return decision.decision === 'Allow' ? decision : { ...decision, message: 'Access Denied' };
  };
  const s3 = new EmbeddedS3({
    store,
    authorizer: { authorize },
    now: () => 0,
    newId: () => `${ids++}`,
    minimumPartSize: 1,
  });
  await s3.provisionBucket({ name: bucket, accountId: ACCOUNT, region });
  return { s3, store, kept };
}

type EmbeddedS3Authorizer = ConstructorParameters<typeof EmbeddedS3>[0]['authorizer']['authorize'];
type World = Awaited<ReturnType<typeof countedS3>>;

async function* once(text: string) {
  yield Buffer.from(text);
}

function send(
  { s3 }: World,
  method: string,
  key: string,
  more: Partial<Pick<S3Request, 'query' | 'headers'>> = {},
  text = '',
): Promise<S3Response> {
  const body = { length: undefined, stream: once(text), trailers: () => ({}) };
  return s3.handle({ caller, region, method, bucket, key, query: {}, headers: {}, ...more, body });
}

/** More than the index takes in, and told apart by `mark`. */
function content(mark: number): string {
  return `${mark}`.padEnd(70_000, 'x');
}

type Step =
  | { readonly kind: 'put' | 'delete' | 'upload' | 'upload-again' | 'complete' | 'abort'; readonly key: string }
  | { readonly kind: 'copy' | 'part-copy'; readonly key: string; readonly from: string };

const key = fc.constantFrom(...KEYS);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('put', 'delete', 'upload', 'upload-again', 'complete', 'abort'),
    key,
  }) as fc.Arbitrary<Step>,
  fc.record({ kind: fc.constantFrom('copy', 'part-copy'), key, from: key }) as fc.Arbitrary<Step>,
);

interface Unfinished {
  readonly id: string;
  readonly parts: { etag: string; text: string }[];
}

/** What the steps should leave: the plainest account of objects and unfinished uploads. */
class Model {
  readonly objects = new Map<string, string>();
  readonly uploads = new Map<string, Unfinished>();
  #marks = 0;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async take(action: Step): Promise<void> {
    switch (action.kind) {
      case 'put': {
        const text = content(this.#marks++);
        await send(this.#world, 'PUT', action.key, {}, text);
        this.objects.set(action.key, text);
        return;
      }
      case 'delete':
        await send(this.#world, 'DELETE', action.key);
        this.objects.delete(action.key);
        return;
      case 'copy':
        return this.#copy(action.key, action.from);
      case 'upload':
      case 'upload-again': {
        const text = content(this.#marks++);
        const upload = await this.#upload(action.key);
        if (action.kind === 'upload-again') upload.parts.pop();
        const query = { uploadId: upload.id, partNumber: `${upload.parts.length + 1}` };
        const { headers } = await send(this.#world, 'PUT', action.key, { query }, text);
        upload.parts.push({ etag: headers.etag!, text });
        return;
      }
      case 'part-copy': {
        const text = this.objects.get(action.from);
        if (text === undefined) return;
        const upload = await this.#upload(action.key);
        const query = { uploadId: upload.id, partNumber: `${upload.parts.length + 1}` };
        const headers = { 'x-amz-copy-source': `${bucket}/${action.from}` };
        const { body } = await send(this.#world, 'PUT', action.key, { query, headers });
        upload.parts.push({ etag: /&quot;(\w+)&quot;/.exec(String(body))![1]!, text });
        return;
      }
      case 'complete':
        return this.#complete(action.key);
      case 'abort': {
        const upload = this.uploads.get(action.key);
        if (upload === undefined) return;
        await send(this.#world, 'DELETE', action.key, { query: { uploadId: upload.id } });
        this.uploads.delete(action.key);
      }
    }
  }

  async #copy(to: string, from: string): Promise<void> {
    const text = this.objects.get(from);
    const headers = { 'x-amz-copy-source': `${bucket}/${from}`, 'x-amz-metadata-directive': 'REPLACE' };
    try {
      await send(this.#world, 'PUT', to, { headers });
    } catch (error) {
      assert.ok(error instanceof S3Error && error.code === 'NoSuchKey' && text === undefined, String(error));
      return;
    }
    this.objects.set(to, text!);
  }

  async #upload(name: string): Promise<Unfinished> {
    const known = this.uploads.get(name);
    if (known !== undefined) return known;
    const { body } = await send(this.#world, 'POST', name, { query: { uploads: '' } });
    const upload = { id: /<UploadId>(\w+)</.exec(String(body))![1]!, parts: [] };
    this.uploads.set(name, upload);
    return upload;
  }

  /** Leaves out the first part where there are others: what is not named is dropped. */
  async #complete(name: string): Promise<void> {
    const upload = this.uploads.get(name);
    if (upload === undefined) return;
    const first = upload.parts.length > 1 ? 1 : 0;
    const named = upload.parts.slice(first);
    const parts = named.map(
      ({ etag }, index) => `<Part><PartNumber>${first + index + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
    );
    const document = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
    await send(this.#world, 'POST', name, { query: { uploadId: upload.id } }, document);
    this.uploads.delete(name);
    this.objects.set(name, named.map(({ text }) => text).join(''));
  }
}

async function read(world: World, name: string): Promise<string | undefined> {
  try {
    const { body } = await send(world, 'GET', name);
    assert.ok(body !== undefined && typeof body !== 'string');
    const chunks: Uint8Array[] = [];
    for await (const bytes of bytesOf(body)) chunks.push(bytes);
    return Buffer.concat(chunks).toString();
  } catch (error) {
    if (error instanceof S3Error && error.code === 'NoSuchKey') return undefined;
    throw error;
  }
}

test('whatever is put, copied, uploaded and deleted, every object has its bytes and no blob is left behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const world = await countedS3();
      const model = new Model(world);
      for (const action of steps) await model.take(action);
      for (const name of KEYS) assert.equal(await read(world, name), model.objects.get(name));
      for (const name of KEYS) {
        await model.take({ kind: 'abort', key: name });
        await model.take({ kind: 'delete', key: name });
      }
      assert.deepEqual([...world.kept], []);
      world.store.close();
    }),
    { numRuns: 60 },
  );
});

test('a source that is deleted while it is summed up for its copy leaves its bytes to the copy', async () => {
  let deletion: Promise<unknown> | undefined;
  const world = await countedS3(() => {
    deletion ??= send(world, 'DELETE', 'a');
    return deletion;
  });
  await send(world, 'PUT', 'a', {}, content(1));
  const headers = { 'x-amz-copy-source': `${bucket}/a`, 'x-amz-checksum-algorithm': 'SHA256' };
  await send(world, 'PUT', 'b', { headers });
  assert.equal(await read(world, 'a'), undefined);
  assert.equal(await read(world, 'b'), content(1));
  world.store.close();
});
