import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import {
  CreateBucketCommand,
  type CreateBucketCommandInput,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketTaggingCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyStatusCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketRequestPaymentCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import { BUCKET_ACCOUNT, root, s3World, session, WORKFLOW_ACCOUNT } from './s3-world.ts';

const Bucket = 'partner-objects';
const reader = session(WORKFLOW_ACCOUNT, 'Reader', [
  { Effect: 'Allow', Action: 's3:*', Resource: ['arn:aws:s3:::partner-objects', 'arn:aws:s3:::partner-objects/*'] },
]);
const world = await s3World([root(BUCKET_ACCOUNT), reader]);
after(() => world.close());
await world.s3.provisionBucket({ name: Bucket, accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });
const owner = world.client(root(BUCKET_ACCOUNT));
const other = world.client(reader);
await owner.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }));

function refusal(name: string, status: number, message?: RegExp) {
  return (error: S3ServiceException) => {
    assert.deepEqual({ name: error.name, status: error.$metadata.httpStatusCode }, { name, status });
    if (message !== undefined) assert.match(error.message, message);
    return true;
  };
}

const policy = (principal: unknown) =>
  new PutBucketPolicyCommand({
    Bucket,
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: principal,
        Action: 's3:GetObject',
        Resource: `arn:aws:s3:::${Bucket}/*`,
      },
    }),
  });
const ON = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const OFF = { BlockPublicAcls: false, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false };

describe('a new bucket', () => {
  test('blocks public access in every way, and its owner owns every object', async () => {
    const block = await owner.send(new GetPublicAccessBlockCommand({ Bucket }));
    assert.deepEqual(block.PublicAccessBlockConfiguration, ON);
    const { OwnershipControls } = await owner.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    assert.deepEqual(OwnershipControls?.Rules, [{ ObjectOwnership: 'BucketOwnerEnforced' }]);
    const { Grants, Owner } = await owner.send(new GetBucketAclCommand({ Bucket }));
    assert.deepEqual(
      Grants?.map(({ Grantee, Permission }) => [Grantee?.ID, Permission]),
      [[Owner?.ID, 'FULL_CONTROL']],
    );
    assert.equal((await owner.send(new GetBucketVersioningCommand({ Bucket }))).Status, undefined);
    assert.equal((await owner.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer, 'BucketOwner');
  });

  test('has no configuration of what is not here, and takes none', async () => {
    await assert.rejects(owner.send(new GetBucketCorsCommand({ Bucket })), refusal('NoSuchCORSConfiguration', 404));
    const lifecycle = new GetBucketLifecycleConfigurationCommand({ Bucket });
    await assert.rejects(owner.send(lifecycle), refusal('NoSuchLifecycleConfiguration', 404));
    const notification = await owner.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    assert.equal(notification.QueueConfigurations, undefined);
    const put = new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} });
    await assert.rejects(owner.send(put), refusal('NotImplemented', 501, /PutBucketNotificationConfiguration/));
  });

  test('is made by the rules of its ownership and its list', async () => {
    const make = (more: Omit<CreateBucketCommandInput, 'Bucket'>) =>
      owner.send(
        new CreateBucketCommand({
          Bucket: 'made-here',
          CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
          ...more,
        }),
      );
    await assert.rejects(make({ ACL: 'public-read' }), refusal('InvalidBucketAclWithObjectOwnership', 400));
    const wrong = make({ ObjectOwnership: 'Nobody' as 'ObjectWriter' });
    await assert.rejects(wrong, refusal('InvalidArgument', 400, /Invalid x-amz-object-ownership header: Nobody/));
    await make({ ACL: 'private', ObjectOwnership: 'ObjectWriter' });
    const controls = await owner.send(new GetBucketOwnershipControlsCommand({ Bucket: 'made-here' }));
    assert.equal(controls.OwnershipControls?.Rules?.[0]?.ObjectOwnership, 'ObjectWriter');
    await assert.rejects(make({}), refusal('BucketAlreadyOwnedByYou', 409));
  });
});

