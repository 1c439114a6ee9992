import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import {
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import { refusal } from './s3-refusal.ts';
import { BUCKET_ACCOUNT, root, s3World } from './s3-world.ts';
import { signedHeaders } from './sign.ts';

const NOW = Date.parse('2026-01-02T03:04:05.678Z');
const Bucket = 'partner-objects';
const bucketOwner = root(BUCKET_ACCOUNT);
const world = await s3World([bucketOwner], { now: () => NOW, newBucketSettings: {} });
after(() => world.close());
const owner = world.client(bucketOwner, { systemClockOffset: NOW - Date.now() });
await world.s3.provisionBucket({ name: Bucket, accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });
await world.s3.provisionPolicy(
  Bucket,
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: ['s3:GetObject', 's3:PutObject'],
        Resource: `arn:aws:s3:::${Bucket}/open/*`,
      },
    ],
  }),
);

interface Answer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** A request of nobody, as it is: header values are bytes in Latin-1. */
function anonymous(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  return send(method, `/${Bucket}/open/${path}`, headers, body);
}

function send(method: string, path: string, headers: Record<string, string>, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const message = request(`${world.endpoint}${path}`, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    message.on('error', reject);
    message.end(body);
  });
}

const put = (Key: string, more: object = {}) =>
  owner.send(new PutObjectCommand({ Bucket, Key, Body: '0123456789', ...more }));
const get = (Key: string, more: object = {}) => owner.send(new GetObjectCommand({ Bucket, Key, ...more }));

test('an answer without the object has its tag and times, and no description of a body', async () => {
  const { ETag } = await put('open/kept', { CacheControl: 'max-age=1', ContentType: 'text/csv', Metadata: { a: 'b' } });
  for (const method of ['GET', 'HEAD']) {
    const { status, headers, body } = await anonymous(method, 'kept', { 'if-none-match': ETag! });
    assert.deepEqual([status, body], [304, '']);
    assert.deepEqual(
      [headers.etag, headers['last-modified'], headers['cache-control']],
      [ETag, 'Fri, 02 Jan 2026 03:04:05 GMT', 'max-age=1'],
    );
    for (const name of ['content-type', 'content-length', 'x-amz-meta-a', 'accept-ranges']) {
      assert.equal(headers[name], undefined, name);
    }
  }
});

test('a range counts only for the object that If-Range names', async () => {
  const { ETag } = await put('open/ranged');
  const read = async (ifRange: string) =>
    (await anonymous('GET', 'ranged', { range: 'bytes=2-3', 'if-range': ifRange })).body;
  assert.equal(await read(ETag!), '23');
  assert.equal(await read('Fri, 02 Jan 2026 03:04:05 GMT'), '23');
  for (const other of ['"x"', 'Fri, 02 Jan 2026 03:04:06 GMT', 'Fri, 02 Jan 2026 03:04:04 GMT']) {
    assert.equal(await read(other), '0123456789');
  }
});

test('several ranges are answered with the whole object, and one beyond its end by its size', async () => {
  await put('open/ranges');
  const several = await anonymous('GET', 'ranges', { range: 'bytes=0-1,4-5' });
  assert.deepEqual([several.status, several.body], [200, '0123456789']);
  const beyond = await anonymous('GET', 'ranges', { range: 'bytes=10-' });
  assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, 'bytes */10']);
  assert.match(beyond.body, /<RangeRequested>bytes=10-<\/RangeRequested><ActualObjectSize>10<\/ActualObjectSize>/);
  const head = await anonymous('HEAD', 'ranges', { range: 'bytes=-4' });
  assert.deepEqual(
    [head.status, head.headers['content-range'], head.headers['content-length']],
    [206, 'bytes 6-9/10', '4'],
  );
});

test('a signed read sets headers of its answer, an anonymous one may not', async () => {
  await put('open/overridden', { ContentType: 'text/csv', CacheControl: 'no-cache' });
  const got = await get('open/overridden', {
    ResponseCacheControl: 'max-age=60',
    ResponseContentDisposition: 'attachment; filename="a.csv"',
    ResponseContentEncoding: 'identity',
    ResponseContentLanguage: 'de',
    ResponseContentType: 'text/plain',
    ResponseExpires: new Date('2026-02-01'),
  });
  assert.deepEqual(
    [
      got.CacheControl,
      got.ContentDisposition,
      got.ContentEncoding,
      got.ContentLanguage,
      got.ContentType,
      got.ExpiresString,
    ],
    ['max-age=60', 'attachment; filename="a.csv"', 'identity', 'de', 'text/plain', 'Sun, 01 Feb 2026 00:00:00 GMT'],
  );
  const head = await owner.send(
    new HeadObjectCommand({ Bucket, Key: 'open/overridden', ResponseContentType: 'text/plain' }),
  );
  assert.deepEqual([head.ContentType, head.CacheControl], ['text/plain', 'no-cache']);
  const { status, body } = await anonymous('GET', 'overridden?response-content-type=text/plain');
  assert.equal(status, 400);
  assert.match(body, /<Code>InvalidRequest<\/Code><Message>Request specific response headers cannot be used/);
});

