import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { BlobStore } from '../../src/s3/blob-store.ts';
import { memoryBlobs } from '../../src/s3/memory-blobs.ts';
import type { StoredObject } from '../../src/s3/stored-object.ts';
import { refusal } from './s3-refusal.ts';
import { BUCKET_ACCOUNT, root, s3World, session, WORKFLOW_ACCOUNT } from './s3-world.ts';

const NOW = Date.parse('2026-01-02T03:04:05.678Z');
const [Bucket, Archive, Elsewhere] = ['partner-objects', 'archive-objects', 'objects-elsewhere'];
const on = (Action: string, name: string, key = '/*') => ({
  Effect: 'Allow',
  Action,
  Resource: `arn:aws:s3:::${name}${key}`,
});
const bucketOwner = root(BUCKET_ACCOUNT);
const copier = session(WORKFLOW_ACCOUNT, 'Copier', [on('s3:*', Bucket), on('s3:*', 'workflow-objects')]);
const memory = memoryBlobs();
let blobsMade = 0;
const blobsRemoved = new Set<string>();
const blobs: BlobStore = {
  ...memory,
  create: () => {
    blobsMade += 1;
    return memory.create();
  },
  remove: (id) => {
    blobsRemoved.add(id);
    return memory.remove(id);
  },
};
const people = [bucketOwner, root(WORKFLOW_ACCOUNT), copier];
const world = await s3World(people, { now: () => NOW, minimumPartSize: 10, blobs });
after(() => world.close());
const clock = { systemClockOffset: NOW - Date.now() };
const owner = world.client(bucketOwner, clock);
for (const [name, accountId, region] of [
  [Bucket, BUCKET_ACCOUNT, 'eu-west-1'],
  [Archive, BUCKET_ACCOUNT, 'eu-west-1'],
  [Elsewhere, BUCKET_ACCOUNT, 'us-east-1'],
  ['workflow-objects', WORKFLOW_ACCOUNT, 'eu-west-1'],
] as const) {
  await world.s3.provisionBucket({ name, accountId, region });
}

const SMALL = 'a small object';
const LARGE = Buffer.alloc(100_000, 'large');
const described = { ContentType: 'text/csv', CacheControl: 'no-cache', Metadata: { origin: 'partner' } };
const put = (Key: string, Body: string | Buffer, more: object = {}) =>
  owner.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const copy = (from: string, Key: string, more: Partial<CopyObjectCommandInput> = {}, client: S3Client = owner) =>
  client.send(new CopyObjectCommand({ Bucket, CopySource: `${Bucket}/${from}`, Key, ...more }));
const get = async (Key: string, name = Bucket) => {
  const { Body, ...rest } = await owner.send(new GetObjectCommand({ Bucket: name, Key, ChecksumMode: 'ENABLED' }));
  return { ...rest, text: (await Body?.transformToString()) ?? '' };
};

test('a copy has the bytes, headers, metadata and checksum of its source, and is written now', async () => {
  await put('described', SMALL, { ...described, ChecksumAlgorithm: 'SHA1', StorageClass: 'STANDARD_IA' });
  const source = await get('described');
  const { CopyObjectResult } = await copy('described', 'plain/copy', { Bucket: Archive });
  assert.equal(CopyObjectResult?.ETag, source.ETag);
  assert.equal(CopyObjectResult?.ChecksumSHA1, source.ChecksumSHA1);
  assert.deepEqual(CopyObjectResult?.LastModified, new Date('2026-01-02T03:04:05Z'));
  const got = await get('plain/copy', Archive);
  assert.equal(got.text, SMALL);
  assert.deepEqual([got.ContentType, got.CacheControl, got.Metadata], ['text/csv', 'no-cache', { origin: 'partner' }]);
  assert.equal(source.StorageClass, 'STANDARD_IA');
  assert.equal(got.StorageClass, undefined);
});

