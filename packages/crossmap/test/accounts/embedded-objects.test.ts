import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Accounts } from '../../src/accounts/accounts.ts';
import { Authorization } from '../../src/accounts/authorize.ts';
import { Denials } from '../../src/accounts/denials.ts';
import { EmbeddedObjects } from '../../src/accounts/embedded-objects.ts';
import type { FoundObject, Refusal } from '../../src/engine/ports.ts';
import { EmbeddedS3 } from '../../src/s3/embedded-s3.ts';
import { memoryBlobs } from '../../src/s3/memory-blobs.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import { openDatabase } from '../../src/sqlite/open.ts';

const HERE = '111111111111';
const TRUST = {
  Statement: { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' },
};

/** S3 with the objects in bucket `b`, for a role that may do what the statement says. */
async function bench(statement: object, keys: readonly string[] = ['k']) {
  const accounts = new Accounts({ now: () => 0 });
  const authorizer = new Authorization(
    accounts,
    new Denials(() => 0),
    () => {},
    () => 0,
  );
  const store = await ObjectStore.open(await openDatabase(':memory:'), memoryBlobs());
  const s3 = new EmbeddedS3({ store, authorizer, now: () => 1_767_323_045_678, newId: () => 'id' });
  await s3.provisionBucket({ name: 'bucket', accountId: HERE, region: 'eu-west-1' });
  const role = (roleName: string, document: object) =>
    accounts.createRole({ accountId: HERE, roleName, trustPolicy: TRUST, policies: [{ name: 'P', document }] });
  const all = role('all', { Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } });
  const caller = (roleArn: string) => ({ roleArn, region: 'eu-west-1', sessionName: 'one' });
  const objects = new EmbeddedObjects(accounts, s3);
  for (const key of keys) {
    const object = { bucket: 'bucket', key, contentType: 'text/plain', multipart: false };
    await objects.put(caller(all.arn), object, once(`of ${key}`));
  }
  return { objects, caller: caller(role('reader', { Statement: statement }).arn) };
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function textOf(found: FoundObject | Refusal): Promise<string> {
  if (found.kind === 'refused') return found.code;
  const parts: Uint8Array[] = [];
  for await (const part of found.body) parts.push(part);
  return Buffer.concat(parts).toString();
}

const may = (Action: string | string[], Resource = '*', Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});

test('an object comes with its size and entity tag, whole or a range of it, as long as the tag is the same', async () => {
  const { objects, caller } = await bench(may('s3:GetObject'));
  const object = { bucket: 'bucket', key: 'k' };
  const whole = await objects.get(caller, object);
  assert.ok(whole.kind === 'found');
  assert.deepEqual([whole.size, await textOf(whole)], [4, 'of k']);
  assert.match(whole.etag, /^"[0-9a-f]{32}"$/);
  const part = await objects.get(caller, { ...object, range: { from: 1, to: 3 }, ifMatch: whole.etag });
  assert.ok(part.kind === 'found');
  assert.deepEqual([part.size, part.etag, await textOf(part)], [4, whole.etag, 'f ']);
  assert.equal(await textOf(await objects.get(caller, { ...object, ifMatch: '"other"' })), 'PreconditionFailed');
});

test('a version needs s3:GetObjectVersion; without versioning the only one is `null`', async () => {
  const { objects, caller } = await bench(may('s3:GetObjectVersion'));
  const object = { bucket: 'bucket', key: 'k' };
  assert.equal(await textOf(await objects.get(caller, { ...object, versionId: 'null' })), 'of k');
  assert.equal(await textOf(await objects.get(caller, { ...object, versionId: 'v' })), 'InvalidArgument');
  assert.equal(await textOf(await objects.get(caller, object)), 'AccessDenied');
});

test('a listing has every object below the prefix, 1,000 a page, in the order of keys', async () => {
  const keys = Array.from({ length: 1_002 }, (_, i) => `p/${String(i).padStart(4, '0')}`);
  const { objects, caller } = await bench(may('s3:ListBucket'), [...keys, 'q']);
  const listing = { bucket: 'bucket', prefix: 'p/' };
  const first = await objects.list(caller, listing);
  assert.ok(first.kind === 'page' && first.next !== undefined);
  const second = await objects.list(caller, { ...listing, after: first.next });
  assert.ok(second.kind === 'page');
  assert.equal(second.next, undefined);
  assert.deepEqual([first.items.length, second.items.length], [1_000, 2]);
  assert.deepEqual(
    [...first.items, ...second.items].map(({ key }) => key),
    keys,
  );
  const { etag, ...rest } = second.items[1] ?? assert.fail('no item');
  assert.match(etag, /^"[0-9a-f]{32}"$/);
  assert.deepEqual(rest, { key: 'p/1001', size: 9, lastModified: 1_767_323_045_000, storageClass: 'STANDARD' });
});

test('listing is authorised as s3:ListBucket with its prefix', async () => {
  const only = may('s3:ListBucket', 'arn:aws:s3:::bucket', { StringEquals: { 's3:prefix': 'p/' } });
  const { objects, caller } = await bench(only, ['p/1']);
  const code = async (listing: object) => {
    const page = await objects.list(caller, { bucket: 'bucket', ...listing });
    return page.kind === 'refused' ? page.code : page.items.length;
  };
  assert.equal(await code({ prefix: 'p/' }), 1);
  assert.equal(await code({ prefix: 'q/' }), 'AccessDenied');
  assert.equal(await code({}), 'AccessDenied');
  assert.equal(await code({ prefix: 'p/', expectedBucketOwner: '222222222222' }), 'AccessDenied');
  assert.equal(await code({ bucket: 'absent' }), 'NoSuchBucket');
});
