import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import { endpointOf, isDirectoryBucket } from '../../src/listing/http/bucket-endpoint.ts';
import { Connections } from '../../src/listing/http/connections.ts';
import { Credentials } from '../../src/listing/http/credentials.ts';
import { directorySession } from '../../src/listing/http/directory-session.ts';
import { type S3PagesOptions, s3Pages } from '../../src/listing/http/s3-pages.ts';
import { Signer } from '../../src/listing/http/sigv4.ts';
import { errorXml, listServer } from './list-server.ts';

const NOW = Date.UTC(2026, 10, 24, 1, 2, 3);
const keys = ['a', 'b/c d', 'é😀'];

function options(endpoint: string, more: Partial<S3PagesOptions> = {}): S3PagesOptions {
  return {
    bucket: 'b',
    prefix: '',
    fields: 'keys',
    region: 'us-east-1',
    endpoint,
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
    now: () => NOW,
    ...more,
  };
}

function refuse(response: ServerResponse, status: number, body: string, headers = {}): true {
  response.writeHead(status, { 'content-type': 'application/xml', ...headers });
  response.end(body);
  return true;
}

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

describe('s3Pages', () => {
  test('asks for a page with what the listing needs, and gives its keys', async () => {
    const server = await listServer(keys);
    const pages = s3Pages(
      options(server.endpoint, { prefix: 'é/', requesterPays: true, expectedBucketOwner: '111122223333' }),
    );
    try {
      const page = await pages.listPage({ startAfter: 'a b+' });
      assert.deepEqual(page.keys, ['b/c d', 'é😀']);
      await pages.listPage({ token: '1', limit: 2 });
      const [first, second] = server.asked;
      assert.deepEqual(Object.fromEntries(first?.query ?? []), {
        'encoding-type': 'url',
        'list-type': '2',
        prefix: 'é/',
        'start-after': 'a b+',
      });
      assert.equal(second?.query.get('continuation-token'), '1');
      assert.equal(second?.query.get('max-keys'), '2');
      assert.equal(first?.headers['x-amz-request-payer'], 'requester');
      assert.equal(first?.headers['x-amz-expected-bucket-owner'], '111122223333');
      assert.equal(first?.headers['accept-encoding'], 'identity');
      const connection = first?.headers.authorization ?? '';
      assert.match(
        connection,
        /SignedHeaders=accept-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-expected-bucket-owner;/,
      );
    } finally {
      pages.close();
      await server.close();
    }
  });

  test('signs as the signer of the SDK does', async () => {
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
    const signer = new SignatureV4({
      service: 's3',
      region: 'eu-west-1',
      credentials,
      sha256: Sha256,
      uriEscapePath: false,
      applyChecksum: false,
    });
    const request = {
      method: 'GET',
      protocol: 'https:',
      hostname: 'b.s3.eu-west-1.amazonaws.com',
      path: '/',
      query: { 'list-type': '2', prefix: "a b/é!'()*~", 'start-after': '+&=' },
      headers: {
        host: 'b.s3.eu-west-1.amazonaws.com',
        'x-amz-content-sha256': createHash('sha256').update('').digest('hex'),
      },
    };
    const theirs = await signer.sign(request, { signingDate: new Date(NOW) });
    const query = 'list-type=2&prefix=a%20b%2F%C3%A9%21%27%28%29%2A~&start-after=%2B%26%3D';
    const ours = new Signer('eu-west-1').sign(
      { host: request.hostname, path: '/', query, headers: {} },
      credentials,
      new Date(NOW),
    );
    assert.equal(ours.authorization, theirs.headers.authorization);
  });

  test('finds the Region of the bucket by the first answer, and stays there', async () => {
    for (const [status, body, headers] of [
      [301, errorXml('PermanentRedirect'), { 'x-amz-bucket-region': 'eu-west-1' }],
      [400, errorXml('AuthorizationHeaderMalformed', '<Region>eu-west-1</Region>'), {}],
    ] as const) {
      const server = await listServer(keys, {
        interlude: ({ headers: sent }, response) =>
          !sent.authorization?.includes('/eu-west-1/s3/') && refuse(response, status, body, headers),
      });
      const pages = s3Pages(options(server.endpoint));
      try {
        assert.deepEqual((await pages.listPage({})).keys, keys);
        await pages.listPage({});
        assert.equal(pages.region(), 'eu-west-1');
        assert.equal(server.asked.length, 3);
      } finally {
        pages.close();
        await server.close();
      }
    }
  });

  test('a bucket that must be in a Region is refused elsewhere', async () => {
    const server = await listServer(keys, {
      interlude: (_, response) =>
        refuse(response, 301, errorXml('PermanentRedirect'), { 'x-amz-bucket-region': 'eu-west-1' }),
    });
    const pages = s3Pages(options(server.endpoint, { inThisRegion: true }));
    try {
      await assert.rejects(pages.listPage({}), { kind: 'refused', code: 'PermanentRedirect' });
      assert.equal(server.asked.length, 1);
    } finally {
      pages.close();
      await server.close();
    }
  });

  test('asks for other credentials when they expire, once for all requests', async () => {
    let given = 0;
    const server = await listServer(keys, {
      interlude: ({ headers }, response) =>
        headers['x-amz-security-token'] === 'token-1' && refuse(response, 400, errorXml('ExpiredToken')),
    });
    const pages = s3Pages(
      options(server.endpoint, {
        credentials: async () => {
          given += 1;
          return { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: `token-${given}` };
        },
      }),
    );
    try {
      await Promise.all(Array.from({ length: 8 }, () => pages.listPage({})));
      assert.equal(given, 2);
    } finally {
      pages.close();
      await server.close();
    }
  });

  test('refreshes credentials before their end', async () => {
    let [now, given] = [NOW, 0];
    const server = await listServer(keys);
    const pages = s3Pages(
      options(server.endpoint, {
        now: () => now,
        credentials: async () => {
          given += 1;
          return { accessKeyId: `AKID${given}`, secretAccessKey: 'secret', expiration: new Date(now + 3_600_000) };
        },
      }),
    );
    try {
      await pages.listPage({});
      now += 54 * 60_000;
      await pages.listPage({});
      assert.equal(given, 1);
      now += 2 * 60_000;
      await pages.listPage({});
      assert.equal(given, 2);
      assert.match(server.asked.at(-1)?.headers.authorization ?? '', /AKID2/);
    } finally {
      pages.close();
      await server.close();
    }
  });

  test('without credentials nothing is signed', async () => {
    const server = await listServer(keys);
    const pages = s3Pages(options(server.endpoint, { credentials: async () => undefined }));
    try {
      await pages.listPage({});
      assert.equal(server.asked[0]?.headers.authorization, undefined);
    } finally {
      pages.close();
      await server.close();
    }
  });

  for (const [what, kind, code, interlude] of [
    ['503', 'throttled', 'SlowDown', (r) => refuse(r, 503, errorXml('SlowDown'))],
    ['an answer without a body', 'failed', 'Http500', (r) => refuse(r, 500, '')],
    ['a denial', 'refused', 'AccessDenied', (r) => refuse(r, 403, errorXml('AccessDenied'))],
    ['a reset', 'failed', 'ECONNRESET', (r) => r.socket?.resetAndDestroy() !== undefined],
    [
      'a page that breaks off',
      'failed',
      'ECONNRESET',
      (r) => {
        r.writeHead(200, { 'content-length': '9999' });
        r.write('<ListBucketResult>', () => r.socket?.destroy());
        return true;
      },
    ],
    ['silence', 'throttled', 'ETIMEDOUT', () => true],
  ] as const satisfies readonly (readonly [string, string, string, (response: ServerResponse) => boolean])[]) {
    test(`${what} is ${kind}: ${code}`, async () => {
      const server = await listServer(keys, { interlude: (_, response) => interlude(response) });
      const pages = s3Pages(options(server.endpoint, { timeoutMs: 60 }));
      try {
        await assert.rejects(pages.listPage({}), { kind, code });
      } finally {
        pages.close();
        await server.close();
      }
    });
  }

  test('a kept connection that ends as it is used again is replaced without an error, too', async () => {
    const server = await listServer(keys, {
      interlude: (_, response) => server.asked.length === 2 && response.socket?.destroy() !== undefined,
    });
    const pages = s3Pages(options(server.endpoint));
    try {
      await pages.listPage({});
      assert.deepEqual((await pages.listPage({})).keys, keys);
      assert.equal(server.asked.length, 3);
    } finally {
      pages.close();
      await server.close();
    }
  });

  test('a connection that the server closed while idle is replaced without an error', async () => {
    let closeAfter = true;
    const server = await listServer(keys, {
      interlude: (_, response) => {
        if (closeAfter) response.on('finish', () => setImmediate(() => response.socket?.destroy()));
        closeAfter = false;
        return false;
      },
    });
    const pages = s3Pages(options(server.endpoint));
    try {
      await pages.listPage({});
      assert.deepEqual((await pages.listPage({})).keys, keys);
    } finally {
      pages.close();
      await server.close();
    }
  });
});

