import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import {
  type Authentication,
  authenticate,
  type CredentialLookup,
  type SignedRequest,
} from '../../src/server/sigv4.ts';
import { root } from './s3-world.ts';
import { Sha256 } from './sdk-signer.ts';
import { signedHeaders } from './sign.ts';

const owner = root('111111111111');
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const EMPTY = createHash('sha256').digest('hex');

const lookup: CredentialLookup = (accessKeyId, sessionToken) => {
  if (accessKeyId !== owner.accessKeyId) return { kind: 'refused', code: 'InvalidAccessKeyId' };
  if (sessionToken === 'expired') return { kind: 'refused', code: 'ExpiredToken' };
  return { kind: 'found', caller: owner.caller, secretAccessKey: owner.secretAccessKey };
};

interface Unsigned {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly service?: string;
}

/** The request as the signer of the AWS SDK would send it. */
async function signed({ method, path, query, headers, service = 's3' }: Unsigned): Promise<SignedRequest> {
  const isS3 = service === 's3';
  const encoded = path.split('/').map(encode).join('/');
  const signer = new SignatureV4({
    credentials: { accessKeyId: owner.accessKeyId, secretAccessKey: owner.secretAccessKey },
    region: 'eu-west-1',
    service,
    sha256: Sha256,
    uriEscapePath: !isS3,
    applyChecksum: isS3,
  });
  const host = '127.0.0.1:4000';
  const request = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: encoded,
      query: { ...query },
      headers: { host, ...headers },
    },
    { signingDate: new Date(NOW) },
  );
  const search = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  const url = search.length === 0 ? encoded : `${encoded}?${search.join('&')}`;
  const lower = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { method, url, headers: Object.fromEntries(lower) };
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function outcome(authentication: Authentication): string {
  return authentication.kind === 'refused' ? authentication.code : authentication.kind;
}

const PLAIN: Unsigned = { method: 'GET', path: '/partner-objects/a', query: {}, headers: {} };

test('what the signer of the SDK signs is authenticated, whatever the key, query and headers are', async () => {
  const text = fc.string({
    unit: fc.constantFrom('a', ' ', '+', '%', '/', '=', '&', '~', "'", '*', 'ü', '😀'),
    maxLength: 8,
  });
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '-', 'Z', '+'), minLength: 1, maxLength: 5 });
  const value = fc.string({ unit: fc.constantFrom('a', ' ', '=', ',', ';'), maxLength: 8 }).map((v) => `x${v}x`);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'PUT'),
      text.map((key) => `/partner-objects/${key}`),
      fc.dictionary(name, text, { maxKeys: 4, noNullPrototype: true }),
      fc.dictionary(fc.constantFrom('x-amz-meta-a', 'x-amz-meta-b', 'content-type'), value, { noNullPrototype: true }),
      async (method, path, query, headers) => {
        const authentication = authenticate(await signed({ method, path, query, headers }), lookup, NOW);
        assert.equal(outcome(authentication), 'authenticated');
      },
    ),
    { numRuns: 200 },
  );
});

test('Region, service and caller of the credentials are given', async () => {
  const request = await signed({ ...PLAIN, path: '/', service: 'states' });
  const authentication = authenticate({ ...request, payloadHash: EMPTY }, lookup, NOW);
  assert.equal(authentication.kind, 'authenticated');
  assert.equal(authentication.region, 'eu-west-1');
  assert.equal(authentication.service, 'states');
  assert.equal(authentication.caller, owner.caller);
});

test('services other than S3 sign an encoded path encoded again', async () => {
  const request = await signed({ ...PLAIN, path: '/functions/arn:aws:lambda/a b', service: 'lambda' });
  assert.equal(outcome(authenticate({ ...request, payloadHash: EMPTY }, lookup, NOW)), 'authenticated');
});

test('whatever is changed after signing, the signature does not match', async () => {
  const request = await signed({
    method: 'PUT',
    path: '/partner-objects/a b',
    query: { 'x-id': 'PutObject', tagging: '' },
    headers: { 'x-amz-meta-a': 'one', 'content-type': 'text/plain' },
  });
  assert.equal(outcome(authenticate(request, lookup, NOW)), 'authenticated');
  const { headers } = request;
  const tampered: readonly SignedRequest[] = [
    { ...request, method: 'DELETE' },
    { ...request, url: request.url.replace('a%20b', 'a%20c') },
    { ...request, url: `${request.url}&versionId=1` },
    { ...request, url: request.url.replace('PutObject', 'GetObject') },
    { ...request, headers: { ...headers, 'x-amz-meta-a': 'two' } },
    { ...request, headers: { ...headers, 'content-type': 'text/html' } },
    { ...request, headers: { ...headers, host: 'elsewhere' } },
    { ...request, headers: { ...headers, 'x-amz-content-sha256': EMPTY.replace('e', 'f') } },
    { ...request, headers: { ...headers, authorization: headers.authorization!.replace('eu-west-1', 'us-east-1') } },
    {
      ...request,
      headers: { ...headers, authorization: headers.authorization!.replace(/.$/, (c) => (c === '0' ? '1' : '0')) },
    },
  ];
  for (const [index, each] of tampered.entries()) {
    assert.equal(outcome(authenticate(each, lookup, NOW)), 'SignatureDoesNotMatch', `tampering ${index}`);
  }
});

