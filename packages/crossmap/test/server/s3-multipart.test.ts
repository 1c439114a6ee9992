import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { refusal } from './s3-refusal.ts';
import { BUCKET_ACCOUNT, root, s3World, session, WORKFLOW_ACCOUNT } from './s3-world.ts';

const Bucket = 'partner-objects';
const everything = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
const bucketOwner = root(BUCKET_ACCOUNT);
const otherRoot = root(WORKFLOW_ACCOUNT);
const writing = { Effect: 'Allow', Action: 's3:PutObject', Resource: `arn:aws:s3:::${Bucket}/*` };
const writer = session(WORKFLOW_ACCOUNT, 'Writer', [writing]);
const colleague = session(WORKFLOW_ACCOUNT, 'Colleague', [everything]);
const clerk = session(BUCKET_ACCOUNT, 'Clerk', [writing]);
let now = Date.parse('2026-01-02T03:04:05.678Z');
const world = await s3World([bucketOwner, otherRoot, writer, colleague, clerk], {
  now: () => now,
  minimumPartSize: 10,
});
after(() => world.close());
const clock = { systemClockOffset: now - Date.now() };
const owner = world.client(bucketOwner, clock);
await world.s3.provisionBucket({ name: Bucket, accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });

/** Checksums only where a test asks for them. */
const plain = world.client(bucketOwner, { ...clock, requestChecksumCalculation: 'WHEN_REQUIRED' });

async function begin(Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}, client: S3Client = plain) {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  return { Bucket, Key, UploadId };
}

type Address = Awaited<ReturnType<typeof begin>>;

async function upload(address: Address, PartNumber: number, Body: string, more: object = {}, client: S3Client = plain) {
  const { $metadata, ServerSideEncryption, ...part } = await client.send(
    new UploadPartCommand({ ...address, PartNumber, Body, ...more }),
  );
  return { PartNumber, ...part };
}

const complete = (address: Address, Parts: object[], more: object = {}) =>
  plain.send(new CompleteMultipartUploadCommand({ ...address, MultipartUpload: { Parts }, ...more }));

test('parts are listed in order and in pages, with what the client said of the upload', async () => {
  const address = await begin('listed', { ChecksumAlgorithm: 'SHA256', StorageClass: 'STANDARD_IA' });
  for (const number of [9, 3, 10_000]) await upload(address, number, `${number}`, { ChecksumAlgorithm: 'SHA256' });
  const list = (more: object) => plain.send(new ListPartsCommand({ ...address, ...more }));
  const first = await list({ MaxParts: 2 });
  assert.deepEqual(
    first.Parts?.map(({ PartNumber, Size, LastModified }) => [PartNumber, Size, LastModified?.toISOString()]),
    [
      [3, 1, '2026-01-02T03:04:05.000Z'],
      [9, 1, '2026-01-02T03:04:05.000Z'],
    ],
  );
  assert.ok(first.Parts?.every(({ ETag, ChecksumSHA256 }) => ETag?.startsWith('"') && ChecksumSHA256 !== undefined));
  assert.deepEqual(
    [first.IsTruncated, first.NextPartNumberMarker, first.MaxParts, first.StorageClass],
    [true, '9', 2, 'STANDARD_IA'],
  );
  assert.deepEqual([first.ChecksumAlgorithm, first.ChecksumType], ['SHA256', 'COMPOSITE']);
  assert.match(first.Initiator?.ID ?? '', /^[0-9a-f]{64}$/);
  assert.equal(first.Owner?.ID, first.Initiator?.ID);
  const second = await list({ PartNumberMarker: first.NextPartNumberMarker });
  assert.deepEqual([second.Parts?.map(({ PartNumber }) => PartNumber), second.IsTruncated], [[10_000], false]);
  const none = await list({ MaxParts: 0 });
  assert.deepEqual([none.Parts, none.IsTruncated], [undefined, false]);
  await assert.rejects(list({ MaxParts: -1 }), refusal('InvalidArgument', 400));
  await assert.rejects(list({ Key: 'other' }), refusal('NoSuchUpload', 404));
  await plain.send(new AbortMultipartUploadCommand(address));
});