test('a copy replaces headers and metadata only when it is told to, and then all of them', async () => {
  await put('replaced', SMALL, described);
  await copy('replaced', 'kept', { ContentType: 'image/png', Metadata: { a: 'b' } });
  assert.deepEqual((await get('kept')).Metadata, { origin: 'partner' });
  await copy('replaced', 'new', { MetadataDirective: 'REPLACE', ContentType: 'image/png', Metadata: { a: 'b' } });
  const got = await get('new');
  assert.deepEqual([got.ContentType, got.CacheControl, got.Metadata], ['image/png', undefined, { a: 'b' }]);
  const unknown = copy('replaced', 'x', { MetadataDirective: 'MERGE' as 'COPY' });
  await assert.rejects(unknown, refusal('InvalidArgument', 400, /Unknown metadata directive/));
});

test('an object is copied onto itself only to change it', async () => {
  await put('self', SMALL);
  await assert.rejects(copy('self', 'self'), refusal('InvalidRequest', 400, /without changing/));
  await copy('self', 'self', { MetadataDirective: 'REPLACE', Metadata: { now: 'changed' } });
  await copy('self', 'self', { StorageClass: 'STANDARD' });
  await copy('self', 'self', { ServerSideEncryption: 'AES256' });
  assert.deepEqual((await get('self')).Metadata, { now: 'changed' });
  await copy('self', 'self', { Bucket: Archive });
});

test('a copy is an object that was put whole, also of parts, and lives on without its source', async () => {
  const { UploadId } = await owner.send(
    new CreateMultipartUploadCommand({ Bucket, Key: 'parts', ChecksumAlgorithm: 'SHA256' }),
  );
  const Parts = [];
  for (const [index, Body] of [LARGE.subarray(0, 70_000), LARGE.subarray(70_000)].entries()) {
    const part = { Bucket, Key: 'parts', UploadId, PartNumber: index + 1, ChecksumAlgorithm: 'SHA256' as const };
    const { ETag, ChecksumSHA256 } = await owner.send(new UploadPartCommand({ ...part, Body }));
    Parts.push({ PartNumber: index + 1, ETag, ChecksumSHA256 });
  }
  await owner.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'parts', UploadId, MultipartUpload: { Parts } }));
  const whole = await put('whole', LARGE, { ChecksumAlgorithm: 'SHA256' });
  const { CopyObjectResult } = await copy('parts', 'of-parts');
  assert.equal(CopyObjectResult?.ETag, whole.ETag);
  assert.equal(CopyObjectResult?.ChecksumSHA256, whole.ChecksumSHA256);
  const again = await copy('of-parts', 'again', { ChecksumAlgorithm: 'CRC32C' });
  assert.ok(again.CopyObjectResult?.ChecksumCRC32C !== undefined);
  const head = await owner.send(new HeadObjectCommand({ Bucket, Key: 'of-parts', PartNumber: 1 }));
  assert.deepEqual([head.PartsCount, head.ContentLength], [undefined, LARGE.length]);
  await owner.send(new DeleteObjectCommand({ Bucket, Key: 'parts' }));
  assert.equal((await get('of-parts')).text, LARGE.toString());
  await owner.send(new DeleteObjectCommand({ Bucket, Key: 'of-parts' }));
  assert.equal((await get('again')).text, LARGE.toString());
});

test('a source that is replaced while it is copied is copied as it was', async () => {
  for (let round = 0; round < 20; round += 1) {
    await put('raced', LARGE);
    await Promise.all([
      copy('raced', 'copied'),
      put('raced', 'other'),
      owner.send(new DeleteObjectCommand({ Bucket, Key: 'copied' })),
    ]);
    await copy('raced', 'copied');
    const { text } = await get('copied');
    assert.ok(text === LARGE.toString() || text === 'other');
  }
});

