import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  type GetObjectTaggingCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3ServiceException,
  type Tag,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { BUCKET_ACCOUNT, root, s3World, session } from './s3-world.ts';

const Bucket = 'partner-objects';
const arn = `arn:aws:s3:::${Bucket}/*`;
const owner = root(BUCKET_ACCOUNT);
const tagger = session(BUCKET_ACCOUNT, 'tagger', [
  {
    Effect: 'Allow',
    Action: ['s3:PutObject', 's3:PutObjectTagging'],
    Resource: arn,
    Condition: { StringEquals: { 's3:RequestObjectTag/project': 'mine' } },
  },
  {
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: arn,
    Condition: { StringEquals: { 's3:ExistingObjectTag/state': 'open' } },
  },
]);
const world = await s3World([owner, tagger]);
after(() => world.close());
await world.s3.provisionBucket({ name: Bucket, accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });
const client = world.client(owner, { region: 'eu-west-1' });
const limited = world.client(tagger, { region: 'eu-west-1' });

const tagsOf = async (Key: string, input: Partial<GetObjectTaggingCommandInput> = {}) => {
  const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket, Key, ...input }));
  return TagSet?.map((tag) => `${tag.Key}=${tag.Value}`);
};
const putTags = (Key: string, TagSet: Tag[], VersionId?: string) =>
  client.send(new PutObjectTaggingCommand({ Bucket, Key, VersionId, Tagging: { TagSet } }));
const refusal = (name: string, status: number) => (error: S3ServiceException) =>
  error.name === name && error.$metadata.httpStatusCode === status;

test('tags come with a put, are replaced and removed', async () => {
  await client.send(
    new PutObjectCommand({ Bucket, Key: 'tagged', Body: 'x', Tagging: 'state=open&empty=&c%C3%B6lour=a+b' }),
  );
  assert.deepEqual(await tagsOf('tagged'), ['state=open', 'empty=', 'cölour=a b']);
  assert.equal((await client.send(new GetObjectCommand({ Bucket, Key: 'tagged' }))).TagCount, 3);
  await putTags('tagged', [{ Key: 'state', Value: 'closed' }]);
  assert.deepEqual(await tagsOf('tagged'), ['state=closed']);
  const removed = await client.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'tagged' }));
  assert.equal(removed.$metadata.httpStatusCode, 204);
  assert.deepEqual(await tagsOf('tagged'), []);
  assert.equal((await client.send(new GetObjectCommand({ Bucket, Key: 'tagged' }))).TagCount, undefined);
});

test('what S3 takes for no tags at all is no error', async () => {
  for (const Tagging of ['', '&', '&&']) await client.send(new PutObjectCommand({ Bucket, Key: 'none', Tagging }));
  await client.send(new PutObjectCommand({ Bucket, Key: 'none', Tagging: 'key&other=' }));
  assert.deepEqual(await tagsOf('none'), ['key=', 'other=']);
});

test('tags that break a rule are refused', async () => {
  const put = (Tagging: string) => client.send(new PutObjectCommand({ Bucket, Key: 'refused', Tagging }));
  const many = Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
  for (const tagging of ['=', 'a=1&a=2', 'a=%zz']) await assert.rejects(put(tagging), refusal('InvalidArgument', 400));
  await assert.rejects(put(many.map(({ Key }) => `${Key}=v`).join('&')), refusal('BadRequest', 400));
  await assert.rejects(put('a=%7C'), refusal('InvalidTag', 400));
  await client.send(new PutObjectCommand({ Bucket, Key: 'refused' }));
  await assert.rejects(putTags('refused', many), {
    name: 'BadRequest',
    message: 'Object tags cannot be greater than 10',
  });
  await putTags('refused', many.slice(1));
  const twice = [
    { Key: 'a', Value: '1' },
    { Key: 'a', Value: '2' },
  ];
  await assert.rejects(putTags('refused', twice), refusal('InvalidTag', 400));
  await assert.rejects(putTags('refused', [{ Key: 'k'.repeat(129), Value: '' }]), refusal('InvalidTag', 400));
});