test('uploads are listed by key, those of one key as they began, in pages and rolled up', async () => {
  const ids: (string | undefined)[] = [];
  for (const key of ['a/1', 'a/2', 'b', 'b', 'c', 'Z']) {
    now += 1000;
    ids.push((await begin(key)).UploadId);
  }
  const list = (more: object) => plain.send(new ListMultipartUploadsCommand({ Bucket, ...more }));
  const all = await list({});
  assert.deepEqual(
    all.Uploads?.map(({ Key, UploadId }) => [Key, ids.indexOf(UploadId)]),
    [
      ['Z', 5],
      ['a/1', 0],
      ['a/2', 1],
      ['b', 2],
      ['b', 3],
      ['c', 4],
    ],
  );
  assert.deepEqual([all.IsTruncated, all.NextKeyMarker, all.MaxUploads], [false, undefined, 1000]);
  assert.equal(all.Uploads?.[1]?.Initiated?.toISOString(), '2026-01-02T03:04:06.000Z');

  for (const Delimiter of [undefined, '/']) {
    const seen: (string | undefined)[] = [];
    let marker: object = {};
    for (;;) {
      const page = await list({ MaxUploads: 1, Delimiter, ...marker });
      seen.push(
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
        ...(page.Uploads ?? []).map(({ Key }) => Key),
      );
      if (page.IsTruncated !== true) break;
      marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    }
    assert.deepEqual(seen, ['Z', ...(Delimiter === undefined ? ['a/1', 'a/2'] : ['a/']), 'b', 'b', 'c']);
  }
  const keys = async (more: object) => (await list(more)).Uploads?.map(({ Key }) => Key);
  assert.deepEqual(await keys({ Prefix: 'a/' }), ['a/1', 'a/2']);
  assert.deepEqual(await keys({ KeyMarker: 'a/2' }), ['b', 'b', 'c']);
  assert.deepEqual(await keys({ KeyMarker: 'b', UploadIdMarker: ids[2] }), ['b', 'c']);
  assert.deepEqual(await keys({ UploadIdMarker: ids[2], Prefix: 'b' }), ['b', 'b']);
  assert.deepEqual(await keys({ MaxUploads: 0 }), undefined);
  await begin('k \u0001');
  const encoded = await list({ Prefix: 'k', EncodingType: 'url' });
  assert.equal(encoded.Uploads?.[0]?.Key, 'k%20%01');
  await assert.rejects(list({ MaxUploads: -1 }), refusal('InvalidArgument', 400));
});

test('completing again with the same parts gives the same answer', async () => {
  const address = await begin('again');
  const part = await upload(address, 1, 'once');
  const first = await complete(address, [part], { IfNoneMatch: '*' });
  await plain.send(new DeleteObjectCommand({ Bucket, Key: 'again' }));
  const again = await complete(address, [part]);
  assert.deepEqual([again.ETag, again.ChecksumCRC64NVME], [first.ETag, first.ChecksumCRC64NVME]);
  await assert.rejects(plain.send(new HeadObjectCommand({ Bucket, Key: 'again' })), refusal('NotFound', 404));
  await assert.rejects(complete(address, [{ ...part, PartNumber: 2 }]), refusal('NoSuchUpload', 404));
  await assert.rejects(upload(address, 1, 'twice'), refusal('NoSuchUpload', 404));
  await assert.rejects(plain.send(new AbortMultipartUploadCommand(address)), refusal('NoSuchUpload', 404));
});

test('a bucket that was deleted and made again remembers no upload', async () => {
  const name = 'made-again';
  const provision = () => world.s3.provisionBucket({ name, accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });
  await provision();
  const address = await begin('k', { Bucket: name });
  const part = await upload({ ...address, Bucket: name }, 1, 'x');
  await complete({ ...address, Bucket: name }, [part]);
  await owner.send(new DeleteObjectCommand({ Bucket: name, Key: 'k' }));
  await owner.send(new DeleteBucketCommand({ Bucket: name }));
  await provision();
  await assert.rejects(complete({ ...address, Bucket: name }, [part]), refusal('NoSuchUpload', 404));
});

test('each completion in a versioned bucket is a version, told in the answer', async () => {
  const name = 'versioned-uploads';
  await world.s3.provisionBucket({ name, accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });
  await owner.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } }));
  const ids = [];
  for (const body of ['1', '2']) {
    const address = await begin('k', { Bucket: name });
    const part = await upload({ ...address, Bucket: name }, 1, body);
    ids.push((await complete({ ...address, Bucket: name }, [part])).VersionId);
  }
  assert.equal(new Set(ids).size, 2);
  const old = await owner.send(new GetObjectCommand({ Bucket: name, Key: 'k', VersionId: ids[0]! }));
  assert.equal(await old.Body?.transformToString(), '1');
});