test('conditions are on the source, and a write condition on what the copy replaces', async () => {
  const { ETag } = await put('conditional', SMALL);
  const past = new Date('2020-01-01');
  await copy('conditional', 'c', { CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: past });
  await copy('conditional', 'c', { CopySourceIfNoneMatch: '"x"', CopySourceIfModifiedSince: past });
  for (const condition of [
    { CopySourceIfMatch: '"x"' },
    { CopySourceIfNoneMatch: ETag },
    { CopySourceIfNoneMatch: ETag, CopySourceIfModifiedSince: past },
    { CopySourceIfUnmodifiedSince: past },
    { CopySourceIfModifiedSince: new Date('2026-01-03') },
    { IfNoneMatch: '*' },
    { IfMatch: '"x"' },
  ]) {
    await assert.rejects(
      copy('conditional', 'c', condition),
      refusal('PreconditionFailed', 412),
      JSON.stringify(condition),
    );
  }
  await copy('conditional', 'c', { IfMatch: ETag });
});

test('the source is read with the rights of the caller, by the policy and for the owner of its bucket', async () => {
  await put('shared', SMALL);
  const client = world.client(copier, clock);
  const there = { Bucket: 'workflow-objects' };
  const policy = (...Statement: object[]) =>
    owner.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
  const role = { AWS: `arn:aws:iam::${WORKFLOW_ACCOUNT}:role/Copier` };
  await assert.rejects(copy('shared', 'c', there, client), refusal('AccessDenied', 403, /^Access Denied$/));
  await policy({ ...on('s3:GetObject', Bucket), Principal: role });
  await copy('shared', 'c', there, client);
  const owned = { ...there, ExpectedSourceBucketOwner: BUCKET_ACCOUNT, ExpectedBucketOwner: WORKFLOW_ACCOUNT };
  await copy('shared', 'c', owned, client);
  for (const wrong of [{ ExpectedSourceBucketOwner: WORKFLOW_ACCOUNT }, { ExpectedBucketOwner: BUCKET_ACCOUNT }]) {
    await assert.rejects(copy('shared', 'c', { ...owned, ...wrong }, client), refusal('AccessDenied', 403));
  }
  // Without the right to list, a key that is not there is as forbidden as any other.
  await assert.rejects(copy('missing', 'c', there, client), refusal('AccessDenied', 403));
  await assert.rejects(copy('shared', 'c', {}, client), refusal('AccessDenied', 403));
  await policy({
    ...on('s3:GetObject', Bucket),
    Principal: role,
    Condition: { StringEquals: { 's3:x-amz-storage-class': 'STANDARD' } },
  });
  await assert.rejects(
    copy('shared', 'c', { ...there, StorageClass: 'STANDARD' }, client),
    refusal('AccessDenied', 403),
  );
});

test('a source may be in another Region, and what is not there is said', async () => {
  await owner.send(new PutObjectCommand({ Bucket, Key: 'far', Body: SMALL }));
  const client = world.client(bucketOwner, { ...clock, region: 'us-east-1' });
  await client.send(new CopyObjectCommand({ Bucket: Elsewhere, Key: 'far', CopySource: `${Bucket}/far` }));
  const got = await client.send(new GetObjectCommand({ Bucket: Elsewhere, Key: 'far' }));
  assert.equal(await got.Body?.transformToString(), SMALL);
  await assert.rejects(copy('missing', 'c'), refusal('NoSuchKey', 404));
  await assert.rejects(copy('', 'c', { CopySource: 'no-such-bucket-here/k' }), refusal('NoSuchBucket', 404));
  await assert.rejects(
    copy('', 'c', { CopySource: 'arn:aws:s3:eu-west-1:1:accesspoint/a/object/k' }),
    refusal('NotImplemented', 501),
  );
});

