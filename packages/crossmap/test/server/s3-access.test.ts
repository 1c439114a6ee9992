import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { BUCKET_ACCOUNT, root, s3World, session, WORKFLOW_ACCOUNT } from './s3-world.ts';

const Bucket = 'partner-objects';
const LIST = { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${Bucket}` };
const READ = { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` };

const bucketOwner = root(BUCKET_ACCOUNT);
const reader = session(WORKFLOW_ACCOUNT, 'Reader', [LIST, READ]);
const nobody = session(WORKFLOW_ACCOUNT, 'Nobody', []);
const colleague = session(BUCKET_ACCOUNT, 'Colleague', [READ]);
const readerRole = `arn:aws:iam::${WORKFLOW_ACCOUNT}:role/Reader`;
const world = await s3World([bucketOwner, root(WORKFLOW_ACCOUNT), reader, nobody, colleague]);
after(() => world.close());

await world.s3.provisionBucket({ name: Bucket, accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });
const owner = world.client(bucketOwner);
await owner.send(new PutObjectCommand({ Bucket, Key: 'in/a', Body: 'a' }));

const allow = (statement: object) => ({ ...statement, Principal: { AWS: readerRole } });
const put = (...statements: object[]) =>
  owner.send(
    new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }) }),
  );
const list = (client: S3Client, more: object = {}) => client.send(new ListObjectsV2Command({ Bucket, ...more }));
const get = (client: S3Client, Key = 'in/a', more: object = {}) =>
  client.send(new GetObjectCommand({ Bucket, Key, ...more }));