test('a completion has conditions on the object in its place', async () => {
  const { ETag } = await plain.send(new PutObjectCommand({ Bucket, Key: 'conditional', Body: 'x' }));
  const address = await begin('conditional');
  const part = await upload(address, 1, 'y');
  await assert.rejects(complete(address, [part], { IfNoneMatch: '*' }), refusal('PreconditionFailed', 412));
  await assert.rejects(complete(address, [part], { IfMatch: '"x"' }), refusal('PreconditionFailed', 412));
  await complete(address, [part], { IfMatch: ETag });
});

test('a composite checksum asks for that of each part, and for parts summed up alike', async () => {
  const address = await begin('composite', { ChecksumAlgorithm: 'SHA256' });
  await assert.rejects(
    upload(address, 1, 'none'),
    refusal('InvalidRequest', 400, /expected checksum Type: sha256, actual checksum Type: null/),
  );
  await assert.rejects(
    upload(address, 1, 'other', { ChecksumAlgorithm: 'CRC32' }),
    refusal('InvalidRequest', 400, /actual checksum Type: crc32/),
  );
  const { ChecksumSHA256, ...part } = await upload(address, 1, 'part', { ChecksumAlgorithm: 'SHA256' });
  await assert.rejects(complete(address, [part]), refusal('InvalidRequest', 400, /It was missing for part 1/));
  await assert.rejects(
    complete(address, [{ ...part, ChecksumSHA256: `${'A'.repeat(43)}=` }]),
    refusal('InvalidPart', 400),
  );
  const parts = [{ ...part, ChecksumSHA256 }];
  const of = (value: string) => complete(address, parts, { ChecksumSHA256: value });
  await assert.rejects(of('bad'), refusal('InvalidRequest', 400));
  await assert.rejects(of(`${'A'.repeat(43)}=-1`), refusal('BadDigest', 400));
  await assert.rejects(complete(address, parts, { ChecksumCRC32: 'AAAAAA==' }), refusal('InvalidRequest', 400));
  await assert.rejects(complete(address, parts, { ChecksumType: 'FULL_OBJECT' }), refusal('InvalidRequest', 400));
  await assert.rejects(complete(address, parts, { MpuObjectSize: 5 }), refusal('InvalidRequest', 400));
  const completed = await complete(address, parts, { ChecksumType: 'COMPOSITE', MpuObjectSize: 4 });
  assert.match(completed.ChecksumSHA256 ?? '', /=-1$/);
});

test('an upload without a checksum gets a CRC64NVME of the whole, whatever its parts come with', async () => {
  const whole = await plain.send(new PutObjectCommand({ Bucket, Key: 'default', Body: 'abcdefghijklm' }));
  assert.ok(whole.ChecksumCRC64NVME !== undefined);
  const address = await begin('default');
  const first = await upload(address, 1, 'abcdefghij', { ChecksumAlgorithm: 'CRC32' });
  assert.ok(first.ChecksumCRC32 !== undefined);
  const second = await upload(address, 2, 'klm');
  assert.deepEqual(Object.keys(second).sort(), ['ETag', 'PartNumber']);
  const completed = await complete(address, [first, second]);
  assert.deepEqual([completed.ChecksumCRC64NVME, completed.ChecksumType], [whole.ChecksumCRC64NVME, 'FULL_OBJECT']);
});

