import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  PutObjectCommand,
  type S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { BUCKET_ACCOUNT, root, s3World, session, WORKFLOW_ACCOUNT } from './s3-world.ts';
import { signedHeaders } from './sign.ts';

const Bucket = 'partner-objects';
const owner = root(BUCKET_ACCOUNT);
const cleaner = session(WORKFLOW_ACCOUNT, 'cleaner', [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
const world = await s3World([owner, cleaner]);
after(() => world.close());
await world.s3.provisionBucket({ name: Bucket, accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });
await world.s3.provisionPolicy(
  Bucket,
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::222222222222:role/cleaner' },
        Action: ['s3:DeleteObject', 's3:ListBucketVersions'],
        Resource: ['arn:aws:s3:::partner-objects', 'arn:aws:s3:::partner-objects/scratch/*'],
      },
      {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::222222222222:role/cleaner' },
        Action: 's3:DeleteObjectVersion',
        Resource: 'arn:aws:s3:::partner-objects/versioned/*',
      },
    ],
  }),
);
await world.store.buckets.put(Bucket, 'versioning', 'Enabled');
await world.s3.provisionBucket({ name: 'never-versioned', accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });

const client = world.client(owner, { region: 'eu-west-1' });
const stranger = world.client(cleaner, { region: 'eu-west-1' });
const put = async (Key: string, Body: string, bucket = Bucket) =>
  (await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }))).VersionId;
const refusal = (name: string, status: number) => (error: S3ServiceException) =>
  error.name === name && error.$metadata.httpStatusCode === status;
const list = (input: Partial<ListObjectVersionsCommandInput>) =>
  client.send(new ListObjectVersionsCommand({ Bucket, ...input }));

