import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  type ServerSideEncryptionByDefault,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { type Served, serveAccounts } from '../src/serve.ts';
import { signedHeaders } from './server/sign.ts';

const REGION = 'eu-west-1';
const OWNER = '111111111111';
const OTHER = '222222222222';
const KEY = '11111111-1111-4111-8111-111111111111';
const OTHERS_KEY = '22222222-2222-4222-8222-222222222222';
const CLOSED_KEY = '33333333-3333-4333-8333-333333333333';
const DISABLED_KEY = '44444444-4444-4444-8444-444444444444';
const keyArn = (id: string, accountId = OWNER) => `arn:aws:kms:${REGION}:${accountId}:key/${id}`;

const root = (accountId: string) => ({ AWS: `arn:aws:iam::${accountId}:root` });
const allow = (principal: object, action: string | readonly string[], condition?: object) => ({
  Effect: 'Allow',
  Principal: principal,
  Action: action,
  Resource: '*',
  ...(condition && { Condition: condition }),
});
const policy = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements });
const ofUser = (action: string | readonly string[], resource = '*', condition?: object) =>
  policy({ Effect: 'Allow', Action: action, Resource: resource, ...(condition && { Condition: condition }) });

const BOTH = ['kms:Decrypt', 'kms:GenerateDataKey'];
const USERS: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  admin: { all: ofUser('*') },
  nokms: { s3: ofUser('s3:*') },
  decrypter: { s3: ofUser('s3:*'), kms: ofUser('kms:Decrypt') },
  generator: { s3: ofUser('s3:*'), kms: ofUser('kms:GenerateDataKey') },
  prefixed: {
    s3: ofUser('s3:*'),
    kms: ofUser('kms:*', '*', { StringLike: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::objects/in/*' } }),
  },
};

const accessKey = (accountId: string, name: string) => ({
  accessKeyId: `AKIA${accountId}${name.toUpperCase()}`,
  secretAccessKey: `secret of ${name}`,
});
const account = (id: string, more: object) => ({
  id,
  users: Object.entries(USERS).map(([name, policies]) => ({ name, policies, accessKeys: [accessKey(id, name)] })),
  ...more,
});
const bucketPolicy = (name: string) =>
  policy({ ...allow(root(OTHER), 's3:*'), Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`] });

const CONFIG = {
  accounts: [
    account(OWNER, {
      keys: [
        {
          id: KEY,
          region: REGION,
          aliases: ['alias/mine'],
          policy: policy(allow(root(OWNER), 'kms:*'), allow(root(OTHER), BOTH)),
        },
        { id: CLOSED_KEY, region: REGION },
        { id: DISABLED_KEY, region: REGION },
      ],
      buckets: [
        { name: 'objects', region: REGION, policy: bucketPolicy('objects') },
        {
          name: 'encrypted',
          region: REGION,
          policy: bucketPolicy('encrypted'),
          encryption: { algorithm: 'aws:kms', keyId: keyArn(KEY), bucketKeyEnabled: true },
        },
      ],
    }),
    account(OTHER, { keys: [{ id: OTHERS_KEY, region: REGION, aliases: ['alias/mine'] }] }),
  ],
};

const directory = await mkdtemp(join(tmpdir(), 'crossmap-kms-'));
const content = randomBytes(200_000);
let served: Served;
const clients: S3Client[] = [];

function s3(user: string, accountId = OWNER): S3Client {
  const credentials = accessKey(accountId, user);
  const client = new S3Client({ endpoint: served.endpoint, region: REGION, credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
}

function put(client: S3Client, Key: string, more: Partial<PutObjectCommandInput> = {}) {
  return client.send(
    new PutObjectCommand({ Bucket: 'objects', Key, Body: content, ServerSideEncryption: 'aws:kms', ...more }),
  );
}

const get = (client: S3Client, Key: string, more: object = {}) =>
  client.send(new GetObjectCommand({ Bucket: 'objects', Key, ...more }));

async function bytes({ Body }: GetObjectCommandOutput): Promise<Buffer> {
  assert.ok(Body);
  return Buffer.from(await Body.transformToByteArray());
}

/** `STATUS CODE: message` */
async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata: { httpStatusCode: number } };
    return `${$metadata.httpStatusCode} ${name}: ${message}`;
  }
  return assert.fail('Expected a refusal');
}