test('storage classes that are read at once come back, those to be restored first are refused by name', async () => {
  for (const StorageClass of ['STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'REDUCED_REDUNDANCY', 'GLACIER_IR']) {
    await put('classed', { StorageClass });
    assert.equal((await get('classed')).StorageClass, StorageClass);
  }
  await put('classed', { StorageClass: 'STANDARD' });
  assert.equal((await get('classed')).StorageClass, undefined);
  for (const StorageClass of ['GLACIER', 'DEEP_ARCHIVE', 'EXPRESS_ONEZONE', 'OUTPOSTS', 'SNOW']) {
    await assert.rejects(put('classed', { StorageClass }), refusal('NotImplemented', 501, new RegExp(StorageClass)));
  }
  await assert.rejects(put('classed', { StorageClass: 'COLD' }), refusal('InvalidStorageClass', 400));
  await assert.rejects(
    put('classed', { WebsiteRedirectLocation: '/x' }),
    refusal('NotImplemented', 501, /x-amz-website-redirect-location/),
  );
});

test('metadata beyond ASCII comes back as RFC 2047 has it', async () => {
  const bytes = Buffer.from('Amélie').toString('latin1');
  assert.equal((await anonymous('PUT', 'mail', { 'x-amz-meta-name': bytes, 'content-length': '0' })).status, 200);
  const { headers } = await anonymous('HEAD', 'mail');
  assert.equal(headers['x-amz-meta-name'], '=?UTF-8?Q?Am=C3=83=C2=A9lie?=');
  await put('open/word', { Metadata: { name: '=?UTF-8?B?5Lit5paH?=' } });
  assert.equal((await get('open/word')).Metadata?.name, '=?UTF-8?B?5Lit5paH?=');
});

test('what is signed of a header are its bytes', async () => {
  const path = `/${Bucket}/signed`;
  const { host } = new URL(world.endpoint);
  const payload = createHash('sha256').digest('hex');
  const headers = { host, 'x-amz-meta-name': 'Amélie' };
  const signed = signedHeaders(bucketOwner, { method: 'PUT', path, headers, payload, now: NOW });
  const bytes = Buffer.from('Amélie').toString('latin1');
  const { status } = await send('PUT', path, { ...signed.headers, 'x-amz-meta-name': bytes, 'content-length': '0' });
  assert.equal(status, 200);
});

test('aws-chunked is no encoding of an object; any other is kept as it was said', async () => {
  for (const [said, kept] of [
    ['gzip', 'gzip'],
    ['deflate, gzip', 'deflate, gzip'],
    ['gzip,aws-chunked', 'gzip'],
    ['aws-chunked', undefined],
    ['aws-chunked, aws-chunked', undefined],
  ] as const) {
    const { status } = await anonymous('PUT', 'encoded', { 'content-encoding': said, 'content-length': '0' });
    assert.equal(status, 200);
    assert.equal((await anonymous('HEAD', 'encoded')).headers['content-encoding'], kept, said);
  }
});

test('an object says how long it is, even one of no bytes', async () => {
  const { status, body } = await anonymous('PUT', 'endless', { 'transfer-encoding': 'chunked' }, 'x');
  assert.equal(status, 501);
  assert.match(body, /<Code>NotImplemented<\/Code>.*Transfer-Encoding/i);
  const { hostname, port } = new URL(world.endpoint);
  const socket = connect(Number(port), hostname);
  socket.write(`PUT /${Bucket}/open/endless HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
  const answer = (await socket.setEncoding('utf8').toArray()).join('');
  assert.match(answer, /^HTTP\/1.1 411 .*<Code>MissingContentLength<\/Code>/s);
});

test('a digest that is none is refused, and one of other bytes with both', async () => {
  const headers = { 'content-length': '1' };
  const bad = await anonymous('PUT', 'md5', { ...headers, 'content-md5': 'rL0Y20xC+Fzt72VPzMSk2A==' }, 'x');
  assert.match(
    bad.body,
    /<Code>BadDigest<.*<ExpectedDigest>rL0Y20xC\+Fzt72VPzMSk2A==<.*<CalculatedDigest>ndTkYSaMgDT1yFZOFVxnpg==</,
  );
  for (const md5 of ['YWJyYWNhZGFicmE=', 'no base64']) {
    const { body } = await anonymous('PUT', 'md5', { ...headers, 'content-md5': md5 }, 'x');
    assert.match(body, /<Code>InvalidDigest</, md5);
  }
});

test('an announced checksum must come, and be of the announced kind', async () => {
  const sum = (headers: Record<string, string>) => anonymous('PUT', 'sum', { 'content-length': '1', ...headers }, 'x');
  const announced = { 'x-amz-sdk-checksum-algorithm': 'CRC32' };
  assert.match((await sum(announced)).body, /no corresponding x-amz-checksum-\* or x-amz-trailer headers were found/);
  const crc32 = { 'x-amz-checksum-crc32': 'jNwWgw==' };
  assert.equal((await sum({ ...announced, ...crc32 })).status, 200);
  const other = await sum({ 'x-amz-sdk-checksum-algorithm': 'SHA256', ...crc32 });
  assert.match(
    other.body,
    /<Code>InvalidRequest<\/Code><Message>Value for x-amz-sdk-checksum-algorithm header is invalid/,
  );
  assert.match(
    (await sum({ 'x-amz-checksum-crc32': 'AAAAAA==' })).body,
    /<Code>BadDigest<\/Code><Message>The CRC32 you/,
  );
  assert.match(
    (await sum({ 'x-amz-checksum-crc32': 'AAAA' })).body,
    /Value for x-amz-checksum-crc32 header is invalid/,
  );
  assert.match((await sum({ 'x-amz-checksum-sha512': 'x' })).body, /<Code>NotImplemented<.*Checksum algorithm sha512/);
  assert.match(
    (await sum({ 'x-amz-checksum-crc16': 'x' })).body,
    /<Code>InvalidRequest<.*valid types: \[CRC32, CRC32C/,
  );
  const two = { ...crc32, 'x-amz-checksum-sha1': 'EfbWoiU3yXmdaI7YvVPUZh21oQI=' };
  assert.match((await sum(two)).body, /Expecting a single x-amz-checksum- header/);
});

test('an object without a checksum gets a CRC64NVME', async () => {
  const { headers } = await anonymous('PUT', 'nvme', { 'content-length': '9' }, '123456789');
  // The check value of the catalogue of Greg Cook, in base64.
  assert.equal(headers['x-amz-checksum-crc64nvme'], Buffer.from('ae8b14860a799888', 'hex').toString('base64'));
  assert.equal(headers['x-amz-checksum-type'], 'FULL_OBJECT');
  const shown = await anonymous('GET', 'nvme', { 'x-amz-checksum-mode': 'ENABLED' });
  assert.equal(shown.headers['x-amz-checksum-crc64nvme'], headers['x-amz-checksum-crc64nvme']);
});

test('a version of an object is read by its id, which every answer tells', async () => {
  const name = 'versioned-objects';
  await world.s3.provisionBucket({ name, accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });
  await owner.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } }));
  const at = { Bucket: name, Key: 'k' };
  const old = await owner.send(new PutObjectCommand({ ...at, Body: 'old' }));
  await owner.send(new PutObjectCommand({ ...at, Body: 'new' }));
  const got = await owner.send(new GetObjectCommand({ ...at, VersionId: old.VersionId }));
  assert.deepEqual([await got.Body?.transformToString(), got.VersionId], ['old', old.VersionId]);
  const same = new GetObjectCommand({ ...at, VersionId: old.VersionId, IfNoneMatch: old.ETag });
  await assert.rejects(owner.send(same), (error: S3ServiceException) => {
    assert.equal(error.$response?.headers['x-amz-version-id'], old.VersionId);
    return error.$metadata.httpStatusCode === 304;
  });
});

test('without Object Lock an object has neither retention nor legal hold', async () => {
  await put('unlocked');
  const Key = { Bucket, Key: 'unlocked' };
  for (const command of [
    () => owner.send(new GetObjectRetentionCommand(Key)),
    () => owner.send(new PutObjectRetentionCommand({ ...Key, Retention: { Mode: 'GOVERNANCE' } })),
    () => owner.send(new GetObjectLegalHoldCommand(Key)),
    () => owner.send(new PutObjectLegalHoldCommand({ ...Key, LegalHold: { Status: 'ON' } })),
  ]) {
    await assert.rejects(command(), refusal('InvalidRequest', 400, /Bucket is missing Object Lock Configuration/));
  }
});

test('nothing in these tests was a bug of the server', () => {
  assert.deepEqual(world.bugs, []);
});