describe('reads of a versioned bucket', () => {
  test('a version is read by its id, the current one without', async () => {
    const first = await put('read', 'first');
    const second = await put('read', 'second');
    const current = await client.send(new GetObjectCommand({ Bucket, Key: 'read' }));
    assert.deepEqual([await current.Body?.transformToString(), current.VersionId], ['second', second]);
    const old = await client.send(new GetObjectCommand({ Bucket, Key: 'read', VersionId: first! }));
    assert.deepEqual([await old.Body?.transformToString(), old.VersionId], ['first', first]);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'read', VersionId: first! }));
    assert.deepEqual([head.ContentLength, head.VersionId], [5, first]);
  });

  test('below a delete marker there is no object, and the marker itself has no content', async () => {
    await put('marked', 'content');
    const deleted = await client.send(new DeleteObjectCommand({ Bucket, Key: 'marked' }));
    assert.equal(deleted.DeleteMarker, true);
    await assert.rejects(client.send(new GetObjectCommand({ Bucket, Key: 'marked' })), (error: S3ServiceException) => {
      const { headers } = error.$response!;
      assert.equal(headers['x-amz-delete-marker'], 'true');
      assert.equal(headers['x-amz-version-id'], deleted.VersionId);
      return refusal('NoSuchKey', 404)(error);
    });
    const marker = { Bucket, Key: 'marked', VersionId: deleted.VersionId! };
    await assert.rejects(client.send(new GetObjectCommand(marker)), (error: S3ServiceException) => {
      assert.equal(error.$response!.headers.allow, 'DELETE');
      return refusal('MethodNotAllowed', 405)(error);
    });
    await assert.rejects(
      client.send(new HeadObjectCommand(marker)),
      ({ $metadata }: S3ServiceException) => $metadata.httpStatusCode === 405,
    );
    const undone = await client.send(new DeleteObjectCommand(marker));
    assert.deepEqual([undone.DeleteMarker, undone.VersionId], [true, deleted.VersionId]);
    assert.equal((await client.send(new HeadObjectCommand({ Bucket, Key: 'marked' }))).ContentLength, 7);
  });

  test('an id that no version ever had is an invalid argument, one that is gone is no such version', async () => {
    const VersionId = await put('gone', 'content');
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'gone', VersionId: VersionId! }));
    const gone = { Bucket, Key: 'gone', VersionId: VersionId! };
    await assert.rejects(client.send(new GetObjectCommand(gone)), refusal('NoSuchVersion', 404));
    const invalid = { Bucket, Key: 'gone', VersionId: 'v1' };
    await assert.rejects(client.send(new GetObjectCommand(invalid)), refusal('InvalidArgument', 400));
    await assert.rejects(client.send(new DeleteObjectCommand(invalid)), refusal('InvalidArgument', 400));
  });

  test('a bucket that never was versioned says nothing of versions', async () => {
    assert.equal(await put('plain', 'content', 'never-versioned'), undefined);
    const plain = { Bucket: 'never-versioned', Key: 'plain' };
    assert.equal((await client.send(new HeadObjectCommand(plain))).VersionId, undefined);
    const { Versions } = await list({ Bucket: 'never-versioned' });
    assert.deepEqual(
      Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest]),
      [['null', true]],
    );
    const deleted = await client.send(new DeleteObjectCommand(plain));
    assert.deepEqual([deleted.DeleteMarker, deleted.VersionId], [undefined, undefined]);
  });

  test('where versioning is suspended, the null version is named to who reads or deletes, not to who writes', async () => {
    const name = { Bucket: 'suspended' };
    await world.s3.provisionBucket({ name: name.Bucket, accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });
    await world.store.buckets.put(name.Bucket, 'versioning', 'Suspended');
    const written = { ...name, Key: 'written' };
    assert.equal(await put(written.Key, 'content', name.Bucket), undefined);
    const copy = new CopyObjectCommand({ ...name, Key: 'copied', CopySource: 'suspended/written' });
    assert.equal((await client.send(copy)).VersionId, undefined);
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(written));
    const part = { ...written, UploadId, PartNumber: 1 };
    const { ETag } = await client.send(new UploadPartCommand({ ...part, Body: 'part' }));
    const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
    const completion = await client.send(new CompleteMultipartUploadCommand({ ...written, UploadId, MultipartUpload }));
    assert.equal(completion.VersionId, undefined);
    assert.equal((await client.send(new HeadObjectCommand(written))).VersionId, 'null');
    const deleted = await client.send(new DeleteObjectCommand(written));
    assert.deepEqual([deleted.DeleteMarker, deleted.VersionId], [true, 'null']);
  });
});

