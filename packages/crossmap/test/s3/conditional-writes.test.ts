import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Caller, evaluate } from '../../src/iam/evaluate.ts';
import { EmbeddedS3 } from '../../src/s3/embedded-s3.ts';
import { S3Error } from '../../src/s3/errors.ts';
import { memoryBlobs } from '../../src/s3/memory-blobs.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import { openDatabase } from '../../src/sqlite/open.ts';

const ACCOUNT = '111111111111';
const caller: Caller = {
  principal: { kind: 'root', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root` },
  identityPolicies: [],
};
const [bucket, region] = ['partner-objects', 'eu-west-1'];
const store = await ObjectStore.open(await openDatabase(':memory:'), memoryBlobs());
after(() => store.close());
let ids = 0;
const s3 = new EmbeddedS3({
  store,
  authorizer: {
    authorize: (request) => {
      const decision = evaluate(request);
      return decision.decision === 'Allow' ? decision : { ...decision, message: 'Access Denied' };
    },
  },
  now: () => 0,
  newId: () => `${ids++}`,
});
await s3.provisionBucket({ name: bucket, accountId: ACCOUNT, region });

/** Puts an object; `meanwhile` happens when half of its body has been taken in. */
async function put(key: string, condition: Record<string, string>, meanwhile: () => Promise<unknown> = async () => {}) {
  async function* stream() {
    yield Buffer.from('a');
    await meanwhile();
    yield Buffer.from('b');
  }
  const body = { length: undefined, stream: stream(), trailers: () => ({}) };
  const { headers } = await s3.handle({
    caller,
    region,
    method: 'PUT',
    bucket,
    key,
    query: {},
    headers: condition,
    body,
  });
  return headers.etag!;
}

async function remove(key: string) {
  const body = { length: 0, stream: (async function* () {})(), trailers: () => ({}) };
  await s3.handle({ caller, region, method: 'DELETE', bucket, key, query: {}, headers: {}, body });
}

const refusal = (code: string) => (error: unknown) => error instanceof S3Error && error.code === code;

test('a delete that comes in the middle of a conditional write is a conflict', async () => {
  const comesAndGoes = async () => {
    await put('k', {});
    await remove('k');
  };
  await assert.rejects(put('k', { 'if-none-match': '*' }, comesAndGoes), refusal('ConditionalRequestConflict'));
  const etag = await put('k', { 'if-none-match': '*' });
  await assert.rejects(
    put('k', { 'if-match': etag }, () => remove('k')),
    refusal('ConditionalRequestConflict'),
  );
  await put('k', {}, comesAndGoes);
});

test('what deletes nothing is no conflict, and another write fails the condition itself', async () => {
  await put('other', { 'if-none-match': '*' }, () => remove('other'));
  const appears = put('new', { 'if-none-match': '*' }, () => put('new', {}));
  await assert.rejects(appears, refusal('PreconditionFailed'));
  await put('next', { 'if-none-match': '*' }, async () => {
    await put('neighbour', {});
    await remove('neighbour');
  });
});

test('a condition that does not hold is told before the body is taken in', async () => {
  await put('early', {});
  const never = () => Promise.reject(new Error('the body was read'));
  await assert.rejects(put('early', { 'if-none-match': '*' }, never), refusal('PreconditionFailed'));
  await assert.rejects(put('early', { 'if-match': '"x"' }, never), refusal('PreconditionFailed'));
  await assert.rejects(put('absent', { 'if-match': '"x"' }, never), refusal('NoSuchKey'));
});