test('a checksum over the whole object needs none of the parts', async () => {
  const whole = await plain.send(
    new PutObjectCommand({ Bucket, Key: 'crc', Body: 'abcdefghijklm', ChecksumAlgorithm: 'CRC32C' }),
  );
  const address = await begin('crc', { ChecksumAlgorithm: 'CRC32C', ChecksumType: 'FULL_OBJECT' });
  const first = await upload(address, 1, 'abcdefghij');
  const second = await upload(address, 2, 'klm');
  const completed = await complete(address, [first, second]);
  assert.equal(completed.ChecksumCRC32C, whole.ChecksumCRC32C);
  await assert.rejects(
    begin('x', { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' }),
    refusal('InvalidRequest', 400),
  );
  await assert.rejects(begin('x', { ChecksumType: 'COMPOSITE' }), refusal('InvalidRequest', 400));
});

test('a part of an object is got by its number, with its checksum', async () => {
  const address = await begin('numbered', { ChecksumAlgorithm: 'CRC32' });
  const parts = [];
  for (const [number, body] of [
    [1, 'abcdefghij'],
    [4, 'klm'],
  ] as const) {
    parts.push(await upload(address, number, body, { ChecksumAlgorithm: 'CRC32' }));
  }
  const { ETag } = await complete(address, parts);
  const get = (more: object) =>
    plain.send(new GetObjectCommand({ Bucket, Key: 'numbered', ChecksumMode: 'ENABLED', ...more }));
  const second = await get({ PartNumber: 4 });
  assert.equal(await second.Body?.transformToString(), 'klm');
  assert.deepEqual(
    [second.$metadata.httpStatusCode, second.PartsCount, second.ContentRange, second.ETag, second.ChecksumCRC32],
    [206, 2, 'bytes 10-12/13', ETag, parts[1]?.ChecksumCRC32],
  );
  assert.equal((await get({ Range: 'bytes=10-' })).ChecksumCRC32, parts[1]?.ChecksumCRC32);
  assert.equal((await get({ Range: 'bytes=9-' })).ChecksumCRC32, undefined);
  const head = await plain.send(new HeadObjectCommand({ Bucket, Key: 'numbered', PartNumber: 1 }));
  assert.deepEqual([head.PartsCount, head.ContentLength, head.ChecksumCRC32], [2, 10, undefined]);
  await assert.rejects(get({ PartNumber: 2 }), refusal('InvalidPartNumber', 416));
  await assert.rejects(get({ PartNumber: 0 }), refusal('InvalidArgument', 400));
  await assert.rejects(get({ PartNumber: 1, Range: 'bytes=0-1' }), refusal('InvalidRequest', 400));
  await plain.send(new PutObjectCommand({ Bucket, Key: 'whole', Body: 'whole' }));
  const whole = await plain.send(new GetObjectCommand({ Bucket, Key: 'whole', PartNumber: 1 }));
  assert.deepEqual([whole.PartsCount, whole.ContentRange], [undefined, 'bytes 0-4/5']);
  await plain.send(new PutObjectCommand({ Bucket, Key: 'empty', Body: '' }));
  const empty = await plain.send(new GetObjectCommand({ Bucket, Key: 'empty', PartNumber: 1 }));
  assert.deepEqual([empty.$metadata.httpStatusCode, empty.ContentRange, empty.ContentLength], [200, undefined, 0]);
});

test('attributes of an object are told as they are asked for', async () => {
  const attributes = (Key: string, ObjectAttributes: string[], more: object = {}) =>
    plain.send(
      new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ObjectAttributes as 'ETag'[], ...more }),
    );
  const all = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];
  await plain.send(new PutObjectCommand({ Bucket, Key: 'whole', Body: 'whole', StorageClass: 'GLACIER_IR' }));
  const { $metadata, LastModified, ...whole } = await attributes('whole', all);
  assert.deepEqual(whole, {
    ETag: createHash('md5').update('whole').digest('hex'),
    Checksum: { ChecksumCRC64NVME: whole.Checksum?.ChecksumCRC64NVME, ChecksumType: 'FULL_OBJECT' },
    StorageClass: 'GLACIER_IR',
    ObjectSize: 5,
  });
  assert.deepEqual(Object.keys(await attributes('whole', ['ObjectSize'])).sort(), [
    '$metadata',
    'LastModified',
    'ObjectSize',
  ]);

  const address = await begin('in-parts', { ChecksumAlgorithm: 'SHA1' });
  const parts = [];
  for (const number of [1, 2, 3])
    parts.push(await upload(address, number, 'abcdefghij', { ChecksumAlgorithm: 'SHA1' }));
  const completed = await complete(address, parts);
  const page = await attributes('in-parts', ['ObjectParts', 'Checksum'], { MaxParts: 1, PartNumberMarker: '1' });
  assert.equal(`${page.Checksum?.ChecksumSHA1}-3`, completed.ChecksumSHA1);
  assert.deepEqual(page.ObjectParts, {
    TotalPartsCount: 3,
    PartNumberMarker: '1',
    NextPartNumberMarker: '2',
    MaxParts: 1,
    IsTruncated: true,
    Parts: [{ PartNumber: 2, Size: 10, ChecksumSHA1: parts[1]?.ChecksumSHA1 }],
  });
  const unsummed = await begin('unsummed');
  await complete(unsummed, [await upload(unsummed, 1, 'x')]);
  assert.deepEqual((await attributes('unsummed', ['ObjectParts'])).ObjectParts, { TotalPartsCount: 1 });
  await assert.rejects(attributes('whole', ['Size']), refusal('InvalidArgument', 400));
  await assert.rejects(attributes('missing', all), refusal('NoSuchKey', 404));
});