describe('ListObjectVersions', () => {
  test('shows versions and delete markers, the newest of a key first, with what there is of each', async () => {
    const [a1, b1, a2] = [await put('list/a', '1'), await put('list/b', '12'), await put('list/a', '123')];
    const { VersionId: marker } = await client.send(new DeleteObjectCommand({ Bucket, Key: 'list/b' }));
    const { Versions, DeleteMarkers, KeyMarker, VersionIdMarker, MaxKeys, IsTruncated } = await list({
      Prefix: 'list/',
    });
    assert.deepEqual(
      Versions?.map(({ Key, VersionId, IsLatest, Size }) => [Key, VersionId, IsLatest, Size]),
      [
        ['list/a', a2, true, 3],
        ['list/a', a1, false, 1],
        ['list/b', b1, false, 2],
      ],
    );
    const [version] = Versions!;
    assert.equal(version?.ETag, '"202cb962ac59075b964b07152d234b70"');
    assert.equal(version?.StorageClass, 'STANDARD');
    assert.match(version?.Owner?.ID ?? '', /^[0-9a-f]{64}$/);
    assert.deepEqual(
      DeleteMarkers?.map(({ Key, VersionId, IsLatest, Owner }) => [Key, VersionId, IsLatest, Owner?.ID]),
      [['list/b', marker, true, version?.Owner?.ID]],
    );
    assert.deepEqual([KeyMarker, VersionIdMarker, MaxKeys, IsTruncated], ['', '', 1000, false]);
  });

  test('goes on after a version, and after a common prefix', async () => {
    const ids: (string | undefined)[] = [];
    for (const key of ['page/a', 'page/a', 'page/b/1', 'page/b/2', 'page/c']) ids.unshift(await put(key, 'x'));
    const seen: string[] = [];
    let marker: Partial<ListObjectVersionsCommandInput> = {};
    for (let pages = 0; pages < 10; pages++) {
      const page = await list({ Prefix: 'page/', Delimiter: '/', MaxKeys: 1, ...marker });
      seen.push(...(page.Versions ?? []).map(({ Key, VersionId }) => `${Key} ${VersionId}`));
      seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ''));
      if (page.IsTruncated !== true) break;
      marker = { KeyMarker: page.NextKeyMarker!, VersionIdMarker: page.NextVersionIdMarker };
    }
    assert.deepEqual(seen, [`page/a ${ids[3]}`, `page/a ${ids[4]}`, 'page/b/', `page/c ${ids[0]}`]);
  });

  test('a key marker alone is exclusive', async () => {
    await put('marker/a', '1');
    await put('marker/a', '2');
    await put('marker/b', '3');
    const { Versions } = await list({ Prefix: 'marker/', KeyMarker: 'marker/a' });
    assert.deepEqual(
      Versions?.map(({ Key }) => Key),
      ['marker/b'],
    );
  });

  test('refuses what it cannot go on from', async () => {
    const rejected = (input: Partial<ListObjectVersionsCommandInput>, message: string) =>
      assert.rejects(list(input), { name: 'InvalidArgument', message });
    await rejected({ VersionIdMarker: 'null' }, 'A version-id marker cannot be specified without a key marker.');
    await rejected({ KeyMarker: 'a', VersionIdMarker: 'v1' }, 'Invalid version id specified');
    await rejected({ MaxKeys: -1 }, 'max-keys cannot be negative');
  });

  test('needs a right of its own', async () => {
    const versions = new ListObjectVersionsCommand({ Bucket });
    assert.equal((await stranger.send(versions)).$metadata.httpStatusCode, 200);
    await assert.rejects(stranger.send(new ListObjectsV2Command({ Bucket })), refusal('AccessDenied', 403));
  });
});

