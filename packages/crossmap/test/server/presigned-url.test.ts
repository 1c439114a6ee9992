import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, describe, test } from 'node:test';
import { isPresigned, readPresignedUrl, unsignedQuery } from '../../src/server/presigned-url.ts';
import { BUCKET_ACCOUNT, type Person, root, s3World, session, WORKFLOW_ACCOUNT } from './s3-world.ts';
import { presigned } from './sdk-signer.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const owner = root(BUCKET_ACCOUNT);
const reader = session(WORKFLOW_ACCOUNT, 'Reader', [
  { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::partner-objects/*' },
]);
let now = NOW;
const world = await s3World([owner, reader], { now: () => now });
after(() => world.close());
await world.s3.provisionBucket({ name: 'partner-objects', accountId: BUCKET_ACCOUNT, region: 'eu-west-1' });
const { port, host } = new URL(world.endpoint);

interface Answer {
  readonly status: number;
  readonly body: string;
}

function send(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const message = request(
      { hostname: '127.0.0.1', port, method, path, headers: { host, ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      },
    );
    message.on('error', reject);
    message.end(body);
  });
}

type Presign = Partial<Parameters<typeof presigned>[1]>;
const sign = (person: Person, method: string, path: string, more: Presign = {}) =>
  presigned(person, { method, host, path, signingDate: new Date(NOW), ...more });

function error({ body }: Answer): { readonly code: string | undefined; readonly message: string | undefined } {
  const text = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(body)?.[1];
  return { code: text('Code'), message: text('Message')?.replaceAll('&quot;', '"') };
}

describe('a presigned URL', () => {
  test('writes, reads and deletes with the rights of who signed it', async () => {
    const path = '/partner-objects/in/a%20b%2B';
    assert.equal((await send('PUT', await sign(owner, 'PUT', path), {}, 'hello')).status, 200);
    assert.deepEqual(await send('GET', await sign(owner, 'GET', path)), { status: 200, body: 'hello' });
    const foreign = await sign(reader, 'GET', path);
    assert.equal((await send('GET', foreign)).status, 403);
    await world.s3.provisionPolicy(
      'partner-objects',
      JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: WORKFLOW_ACCOUNT },
          Action: 's3:GetObject',
          Resource: 'arn:aws:s3:::partner-objects/*',
        },
      }),
    );
    assert.equal((await send('GET', foreign)).body, 'hello');
    assert.equal((await send('DELETE', await sign(owner, 'DELETE', path))).status, 204);
  });

  test('tells policies how and how long ago it was signed', async () => {
    world.authorizations.length = 0;
    now = NOW + 7_000;
    await send('GET', await sign(owner, 'GET', '/partner-objects'));
    now = NOW;
    const { context } = world.authorizations[0]!;
    assert.equal(context['s3:authType'], 'REST-QUERY-STRING');
    assert.equal(context['s3:signatureAge'], '7000');
    assert.equal(context['aws:SourceIp'], '127.0.0.1');
  });

  test('may have its headers in the query', async () => {
    const query = { 'x-amz-expected-bucket-owner': WORKFLOW_ACCOUNT };
    assert.equal((await send('GET', await sign(owner, 'GET', '/partner-objects', { query }))).status, 403);
    const right = { 'X-Amz-Expected-Bucket-Owner': BUCKET_ACCOUNT };
    assert.equal((await send('GET', await sign(owner, 'GET', '/partner-objects', { query: right }))).status, 200);
  });

  test('is good for its time, which begins at most a quarter of an hour from now', async () => {
    const url = await sign(owner, 'GET', '/partner-objects', { expiresIn: 60 });
    now = NOW + 59_999;
    assert.equal((await send('GET', url)).status, 200);
    now = NOW + 60_000;
    const expired = await send('GET', url);
    now = NOW;
    assert.equal(expired.status, 403);
    assert.deepEqual(error(expired), { code: 'AccessDenied', message: 'Request has expired' });
    assert.match(expired.body, /<X-Amz-Expires>60<.*<Expires>2026-01-02T03:05:05Z<.*<ServerTime>2026-01-02T03:05:05Z</);
    const soon = await sign(owner, 'GET', '/partner-objects', { signingDate: new Date(NOW + 16 * 60_000) });
    assert.deepEqual(error(await send('GET', soon)), { code: 'AccessDenied', message: 'Request is not yet valid' });
  });

  test('is good for what was signed only', async () => {
    const url = await sign(owner, 'GET', '/partner-objects', { query: { prefix: 'in/' } });
    assert.equal((await send('GET', url)).status, 200);
    assert.equal(error(await send('GET', url.replace('in%2F', 'out'))).code, 'SignatureDoesNotMatch');
    assert.equal(error(await send('PUT', url)).code, 'SignatureDoesNotMatch');
    assert.equal(error(await send('GET', `${url}&delimiter=%2F`)).code, 'SignatureDoesNotMatch');
    const unsigned = await send('GET', url, { 'x-amz-request-payer': 'requester' });
    assert.match(unsigned.body, /headers present in the request which were not signed.*x-amz-request-payer/);
    const twice = await send('GET', url, { authorization: 'AWS4-HMAC-SHA256 x' });
    assert.match(error(twice).message ?? '', /^Only one auth mechanism allowed/);
  });

  test('for another Region than the one the host names is refused with the right one', async () => {
    const regional = { host: 's3.eu-west-1.amazonaws.com', region: 'us-east-1' };
    const wrong = await send('GET', await sign(owner, 'GET', '/partner-objects', regional), { host: regional.host });
    assert.deepEqual(error(wrong), {
      code: 'AuthorizationQueryParametersError',
      message: "Error parsing the X-Amz-Credential parameter; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
    });
    assert.match(wrong.body, /<Region>eu-west-1<\/Region>/);
  });
});

describe('a signature in a query that is malformed is refused in the words of S3', () => {
  const QUERY = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIA/20260102/eu-west-1/s3/aws4_request',
    'X-Amz-Date': '20260102T030405Z',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': '0',
  };
  const CASES: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
    ['no expiry', { 'X-Amz-Expires': '' }, /^Query-string authentication version 4 requires the X-Amz-Algorithm/],
    ['another algorithm', { 'X-Amz-Algorithm': 'AWS5' }, /^X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and/],
    ['a credential of too few parts', { 'X-Amz-Credential': 'AKIA' }, /; the Credential is mal-formed; expecting/],
    ['another terminal', { 'X-Amz-Credential': 'AKIA/20260102/eu-west-1/s3/aws5' }, /; incorrect terminal "aws5"/],
    ['a date of another form', { 'X-Amz-Date': '2026-01-02' }, /^X-Amz-Date must be in the ISO8601 Long Format/],
    ['a date of another day', { 'X-Amz-Date': '20260103T030405Z' }, /^Invalid credential date "20260102"/],
    ['an expiry that is no number', { 'X-Amz-Expires': 'soon' }, /^X-Amz-Expires should be a number$/],
    ['an expiry before', { 'X-Amz-Expires': '-1' }, /^X-Amz-Expires must be non-negative$/],
    ['an expiry after a week', { 'X-Amz-Expires': '604801' }, /^X-Amz-Expires must be less than a week/],
  ];
  for (const [what, parameters, message] of CASES) {
    test(what, () => {
      const read = readPresignedUrl({ ...QUERY, ...parameters }, {}, NOW);
      assert.ok(read.kind === 'refused');
      assert.equal(read.code, 'AuthorizationQueryParametersError');
      assert.match(read.message ?? '', message);
    });
  }

  test('the older version is refused by name', () => {
    const query = { AWSAccessKeyId: 'AKIA', Signature: 'x', Expires: '1' };
    assert.equal(isPresigned(query), true);
    const read = readPresignedUrl(query, {}, NOW);
    assert.ok(read.kind === 'refused');
    assert.match(read.message ?? '', /Please use AWS4-HMAC-SHA256\.$/);
  });

  test('what signs is taken out of the query, and only that', () => {
    assert.equal(readPresignedUrl(QUERY, {}, NOW).kind, 'claim');
    assert.deepEqual(unsignedQuery({ ...QUERY, prefix: 'in/', 'X-Amz-Acl': 'private' }), {
      query: { prefix: 'in/' },
      headers: { 'x-amz-acl': 'private' },
    });
  });
});