describe('directorySession', () => {
  test('asks for a session with the own credentials, and refreshes it after half of its five minutes', async () => {
    let [now, sessions] = [NOW, 0];
    const server = await listServer([], {
      interlude: (_, response) => {
        sessions += 1;
        const end = new Date(now + 300_000).toISOString();
        return refuse(
          response,
          200,
          `<CreateSessionResult><Credentials><SessionToken>s${sessions}&amp;</SessionToken><SecretAccessKey>k</SecretAccessKey><AccessKeyId>A</AccessKeyId><Expiration>${end}</Expiration></Credentials></CreateSessionResult>`,
        );
      },
    });
    const connections = new Connections(1_000);
    const { hostname, port, host } = new URL(server.endpoint);
    const place = { secure: false, hostname, port: Number(port), host, path: '/', service: 's3express' } as const;
    const own = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'role' });
    const credentials = new Credentials(
      directorySession(place, 'us-west-2', own, connections, () => now),
      () => now,
    );
    try {
      assert.equal((await credentials.get())?.sessionToken, 's1&');
      const [asked] = server.asked;
      assert.equal(asked?.query.has('session'), true);
      assert.equal(asked?.headers['x-amz-security-token'], 'role');
      assert.match(asked?.headers.authorization ?? '', /AKIDEXAMPLE\/20261124\/us-west-2\/s3express\/aws4_request/);
      now += 149_000;
      assert.equal((await credentials.get())?.sessionToken, 's1&');
      now += 2_000;
      assert.equal((await credentials.get())?.sessionToken, 's2&');
    } finally {
      connections.close();
      await server.close();
    }
  });

  test('requests to a directory bucket name its session', () => {
    const credentials = { accessKeyId: 'A', secretAccessKey: 'k', sessionToken: 's' };
    const signed = new Signer('us-west-2', 's3express').sign(
      { host: 'h', path: '/', query: '', headers: {} },
      credentials,
      new Date(NOW),
    );
    assert.deepEqual([signed['x-amz-s3session-token'], signed['x-amz-security-token']], ['s', undefined]);
  });
});

describe('endpointOf', () => {
  for (const [what, place, expected] of [
    ['a bucket on AWS', { bucket: 'b', region: 'eu-west-1' }, 'https://b.s3.eu-west-1.amazonaws.com/'],
    ['one with dots', { bucket: 'a.b', region: 'eu-west-1' }, 'https://s3.eu-west-1.amazonaws.com/a.b'],
    ['China', { bucket: 'b', region: 'cn-north-1' }, 'https://b.s3.cn-north-1.amazonaws.com.cn/'],
    [
      'a directory bucket',
      { bucket: 'b--usw2-az1--x-s3', region: 'us-west-2' },
      'https://b--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com/',
    ],
    [
      'another server',
      { bucket: 'b', region: 'x', endpoint: 'http://127.0.0.1:9000/s3/' },
      'http://127.0.0.1:9000/s3/b',
    ],
  ] as const) {
    test(what, () => {
      const { secure, host, path } = endpointOf(place);
      assert.equal(`http${secure ? 's' : ''}://${host}${path}`, expected);
    });
  }

  test('knows a directory bucket by its name', () => {
    assert.deepEqual(['b--usw2-az1--x-s3', 'b--x-s3', 'plain'].map(isDirectoryBucket), [true, false, false]);
  });
});