test('a version is copied by its id, which both answers tell; a delete marker is no source', async () => {
  const name = { Bucket: 'versioned-objects' };
  await world.s3.provisionBucket({ name: name.Bucket, accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });
  await owner.send(new PutBucketVersioningCommand({ ...name, VersioningConfiguration: { Status: 'Enabled' } }));
  const first = await owner.send(new PutObjectCommand({ ...name, Key: 'k', Body: 'first' }));
  const second = await owner.send(new PutObjectCommand({ ...name, Key: 'k', Body: 'second' }));
  const source = (id?: string) => `${name.Bucket}/k${id === undefined ? '' : `?versionId=${id}`}`;
  const copied = await owner.send(new CopyObjectCommand({ ...name, Key: 'k', CopySource: source(first.VersionId) }));
  assert.equal(copied.CopySourceVersionId, first.VersionId);
  assert.notEqual(copied.VersionId, second.VersionId);
  assert.equal((await get('k', name.Bucket)).text, 'first');
  const marker = await owner.send(new DeleteObjectCommand({ ...name, Key: 'k' }));
  const of = (CopySource: string) => owner.send(new CopyObjectCommand({ Bucket, Key: 'c', CopySource }));
  await assert.rejects(of(source(marker.VersionId)), refusal('InvalidRequest', 400, /delete marker/));
  await assert.rejects(of(source()), refusal('NoSuchKey', 404));
  await assert.rejects(of(source('nonsense')), refusal('InvalidArgument', 400));
});

test('a part is copied from an object or from a range of it', async () => {
  await put('ranged', LARGE);
  const { UploadId } = await owner.send(new CreateMultipartUploadCommand({ Bucket, Key: 'assembled' }));
  const part = (PartNumber: number, CopySourceRange?: string, more: object = {}) =>
    owner.send(
      new UploadPartCopyCommand({
        Bucket,
        Key: 'assembled',
        UploadId,
        PartNumber,
        CopySource: `${Bucket}/ranged`,
        ...(CopySourceRange !== undefined && { CopySourceRange }),
        ...more,
      }),
    );
  for (const range of ['0-2', 'bytes=0', 'bytes=0-', 'bytes=-5', 'bytes=0-2,3-5', 'bytes=5-4']) {
    await assert.rejects(part(1, range), refusal('InvalidArgument', 400), range);
  }
  await assert.rejects(part(1, 'bytes=0-100000'), refusal('InvalidRange', 416));
  await assert.rejects(part(1, undefined, { CopySourceIfMatch: '"x"' }), refusal('PreconditionFailed', 412));
  await assert.rejects(part(1, undefined, { UploadId: 'none' }), refusal('NoSuchUpload', 404));
  await assert.rejects(part(10_001), refusal('InvalidArgument', 400));
  const Parts = [];
  for (const [index, range] of [undefined, 'bytes=99990-99999', 'bytes=0-9', 'bytes=1-1'].entries()) {
    const { CopyPartResult } = await part(index + 1, range);
    assert.deepEqual(CopyPartResult?.LastModified, new Date('2026-01-02T03:04:05Z'));
    Parts.push({ PartNumber: index + 1, ETag: CopyPartResult?.ETag });
  }
  const upload = { Bucket, Key: 'assembled', UploadId, MultipartUpload: { Parts } };
  await owner.send(new CompleteMultipartUploadCommand(upload));
  assert.equal(
    (await get('assembled')).text,
    `${LARGE}${LARGE.subarray(99_990)}${LARGE.subarray(0, 10)}${LARGE.subarray(1, 2)}`,
  );
});

