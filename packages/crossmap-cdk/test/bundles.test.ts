import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';

suite('what runs in Lambda', () => {
  test('a deployed handler needs nothing but Node and the AWS SDK', () => {
    for (const name of ['list-objects', 'collect-results']) {
      const code = readFileSync(
        require.resolve(`crossmap-cdk/package.json`).replace('package.json', `lib/handlers/${name}/index.js`),
        'utf8',
      );
      const required = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, module]) => module ?? '');
      assert.ok(required.includes('@aws-sdk/client-s3'), name);
      for (const module of required) assert.match(module, /^(node:|@aws-sdk\/)/, name);
    }
  });

  test('the deployed lister lists many pages at once, for the expected owner, signed in the Region of the bucket', async () => {
    const keys = Array.from(
      { length: 40_000 },
      (_, i) => `k/${String((i * 7_919) % 100_000).padStart(6, '0')} é`,
    ).sort();
    const listings: IncomingMessage[] = [];
    const stored = new Map<string, Buffer>();
    let [underWay, most] = [0, 0];
    const server = createServer(async (request, response) => {
      const url = new URL(request.url ?? '', 'http://localhost');
      if (!url.searchParams.has('list-type')) {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        stored.set(url.pathname, Buffer.concat(chunks));
        response.end();
        return;
      }
      listings.push(request);
      underWay += 1;
      most = Math.max(most, underWay);
      setImmediate(() => {
        underWay -= 1;
        const [startAfter, limit] = [url.searchParams.get('start-after') ?? '', url.searchParams.get('max-keys')];
        const from = keys.findIndex((key) => key > startAfter);
        const page = from === -1 ? [] : keys.slice(from, from + Number(limit ?? 1_000));
        response.end(
          `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${page.length > 0 && page.at(-1) !== keys.at(-1)}</IsTruncated>` +
            page
              .map(
                (key) =>
                  `<Contents><Key>${encodeURIComponent(key)}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><Size>1</Size></Contents>`,
              )
              .join('') +
            '</ListBucketResult>',
        );
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bundle = require
      .resolve('crossmap-cdk/package.json')
      .replace('package.json', 'lib/handlers/list-objects/index.js');
    const program =
      `require(${JSON.stringify(bundle)}).handler({ execution: 'run-1', input: {} }, { getRemainingTimeInMillis: () => 900000 })` +
      '.then((list) => console.log(JSON.stringify(list)))';
    try {
      const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', '-e', program], {
        cwd: __dirname,
        env: {
          ...process.env,
          AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
          AWS_SECRET_ACCESS_KEY: 'secret',
          AWS_SESSION_TOKEN: 'token',
          SOURCE_BUCKET: 'partner-objects',
          SOURCE_ACCOUNT: '111111111111',
          SOURCE_REGION: 'eu-west-1',
          SOURCE_PREFIX: '',
          LIST_BUCKET: 'results',
          ALLOW_ZERO_OBJECTS: 'false',
          ROLE_ARN: 'arn:aws:iam::222222222222:role/list',
        },
      });
      assert.equal(JSON.parse(stdout).objects, keys.length);
    } finally {
      server.closeAllConnections();
      server.close();
    }
    const list: { readonly Key: string }[] = JSON.parse(stored.get('/results/run-1/objects.json')?.toString() ?? '[]');
    assert.deepEqual(list.map(({ Key }) => Key).sort(), keys);
    assert.ok(most > 1, `${most} pages at once`);
    for (const { headers, url } of listings) {
      assert.match(url ?? '', /^\/partner-objects\?/);
      assert.equal(headers['x-amz-expected-bucket-owner'], '111111111111');
      assert.equal(headers['x-amz-security-token'], 'token');
      assert.match(headers.authorization ?? '', /\/eu-west-1\/s3\//);
    }
  });

  test('TypeScript finds crossmap-cdk/lambda also where it does not read exports', () => {
    const manifest: Manifest = JSON.parse(readFileSync(require.resolve('crossmap-cdk/package.json'), 'utf8'));
    assert.equal(`./${manifest.typesVersions['*'].lambda[0]}`, manifest.exports['./lambda'].types);
  });

  test('crossmap-cdk/lambda never loads aws-cdk-lib or constructs', () => {
    const program = "require('crossmap-cdk/lambda'); console.log(Object.keys(require.cache).join('\\n'))";
    const loaded = execFileSync(process.execPath, ['--no-warnings', '-e', program], {
      cwd: __dirname,
      encoding: 'utf8',
    });
    assert.match(loaded, /client-s3/);
    assert.doesNotMatch(loaded, /aws-cdk-lib|node_modules.constructs/);
  });
});

interface Manifest {
  readonly exports: { readonly './lambda': { readonly types: string } };
  readonly typesVersions: { readonly '*': { readonly lambda: readonly string[] } };
}
