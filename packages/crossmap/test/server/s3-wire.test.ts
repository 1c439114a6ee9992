import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import {
  CreateSessionCommand,
  GetObjectCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import { memoryBlobs } from '../../src/s3/memory-blobs.ts';
import { BUCKET_ACCOUNT, root, s3World } from './s3-world.ts';
import { signedChunks, signedHeaders } from './sign.ts';

const owner = root(BUCKET_ACCOUNT);
const world = await s3World([owner], { newBucketSettings: { objectOwnership: 'BucketOwnerEnforced' } });
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
after(async () => {
  agent.destroy();
  await world.close();
});
await world.s3.provisionBucket({ name: 'partner-objects', accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });
await world.s3.provisionPolicy(
  'partner-objects',
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: ['s3:GetObject', 's3:PutObject'],
        Resource: 'arn:aws:s3:::partner-objects/open/*',
      },
      { Effect: 'Allow', Principal: '*', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::partner-objects' },
    ],
  }),
);

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The local port of the connection it came over. */
  readonly port: number | undefined;
}

/** What the server sends for `text` until it closes the connection, or has sent one answer to it. */
function raw(text: string, endpoint = world.endpoint): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(endpoint).port), '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      received += part;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}

/** One raw request; a body of several pieces goes out piece by piece. */
function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  ...body: (string | Buffer)[]
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(world.endpoint);
    const length: Record<string, string> =
      'transfer-encoding' in headers
        ? {}
        : { 'content-length': String(body.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0)) };
    const message = request({ hostname, port, method, path, agent, headers: { ...length, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      const local = response.socket.localPort;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
          port: local,
        }),
      );
    });
    message.on('error', reject);
    for (const piece of body) message.write(piece);
    message.end();
  });
}

function code({ body }: Answer): string | undefined {
  return /<Code>(.*)<\/Code>/.exec(body)?.[1];
}

const put = (key: string, headers: Record<string, string>, ...body: (string | Buffer)[]) =>
  send('PUT', `/partner-objects/open/${key}`, headers, ...body);

