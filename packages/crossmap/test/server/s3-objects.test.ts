import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { refusal } from './s3-refusal.ts';
import { BUCKET_ACCOUNT, root, s3World } from './s3-world.ts';

const owner = root(BUCKET_ACCOUNT);
const NOW = Date.parse('2026-01-02T03:04:05.678Z');
const world = await s3World([owner], { now: () => NOW, minimumPartSize: 1000 });
after(() => world.close());
// The clock of the world stands still; the client finds out the difference from the first answer.
const client = world.client(owner, { systemClockOffset: NOW - Date.now() });
const Bucket = 'partner-objects';
await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));

async function text(Key: string, more: object = {}): Promise<string | undefined> {
  return (await client.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToString();
}

test('a bucket is seen, located, and deleted when it is empty', async () => {
  const name = { Bucket: 'short-lived' };
  await client.send(
    new CreateBucketCommand({ ...name, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
  );
  assert.equal((await client.send(new HeadBucketCommand(name))).BucketRegion, 'eu-west-1');
  assert.equal((await client.send(new GetBucketLocationCommand(name))).LocationConstraint, 'eu-west-1');
  const { Buckets } = await client.send(new ListBucketsCommand({}));
  assert.deepEqual(Buckets?.[1], {
    Name: 'short-lived',
    CreationDate: new Date('2026-01-02T03:04:05Z'),
    BucketRegion: 'eu-west-1',
  });
  await client.send(new PutObjectCommand({ ...name, Key: 'a', Body: 'a' }));
  await assert.rejects(client.send(new DeleteBucketCommand(name)), refusal('BucketNotEmpty', 409));
  await client.send(new DeleteObjectCommand({ ...name, Key: 'a' }));
  const upload = await client.send(new CreateMultipartUploadCommand({ ...name, Key: 'b' }));
  await client.send(new UploadPartCommand({ ...name, Key: 'b', UploadId: upload.UploadId, PartNumber: 1, Body: 'x' }));
  await client.send(new DeleteBucketCommand(name));
  await assert.rejects(client.send(new ListObjectsV2Command(name)), refusal('NoSuchBucket', 404));
});

test('a bucket is created where the request is signed for, and only with a name that is one', async () => {
  const create = (name: string, LocationConstraint: 'eu-west-1' | 'eu-west-2') =>
    client.send(new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration: { LocationConstraint } }));
  await assert.rejects(create('other-region', 'eu-west-2'), refusal('IllegalLocationConstraintException', 400));
  await assert.rejects(create('Upper', 'eu-west-1'), refusal('InvalidBucketName', 400));
  await assert.rejects(create(Bucket, 'eu-west-1'), refusal('BucketAlreadyOwnedByYou', 409));
});

const KEYS = [
  'a b',
  '+%#?&=',
  '"quoted\' <&>',
  'Ελλάδα/中文/हिन्दी/한국어',
  '😀/\u{1F9EA}',
  './../.',
  '//',
  'tab\tline\n\r\u0001',
  'k'.repeat(1024),
];

test('a key is any UTF-8: what is put under it is got, listed and deleted under it', async () => {
  for (const Key of KEYS) {
    await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    assert.equal(await text(Key), Key);
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
    assert.deepEqual(
      Contents?.map((object) => object.Key),
      [Key],
    );
    const encoded = await client.send(new ListObjectsV2Command({ Bucket, Prefix: Key, EncodingType: 'url' }));
    assert.equal(decodeURIComponent(encoded.Contents?.[0]?.Key ?? ''), Key);
    await client.send(new DeleteObjectCommand({ Bucket, Key }));
    await assert.rejects(text(Key), refusal('NoSuchKey', 404));
  }
  const Key = 'k'.repeat(1025);
  await assert.rejects(client.send(new PutObjectCommand({ Bucket, Key, Body: '' })), refusal('KeyTooLongError', 400));
});

test('headers and metadata come back with the object', async () => {
  const described = {
    ContentType: 'text/csv; charset=utf-8',
    CacheControl: 'max-age=60',
    ContentDisposition: 'attachment; filename="a.csv"',
    ContentEncoding: 'gzip',
    ContentLanguage: 'de, en',
    Metadata: { origin: 'partner', empty: '' },
  };
  await client.send(
    new PutObjectCommand({ Bucket, Key: 'described', Body: Readable.from(['abc']), ContentLength: 3, ...described }),
  );
  const { $metadata, Body, ...got } = await client.send(
    new GetObjectCommand({ Bucket, Key: 'described', ChecksumMode: 'ENABLED' }),
  );
  assert.equal(await Body?.transformToString(), 'abc');
  assert.deepEqual(got, {
    ...described,
    AcceptRanges: 'bytes',
    ChecksumCRC32: 'NSRBwg==',
    ChecksumType: 'FULL_OBJECT',
    ContentLength: 3,
    ETag: '"900150983cd24fb0d6963f7d28e17f72"',
    LastModified: new Date('2026-01-02T03:04:05Z'),
    ServerSideEncryption: 'AES256',
  });
  const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'described' }));
  assert.equal(head.ContentLength, 3);
  assert.equal(head.ChecksumCRC32, undefined);
  assert.deepEqual(head.Metadata, described.Metadata);
});