test('a multipart object has the tags its upload began with', async () => {
  const object = { Bucket, Key: 'parts' };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...object, Tagging: 'state=open' }));
  const part = { ...object, UploadId, PartNumber: 1 };
  const { ETag } = await client.send(new UploadPartCommand({ ...part, Body: 'x' }));
  await client.send(
    new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }),
  );
  assert.deepEqual(await tagsOf('parts'), ['state=open']);
});

test('a copy has the tags of its source, or those of the request', async () => {
  await client.send(new PutObjectCommand({ Bucket, Key: 'source', Tagging: 'state=open' }));
  const copy = (Key: string, extra: object) =>
    client.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/source`, ...extra }));
  await copy('copied', {});
  assert.deepEqual(await tagsOf('copied'), ['state=open']);
  await copy('replaced', { TaggingDirective: 'REPLACE', Tagging: 'state=closed' });
  assert.deepEqual(await tagsOf('replaced'), ['state=closed']);
  await copy('untagged', { TaggingDirective: 'REPLACE' });
  assert.deepEqual(await tagsOf('untagged'), []);
  await assert.rejects(copy('unknown', { TaggingDirective: 'MOVE' }), refusal('InvalidArgument', 400));
  world.authorizations.length = 0;
  await copy('asked', {});
  assert.deepEqual(
    world.authorizations.map(({ action, resource }) => `${action} ${resource.split('/')[1]}`),
    ['s3:PutObject asked', 's3:GetObject source', 's3:GetObjectTagging source', 's3:PutObjectTagging asked'],
  );
});

describe('tags as conditions', () => {
  beforeEach(async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'open', Body: 'x', Tagging: 'state=open' }));
    await client.send(new PutObjectCommand({ Bucket, Key: 'closed', Body: 'x', Tagging: 'state=closed' }));
  });

  test('what may be read can depend on the tags the object has', async () => {
    const { TagCount } = await limited.send(new GetObjectCommand({ Bucket, Key: 'open' }));
    assert.equal(TagCount, undefined, 'who may not read tags is not told how many there are');
    await assert.rejects(limited.send(new GetObjectCommand({ Bucket, Key: 'closed' })), refusal('AccessDenied', 403));
    await client.send(
      new PutObjectTaggingCommand({ Bucket, Key: 'closed', Tagging: { TagSet: [{ Key: 'state', Value: 'open' }] } }),
    );
    assert.equal((await limited.send(new HeadObjectCommand({ Bucket, Key: 'closed' }))).ContentLength, 1);
  });

  test('what may be written can depend on the tags of the request, in a header or in a body', async () => {
    const Key = 'written';
    await limited.send(new PutObjectCommand({ Bucket, Key, Tagging: 'project=mine' }));
    await assert.rejects(limited.send(new PutObjectCommand({ Bucket, Key })), refusal('AccessDenied', 403));
    const tagged = (Value: string) =>
      limited.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [{ Key: 'project', Value }] } }));
    await tagged('mine');
    await assert.rejects(tagged('theirs'), refusal('AccessDenied', 403));
    assert.deepEqual(await tagsOf(Key), ['project=mine']);
  });
});

test('tags are those of one version, and a delete marker has none', async () => {
  await world.store.buckets.put(Bucket, 'versioning', 'Enabled');
  const Key = 'versioned';
  const first = await client.send(new PutObjectCommand({ Bucket, Key, Tagging: 'of=first' }));
  await client.send(new PutObjectCommand({ Bucket, Key, Tagging: 'of=second' }));
  const { VersionId } = await putTags(Key, [{ Key: 'of', Value: 'the first' }], first.VersionId);
  assert.equal(VersionId, first.VersionId);
  assert.deepEqual(await tagsOf(Key), ['of=second']);
  assert.deepEqual(await tagsOf(Key, { VersionId: first.VersionId }), ['of=the first']);
  await client.send(new DeleteObjectCommand({ Bucket, Key }));
  await assert.rejects(tagsOf(Key), refusal('MethodNotAllowed', 405));
  await assert.rejects(putTags(Key, []), refusal('MethodNotAllowed', 405));
  await assert.rejects(tagsOf('absent'), refusal('NoSuchKey', 404));
});

test('nothing of this was a bug', () => assert.deepEqual(world.bugs, []));