test('what a digest or checksum contradicts is not stored', async () => {
  const cases: readonly (readonly [Record<string, string>, string])[] = [
    [{ 'x-amz-checksum-crc32': 'AAAAAA==' }, 'BadDigest'],
    [{ 'x-amz-checksum-crc32c': 'AAAAAA==' }, 'BadDigest'],
    [{ 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' }, 'BadDigest'],
    [{ 'x-amz-checksum-sha1': Buffer.alloc(20).toString('base64') }, 'BadDigest'],
    [{ 'x-amz-checksum-sha256': Buffer.alloc(32).toString('base64') }, 'BadDigest'],
    [{ 'x-amz-checksum-crc32': 'short' }, 'InvalidRequest'],
    [{ 'x-amz-checksum-md5': 'AAAA' }, 'NotImplemented'],
    [{ 'content-md5': Buffer.alloc(16).toString('base64') }, 'BadDigest'],
    [{ 'content-md5': 'x' }, 'InvalidDigest'],
    [{ 'x-amz-content-sha256': '0'.repeat(64) }, 'XAmzContentSHA256Mismatch'],
    [{ 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-crc32c': 'AAAAAA==' }, 'InvalidRequest'],
  ];
  for (const [headers, expected] of cases) {
    assert.equal(code(await put('refused', headers, 'hello')), expected, JSON.stringify(headers));
    assert.equal((await send('GET', '/partner-objects/open/refused')).status, 404);
  }
  const md5 = createHash('md5').update('hello').digest('base64');
  assert.equal((await put('taken', { 'content-md5': md5, 'x-amz-checksum-crc32': 'NhCmhg==' }, 'hello')).status, 200);
});

const CHUNKED = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'content-encoding': 'aws-chunked' };

test('an aws-chunked body with a trailer is taken apart and its checksum compared', async () => {
  const headers = { ...CHUNKED, 'x-amz-decoded-content-length': '5', 'x-amz-trailer': 'x-amz-checksum-crc32' };
  const body = (checksum: string) => `2\r\nhe\r\n3\r\nllo\r\n0\r\nx-amz-checksum-crc32:${checksum}\r\n\r\n`;
  assert.equal((await put('chunked', headers, body('NhCmhg=='))).status, 200);
  const got = await send('GET', '/partner-objects/open/chunked', { 'x-amz-checksum-mode': 'ENABLED' });
  assert.equal(got.body, 'hello');
  assert.equal(got.headers['x-amz-checksum-crc32'], 'NhCmhg==');
  assert.equal(got.headers['content-encoding'], undefined);
  assert.equal(code(await put('wrong', headers, body('AAAAAA=='))), 'BadDigest');
  assert.equal(code(await put('missing', headers, '5\r\nhello\r\n0\r\n\r\n')), 'InvalidRequest');
  assert.equal(
    code(await put('short', { ...headers, 'x-amz-decoded-content-length': '6' }, body('NhCmhg=='))),
    'IncompleteBody',
  );
  const sigv4a = { ...headers, 'x-amz-content-sha256': 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD' };
  assert.equal(code(await put('sigv4a', sigv4a, body('NhCmhg=='))), 'NotImplemented');
});

for (const trailer of [false, true]) {
  test(`signed chunks${trailer ? ' and a signed trailer' : ''} are verified one by one`, async () => {
    const path = '/partner-objects/signed';
    const payload = `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailer ? '-TRAILER' : ''}`;
    const extra: Record<string, string> = trailer ? { 'x-amz-trailer': 'x-amz-checksum-crc32' } : {};
    const signed = signedHeaders(owner, {
      method: 'PUT',
      path,
      headers: { host: new URL(world.endpoint).host, 'x-amz-decoded-content-length': '70000', ...extra },
      payload,
      now: Date.now(),
    });
    const data = Buffer.alloc(70_000, 'd');
    const { crc32 } = await import('node:zlib');
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(data));
    const chunks = signedChunks(
      signed,
      [data.subarray(0, 65_536), data.subarray(65_536)],
      trailer ? `x-amz-checksum-crc32:${checksum.toString('base64')}` : undefined,
    );
    assert.equal((await send('PUT', path, signed.headers, ...chunks)).status, 200);
    const tampered = Buffer.concat(chunks);
    for (const at of [
      tampered.indexOf('dddd'),
      tampered.lastIndexOf('dddd'),
      tampered.indexOf('signature=') + 12,
      tampered.lastIndexOf('signature') + 12,
    ]) {
      const body = Buffer.from(tampered);
      body[at] = body[at] === 0x61 ? 0x62 : 0x61;
      assert.equal(code(await send('PUT', path, signed.headers, body)), 'SignatureDoesNotMatch', `byte ${at}`);
    }
  });
}

/** CreateBucket with this configuration. */
function createWith(configuration: Buffer): Promise<Answer> {
  const path = '/new-bucket';
  const headers = { host: new URL(world.endpoint).host };
  const signed = signedHeaders(owner, { method: 'PUT', path, headers, payload: 'UNSIGNED-PAYLOAD', now: Date.now() });
  return send('PUT', path, signed.headers, configuration);
}

test('a refused body passes by, and the connection takes the next request', async () => {
  const large = Buffer.alloc(3 * 1024 * 1024);
  const first = await send('PUT', '/partner-objects/closed/a', {}, large, large);
  assert.equal(code(first), 'AccessDenied');
  const second = await send('PUT', '/absent-bucket/a', {}, large);
  assert.equal(code(second), 'NoSuchBucket');
  const third = await createWith(large);
  assert.equal(code(third), 'MalformedXML');
  const fourth = await send('GET', '/partner-objects?list-type=2');
  assert.equal(fourth.status, 200);
  assert.equal(new Set([first.port, second.port, third.port, fourth.port]).size, 1);
});

test('a client that waits for leave to send its body gets it', async () => {
  assert.equal((await put('expect', { expect: '100-continue' }, 'body')).status, 200);
});

test('a request that is refused gets its refusal in place of the leave to send a body', async () => {
  const text = await raw(
    'PUT /partner-objects/closed/a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
  );
  assert.match(text, /^HTTP\/1\.1 403 /);
  assert.match(text, /connection: close/i);
});

test('an expectation of anything else means nothing', async () => {
  assert.equal((await put('expect', { expect: '200' }, 'body')).status, 200);
  assert.equal((await put('expect', { expect: '' }, 'body')).status, 200);
});

test('what is no HTTP is refused as a document', async () => {
  assert.match(await raw('PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'), /^HTTP\/1\.1 400 .*BadRequest/s);
  const large = `GET / HTTP/1.1\r\nHost: x\r\nx-amz-meta-a: ${'a'.repeat(20_000)}\r\n\r\n`;
  assert.match(await raw(large), /^HTTP\/1\.1 400 .*RequestHeaderSectionTooLarge/s);
});

test('a client that stands still is given up: in the head of a request, in its body', async () => {
  const slow = await s3World([owner], { bodyTimeoutMs: 20, headTimeoutMs: 20 });
  assert.match(await raw('GET / HTTP/1.1\r\nHost: ', slow.endpoint), /^HTTP\/1\.1 400 .*RequestTimeout/s);
  await slow.s3.provisionBucket({ name: 'slow-bucket', accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });
  const { host } = new URL(slow.endpoint);
  const about = { method: 'PUT', path: '/slow-bucket/a', payload: 'UNSIGNED-PAYLOAD', now: Date.now() };
  const { headers } = signedHeaders(owner, { ...about, headers: { host } });
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const half = `PUT /slow-bucket/a HTTP/1.1\r\n${head.join('')}content-length: 100\r\n\r\nhalf`;
  assert.match(await raw(half, slow.endpoint), /^HTTP\/1\.1 400 .*RequestTimeout/s);
  assert.deepEqual(slow.bugs, []);
  await slow.close();
});

test('a body of unknown length is refused', async () => {
  const unknown = await put('unknown', { 'transfer-encoding': 'chunked' }, 'body');
  assert.equal(code(unknown), 'NotImplemented');
  assert.match(unknown.body, /<Header>Transfer-Encoding<\/Header>/);
});

test('the name of the payload hash is one of those there are', async () => {
  const answer = await send('PUT', '/partner-objects/open/a', { 'x-amz-content-sha256': 'nothing' }, 'body');
  assert.equal(code(answer), 'InvalidArgument');
});

test('a request without credentials is anonymous: a policy for everyone lets it in, nothing else does', async () => {
  await put('page', {}, 'hello');
  assert.equal((await send('GET', '/partner-objects/open/page')).body, 'hello');
  const denied = await send('GET', '/partner-objects/closed');
  assert.equal(denied.status, 403);
  assert.match(denied.body, /<Message>Access Denied<\/Message>/);
  assert.equal(code(await send('GET', '/')), 'AccessDenied');
  assert.equal(code(await send('PUT', '/new-bucket')), 'AccessDenied');
});

test('HEAD is answered without a body, errors included', async () => {
  await put('head', {}, 'hello');
  const head = await send('HEAD', '/partner-objects/open/head');
  assert.deepEqual([head.status, head.headers['content-length'], head.body], [200, '5', '']);
  assert.deepEqual(
    [(await send('HEAD', '/partner-objects/open/absent')).status, (await send('HEAD', '/absent')).body],
    [404, ''],
  );
});

test('what is no URL, method, key or document of S3 is refused', async () => {
  assert.equal(code(await send('GET', '/partner-objects/open/%ff')), 'InvalidURI');
  assert.equal(code(await send('PATCH', '/partner-objects/open/a')), 'MethodNotAllowed');
  assert.equal(code(await send('GET', '/partner-objects?list-type=3')), 'InvalidArgument');
  assert.equal(code(await send('GET', '/partner-objects?list-type=2&encoding-type=base64')), 'InvalidArgument');
  const metadata = { 'x-amz-meta-large': 'x'.repeat(2049) };
  assert.equal(code(await put('metadata', metadata, '')), 'MetadataTooLarge');
});

test('an error document is escaped', async () => {
  const { body } = await send('GET', `/partner-objects/open/${encodeURIComponent('<&\u0001>')}`);
  assert.match(body, /<Key>open\/&lt;&amp;&#x1;&gt;<\/Key>/);
});

test('what S3 has and this one does not is refused by name', async () => {
  const client = world.client(owner);
  const Bucket = 'partner-objects';
  const Key = 'open/a';
  const refused: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
    [() => client.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration: {} })), /PutBucketWebsite /],
    [() => client.send(new CreateSessionCommand({ Bucket })), /CreateSession /],
    [() => client.send(new PutObjectCommand({ Bucket, Key, StorageClass: 'GLACIER' })), /Storage class GLACIER /],
    [() => client.send(new PutObjectCommand({ Bucket, Key, ServerSideEncryption: 'aws:kms' })), /aws:kms/],
    [
      () => client.send(new PutObjectCommand({ Bucket, Key, SSECustomerAlgorithm: 'AES256' })),
      /x-amz-server-side-encryption-customer/,
    ],
  ];
  for (const [call, name] of refused) {
    await assert.rejects(call(), (error: S3ServiceException) => {
      assert.match(error.message, name);
      assert.equal(error.$metadata.httpStatusCode, 501);
      return true;
    });
  }
  const acl = client.send(new PutObjectCommand({ Bucket, Key, ACL: 'public-read' }));
  await assert.rejects(acl, (error: S3ServiceException) => error.name === 'AccessControlListNotSupported');
  await client.send(new PutObjectCommand({ Bucket, Key, ACL: 'bucket-owner-full-control' }));
});