for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const satisfies ChecksumAlgorithm[]) {
  test(`${algorithm} is verified, kept and shown, of streams and of parts`, async () => {
    const stream = { Body: Readable.from([Buffer.alloc(70_000, 'x'), 'y']), ContentLength: 70_001 };
    const Key = `checksum/${algorithm}`;
    const put = await client.send(new PutObjectCommand({ Bucket, Key, ChecksumAlgorithm: algorithm, ...stream }));
    const shown = await client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    assert.ok(put[`Checksum${algorithm}`] !== undefined);
    assert.equal(shown[`Checksum${algorithm}`], put[`Checksum${algorithm}`]);

    const upload = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: algorithm }));
    const address = { Bucket, Key, UploadId: upload.UploadId };
    const Parts = [];
    for (const [index, Body] of ['p'.repeat(1000), 'q'].entries()) {
      const PartNumber = index + 1;
      const part = await client.send(
        new UploadPartCommand({ ...address, PartNumber, Body, ChecksumAlgorithm: algorithm }),
      );
      Parts.push({ PartNumber, ETag: part.ETag, [`Checksum${algorithm}`]: part[`Checksum${algorithm}`] });
    }
    const completed = await client.send(new CompleteMultipartUploadCommand({ ...address, MultipartUpload: { Parts } }));
    assert.equal(completed.ChecksumType, algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
    if (algorithm !== 'CRC64NVME') assert.match(completed[`Checksum${algorithm}`] ?? '', /-2$/);
    assert.equal(await text(Key), `${'p'.repeat(1000)}q`);
  });
}