test('a header of Amazon that is not signed is refused and named', async () => {
  const request = await signed(PLAIN);
  const headers = { ...request.headers, 'x-amz-expected-bucket-owner': '111111111111' };
  const authentication = authenticate({ ...request, headers }, lookup, NOW);
  assert.ok(authentication.kind === 'refused');
  assert.equal(authentication.code, 'AccessDenied');
  assert.deepEqual(authentication.elements, { HeadersNotSigned: 'x-amz-expected-bucket-owner' });
});

test('a request is good for a quarter of an hour either way', async () => {
  const request = await signed(PLAIN);
  const quarter = 15 * 60 * 1000;
  for (const skew of [-quarter, quarter]) {
    assert.equal(outcome(authenticate(request, lookup, NOW + skew)), 'authenticated');
  }
  for (const skew of [-quarter - 1, quarter + 1]) {
    assert.equal(outcome(authenticate(request, lookup, NOW + skew)), 'RequestTimeTooSkewed');
  }
});

test('without an Authorization header, or with an empty one, nobody is authenticated', () => {
  assert.deepEqual(authenticate({ method: 'GET', url: '/', headers: {} }, lookup, NOW), { kind: 'anonymous' });
  const empty = { method: 'GET', url: '/', headers: { authorization: '' } };
  assert.deepEqual(authenticate(empty, lookup, NOW), { kind: 'anonymous' });
});

const SCOPE = 'AKIA/20260102/eu-west-1/s3/aws4_request';
const MALFORMED: readonly (readonly [authorization: string, code: string, message: RegExp])[] = [
  ['Bearer x', 'InvalidArgument', /^Unsupported Authorization Type$/],
  ['AWS AKIA:signature', 'InvalidRequest', /Please use AWS4-HMAC-SHA256\.$/],
  ['AWS4-ECDSA-P256-SHA256 Credential=a', 'NotImplemented', /Signature Version 4A/],
  ['AWS4-HMAC-SHA256', 'AuthorizationHeaderMalformed', /requires three components/],
  ['AWS4-HMAC-SHA256 Credential', 'AuthorizationHeaderMalformed', /component "Credential" is malformed\.$/],
  ['AWS4-HMAC-SHA256 SignedHeaders=host,Signature=0', 'AuthorizationHeaderMalformed', /missing Credential\.$/],
  [`AWS4-HMAC-SHA256 Credential=${SCOPE},Signature=0`, 'AuthorizationHeaderMalformed', /missing SignedHeaders\.$/],
  [`AWS4-HMAC-SHA256 Credential=${SCOPE},SignedHeaders=host`, 'AuthorizationHeaderMalformed', /missing Signature\.$/],
  [
    'AWS4-HMAC-SHA256 Credential=AKIA/x,SignedHeaders=host,Signature=0',
    'AuthorizationHeaderMalformed',
    /the Credential is mal-formed; expecting "<YOUR-AKID>\/YYYYMMDD\/REGION\/SERVICE\/aws4_request"\.$/,
  ],
  [
    `AWS4-HMAC-SHA256 Credential=${SCOPE.replace('20260102', '2-1-26')},SignedHeaders=host,Signature=0`,
    'AuthorizationHeaderMalformed',
    /incorrect date format "2-1-26"/,
  ],
  [
    `AWS4-HMAC-SHA256 Credential=${SCOPE.replace('aws4_request', 'aws5')},SignedHeaders=host,Signature=0`,
    'AuthorizationHeaderMalformed',
    /incorrect terminal "aws5"\. This endpoint uses "aws4_request"\.$/,
  ],
  [
    `AWS4-HMAC-SHA256 Credential=${SCOPE.replace('20260102', '20260101')},SignedHeaders=host,Signature=0`,
    'AuthorizationHeaderMalformed',
    /Invalid credential date "20260101"/,
  ],
  [
    `AWS4-HMAC-SHA256 Credential=${SCOPE},SignedHeaders=x-amz-date,Signature=0`,
    'InvalidRequest',
    /x-amz-content-sha256/,
  ],
];

