import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { KEY_FILE, keyFile } from '../../../src/accounts/kms/key-file.ts';
import { KeyStore } from '../../../src/accounts/kms/key-store.ts';
import { Kms } from '../../../src/accounts/kms/kms.ts';
import { evaluate } from '../../../src/iam/evaluate.ts';

const SCOPE = { accountId: '111111111111', region: 'eu-west-1' };
const folder = await mkdtemp(join(tmpdir(), 'crossmap-keys-'));
after(() => rm(folder, { recursive: true }));
let folders = 0;
const newFolder = () => mkdtemp(join(folder, `${folders++}-`));

async function open(directory: string | undefined, now = () => 1000) {
  const store = await KeyStore.open(now, directory === undefined ? undefined : keyFile(directory));
  return new Kms({ store, authorizer: { authorize: evaluate }, now });
}

test('keys, grants, aliases and material are there again in another process', async () => {
  const directory = await newFolder();
  const kms = await open(directory);
  const key = kms.newKey({ ...SCOPE, description: 'mine', tags: { team: 'a' } });
  await kms.store.putKey(key);
  await kms.putAlias('alias/mine', key);
  const again = await open(directory);
  assert.deepEqual(again.store.key(key.arn), key);
  assert.deepEqual(again.store.aliases(SCOPE), kms.store.aliases(SCOPE));
});

test('changes made at once are all kept', async () => {
  const directory = await newFolder();
  const kms = await open(directory);
  await Promise.all(Array.from({ length: 20 }, () => kms.store.putKey(kms.newKey(SCOPE))));
  assert.equal((await open(directory)).store.keys(SCOPE).length, 20);
  assert.deepEqual(await readdir(directory), [KEY_FILE]);
});

test('only its owner reads the file', { skip: process.platform === 'win32' }, async () => {
  const directory = await newFolder();
  const kms = await open(directory);
  await kms.managedKey(SCOPE);
  assert.equal((await stat(join(directory, KEY_FILE))).mode & 0o777, 0o600);
});

test('a file of another version is not read', async () => {
  const directory = await newFolder();
  await writeFile(join(directory, KEY_FILE), '{"version":99,"keys":[],"aliases":[]}');
  await assert.rejects(open(directory), /version 1 .* found 99/);
});

test('a key is gone with its aliases when its waiting period is over', async () => {
  let time = 1000;
  const kms = await open(undefined, () => time);
  const key = kms.newKey(SCOPE);
  await kms.store.putKey({
    ...key,
    state: { kind: 'PendingDeletion', deletionDate: 5000, pendingWindowInDays: 7 },
  });
  await kms.putAlias('alias/mine', key);
  time = 4999;
  assert.equal(kms.store.key(key.arn)?.arn, key.arn);
  time = 5000;
  assert.equal(kms.store.key(key.arn), undefined);
  assert.deepEqual(kms.store.aliases(SCOPE), []);
  assert.deepEqual(kms.store.keys(SCOPE), []);
});

test('there is one key aws/s3 for an account and Region', async () => {
  const kms = await open(undefined);
  const [key, atOnce] = await Promise.all([kms.managedKey(SCOPE), kms.managedKey(SCOPE)]);
  assert.equal(atOnce.arn, key.arn);
  assert.equal((await kms.managedKey(SCOPE)).arn, key.arn);
  assert.notEqual((await kms.managedKey({ ...SCOPE, region: 'us-east-1' })).arn, key.arn);
  assert.notEqual((await kms.managedKey({ ...SCOPE, accountId: '222222222222' })).arn, key.arn);
  assert.equal(key.keyManager, 'AWS');
});

test('a key that is declared again keeps what was encrypted with it, and its grants', async () => {
  const kms = await open(undefined);
  const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
  await kms.provisionKey({ ...SCOPE, keyId, description: 'once' });
  await kms.provisionAlias('alias/mine', keyId, SCOPE);
  const [once] = kms.store.keys(SCOPE);
  await kms.provisionKey({ ...SCOPE, keyId, description: 'again', enabled: false });
  const [again] = kms.store.keys(SCOPE);
  assert.deepEqual(again, { ...once, description: 'again', state: { kind: 'Disabled' } });
  const missing = kms.provisionAlias('alias/none', '00000000-12ab-34cd-56ef-1234567890ab', SCOPE);
  await assert.rejects(missing, { code: 'NotFoundException' });
});

test('a key that waits to be deleted goes on waiting when it is declared again', async () => {
  const kms = await open(undefined);
  const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
  await kms.provisionKey({ ...SCOPE, keyId });
  const [key] = kms.store.keys(SCOPE);
  const state = { kind: 'PendingDeletion', deletionDate: 5000, pendingWindowInDays: 7 } as const;
  await kms.store.putKey({ ...key!, state });
  await kms.provisionKey({ ...SCOPE, keyId });
  assert.deepEqual(kms.store.keys(SCOPE)[0]?.state, state);
});

test('a key that is made anew has not the aliases of the one that is gone', async () => {
  let time = 1000;
  const kms = await open(undefined, () => time);
  const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
  await kms.provisionKey({ ...SCOPE, keyId });
  await kms.provisionAlias('alias/mine', keyId, SCOPE);
  const [key] = kms.store.keys(SCOPE);
  await kms.store.putKey({ ...key!, state: { kind: 'PendingDeletion', deletionDate: 5000, pendingWindowInDays: 7 } });
  time = 5000;
  await kms.provisionKey({ ...SCOPE, keyId });
  assert.deepEqual(kms.store.aliases(SCOPE), []);
});