test('a multipart CRC32 of the full object is that of a plain put', async () => {
  const Body = 'z'.repeat(1001);
  const plain = await client.send(new PutObjectCommand({ Bucket, Key: 'plain', Body }));
  const upload = await client.send(
    new CreateMultipartUploadCommand({ Bucket, Key: 'parts', ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' }),
  );
  const address = { Bucket, Key: 'parts', UploadId: upload.UploadId };
  const first = await client.send(new UploadPartCommand({ ...address, PartNumber: 1, Body: Body.slice(1) }));
  const last = await client.send(new UploadPartCommand({ ...address, PartNumber: 7, Body: Body.slice(0, 1) }));
  const Parts = [
    { PartNumber: 1, ETag: first.ETag },
    { PartNumber: 7, ETag: last.ETag },
  ];
  const wrong = { ...address, MultipartUpload: { Parts }, ChecksumCRC32: 'AAAAAA==' };
  await assert.rejects(client.send(new CompleteMultipartUploadCommand(wrong)), refusal('BadDigest', 400));
  const right = {
    ...wrong,
    ChecksumCRC32: plain.ChecksumCRC32,
    ChecksumType: 'FULL_OBJECT',
    MpuObjectSize: 1001,
  } as const;
  const completed = await client.send(new CompleteMultipartUploadCommand(right));
  assert.equal(completed.ChecksumCRC32, plain.ChecksumCRC32);
  assert.match(completed.ETag ?? '', /-2"$/);
});

test('a multipart upload is completed with parts that are there, in order and large enough, or aborted', async () => {
  const upload = await client.send(
    new CreateMultipartUploadCommand({ Bucket, Key: 'upload', ContentType: 'text/plain' }),
  );
  const address = { Bucket, Key: 'upload', UploadId: upload.UploadId };
  const part = async (PartNumber: number, Body: string) => {
    const { ETag } = await client.send(new UploadPartCommand({ ...address, PartNumber, Body }));
    return { PartNumber, ETag };
  };
  const complete = (Parts: object[]) =>
    client.send(new CompleteMultipartUploadCommand({ ...address, MultipartUpload: { Parts } }));
  const small = await part(1, 'small');
  const second = await part(2, 'b');
  await assert.rejects(complete([second, small]), refusal('InvalidPartOrder', 400));
  await assert.rejects(complete([small, { ...second, ETag: '"0"' }]), refusal('InvalidPart', 400));
  await assert.rejects(complete([small, { ...second, PartNumber: 3 }]), refusal('InvalidPart', 400));
  await assert.rejects(complete([small, second]), refusal('EntityTooSmall', 400));
  await assert.rejects(complete([]), refusal('MalformedXML', 400));
  await assert.rejects(part(10_001, 'x'), refusal('InvalidArgument', 400));
  await assert.rejects(text('upload'), refusal('NoSuchKey', 404));
  const large = await part(1, 'a'.repeat(1000));
  await complete([large, second]);
  const got = await client.send(new GetObjectCommand({ Bucket, Key: 'upload', Range: 'bytes=998-' }));
  assert.equal(await got.Body?.transformToString(), 'aab');
  assert.equal(got.ContentType, 'text/plain');
  await assert.rejects(complete([large]), refusal('NoSuchUpload', 404));

  const other = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'aborted' }));
  const aborted = { Bucket, Key: 'aborted', UploadId: other.UploadId };
  await client.send(new UploadPartCommand({ ...aborted, PartNumber: 1, Body: 'x' }));
  await client.send(new AbortMultipartUploadCommand(aborted));
  await assert.rejects(client.send(new AbortMultipartUploadCommand(aborted)), refusal('NoSuchUpload', 404));
});

test('ranges and conditions of reads', async () => {
  const { ETag } = await client.send(new PutObjectCommand({ Bucket, Key: 'range', Body: '0123456789' }));
  assert.equal(await text('range', { Range: 'bytes=2-4' }), '234');
  const part = await client.send(new GetObjectCommand({ Bucket, Key: 'range', Range: 'bytes=-3' }));
  assert.deepEqual([part.ContentRange, part.$metadata.httpStatusCode], ['bytes 7-9/10', 206]);
  await assert.rejects(text('range', { Range: 'bytes=10-' }), refusal('InvalidRange', 416));
  assert.equal(await text('range', { IfMatch: ETag }), '0123456789');
  await assert.rejects(text('range', { IfMatch: '"x"' }), refusal('PreconditionFailed', 412));
  await assert.rejects(
    text('range', { IfNoneMatch: ETag }),
    (error: S3ServiceException) => error.$metadata.httpStatusCode === 304,
  );
  await assert.rejects(text('range', { IfUnmodifiedSince: new Date(0) }), refusal('PreconditionFailed', 412));
});

test('conditions of writes hold at the moment of the commit', async () => {
  const put = (Body: string, more: object) => client.send(new PutObjectCommand({ Bucket, Key: 'once', Body, ...more }));
  await assert.rejects(put('x', { IfMatch: '"x"' }), refusal('NoSuchKey', 404));
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map((n) => put(String(n), { IfNoneMatch: '*' })));
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected', 'rejected', 'rejected']);
  await assert.rejects(put('x', { IfMatch: '"x"' }), refusal('PreconditionFailed', 412));
  const { ETag } = await client.send(new HeadObjectCommand({ Bucket, Key: 'once' }));
  await put('again', { IfMatch: ETag });
  assert.equal(await text('once'), 'again');
});