test('a client that goes away in the middle of a body leaves nothing, and is no bug', async () => {
  const memory = memoryBlobs();
  let discard: () => void = () => {};
  const discarded = new Promise<void>((resolve) => {
    discard = resolve;
  });
  const create = async () => ({ ...(await memory.create()), discard: async () => discard() });
  const other = await s3World([owner], { blobs: { ...memory, create } });
  await other.s3.provisionBucket({ name: 'partner-objects', accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });
  const { hostname, port, host } = new URL(other.endpoint);
  const path = '/partner-objects/half';
  const { headers } = signedHeaders(owner, {
    method: 'PUT',
    path,
    headers: { host },
    payload: 'UNSIGNED-PAYLOAD',
    now: Date.now(),
  });
  const message = request({
    hostname,
    port,
    method: 'PUT',
    path,
    headers: { ...headers, 'content-length': '1000000' },
  });
  message.on('error', () => {});
  message.write(Buffer.alloc(200_000), () => message.destroy());
  await discarded;
  await assert.rejects(other.client(owner).send(new GetObjectCommand({ Bucket: 'partner-objects', Key: 'half' })));
  assert.deepEqual(other.bugs, []);
  await other.close();
});

test('nothing in these tests was a bug of the server', () => {
  assert.deepEqual(world.bugs, []);
});