describe('DeleteObjects', () => {
  const deleteAll = (
    objects: readonly { Key: string; VersionId?: string | undefined; ETag?: string }[],
    Quiet = false,
  ) => client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [...objects], Quiet } }));

  test('says of each what it did', async () => {
    const versionId = await put('many/a', 'x');
    const made = await deleteAll([{ Key: 'many/a' }, { Key: 'many/b' }]);
    const [a, b] = made.Deleted!;
    assert.deepEqual([a?.Key, a?.VersionId, a?.DeleteMarker, b?.Key], ['many/a', undefined, true, 'many/b']);
    const marker = { Key: 'many/a', VersionId: a?.DeleteMarkerVersionId };
    const undone = await deleteAll([marker, { Key: 'many/a', VersionId: versionId }]);
    assert.deepEqual(undone.Deleted, [
      { ...marker, DeleteMarker: true, DeleteMarkerVersionId: marker.VersionId },
      { Key: 'many/a', VersionId: versionId },
    ]);
    assert.equal((await deleteAll([{ Key: 'many/c' }], true)).Deleted, undefined);
  });

  test('each object is authorized on its own, and what is refused is an error in an answer that is 200', async () => {
    await put('scratch/1', 'x');
    await put('kept/1', 'x');
    const VersionId = await put('versioned/1', 'x');
    const Objects = [
      { Key: 'scratch/1' },
      { Key: 'kept/1' },
      { Key: 'scratch/1', VersionId },
      { Key: 'versioned/1', VersionId },
    ];
    const answer = await stranger.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    assert.equal(answer.$metadata.httpStatusCode, 200);
    assert.deepEqual(answer.Errors, [
      { Key: 'kept/1', Code: 'AccessDenied', Message: 'Access Denied' },
      { Key: 'scratch/1', VersionId, Code: 'AccessDenied', Message: 'Access Denied' },
    ]);
    assert.equal(answer.Deleted, undefined);
    await assert.rejects(client.send(new HeadObjectCommand({ Bucket, Key: 'scratch/1' })), { name: 'NotFound' });
    await assert.rejects(client.send(new HeadObjectCommand({ Bucket, Key: 'versioned/1' })), { name: 'NotFound' });
    assert.equal((await client.send(new HeadObjectCommand({ Bucket, Key: 'kept/1' }))).ContentLength, 1);
  });

  test('an entity tag is a condition on that object alone', async () => {
    await put('tag/a', 'a');
    await put('tag/b', 'b');
    const answer = await deleteAll([
      { Key: 'tag/a', ETag: '"0cc175b9c0f1b6a831c399e269772661"' },
      { Key: 'tag/b', ETag: '"0cc175b9c0f1b6a831c399e269772661"' },
    ]);
    assert.deepEqual(
      answer.Deleted?.map(({ Key }) => Key),
      ['tag/a'],
    );
    assert.deepEqual(
      answer.Errors?.map(({ Key, Code }) => [Key, Code]),
      [['tag/b', 'PreconditionFailed']],
    );
    world.authorizations.length = 0;
    await deleteAll([{ Key: 'tag/b', ETag: '"92eb5ffee6ae2fec3ad71c777531578f"' }]);
    assert.deepEqual(
      world.authorizations.map(({ action, context }) => [action, context['s3:if-match']]),
      [
        ['s3:DeleteObject', '"92eb5ffee6ae2fec3ad71c777531578f"'],
        ['s3:GetObject', '"92eb5ffee6ae2fec3ad71c777531578f"'],
      ],
    );
  });

  test('an id that no version ever had is an error of its object', async () => {
    const answer = await deleteAll([{ Key: 'a', VersionId: 'v1' }]);
    assert.deepEqual(
      answer.Errors?.map(({ Key, VersionId, Code }) => [Key, VersionId, Code]),
      [['a', 'v1', 'NoSuchVersion']],
    );
  });

  test('takes at most 1,000 objects', async () => {
    const objects = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `limit/${index}` }));
    assert.equal((await deleteAll(objects(1000))).Deleted?.length, 1000);
    await assert.rejects(deleteAll(objects(1001)), refusal('MalformedXML', 400));
  });

  const raw = async (document: string, extra: Record<string, string>) => {
    const path = `/${Bucket}?delete=`;
    const signed = signedHeaders(owner, {
      method: 'POST',
      path,
      headers: { host: new URL(world.endpoint).host, ...extra },
      payload: 'UNSIGNED-PAYLOAD',
      now: Date.now(),
    });
    const response = await fetch(world.endpoint + path, { method: 'POST', headers: signed.headers, body: document });
    return /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1] ?? response.status;
  };

  test('a document without a digest, or that is no such document, is refused', async () => {
    const one = '<Delete><Object><Key>a</Key></Object></Delete>';
    assert.equal(await raw(one, {}), 'InvalidRequest');
    assert.equal(await raw(one, { 'content-md5': '1B2M2Y8AsgTpgAmY7PhCfg==' }), 'BadDigest');
    assert.equal(await raw(one, { 'content-md5': 'not a digest' }), 'InvalidDigest');
    const md5 = (text: string) => ({ 'content-md5': createHash('md5').update(text).digest('base64') });
    assert.equal(await raw(one, md5(one)), 200);
    for (const document of [
      '',
      '<Delete>',
      '<Delete></Delete>',
      '<Other><Object><Key>a</Key></Object></Other>',
      '<Delete><Object></Object></Delete>',
      '<Delete><Object><Key></Key></Object></Delete>',
      '<Delete><Object><Key>a</Key><Colour>red</Colour></Object></Delete>',
      '<Delete><Prefix>a</Prefix></Delete>',
    ]) {
      assert.equal(await raw(document, md5(document)), 'MalformedXML', document);
    }
    assert.equal(await raw(one, { 'x-amz-checksum-crc32': 'AAAAAA==' }), 'BadDigest');
  });
});

test('nothing of this was a bug', () => assert.deepEqual(world.bugs, []));