for (const [authorization, code, message] of MALFORMED) {
  test(`an authorization that is malformed is refused in the words of S3: ${authorization}`, () => {
    const headers = { authorization, 'x-amz-date': '20260102T030405Z' };
    const authentication = authenticate({ method: 'GET', url: '/', headers }, lookup, NOW);
    assert.ok(authentication.kind === 'refused');
    assert.equal(authentication.code, code);
    assert.match(authentication.message ?? '', message);
  });
}

test('a signature of another length does not match either', () => {
  const authorization = `AWS4-HMAC-SHA256 Credential=${SCOPE.replace('AKIA', owner.accessKeyId)}, SignedHeaders=x-amz-content-sha256;x-amz-date, Signature=0`;
  const headers = { authorization, 'x-amz-date': '20260102T030405Z', 'x-amz-content-sha256': EMPTY };
  assert.equal(outcome(authenticate({ method: 'GET', url: '/', headers }, lookup, NOW)), 'SignatureDoesNotMatch');
});

test('the time of a request may be in its Date header', () => {
  const person = { accessKeyId: owner.accessKeyId, secretAccessKey: owner.secretAccessKey };
  const date = new Date(NOW).toUTCString();
  const request = { method: 'GET', path: '/a', headers: { host: 'localhost', date }, payload: EMPTY, now: NOW };
  const { headers } = signedHeaders(person, request, { dateHeader: true });
  assert.equal('x-amz-date' in headers, false);
  assert.equal(outcome(authenticate({ method: 'GET', url: '/a', headers }, lookup, NOW)), 'authenticated');
  const late = authenticate({ method: 'GET', url: '/a', headers }, lookup, NOW + 16 * 60_000);
  assert.equal(outcome(late), 'RequestTimeTooSkewed');
});

test('a date, a scope or a payload hash that is missing or differs is refused', async () => {
  const { headers, ...request } = await signed(PLAIN);
  const { 'x-amz-date': date, 'x-amz-content-sha256': hash, ...rest } = headers;
  assert.ok(date !== undefined && hash !== undefined);
  assert.equal(
    outcome(authenticate({ ...request, headers: { ...rest, 'x-amz-content-sha256': hash } }, lookup, NOW)),
    'AccessDenied',
  );
  const { authorization } = headers;
  const yesterday = { ...headers, authorization: authorization!.replace('20260102', '20260101') };
  assert.equal(outcome(authenticate({ ...request, headers: yesterday }, lookup, NOW)), 'AuthorizationHeaderMalformed');
  assert.equal(
    outcome(authenticate({ ...request, headers: { ...rest, 'x-amz-date': date } }, lookup, NOW)),
    'InvalidRequest',
  );
});

test('keys and tokens that are refused keep their reason', async () => {
  const request = await signed({ ...PLAIN, headers: { 'x-amz-security-token': 'expired' } });
  assert.equal(outcome(authenticate(request, lookup, NOW)), 'ExpiredToken');
  const nobody: CredentialLookup = () => ({ kind: 'refused', code: 'InvalidAccessKeyId' });
  assert.equal(outcome(authenticate(await signed(PLAIN), nobody, NOW)), 'InvalidAccessKeyId');
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html, "Example: PUT Object" */
test('the example of the S3 documentation has the documented signatures, of the request and of each chunk', () => {
  const request: SignedRequest = {
    method: 'PUT',
    url: '/examplebucket/chunkObject.txt',
    headers: {
      host: 's3.amazonaws.com',
      'x-amz-date': '20130524T000000Z',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'content-encoding': 'aws-chunked',
      'x-amz-decoded-content-length': '66560',
      'content-length': '66824',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
        'SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,' +
        'Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    },
  };
  const known: CredentialLookup = () => ({
    kind: 'found',
    caller: owner.caller,
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  });
  const authentication = authenticate(request, known, Date.UTC(2013, 4, 24));
  assert.ok(authentication.kind === 'authenticated');
  const { seed, sign } = authentication.signature;
  const chunk = (previous: string, size: number) => {
    const hash = createHash('sha256').update('a'.repeat(size)).digest('hex');
    return sign('AWS4-HMAC-SHA256-PAYLOAD', [previous, EMPTY, hash]);
  };
  const first = chunk(seed, 65_536);
  const second = chunk(first, 1024);
  assert.equal(first, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648');
  assert.equal(second, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497');
  assert.equal(chunk(second, 0), 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9');
});
