import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { awsError } from '../../src/cli/aws-error.ts';
import { denialsSince, isLoopback } from '../../src/cli/denials.ts';
import { profileFiles, writeProfiles } from '../../src/cli/profiles.ts';
import { type ConnectOptions, connect } from '../../src/cli/step-functions.ts';
import { fakeHost } from './fake-host.ts';

const NOTHING: ConnectOptions = {
  profile: undefined,
  endpoint: undefined,
  region: undefined,
  data: undefined,
};

/** An HTTP server that gives one answer to all requests, for as long as `use` runs. */
async function answering(
  status: number,
  body: unknown,
  use: (endpoint: string, requests: IncomingMessage[]) => Promise<void>,
): Promise<void> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  try {
    await use(`http://127.0.0.1:${address.port}`, requests);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function withProfiles(endpoint: string, use: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = await mkdtemp(join(tmpdir(), 'crossmap-test-'));
  try {
    const account = { accountId: '111111111111', profile: 'crossmap-workflow', region: 'eu-north-1' };
    const keys = { accessKeyId: 'AKIALOCAL', secretAccessKey: 'secret' };
    await writeProfiles(join(cwd, '.crossmap'), endpoint, [{ ...account, ...keys }]);
    await use(cwd);
  } finally {
    await rm(cwd, { recursive: true });
  }
}

test('profiles of `crossmap dev` in the folder are used when nothing else is named', async () => {
  await answering(200, { stateMachines: [] }, (endpoint, requests) =>
    withProfiles(endpoint, async (cwd) => {
      const connection = await connect(NOTHING, fakeHost({ cwd }));
      try {
        await connection.stepFunctions.listStateMachines({});
        assert.equal(await connection.endpoint(), endpoint);
        assert.match(requests[0]?.headers.authorization ?? '', /Credential=AKIALOCAL\/\d{8}\/eu-north-1\/states\//);
        const files = profileFiles(join(cwd, '.crossmap'));
        assert.equal(
          connection.awsCommand,
          `AWS_CONFIG_FILE=${files.config} AWS_SHARED_CREDENTIALS_FILE=${files.credentials} aws --profile crossmap-workflow`,
        );
      } finally {
        connection.close();
      }
    }),
  );
});

test('a profile, an endpoint or AWS_PROFILE goes before the profiles of `crossmap dev`', async () => {
  await withProfiles('http://127.0.0.1:4700', async (cwd) => {
    for (const [options, env, command] of [
      [{ ...NOTHING, profile: 'prod' }, {}, 'aws --profile prod'],
      [
        { ...NOTHING, endpoint: 'http://127.0.0.1:1', region: 'us-west-2' },
        {},
        'aws --endpoint-url http://127.0.0.1:1 --region us-west-2',
      ],
      [NOTHING, { AWS_PROFILE: 'prod' }, 'aws'],
    ] as const) {
      const connection = await connect(options, fakeHost({ cwd, env }));
      assert.equal(connection.awsCommand, command);
      connection.close();
    }
  });
});

test('--data that holds no accounts, or beside --profile, is a usage error', async () => {
  await withProfiles('http://127.0.0.1:4700', async (cwd) => {
    const host = fakeHost({ cwd });
    await assert.rejects(connect({ ...NOTHING, data: 'other' }, host), { exitCode: 2 });
    await assert.rejects(connect({ ...NOTHING, data: '.crossmap', profile: 'prod' }, host), { exitCode: 2 });
  });
});

test('making a client silences the SDK only while it is made', async () => {
  const variable = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';
  const before = process.env[variable];
  (await connect({ ...NOTHING, endpoint: 'http://127.0.0.1:1', region: 'us-east-1' }, fakeHost())).close();
  assert.equal(process.env[variable], before);
});

test('a server that is not there and a service that refuses are errors of the command, exit 3', async () => {
  await withProfiles('http://127.0.0.1:1', async (cwd) => {
    const connection = await connect(NOTHING, fakeHost({ cwd }));
    const error = await connection.stepFunctions.listStateMachines({}).catch(awsError);
    connection.close();
    assert.ok(error instanceof Error && error.message.startsWith('Step Functions cannot be reached: '), String(error));
  });
  const denied = { __type: 'AccessDeniedException', message: 'not authorized to perform: states:ListStateMachines' };
  await answering(400, denied, (endpoint) =>
    withProfiles(endpoint, async (cwd) => {
      const connection = await connect(NOTHING, fakeHost({ cwd }));
      const error = await connection.stepFunctions.listStateMachines({}).catch(awsError);
      connection.close();
      assert.equal(
        error instanceof Error ? error.message : '',
        'AccessDeniedException: not authorized to perform: states:ListStateMachines',
      );
    }),
  );
});

test('denials are those since the start', async () => {
  const denial = { principalArn: 'p', action: 'a', resource: 'r', explanation: 'e', count: 1 };
  const denials = [
    { ...denial, time: '2026-10-01T09:59:59Z' },
    { ...denial, time: '2026-10-01T10:00:00Z' },
    { ...denial, time: Date.parse('2026-10-01T10:00:01Z') },
  ];
  await answering(200, { denials }, async (endpoint, requests) => {
    assert.deepEqual(await denialsSince(endpoint, new Date('2026-10-01T10:00:00Z')), denials.slice(1));
    assert.equal(requests[0]?.url, '/_crossmap/denials');
  });
});

test('an endpoint without denials has none to tell', async () => {
  await answering(404, {}, async (endpoint) => {
    assert.equal(await denialsSince(endpoint, new Date(0)), undefined);
  });
});

test('loopback is an address of this machine, not a name that looks like one', () => {
  const endpoints = [
    'http://127.0.0.1:4700',
    'http://localhost:1',
    'http://[::1]:1',
    'https://127.0.0.1.example.com',
    'x',
    undefined,
  ];
  assert.deepEqual(endpoints.map(isLoopback), [true, true, true, false, false, false]);
});