describe('settings of a bucket', () => {
  test('a public policy is refused, restricted or let be, as the public access block says', async () => {
    const put = (PublicAccessBlockConfiguration: object) =>
      owner.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
    const read = () => other.send(new GetObjectCommand({ Bucket, Key: 'a' }));
    const text = /because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access\.$/;
    await assert.rejects(owner.send(policy('*')), refusal('AccessDenied', 403, text));
    await owner.send(policy({ AWS: WORKFLOW_ACCOUNT }));
    assert.equal((await owner.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic, false);
    await read();
    await put({ RestrictPublicBuckets: true });
    assert.deepEqual((await owner.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration, {
      ...OFF,
      RestrictPublicBuckets: true,
    });
    await owner.send(policy('*'));
    assert.equal((await owner.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic, true);
    await assert.rejects(read(), refusal('AccessDenied', 403));
    await owner.send(new GetObjectCommand({ Bucket, Key: 'a' }));
    await owner.send(new DeletePublicAccessBlockCommand({ Bucket }));
    await read();
    const block = new GetPublicAccessBlockCommand({ Bucket });
    await assert.rejects(owner.send(block), refusal('NoSuchPublicAccessBlockConfiguration', 404));
  });

  test('where lists are enabled, those that grant only owners something are taken, public ones blocked', async () => {
    const put = (ACL: 'private' | 'public-read') => owner.send(new PutObjectCommand({ Bucket, Key: 'b', ACL }));
    await assert.rejects(put('private'), refusal('AccessControlListNotSupported', 400));
    await owner.send(new DeleteBucketOwnershipControlsCommand({ Bucket }));
    await assert.rejects(
      owner.send(new GetBucketOwnershipControlsCommand({ Bucket })),
      refusal('OwnershipControlsNotFoundError', 404),
    );
    await put('private');
    await assert.rejects(put('public-read'), refusal('NotImplemented', 501, /public-read/));
    await owner.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: ON }));
    await assert.rejects(put('public-read'), refusal('AccessDenied', 403, /BlockPublicAcls/));
    const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' as const }] };
    await owner.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
    await assert.rejects(put('public-read'), refusal('AccessControlListNotSupported', 400));
  });

  test('versioning is enabled and suspended, never undone', async () => {
    const put = (Status?: 'Enabled' | 'Suspended') =>
      owner.send(
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: Status === undefined ? {} : { Status } }),
      );
    await put('Enabled');
    assert.equal((await owner.send(new GetBucketVersioningCommand({ Bucket }))).Status, 'Enabled');
    await put('Suspended');
    assert.equal((await owner.send(new GetBucketVersioningCommand({ Bucket }))).Status, 'Suspended');
    await assert.rejects(put(), refusal('IllegalVersioningConfigurationException', 400));
  });

  test('tags come back as they were put, and are S3’s in form', async () => {
    const put = (...tags: readonly (readonly [string, string])[]) =>
      owner.send(
        new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tags.map(([Key, Value]) => ({ Key, Value })) } }),
      );
    await assert.rejects(owner.send(new GetBucketTaggingCommand({ Bucket })), refusal('NoSuchTagSet', 404));
    await put(['team', 'red & blue'.replace('&', '+')], ['empty', '']);
    assert.deepEqual((await owner.send(new GetBucketTaggingCommand({ Bucket }))).TagSet, [
      { Key: 'team', Value: 'red + blue' },
      { Key: 'empty', Value: '' },
    ]);
    await assert.rejects(put(['a', '1'], ['a', '2']), refusal('InvalidTag', 400, /same key/));
    await assert.rejects(put(['aws:a', '1']), refusal('InvalidTag', 400, /System tags/));
    await assert.rejects(put(['k'.repeat(129), '1']), refusal('InvalidTag', 400, /TagKey/));
    await assert.rejects(put(['a', 'v'.repeat(257)]), refusal('InvalidTag', 400, /TagValue/));
    const many = Array.from({ length: 51 }, (_, i) => [`k${i}`, ''] as const);
    await assert.rejects(put(...many), refusal('BadRequest', 400));
    await owner.send(new DeleteBucketTaggingCommand({ Bucket }));
    await assert.rejects(owner.send(new GetBucketTaggingCommand({ Bucket })), refusal('NoSuchTagSet', 404));
  });

  test('where the requester pays, a stranger must say so and is told so, and the owner need not', async () => {
    await owner.send(policy({ AWS: WORKFLOW_ACCOUNT }));
    const RequestPaymentConfiguration = { Payer: 'Requester' as const };
    await owner.send(new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration }));
    const read = new GetObjectCommand({ Bucket, Key: 'a' });
    await assert.rejects(other.send(read), refusal('AccessDenied', 403, /^Access Denied$/));
    const paid = await other.send(new GetObjectCommand({ Bucket, Key: 'a', RequestPayer: 'requester' }));
    assert.equal(paid.RequestCharged, 'requester');
    assert.equal((await owner.send(read)).RequestCharged, undefined);
    await owner.send(
      new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration: { Payer: 'BucketOwner' } }),
    );
    await other.send(read);
  });
});

test('buckets are listed in pages, by prefix and by Region', async () => {
  for (const [name, region] of [
    ['page-a', 'eu-west-1'],
    ['page-b', 'us-east-1'],
    ['page-c', 'eu-west-1'],
  ] as const) {
    await world.s3.provisionBucket({ name, accountId: BUCKET_ACCOUNT, region });
  }
  const list = async (more: object) => owner.send(new ListBucketsCommand({ Prefix: 'page-', ...more }));
  const names = ({ Buckets }: { readonly Buckets?: readonly { readonly Name?: string | undefined }[] | undefined }) =>
    Buckets?.map(({ Name }) => Name);
  assert.deepEqual(names(await list({ BucketRegion: 'eu-west-1' })), ['page-a', 'page-c']);
  const first = await list({ MaxBuckets: 2 });
  assert.deepEqual([names(first), first.Prefix], [['page-a', 'page-b'], 'page-']);
  const second = await list({ MaxBuckets: 2, ContinuationToken: first.ContinuationToken });
  assert.deepEqual([names(second), second.ContinuationToken], [['page-c'], undefined]);
  await assert.rejects(list({ MaxBuckets: 10_001 }), refusal('InvalidArgument', 400));
  await assert.rejects(list({ ContinuationToken: 'x' }), refusal('InvalidArgument', 400, /continuation token/));
  await owner.send(new HeadBucketCommand({ Bucket: 'page-a' }));
});

test('nothing in these tests was a bug of the server', () => {
  assert.deepEqual(world.bugs, []);
});
