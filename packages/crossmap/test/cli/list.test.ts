import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { run } from '../../src/cli/program.ts';
import { connectS3 } from '../../src/cli/s3-connection.ts';
import { fakeHost } from './fake-host.ts';

const keys = Array.from({ length: 2_500 }, (_, i) => `data/${String(i).padStart(5, '0')}`);

describe('crossmap list', () => {
  const folder = mkdtempSync(join(tmpdir(), 'crossmap-test-cli-list-'));
  const stored = new Map<string, string>();
  let ask = 0;
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    if (request.method === 'PUT') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      stored.set(url.pathname, Buffer.concat(chunks).toString());
      response.end();
      return;
    }
    ask += 1;
    if (url.pathname !== '/b') {
      response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
      return;
    }
    const startAfter = url.searchParams.get('start-after') ?? '';
    const found = keys.filter((key) => key > startAfter && key.startsWith(url.searchParams.get('prefix') ?? ''));
    const page = found.slice(0, Number(url.searchParams.get('max-keys') ?? 1_000));
    const contents = page.map(
      (key) =>
        `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>10</Size></Contents>`,
    );
    response.end(
      `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${page.length < found.length}</IsTruncated>${contents.join('')}</ListBucketResult>`,
    );
  });
  let endpoint = '';
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function crossmap(target: string, ...options: string[]) {
    const host = fakeHost({ cwd: folder });
    const never = () => assert.fail('nothing else is to be called');
    const argv = ['list', target, '--endpoint', endpoint, '--region', 'us-east-1', '--unsigned', ...options];
    const services = { version: '1', connect: never, denialsSince: never, startLocal: never, serveAccounts: never };
    const exitCode = await run(argv, host, { ...services, connectS3 });
    return { exitCode, ...host.written };
  }

  test('without --out it says what the bucket has', async () => {
    const { exitCode, stdout, stderr } = await crossmap('s3://b/data/');
    assert.equal(exitCode, 0);
    assert.match(stdout, /^2,500 objects, 24 KiB\n/);
    assert.match(stdout, /STANDARD +2,500 objects/);
    assert.match(stderr, /2,500 keys · .*of the key space/);
  });

  test('writes a sorted list, leaves no parts, and prints one JSON object', async () => {
    const { exitCode, stdout } = await crossmap('s3://b', '--out', 'list.json', '--sorted', '--json');
    assert.equal(exitCode, 0);
    const list: { Key: string }[] = JSON.parse(readFileSync(join(folder, 'list.json'), 'utf8'));
    assert.deepEqual(
      list.map(({ Key }) => Key),
      keys,
    );
    assert.equal(existsSync(join(folder, 'list.json.parts')), false);
    const summary = JSON.parse(stdout);
    assert.deepEqual([summary.objects, summary.bytes, summary.keys], [2_500, 25_000, 2_500]);
  });

  test('the list goes to stdout and then the summary does not', async () => {
    const { stdout, stderr } = await crossmap(
      's3://b',
      '--out',
      '-',
      '--format',
      'csv',
      '--keys-only',
      '--suffix',
      '77',
    );
    assert.deepEqual(stdout.trim().split('\n').sort(), ['Key', ...keys.filter((key) => key.endsWith('77'))].sort());
    assert.match(stderr, /25 objects\n/);
  });

  test('the list goes to a bucket', async () => {
    const connected: typeof connectS3 = (options, host) => connectS3({ ...options, unsigned: true }, host);
    const host = fakeHost({ cwd: folder });
    process.env.AWS_ACCESS_KEY_ID ??= 'AKIAEXAMPLE';
    process.env.AWS_SECRET_ACCESS_KEY ??= 'secret';
    const never = () => assert.fail('nothing else is to be called');
    const services = { version: '1', connect: never, denialsSince: never, startLocal: never, serveAccounts: never };
    const argv = [
      'list',
      's3://b',
      '--endpoint',
      endpoint,
      '--region',
      'us-east-1',
      '--out',
      's3://lists/a/list.jsonl',
    ];
    assert.equal(await run(argv, host, { ...services, connectS3: connected }), 0, host.written.stderr);
    const text = stored.get('/lists/a/list.jsonl') ?? '';
    assert.equal(text.match(/"Key"/g)?.length, 2_500);
  });

  test('since an earlier list it names what changed', async () => {
    await crossmap('s3://b', '--out', 'before.jsonl', '--sorted');
    keys.push('data/99999');
    const { stdout } = await crossmap('s3://b', '--out', 'changes.jsonl', '--since', 'before.jsonl');
    keys.pop();
    assert.match(stdout, /1 new · 0 changed · 0 gone/);
    const [line = ''] = readFileSync(join(folder, 'changes.jsonl'), 'utf8').trim().split('\n');
    assert.deepEqual([JSON.parse(line).Key, JSON.parse(line).Change], ['data/99999', 'new']);
  });

  test('a denial is exit 3, with the name S3 gives it and what to do', async () => {
    const { exitCode, stdout, stderr } = await crossmap('s3://other/x/');
    assert.deepEqual([exitCode, stdout], [3, '']);
    assert.match(stderr, /error: cannot list s3:\/\/other\/x\/: AccessDenied: Access Denied\nhint: .*s3:ListBucket/);
  });

  for (const [what, argv, message] of [
    ['what is not an S3 URI', ['b/prefix'], /Expected what to list to be s3:\/\/bucket\/prefix/],
    ['sizes of keys only', ['s3://b', '--keys-only', '--min-size', '1'], /not listed with --keys-only/],
    ['Parquet to nowhere', ['s3://b', '--format', 'parquet'], /Parquet needs --out/],
    ['a manifest of what has gone', ['s3://b', '--format', 'manifest', '--since', 'x'], /leave out --since/],
    ['a sorted directory bucket', ['s3://b--usw2-az1--x-s3', '--out', 'x', '--sorted'], /lists in no order/],
  ] as const) {
    test(`${what}: wrong usage, and nothing is asked`, async () => {
      const before = ask;
      const [target = '', ...options] = argv;
      const { exitCode, stderr } = await crossmap(target, ...options);
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr, message);
      assert.equal(ask, before);
    });
  }
});