test('the host may name the bucket, and the Region', async () => {
  await put('page', {}, 'hello');
  const hosts = ['partner-objects.localhost:4700', 'partner-objects.s3.localhost', 'partner-objects.s3.amazonaws.com'];
  for (const host of [
    ...hosts,
    'partner-objects.s3.eu-west-1.amazonaws.com',
    'PARTNER-objects.s3-eu-west-1.amazonaws.com',
  ]) {
    assert.equal((await send('GET', '/open/page', { host })).body, 'hello', host);
    assert.match((await send('GET', '/?prefix=open/page', { host })).body, /<Key>open\/page<\/Key>/, host);
  }
  for (const host of ['s3.eu-west-1.amazonaws.com', 's3.localhost', 'localhost:1', '[::1]:4566', 'crossmap:4566']) {
    assert.equal((await send('GET', '/partner-objects/open/page', { host })).body, 'hello', host);
  }
  const abroad = await send('GET', '/open/page', { host: 'partner-objects.s3.us-east-1.amazonaws.com' });
  assert.equal(abroad.status, 301);
  assert.equal(abroad.headers['x-amz-bucket-region'], 'eu-west-1');
});

test('a host that may begin with a bucket or not is refused by name', async () => {
  const { status, body } = await send('GET', '/a', { host: 'partner-objects.example.com' });
  assert.equal(status, 501);
  assert.match(body, /partner-objects\.example\.com/);
});

test('a request signed for another Region than its host names is told the right one', async () => {
  const host = 's3.us-east-1.amazonaws.com';
  const about = { method: 'GET', path: '/', payload: 'UNSIGNED-PAYLOAD', now: Date.now() };
  const { headers } = signedHeaders(owner, { ...about, headers: { host } });
  const answer = await send('GET', '/', headers);
  assert.equal(code(answer), 'AuthorizationHeaderMalformed');
  assert.match(answer.body, /the region 'eu-west-1' is wrong; expecting 'us-east-1'<.*<Region>us-east-1</);
});