describe('who may do what', () => {
  beforeEach(() => put(allow(LIST), allow(READ)));

  function refusal(name: string, status: number, message?: string) {
    return (error: unknown) => {
      assert.ok(error instanceof S3ServiceException, String(error));
      assert.deepEqual({ name: error.name, status: error.$metadata.httpStatusCode }, { name, status });
      if (message !== undefined) assert.equal(error.message, message);
      return true;
    };
  }

  test('across accounts it takes both sides, and the caller learns nothing but Access Denied', async () => {
    const client = world.client(reader);
    assert.equal((await list(client)).KeyCount, 1);
    await get(client);
    await assert.rejects(list(world.client(nobody)), refusal('AccessDenied', 403, 'Access Denied'));
    await put(allow(READ));
    await assert.rejects(list(client), refusal('AccessDenied', 403, 'Access Denied'));
    await get(client);
    await put({ ...allow(READ), Sid: 'No', Effect: 'Deny' }, allow(READ), allow(LIST));
    await assert.rejects(get(client), refusal('AccessDenied', 403, 'Access Denied'));
    await owner.send(new DeleteBucketPolicyCommand({ Bucket }));
    await assert.rejects(get(client), refusal('AccessDenied', 403, 'Access Denied'));
  });

  test('in one account the caller is told what is missing', async () => {
    const session = `arn:aws:sts::${BUCKET_ACCOUNT}:assumed-role/Colleague/test`;
    const message = `User: ${session} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::${Bucket}" because no identity-based policy allows the s3:ListBucket action`;
    await assert.rejects(list(world.client(colleague)), refusal('AccessDenied', 403, message));
  });

  test('whether a key exists is told only to who may list', async () => {
    await assert.rejects(get(world.client(reader), 'absent'), refusal('NoSuchKey', 404));
    const client = world.client(colleague);
    await get(client);
    await assert.rejects(get(client, 'absent'), (error: S3ServiceException) => {
      assert.equal(error.name, 'AccessDenied');
      assert.match(error.message, /s3:ListBucket/);
      return true;
    });
    const head = (Key: string) => client.send(new HeadObjectCommand({ Bucket, Key }));
    await assert.rejects(head('absent'), (error: S3ServiceException) => error.$metadata.httpStatusCode === 403);
  });

  test('a condition on s3:prefix sees the key of which it is told that it is not there', async () => {
    await put({ ...allow(LIST), Condition: { StringLike: { 's3:prefix': 'in/*' } } }, allow(READ));
    const client = world.client(reader);
    await assert.rejects(get(client, 'in/absent'), refusal('NoSuchKey', 404));
    await assert.rejects(get(client, 'out/absent'), refusal('AccessDenied', 403));
  });

  test('a condition on s3:prefix sees the prefix of the request', async () => {
    await put({ ...allow(LIST), Condition: { StringEquals: { 's3:prefix': 'in/' } } });
    const client = world.client(reader);
    assert.equal((await list(client, { Prefix: 'in/' })).KeyCount, 1);
    await assert.rejects(list(client, { Prefix: 'out/' }), refusal('AccessDenied', 403));
    await assert.rejects(list(client), refusal('AccessDenied', 403));
  });

  test('the authorizer gets the keys that the request itself tells', async () => {
    world.authorizations.length = 0;
    await list(world.client(reader), { Prefix: 'in/', Delimiter: '/', MaxKeys: 7 });
    const [request] = world.authorizations;
    assert.equal(request?.action, 's3:ListBucket');
    assert.equal(request.resourceAccount, BUCKET_ACCOUNT);
    assert.equal(request.resourcePolicy?.name, `bucket policy of ${Bucket}`);
    const { 'aws:UserAgent': userAgent, 's3:signatureAge': age, ...context } = request.context;
    assert.ok(Number(age) >= 0);
    assert.match(String(userAgent), /^aws-sdk-js/);
    assert.deepEqual(context, {
      'aws:SecureTransport': 'true',
      'aws:RequestedRegion': 'eu-west-1',
      's3:TlsVersion': '1.3',
      'aws:SourceIp': '127.0.0.1',
      's3:authType': 'REST-HEADER',
      's3:signatureversion': 'AWS4-HMAC-SHA256',
      's3:prefix': 'in/',
      's3:delimiter': '/',
      's3:max-keys': '7',
      's3:x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    });
  });

  test('a bucket of another Region redirects before anything is authorized, and tells its Region', async () => {
    world.authorizations.length = 0;
    const abroad = world.client(nobody, { region: 'us-east-1' });
    await assert.rejects(list(abroad), refusal('PermanentRedirect', 301));
    await assert.rejects(abroad.send(new HeadBucketCommand({ Bucket })), (error: S3ServiceException) => {
      assert.equal(error.$metadata.httpStatusCode, 301);
      assert.equal(error.$response?.headers['x-amz-bucket-region'], 'eu-west-1');
      return true;
    });
    assert.deepEqual(world.authorizations, []);
    const following = world.client(reader, { region: 'us-east-1', followRegionRedirects: true });
    assert.equal((await list(following)).KeyCount, 1);
  });

  test('HeadBucket tells the Region also to who is denied', async () => {
    await assert.rejects(world.client(nobody).send(new HeadBucketCommand({ Bucket })), (error: S3ServiceException) => {
      assert.equal(error.$metadata.httpStatusCode, 403);
      assert.equal(error.$response?.headers['x-amz-bucket-region'], 'eu-west-1');
      return true;
    });
  });

  test('an expected owner that is another is denied before anything is authorized', async () => {
    await get(world.client(reader), 'in/a', { ExpectedBucketOwner: BUCKET_ACCOUNT });
    world.authorizations.length = 0;
    const other = { ExpectedBucketOwner: WORKFLOW_ACCOUNT };
    await assert.rejects(get(owner, 'in/a', other), refusal('AccessDenied', 403, 'Access Denied'));
    assert.deepEqual(world.authorizations, []);
    const malformed = get(owner, 'in/a', { ExpectedBucketOwner: '12' });
    await assert.rejects(malformed, refusal('InvalidBucketOwnerAWSAccountID', 400));
  });

  test('a policy is kept as it was put, and stays when another is refused', async () => {
    const Policy = `{"Version": "2012-10-17",  "Statement": ${JSON.stringify([allow(LIST)])}}`;
    await owner.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    assert.equal((await owner.send(new GetBucketPolicyCommand({ Bucket }))).Policy, Policy);
    await assert.rejects(put(LIST), refusal('MalformedPolicy', 400, 'Missing required field Principal'));
    assert.equal((await owner.send(new GetBucketPolicyCommand({ Bucket }))).Policy, Policy);
    await owner.send(new DeleteBucketPolicyCommand({ Bucket }));
    await assert.rejects(owner.send(new GetBucketPolicyCommand({ Bucket })), refusal('NoSuchBucketPolicy', 404));
  });

  test('the policy belongs to the owner: others are denied, or if allowed told that it is not theirs', async () => {
    const policy = new GetBucketPolicyCommand({ Bucket });
    await assert.rejects(world.client(reader).send(policy), refusal('AccessDenied', 403));
    const stranger = world.client(root(WORKFLOW_ACCOUNT));
    await put({
      Effect: 'Allow',
      Principal: { AWS: WORKFLOW_ACCOUNT },
      Action: 's3:GetBucketPolicy',
      Resource: LIST.Resource,
    });
    await assert.rejects(stranger.send(policy), refusal('MethodNotAllowed', 405));
  });

  test('each account sees its own buckets, and none can take the name of another', async () => {
    const stranger = world.client(root(WORKFLOW_ACCOUNT));
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    await assert.rejects(
      stranger.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration })),
      refusal('BucketAlreadyExists', 409),
    );
    assert.deepEqual((await stranger.send(new ListBucketsCommand({}))).Buckets ?? [], []);
    assert.equal((await owner.send(new ListBucketsCommand({}))).Buckets?.length, 1);
    await assert.rejects(
      world.client(nobody).send(new ListBucketsCommand({})),
      refusal(
        'AccessDenied',
        403,
        `User: ${nobody.caller.principal.kind === 'role-session' ? nobody.caller.principal.arn : ''} is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action`,
      ),
    );
  });

  test('a wrong secret, an unknown key and a wrong token are told apart', async () => {
    const wrong = (person: object) => get(world.client({ ...reader, ...person }));
    await assert.rejects(wrong({ secretAccessKey: 'x' }), refusal('SignatureDoesNotMatch', 403));
    await assert.rejects(wrong({ accessKeyId: 'AKIAX' }), refusal('InvalidAccessKeyId', 403));
    await assert.rejects(wrong({ sessionToken: 'x' }), refusal('InvalidToken', 400));
  });
});