test('copies share the stored bytes, also of a part that is one blob of its source, and none is lost or left', async () => {
  const left = blobsMade - blobsRemoved.size;
  await put('stored-once', LARGE);
  const made = blobsMade;
  const { UploadId } = await owner.send(new CreateMultipartUploadCommand({ Bucket, Key: 'twice' }));
  const address = { Bucket, Key: 'twice', UploadId };
  const part = { ...address, CopySource: `${Bucket}/stored-once` };
  const Parts = [];
  for (const PartNumber of [1, 2]) {
    const { CopyPartResult } = await owner.send(new UploadPartCopyCommand({ ...part, PartNumber }));
    Parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
  }
  await owner.send(new UploadPartCopyCommand({ ...part, PartNumber: 3 }));
  assert.equal(blobsMade, made);
  // A few bytes do not hold back the many.
  await owner.send(new UploadPartCopyCommand({ ...part, PartNumber: 4, CopySourceRange: 'bytes=0-9' }));
  assert.equal(blobsMade, made + 1);
  await owner.send(new DeleteObjectCommand({ Bucket, Key: 'stored-once' }));
  await owner.send(new CompleteMultipartUploadCommand({ ...address, MultipartUpload: { Parts } }));
  await copy('twice', 'thrice');
  assert.equal(blobsMade, made + 1);
  await owner.send(new DeleteObjectCommand({ Bucket, Key: 'twice' }));
  assert.equal((await get('thrice')).text, `${LARGE}${LARGE}`);
  assert.equal(blobsMade - blobsRemoved.size, left + 1);
  await owner.send(new DeleteObjectCommand({ Bucket, Key: 'thrice' }));
  assert.equal(blobsMade - blobsRemoved.size, left);
});

test('a refused copy leaves its source as it was', async () => {
  await put('refused', LARGE);
  await put('taken', SMALL);
  await assert.rejects(
    copy('refused', 'taken', { IfMatch: '"x"', ChecksumAlgorithm: 'SHA1' }),
    refusal('PreconditionFailed', 412),
  );
  const { UploadId } = await owner.send(new CreateMultipartUploadCommand({ Bucket, Key: 'aborted' }));
  const part = { Bucket, Key: 'aborted', UploadId, PartNumber: 1, CopySource: `${Bucket}/refused` };
  await owner.send(new UploadPartCopyCommand(part));
  await owner.send(new AbortMultipartUploadCommand({ Bucket, Key: 'aborted', UploadId }));
  assert.equal((await get('refused')).text, LARGE.toString());
});

test('a copied part has the checksum of its upload', async () => {
  const whole = await put('summed', LARGE, { ChecksumAlgorithm: 'SHA256' });
  const { UploadId } = await owner.send(
    new CreateMultipartUploadCommand({ Bucket, Key: 'summed-parts', ChecksumAlgorithm: 'SHA256' }),
  );
  const part = { Bucket, Key: 'summed-parts', UploadId, PartNumber: 1, CopySource: `${Bucket}/summed` };
  const { CopyPartResult } = await owner.send(new UploadPartCopyCommand(part));
  assert.equal(CopyPartResult?.ChecksumSHA256, whole.ChecksumSHA256);
});

test('one request copies at most 5 GiB, which several parts can', async () => {
  const limit = 5 * 1024 ** 3;
  const large: StoredObject = {
    size: limit + 1,
    etag: 'large',
    lastModified: NOW,
    attributes: { headers: {}, metadata: {} },
    body: { kind: 'blobs', segments: [{ blob: 'of a size that no test should store', size: limit + 1 }] },
  };
  await world.store.putObject(Bucket, 'too-large', large, {});
  await assert.rejects(
    copy('too-large', 'c'),
    refusal('InvalidRequest', 400, /larger than the maximum allowable size/),
  );
  const { UploadId } = await owner.send(new CreateMultipartUploadCommand({ Bucket, Key: 'c' }));
  const part = { Bucket, Key: 'c', UploadId, PartNumber: 1, CopySource: `${Bucket}/too-large` };
  for (const CopySourceRange of [undefined, `bytes=0-${limit}`]) {
    await assert.rejects(
      owner.send(new UploadPartCopyCommand({ ...part, CopySourceRange })),
      refusal('InvalidRequest', 400, /larger than the maximum allowable size/),
    );
  }
});

test('nothing in these tests was a bug of the server', () => {
  assert.deepEqual(world.bugs, []);
});