test('a listing pages, rolls up, starts where it is told and shows owners when asked', async () => {
  for (const key of ['a/1', 'a/2', 'b', 'c/1', 'd']) {
    await client.send(new PutObjectCommand({ Bucket, Key: `list/${key}`, Body: key }));
  }
  const names: (string | undefined)[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page: object = { Bucket, Prefix: 'list/', Delimiter: '/', MaxKeys: 2, ContinuationToken };
    const answer = await client.send(new ListObjectsV2Command({ Bucket, ...page }));
    assert.ok((answer.KeyCount ?? 0) <= 2);
    names.push(
      ...(answer.CommonPrefixes ?? []).map((common) => common.Prefix),
      ...(answer.Contents ?? []).map(({ Key }) => Key),
    );
    assert.equal(answer.IsTruncated, answer.NextContinuationToken !== undefined);
    ContinuationToken = answer.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  assert.deepEqual(names, ['list/a/', 'list/b', 'list/c/', 'list/d']);

  const after = await client.send(
    new ListObjectsV2Command({ Bucket, StartAfter: 'list/a/2', Prefix: 'list/', FetchOwner: true }),
  );
  assert.deepEqual(
    after.Contents?.map(({ Key }) => Key),
    ['list/b', 'list/c/1', 'list/d'],
  );
  assert.match(after.Contents?.[0]?.Owner?.ID ?? '', /^[0-9a-f]{64}$/);
  const none = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 0 }));
  assert.deepEqual([none.KeyCount, none.IsTruncated, none.Contents], [0, false, undefined]);
  const forged = new ListObjectsV2Command({ Bucket, ContinuationToken: 'forged' });
  await assert.rejects(client.send(forged), refusal('InvalidArgument', 400));
  const negative = new ListObjectsV2Command({ Bucket, MaxKeys: -1 });
  await assert.rejects(client.send(negative), refusal('InvalidArgument', 400));
});

test('a large body passes through in both directions', async () => {
  const size = 20 * 1024 * 1024;
  const chunk = Buffer.alloc(64 * 1024, 'l');
  const Body = Readable.from(Array.from({ length: size / chunk.length }, () => chunk));
  await client.send(new PutObjectCommand({ Bucket, Key: 'large', Body, ContentLength: size }));
  const got = await client.send(new GetObjectCommand({ Bucket, Key: 'large' }));
  let received = 0;
  for await (const bytes of got.Body as Readable) received += (bytes as Buffer).length;
  assert.equal(received, size);
});

test('nothing in these tests was a bug of the server', () => {
  assert.deepEqual(world.bugs, []);
});

test('version 1 of the listing goes on from a marker, which only a delimiter has it tell', async () => {
  const name = { Bucket: 'listed-by-marker' };
  await client.send(
    new CreateBucketCommand({ ...name, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
  );
  for (const Key of ['a/1', 'a/2', 'b', 'c']) await client.send(new PutObjectCommand({ ...name, Key, Body: 'x' }));
  const page = async (more: object) => {
    const {
      Contents = [],
      CommonPrefixes = [],
      NextMarker,
      IsTruncated,
    } = await client.send(new ListObjectsCommand({ ...name, MaxKeys: 2, ...more }));
    const names = [...Contents.map(({ Key }) => Key), ...CommonPrefixes.map(({ Prefix }) => Prefix)];
    return [names.sort(), IsTruncated, NextMarker];
  };
  assert.deepEqual(await page({}), [['a/1', 'a/2'], true, undefined]);
  assert.deepEqual(await page({ Marker: 'a/2' }), [['b', 'c'], false, undefined]);
  assert.deepEqual(await page({ Delimiter: '/' }), [['a/', 'b'], true, 'b']);
  assert.deepEqual(await page({ Delimiter: '/', MaxKeys: 1 }), [['a/'], true, 'a/']);
  assert.deepEqual(await page({ Delimiter: '/', Marker: 'a/' }), [['b', 'c'], false, undefined]);
  const { Contents } = await client.send(new ListObjectsCommand(name));
  assert.ok(Contents?.every(({ Owner }) => Owner?.ID !== undefined));
});