async function kms(user: string, operation: string, input: object, accountId = OWNER): Promise<Response> {
  const body = JSON.stringify(input);
  const { headers } = signedHeaders(accessKey(accountId, user), {
    method: 'POST',
    path: '/',
    headers: {
      host: new URL(served.endpoint).host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `TrentService.${operation}`,
    },
    payload: createHash('sha256').update(body).digest('hex'),
    now: Date.now(),
    service: 'kms',
  });
  return fetch(served.endpoint, { method: 'POST', headers, body });
}

describe('KMS and S3 over HTTP', () => {
  before(async () => {
    served = await serveAccounts({ config: CONFIG, data: directory });
    await kms('admin', 'DisableKey', { KeyId: DISABLED_KEY });
  });
  after(async () => {
    for (const client of clients) client.destroy();
    await served.close();
    await rm(directory, { recursive: true });
  });

  test('KMS answers signed requests', async () => {
    const response = await kms('admin', 'DescribeKey', { KeyId: 'alias/mine' });
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /x-amz-json-1\.1/);
    const { KeyMetadata } = (await response.json()) as { KeyMetadata: { Arn: string } };
    assert.equal(KeyMetadata.Arn, keyArn(KEY));
    const byArn = { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${OWNER}:user/adm*` } };
    const Policy = JSON.stringify(policy(allow({ AWS: '*' }, 'kms:*', byArn)));
    assert.equal((await kms('admin', 'CreateKey', { Policy })).status, 200, 'its policy does not lock the admin out');
    const refused = await kms('nokms', 'DescribeKey', { KeyId: KEY });
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /"__type":"AccessDeniedException"/);
  });

  test('an object is encrypted and comes back whole and in ranges', async () => {
    const admin = s3('admin');
    const written = await put(admin, 'whole', { SSEKMSKeyId: keyArn(KEY) });
    assert.equal(written.ServerSideEncryption, 'aws:kms');
    assert.equal(written.SSEKMSKeyId, keyArn(KEY));
    assert.equal(written.BucketKeyEnabled, undefined);
    const md5 = createHash('md5').update(content).digest('hex');
    assert.match(written.ETag ?? '', /^"[0-9a-f]{32}"$/);
    assert.notEqual(written.ETag, `"${md5}"`);
    const read = await get(admin, 'whole');
    assert.deepEqual(await bytes(read), content);
    assert.deepEqual([read.ServerSideEncryption, read.SSEKMSKeyId, read.ETag], ['aws:kms', keyArn(KEY), written.ETag]);
    for (const [from, to] of [
      [0, 0],
      [1, 15],
      [16, 31],
      [65_537, 131_099],
      [199_999, 199_999],
    ] as const) {
      const part = await get(admin, 'whole', { Range: `bytes=${from}-${to}` });
      assert.deepEqual(await bytes(part), content.subarray(from, to + 1), `${from}-${to}`);
    }
  });

  test('a small object is encrypted too, an empty one as well', async () => {
    const admin = s3('admin');
    for (const [name, text] of [
      ['small', 'a few bytes'],
      ['empty', ''],
    ] as const) {
      await put(admin, name, { Body: text, SSEKMSKeyId: 'alias/mine' });
      assert.equal((await bytes(await get(admin, name))).toString(), text);
    }
  });

  test('nothing of the content is in the data folder', async () => {
    await put(s3('admin'), 'secret', { Body: 'the word is Rumpelstiltskin', SSEKMSKeyId: KEY });
    await put(s3('admin'), 'large-secret', { Body: Buffer.alloc(100_000, 'Rumpelstiltskin'), SSEKMSKeyId: KEY });
    for (const name of await readdir(directory, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const path = join(name.parentPath, name.name);
      assert.equal((await readFile(path)).includes('Rumpelstiltskin'), false, path);
    }
  });

  test('who writes needs GenerateDataKey, who reads needs Decrypt: the third yes', async () => {
    const key = { SSEKMSKeyId: keyArn(KEY) };
    await put(s3('generator'), 'third', key);
    assert.deepEqual(await bytes(await get(s3('decrypter'), 'third')), content);
    assert.equal(
      await refusal(put(s3('decrypter'), 'third', key)),
      `403 AccessDenied: User: arn:aws:iam::${OWNER}:user/decrypter is not authorized to perform: kms:GenerateDataKey on resource: ${keyArn(KEY)} because no identity-based policy allows the kms:GenerateDataKey action`,
    );
    assert.equal(
      await refusal(get(s3('generator'), 'third')),
      `403 AccessDenied: User: arn:aws:iam::${OWNER}:user/generator is not authorized to perform: kms:Decrypt on resource: ${keyArn(KEY)} because no identity-based policy allows the kms:Decrypt action`,
    );
    const denial = served.denials().find(({ action }) => action === 'kms:Decrypt');
    assert.match(denial?.explanation ?? '', /Add to the identity policy of user .*generator in account 111111111111/);
  });

  test('across accounts the key policy must say yes too', async () => {
    await put(s3('admin', OTHER), 'foreign', { SSEKMSKeyId: keyArn(KEY) });
    assert.deepEqual(await bytes(await get(s3('admin', OTHER), 'foreign')), content);
    await put(s3('admin'), 'closed', { SSEKMSKeyId: CLOSED_KEY });
    assert.equal(
      await refusal(get(s3('admin', OTHER), 'closed')),
      `403 AccessDenied: User: arn:aws:iam::${OTHER}:user/admin is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
    );
  });

  test('an id or alias is one of the requester, the key that AWS manages too, and nobody else reads that', async () => {
    const foreigner = s3('admin', OTHER);
    assert.equal(
      (await put(foreigner, 'theirs', { SSEKMSKeyId: 'alias/mine' })).SSEKMSKeyId,
      keyArn(OTHERS_KEY, OTHER),
    );
    assert.match(await refusal(put(foreigner, 'x', { SSEKMSKeyId: KEY })), /^400 KMS\.NotFoundException: Key '/);
    const managed = await put(s3('admin'), 'managed');
    assert.match(managed.SSEKMSKeyId ?? '', new RegExp(`^arn:aws:kms:${REGION}:${OWNER}:key/`));
    assert.equal((await put(s3('admin'), 'managed', { SSEKMSKeyId: 'alias/aws/s3' })).SSEKMSKeyId, managed.SSEKMSKeyId);
    // Its policy lets in whoever of the account may use S3, with no word about KMS.
    assert.deepEqual(await bytes(await get(s3('nokms'), 'managed')), content);
    assert.match(
      await refusal(get(foreigner, 'managed')),
      /^403 AccessDenied: .*kms:Decrypt on the resource associated/,
    );
    assert.match(
      (await put(foreigner, 'managed-there', { SSEKMSKeyId: 'alias/aws/s3' })).SSEKMSKeyId ?? '',
      new RegExp(`:${OTHER}:key/`),
    );
    assert.match(await refusal(get(s3('admin'), 'managed-there')), /^403 AccessDenied/);
  });

  test('a key elsewhere, one that is not there and one that is disabled are told as KMS tells them', async () => {
    const admin = s3('admin');
    const elsewhere = `arn:aws:kms:us-east-1:${OWNER}:key/${KEY}`;
    assert.match(
      await refusal(put(admin, 'x', { SSEKMSKeyId: elsewhere })),
      /^400 KMS\.NotFoundException: Invalid arn us-east-1/,
    );
    assert.match(
      await refusal(put(admin, 'x', { SSEKMSKeyId: 'alias/none' })),
      /^400 KMS\.NotFoundException: Alias .* is not found/,
    );
    assert.equal(
      await refusal(put(admin, 'x', { SSEKMSKeyId: DISABLED_KEY })),
      `400 KMS.DisabledException: ${keyArn(DISABLED_KEY)} is disabled.`,
    );
  });

  test('an object is lost from sight while its key waits to be deleted', async () => {
    const admin = s3('admin');
    await put(admin, 'waiting', { SSEKMSKeyId: CLOSED_KEY });
    await kms('admin', 'ScheduleKeyDeletion', { KeyId: CLOSED_KEY });
    assert.match(await refusal(get(admin, 'waiting')), /^400 KMS\.KMSInvalidStateException: .* is pending deletion/);
    await kms('admin', 'CancelKeyDeletion', { KeyId: CLOSED_KEY });
    assert.match(await refusal(get(admin, 'waiting')), /^400 KMS\.DisabledException/);
    await kms('admin', 'EnableKey', { KeyId: CLOSED_KEY });
    assert.deepEqual(await bytes(await get(admin, 'waiting')), content);
  });

  test('HeadObject and listings need no key, a checksum does', async () => {
    await put(s3('admin'), 'headed', { SSEKMSKeyId: KEY, ChecksumAlgorithm: 'SHA256' });
    const nokms = s3('nokms');
    const head = (more: object = {}) =>
      nokms.send(new HeadObjectCommand({ Bucket: 'objects', Key: 'headed', ...more }));
    assert.equal((await head()).ServerSideEncryption, 'aws:kms');
    await nokms.send(new ListObjectsV2Command({ Bucket: 'objects' }));
    assert.match(await refusal(head({ ChecksumMode: 'ENABLED' })), /^403/);
    const attributes = (wanted: 'Checksum' | 'ObjectSize') =>
      nokms.send(new GetObjectAttributesCommand({ Bucket: 'objects', Key: 'headed', ObjectAttributes: [wanted] }));
    assert.equal((await attributes('ObjectSize')).ObjectSize, content.length);
    assert.match(await refusal(attributes('Checksum')), /kms:Decrypt/);
  });

  test('a multipart upload needs both, and its parts are encrypted', async () => {
    const admin = s3('admin');
    const address = { Bucket: 'objects', Key: 'parts' };
    const create = (client: S3Client) =>
      client.send(new CreateMultipartUploadCommand({ ...address, ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KEY }));
    assert.match(await refusal(create(s3('decrypter'))), /kms:GenerateDataKey/);
    const { UploadId, SSEKMSKeyId } = await create(s3('generator'));
    assert.equal(SSEKMSKeyId, keyArn(KEY));
    const large = Buffer.concat([randomBytes(5 * 1024 * 1024), Buffer.from('end')]);
    const part = (client: S3Client, PartNumber: number, Body: Buffer) =>
      client.send(new UploadPartCommand({ ...address, UploadId, PartNumber, Body }));
    assert.match(await refusal(part(s3('generator'), 1, large)), /kms:Decrypt/);
    const Parts: CompletedPart[] = [];
    for (const [index, body] of [large, content].entries()) {
      const { ETag, ServerSideEncryption } = await part(admin, index + 1, body);
      assert.equal(ServerSideEncryption, 'aws:kms');
      assert.notEqual(ETag, `"${createHash('md5').update(body).digest('hex')}"`);
      Parts.push({ PartNumber: index + 1, ETag });
    }
    const list = (client: S3Client) => client.send(new ListPartsCommand({ ...address, UploadId }));
    assert.match(await refusal(list(s3('generator'))), /kms:Decrypt/);
    assert.equal((await list(admin)).Parts?.length, 2);
    const complete = (client: S3Client) =>
      client.send(new CompleteMultipartUploadCommand({ ...address, UploadId, MultipartUpload: { Parts } }));
    assert.match(await refusal(complete(s3('generator'))), /^403 AccessDenied: .*kms:Decrypt/);
    const done = await complete(admin);
    assert.deepEqual([done.ServerSideEncryption, done.SSEKMSKeyId], ['aws:kms', keyArn(KEY)]);
    assert.match(done.ETag ?? '', /-2"$/);
    assert.deepEqual(await bytes(await get(admin, 'parts')), Buffer.concat([large, content]));
    const across = await get(admin, 'parts', { Range: `bytes=${large.length - 5}-${large.length + 4}` });
    assert.deepEqual(await bytes(across), Buffer.concat([large.subarray(-5), content.subarray(0, 5)]));
  });

  test('a copy needs the old key and the new one, and is encrypted as it says', async () => {
    const admin = s3('admin');
    await put(admin, 'original', { SSEKMSKeyId: KEY });
    const copy = (client: S3Client, Key: string, more: object = {}) =>
      client.send(new CopyObjectCommand({ Bucket: 'objects', Key, CopySource: 'objects/original', ...more }));
    const kmsAgain = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: CLOSED_KEY };
    assert.equal((await copy(admin, 'copy', kmsAgain)).SSEKMSKeyId, keyArn(CLOSED_KEY));
    assert.deepEqual(await bytes(await get(admin, 'copy')), content);
    assert.match(await refusal(copy(s3('generator'), 'x', kmsAgain)), /kms:Decrypt on resource: .*8111-111111111111 /);
    assert.match(
      await refusal(copy(s3('decrypter'), 'x', kmsAgain)),
      /kms:GenerateDataKey on resource: .*8333-333333333333 /,
    );
    // Without a word about encryption it is as the bucket says: not KMS's.
    assert.equal((await copy(s3('decrypter'), 'plain')).ServerSideEncryption, 'AES256');
    assert.deepEqual(await bytes(await get(s3('nokms'), 'plain')), content);
    await copy(admin, 'encrypted-copy', { ...kmsAgain, CopySource: 'objects/plain' });
    assert.deepEqual(await bytes(await get(admin, 'encrypted-copy')), content);
    assert.match(await refusal(get(s3('nokms'), 'encrypted-copy')), /kms:Decrypt/);
  });

  test('a part can be copied from an object under another key', async () => {
    const admin = s3('admin');
    await put(admin, 'part-source', { SSEKMSKeyId: KEY });
    const address = { Bucket: 'objects', Key: 'of-copied-parts' };
    const sse = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: CLOSED_KEY } as const;
    const { UploadId } = await admin.send(new CreateMultipartUploadCommand({ ...address, ...sse }));
    const CopySourceRange = 'bytes=100-299';
    const { CopyPartResult } = await admin.send(
      new UploadPartCopyCommand({
        ...address,
        UploadId,
        PartNumber: 1,
        CopySource: 'objects/part-source',
        CopySourceRange,
      }),
    );
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: CopyPartResult?.ETag }] };
    await admin.send(new CompleteMultipartUploadCommand({ ...address, UploadId, MultipartUpload }));
    assert.deepEqual(await bytes(await get(admin, 'of-copied-parts')), content.subarray(100, 300));
  });

  test('the encryption context is the object, or the bucket with a bucket key', async () => {
    const prefixed = s3('prefixed');
    await put(prefixed, 'in/object', { SSEKMSKeyId: KEY });
    assert.deepEqual(await bytes(await get(prefixed, 'in/object')), content);
    assert.match(await refusal(put(prefixed, 'out/object', { SSEKMSKeyId: KEY })), /kms:GenerateDataKey/);
    assert.match(
      await refusal(put(prefixed, 'in/object', { SSEKMSKeyId: KEY, BucketKeyEnabled: true })),
      /kms:GenerateDataKey/,
    );
    const written = await put(s3('admin'), 'in/bucket-key', { SSEKMSKeyId: KEY, BucketKeyEnabled: true });
    assert.equal(written.BucketKeyEnabled, true);
    const read = await get(s3('admin'), 'in/bucket-key');
    assert.equal(read.BucketKeyEnabled, true);
    assert.deepEqual(await bytes(read), content);
    assert.match(await refusal(get(prefixed, 'in/bucket-key')), /kms:Decrypt/);
  });

  test('the client adds to the encryption context, and what it added is kept', async () => {
    const context = (value: string) => Buffer.from(JSON.stringify({ team: value })).toString('base64');
    const grant = await kms('admin', 'CreateGrant', {
      KeyId: KEY,
      GranteePrincipal: `arn:aws:iam::${OWNER}:user/nokms`,
      Operations: ['Decrypt', 'GenerateDataKey'],
      Constraints: { EncryptionContextSubset: { team: 'a' } },
    });
    assert.equal(grant.status, 200);
    const nokms = s3('nokms');
    await put(nokms, 'with-context', { SSEKMSKeyId: KEY, SSEKMSEncryptionContext: context('a') });
    assert.deepEqual(await bytes(await get(nokms, 'with-context')), content);
    assert.match(await refusal(put(nokms, 'x', { SSEKMSKeyId: KEY, SSEKMSEncryptionContext: context('b') })), /^403/);
    const wrong = { SSEKMSKeyId: KEY, SSEKMSEncryptionContext: 'bm9uc2Vuc2U=' };
    assert.match(
      await refusal(put(nokms, 'x', wrong)),
      /^400 InvalidArgument: The header 'x-amz-server-side-encryption-context'/,
    );
  });

  test('headers that contradict each other and encryption that is not here are refused', async () => {
    const admin = s3('admin');
    const needsKms = /^400 InvalidArgument: Server Side Encryption with KMS managed key requires HTTP header/;
    const of = (more: Partial<PutObjectCommandInput>) => refusal(put(admin, 'x', more));
    assert.match(await of({ ServerSideEncryption: undefined, SSEKMSKeyId: KEY }), needsKms);
    assert.match(await of({ ServerSideEncryption: 'AES256', SSEKMSKeyId: KEY }), needsKms);
    assert.match(await of({ ServerSideEncryption: 'aws:kms:dsse' }), /^501 NotImplemented: .*aws:kms:dsse/);
    assert.match(
      await of({ ServerSideEncryption: 'rot13' as 'AES256' }),
      /^400 InvalidArgument: The encryption method/,
    );
    const customer = { SSECustomerAlgorithm: 'AES256', SSECustomerKey: randomBytes(32).toString('base64') };
    assert.match(await of({ ServerSideEncryption: undefined, ...customer }), /^501 NotImplemented: .*customer/);
  });

  test('without credentials nothing under KMS is read', async () => {
    await put(s3('admin'), 'anonymous', { SSEKMSKeyId: KEY });
    const response = await fetch(`${served.endpoint}/objects/anonymous`);
    assert.equal(response.status, 403);
  });

  test("a bucket's default is for objects that do not say how", async () => {
    const admin = s3('admin');
    const inBucket = { Bucket: 'encrypted', ServerSideEncryption: undefined };
    const written = await put(admin, 'default', inBucket);
    assert.deepEqual([written.SSEKMSKeyId, written.BucketKeyEnabled], [keyArn(KEY), true]);
    assert.equal((await put(admin, 'plain', { ...inBucket, ServerSideEncryption: 'AES256' })).SSEKMSKeyId, undefined);
    assert.match(await refusal(put(s3('decrypter'), 'x', inBucket)), /kms:GenerateDataKey/);
    assert.match(await refusal(get(s3('generator'), 'default', { Bucket: 'encrypted' })), /kms:Decrypt/);
    const copied = await admin.send(
      new CopyObjectCommand({ Bucket: 'encrypted', Key: 'copied', CopySource: 'encrypted/plain' }),
    );
    assert.equal(copied.SSEKMSKeyId, keyArn(KEY));
    const own = await put(admin, 'own', { ...inBucket, ServerSideEncryption: 'aws:kms', BucketKeyEnabled: false });
    assert.notEqual(own.SSEKMSKeyId, keyArn(KEY));
    assert.equal(own.BucketKeyEnabled, undefined);
  });

  test('the default is put, told and taken away', async () => {
    const admin = s3('admin');
    const Bucket = 'objects';
    const rules = async () =>
      (await admin.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules;
    const set = (ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault, more: object = {}) =>
      admin.send(
        new PutBucketEncryptionCommand({
          Bucket,
          ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault, ...more }] },
        }),
      );
    const plain = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }];
    assert.deepEqual(await rules(), plain);
    const byKey = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/mine' } as const;
    const blocked = { BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] } };
    await set(byKey, { BucketKeyEnabled: true, ...blocked });
    assert.deepEqual(await rules(), [
      { ApplyServerSideEncryptionByDefault: byKey, BucketKeyEnabled: true, ...blocked },
    ]);
    assert.equal((await put(admin, 'by-default', { ServerSideEncryption: undefined })).SSEKMSKeyId, keyArn(KEY));
    const aes = { SSEAlgorithm: 'AES256', KMSMasterKeyID: KEY } as const;
    assert.match(await refusal(set(aes)), /^400 InvalidArgument: a KMSMasterKeyID is not applicable/);
    assert.match(await refusal(set({ SSEAlgorithm: 'aws:kms:dsse' })), /^501 NotImplemented: .*aws:kms:dsse/);
    assert.match(await refusal(set({ SSEAlgorithm: 'rot13' as 'AES256' })), /^400 MalformedXML/);
    await admin.send(new DeleteBucketEncryptionCommand({ Bucket }));
    assert.deepEqual(await rules(), plain);
    const foreigner = s3('nokms', OTHER);
    await foreigner.send(new GetBucketEncryptionCommand({ Bucket: 'encrypted' }));
  });

  test('key policies see by way of which service and for whom a request comes', async () => {
    const only = (condition: object) => policy(allow(root(OWNER), 'kms:*'), allow({ AWS: '*' }, BOTH, condition));
    const asked = async (condition: object) => {
      const input = { KeyId: KEY, Policy: JSON.stringify(only(condition)) };
      assert.equal((await kms('admin', 'PutKeyPolicy', input)).status, 200);
      return put(s3('nokms'), 'via', { SSEKMSKeyId: KEY });
    };
    await asked({ StringEquals: { 'kms:ViaService': `s3.${REGION}.amazonaws.com`, 'kms:CallerAccount': OWNER } });
    assert.match(await refusal(asked({ StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } })), /^403/);
    assert.match(await refusal(asked({ StringEquals: { 'kms:CallerAccount': OTHER } })), /^403/);
    assert.match(await refusal(asked({ Bool: { 'aws:ViaAWSService': 'false' } })), /^403/);
    await kms('admin', 'PutKeyPolicy', {
      KeyId: KEY,
      Policy: JSON.stringify(only({ IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } })),
    });
    const direct = await kms('nokms', 'GenerateDataKey', { KeyId: KEY, KeySpec: 'AES_256' });
    assert.equal(direct.status, 200);
  });

  test('keys and what is under them outlive the process', async () => {
    await kms('admin', 'PutKeyPolicy', { KeyId: KEY, Policy: JSON.stringify(policy(allow(root(OWNER), 'kms:*'))) });
    await put(s3('admin'), 'kept', { SSEKMSKeyId: 'alias/mine' });
    await put(s3('admin'), 'kept-managed');
    await served.close();
    served = await serveAccounts({ config: CONFIG, data: directory });
    for (const key of ['kept', 'kept-managed']) assert.deepEqual(await bytes(await get(s3('admin'), key)), content);
    const stays = await kms('admin', 'GetKeyPolicy', { KeyId: KEY });
    assert.doesNotMatch(await stays.text(), new RegExp(OTHER), 'the file has not changed since, the policy has');
  });
});
