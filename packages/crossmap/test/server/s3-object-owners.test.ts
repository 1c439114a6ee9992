import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { ObjectOwnership } from '../../src/s3/bucket-settings.ts';
import { refusal } from './s3-refusal.ts';
import { BUCKET_ACCOUNT, root, s3World, session, WORKFLOW_ACCOUNT } from './s3-world.ts';

const Bucket = 'partner-objects';
const EVERYTHING = [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }];
const bucketRoot = root(BUCKET_ACCOUNT);
const bucketRole = session(BUCKET_ACCOUNT, 'Reader', EVERYTHING);
const powerlessRole = session(BUCKET_ACCOUNT, 'Powerless', []);
const writerRole = session(WORKFLOW_ACCOUNT, 'Writer', EVERYTHING);
const otherRole = session('333333333333', 'Other', EVERYTHING);
const world = await s3World([bucketRoot, bucketRole, powerlessRole, writerRole, otherRole]);
after(() => world.close());
const owner = world.client(bucketRoot);
const reader = world.client(bucketRole);
const powerless = world.client(powerlessRole);
const writer = world.client(writerRole);
const other = world.client(otherRole);
await world.s3.provisionBucket({ name: Bucket, accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });

const allow = { Effect: 'Allow', Principal: '*', Action: 's3:*' };
const ALLOW_ALL = { ...allow, Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`] };

/** A bucket of the ownership, whose policy allows everybody everything but what `more` denies. */
async function bucketWith(objectOwnership: ObjectOwnership, ...more: readonly object[]): Promise<void> {
  await world.s3.provisionSettings(Bucket, {
    objectOwnership,
    publicAccessBlock: {
      BlockPublicAcls: false,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    },
  });
  await world.s3.provisionPolicy(Bucket, JSON.stringify({ Version: '2012-10-17', Statement: [ALLOW_ALL, ...more] }));
}

const put = (Key: string, more: Omit<PutObjectCommandInput, 'Bucket' | 'Key'> = {}) =>
  writer.send(new PutObjectCommand({ Bucket, Key, Body: 'text', ...more }));
const read = (client: S3Client, Key: string) => client.send(new GetObjectCommand({ Bucket, Key }));
const denied = refusal('AccessDenied', 403);

async function accountOf(id: string | undefined): Promise<string | undefined> {
  for (const [account, client] of [
    [BUCKET_ACCOUNT, owner],
    [WORKFLOW_ACCOUNT, writer],
  ] as const) {
    if ((await client.send(new ListBucketsCommand({}))).Owner?.ID === id) return account;
  }
  return undefined;
}

/** Whose a key is, as both listings and that of versions say. */
async function ownerOf(key: string): Promise<string | undefined> {
  const named = { Bucket, Prefix: key };
  const second = await owner.send(new ListObjectsV2Command({ ...named, FetchOwner: true }));
  const first = await owner.send(new ListObjectsCommand(named));
  const versions = await owner.send(new ListObjectVersionsCommand(named));
  const ids = [second.Contents, first.Contents, versions.Versions].map((list) => list?.[0]?.Owner?.ID);
  assert.deepEqual(new Set(ids).size, 1);
  return accountOf(ids[0]);
}

describe('who writes an object into a bucket of another account owns it', () => {
  const FULL = 'bucket-owner-full-control';
  for (const [ownership, acl, account] of [
    ['ObjectWriter', undefined, WORKFLOW_ACCOUNT],
    ['ObjectWriter', 'private', WORKFLOW_ACCOUNT],
    ['ObjectWriter', FULL, WORKFLOW_ACCOUNT],
    ['BucketOwnerPreferred', undefined, WORKFLOW_ACCOUNT],
    ['BucketOwnerPreferred', 'private', WORKFLOW_ACCOUNT],
    ['BucketOwnerPreferred', FULL, BUCKET_ACCOUNT],
    ['BucketOwnerEnforced', undefined, BUCKET_ACCOUNT],
    ['BucketOwnerEnforced', FULL, BUCKET_ACCOUNT],
  ] as const) {
    const whose = account === BUCKET_ACCOUNT ? 'the bucket owner' : 'the writer';
    test(`${ownership} with ${acl ?? 'no list'}: it is of ${whose}`, async () => {
      await bucketWith(ownership);
      const more = acl === undefined ? {} : { ACL: acl };
      await put('put', more);
      assert.equal(await ownerOf('put'), account);
      await put('source', { ACL: FULL });
      await writer.send(new CopyObjectCommand({ Bucket, Key: 'copied', CopySource: `${Bucket}/source`, ...more }));
      assert.equal(await ownerOf('copied'), account);
      const caller = writerRole.caller;
      if (acl === undefined) {
        const pieces = async function* () {
          yield Buffer.from('text');
        };
        const at = { bucket: Bucket, key: 'pieces', region: 'eu-west-1', multipart: true };
        await world.s3.putObject(caller, at, pieces());
        assert.equal(await ownerOf('pieces'), account);
      }

      const upload = { Bucket, Key: 'parts', ...more };
      const { UploadId } = await writer.send(new CreateMultipartUploadCommand(upload));
      const part = { Bucket, Key: 'parts', UploadId, PartNumber: 1 };
      const { ETag } = await writer.send(new UploadPartCommand({ ...part, Body: 'text' }));
      const { Uploads } = await owner.send(new ListMultipartUploadsCommand({ Bucket }));
      assert.equal(await accountOf(Uploads?.[0]?.Owner?.ID), account);
      const { Owner } = await writer.send(new ListPartsCommand({ Bucket, Key: 'parts', UploadId }));
      assert.equal(await accountOf(Owner?.ID), account);
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      await writer.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'parts', UploadId, MultipartUpload }));
      assert.equal(await ownerOf('parts'), account);
    });
  }

  test('the bucket owner owns what it writes itself', async () => {
    await bucketWith('ObjectWriter');
    await reader.send(new PutObjectCommand({ Bucket, Key: 'own', Body: 'text' }));
    assert.equal(await ownerOf('own'), BUCKET_ACCOUNT);
    await read(other, 'own');
  });

  test('an upload that is given up is nobody’s', async () => {
    await bucketWith('ObjectWriter');
    const { UploadId } = await writer.send(new CreateMultipartUploadCommand({ Bucket, Key: 'given-up' }));
    await writer.send(new AbortMultipartUploadCommand({ Bucket, Key: 'given-up', UploadId }));
    await assert.rejects(read(writer, 'given-up'), refusal('NoSuchKey', 404));
  });
});

describe('an object of another account than the bucket’s', () => {
  test('is read by its owner, and by nobody whom the bucket policy or an identity policy allows', async () => {
    await bucketWith('ObjectWriter');
    await put('private');
    await read(writer, 'private');
    for (const client of [owner, reader, other]) {
      await assert.rejects(read(client, 'private'), denied);
      await assert.rejects(client.send(new HeadObjectCommand({ Bucket, Key: 'private' })), /403|Unknown/);
      const copy = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/private` });
      await assert.rejects(client.send(copy), denied);
    }
  });

  test('with bucket-owner-full-control is read by the bucket’s account as its own policies allow, and no further', async () => {
    await bucketWith('ObjectWriter');
    await put('shared', { ACL: 'bucket-owner-full-control' });
    for (const client of [writer, owner, reader]) await read(client, 'shared');
    await assert.rejects(read(powerless, 'shared'), denied);
    await assert.rejects(read(other, 'shared'), denied);
  });

  test('needs no bucket policy where its list suffices', async () => {
    await bucketWith('ObjectWriter');
    await put('shared', { ACL: 'bucket-owner-full-control' });
    await put('private');
    await world.s3.provisionPolicy(Bucket, undefined);
    await read(reader, 'shared');
    await read(writer, 'private');
    await assert.rejects(read(reader, 'private'), denied);
    await assert.rejects(read(powerless, 'shared'), denied);
  });

  test('can be denied by the bucket owner, also to who owns it', async () => {
    const Resource = `arn:aws:s3:::${Bucket}/*`;
    await bucketWith('ObjectWriter', { Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource });
    await put('denied', { ACL: 'bucket-owner-full-control' });
    for (const client of [writer, owner, reader]) await assert.rejects(read(client, 'denied'), denied);
  });

  test('can be deleted and replaced by the bucket owner', async () => {
    await bucketWith('ObjectWriter');
    await put('deleted');
    await reader.send(new DeleteObjectCommand({ Bucket, Key: 'deleted' }));
    await assert.rejects(read(writer, 'deleted'), refusal('NoSuchKey', 404));
    await put('replaced');
    await reader.send(new PutObjectCommand({ Bucket, Key: 'replaced', Body: 'new', ACL: 'private' }));
    await read(reader, 'replaced');
  });

  test('is the bucket owner’s for as long as the bucket is BucketOwnerEnforced', async () => {
    await bucketWith('ObjectWriter');
    await put('before');
    await bucketWith('BucketOwnerEnforced');
    await read(other, 'before');
    assert.equal(await ownerOf('before'), BUCKET_ACCOUNT);
    await bucketWith('ObjectWriter');
    await assert.rejects(read(other, 'before'), denied);
    assert.equal(await ownerOf('before'), WORKFLOW_ACCOUNT);
  });

  test('is a version of its own: the others keep their owners', async () => {
    await bucketWith('ObjectWriter');
    await owner.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const { VersionId: foreign } = await put('versions');
    const { VersionId: own } = await reader.send(new PutObjectCommand({ Bucket, Key: 'versions', Body: 'own' }));
    const version = (VersionId: string | undefined) =>
      reader.send(new GetObjectCommand({ Bucket, Key: 'versions', VersionId }));
    await version(own);
    await assert.rejects(version(foreign), denied);
    const { Versions = [] } = await owner.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'versions' }));
    assert.deepEqual(await Promise.all(Versions.map(({ Owner }) => accountOf(Owner?.ID))), [
      BUCKET_ACCOUNT,
      WORKFLOW_ACCOUNT,
    ]);
    await reader.send(new DeleteObjectCommand({ Bucket, Key: 'versions', VersionId: own }));
    await assert.rejects(read(reader, 'versions'), denied);
    assert.equal(await ownerOf('versions'), WORKFLOW_ACCOUNT);
  });

  test('that an anonymous caller wrote is read by anonymous callers, and not by the bucket owner', async () => {
    await bucketWith('ObjectWriter');
    const url = `${world.endpoint}/${Bucket}/anonymous`;
    assert.equal((await fetch(url, { method: 'PUT', body: 'text' })).status, 200);
    assert.equal((await fetch(url)).status, 200);
    await assert.rejects(read(owner, 'anonymous'), denied);
    await assert.rejects(read(reader, 'anonymous'), denied);
    await put('private');
    assert.equal((await fetch(`${world.endpoint}/${Bucket}/private`)).status, 403);
  });
});