test('attributes need a right of their own beside that to read', async () => {
  const right = (Action: string) => ({ Effect: 'Allow', Action, Resource: `arn:aws:s3:::${Bucket}/*` });
  const principal = { AWS: clerk.caller.principal.kind === 'role-session' ? clerk.caller.principal.roleArn : '' };
  const policy = (...actions: string[]) =>
    owner.send(
      new PutBucketPolicyCommand({
        Bucket,
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: actions.map((action) => ({ ...right(action), Principal: principal })),
        }),
      }),
    );
  await plain.send(new PutObjectCommand({ Bucket, Key: 'told', Body: 'x' }));
  const client = world.client(clerk, clock);
  const ask = () => client.send(new GetObjectAttributesCommand({ Bucket, Key: 'told', ObjectAttributes: ['ETag'] }));
  await policy('s3:GetObject', 's3:GetObjectAttributes');
  await ask();
  await policy('s3:GetObject');
  await assert.rejects(ask(), refusal('AccessDenied', 403, /s3:GetObjectAttributes/));
  await policy('s3:GetObjectAttributes');
  await assert.rejects(ask(), refusal('AccessDenied', 403, /s3:GetObject /));
});

test('who began an upload may list its parts and abort it, unless a policy denies it', async () => {
  const role = { AWS: `arn:aws:iam::${WORKFLOW_ACCOUNT}:role/Writer` };
  const policy = (...Statement: object[]) =>
    owner.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
  await policy({ ...writing, Principal: role });
  const client = world.client(writer, clock);
  const list = (address: Address, by: S3Client) => by.send(new ListPartsCommand(address));
  const abort = (address: Address, by: S3Client) => by.send(new AbortMultipartUploadCommand(address));

  const own = await begin('of-writer', {}, client);
  const { Initiator, Owner } = await list(own, client);
  assert.equal(Initiator?.ID, `arn:aws:sts::${WORKFLOW_ACCOUNT}:assumed-role/Writer/test`);
  assert.match(Owner?.ID ?? '', /^[0-9a-f]{64}$/);
  await assert.rejects(list(own, world.client(colleague, clock)), refusal('AccessDenied', 403));
  await list(own, world.client(otherRoot, clock));
  await list(own, owner);
  await abort(own, client);
  await assert.rejects(list(own, client), refusal('AccessDenied', 403));

  const foreign = await begin('of-owner');
  await assert.rejects(list(foreign, client), refusal('AccessDenied', 403));
  await assert.rejects(abort(foreign, client), refusal('AccessDenied', 403));
  await abort(foreign, owner);

  const inside = world.client(clerk, clock);
  const local = await begin('of-clerk', {}, inside);
  await list(local, inside);
  await abort(local, inside);

  const denied = await begin('denied', {}, client);
  await policy(
    { ...writing, Principal: role },
    { ...writing, Effect: 'Deny', Action: 's3:AbortMultipartUpload', Principal: role },
  );
  await list(denied, client);
  await assert.rejects(abort(denied, client), refusal('AccessDenied', 403));
});

test('a completed upload is remembered for a day', async () => {
  const early = await begin('early');
  const part = await upload(early, 1, 'x');
  await complete(early, [part]);
  now += 24 * 60 * 60 * 1000 + 1000;
  const tomorrow = world.client(bucketOwner, { systemClockOffset: now - Date.now() });
  const later = await begin('later', {}, tomorrow);
  const last = await upload(later, 1, 'x', {}, tomorrow);
  const finish = (address: Address, Parts: object[]) =>
    tomorrow.send(new CompleteMultipartUploadCommand({ ...address, MultipartUpload: { Parts } }));
  await finish(later, [last]);
  await finish(later, [last]);
  await assert.rejects(finish(early, [part]), refusal('NoSuchUpload', 404));
});

test('nothing in these tests was a bug of the server', () => {
  assert.deepEqual(world.bugs, []);
});
