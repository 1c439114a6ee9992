import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServeAccounts } from '../../src/cli/local.ts';
import { run } from '../../src/cli/program.ts';
import { fakeHost } from './fake-host.ts';

type Options = Parameters<ServeAccounts>[0];

const ACCOUNTS = [
  {
    accountId: '111111111111',
    canonicalId: 'c1',
    name: 'main',
    users: ['alice'],
    roles: [],
    buckets: ['first', 'second'],
  },
  { accountId: '222222222222', canonicalId: 'c2', name: undefined, users: [], roles: ['Reader'], buckets: [] },
];

/** Runs `crossmap serve`, with Ctrl-C once it is ready. */
async function serve(argv: readonly string[], fails?: Error) {
  const started: Options[] = [];
  let closed = 0;
  const host = fakeHost({ cwd: '/', onStdout: (_written, host) => host.interrupt() });
  const exitCode = await run(['serve', ...argv], host, {
    version: '0.0.0',
    connectS3: () => assert.fail('nothing is to be called'),
    connect: () => assert.fail('crossmap serve calls no service'),
    denialsSince: async () => undefined,
    startLocal: () => assert.fail('crossmap serve loads no assembly'),
    serveAccounts: async () => async (options) => {
      started.push(options);
      if (fails !== undefined) throw fails;
      return {
        endpoint: 'http://127.0.0.1:4566',
        accounts: ACCOUNTS,
        close: async () => {
          closed += 1;
        },
      };
    },
  });
  return { exitCode, ...host.written, started, closed };
}

test('serve says which accounts are there and stops cleanly', async () => {
  const { exitCode, stdout, started, closed } = await serve(['--config', 'accounts.json', '--memory']);
  assert.equal(exitCode, 0);
  assert.equal(closed, 1);
  assert.equal(started[0]?.config, '/accounts.json');
  assert.equal(started[0]?.port, 4566);
  assert.equal(started[0]?.data, undefined);
  assert.equal(
    stdout,
    `
Accounts
  111111111111  main
    users    alice
    buckets  first, second
  222222222222
    roles    Reader

Listening at http://127.0.0.1:4566. Ctrl-C stops.

For the AWS CLI and SDKs, with the keys of the accounts file:
  export AWS_ENDPOINT_URL=http://127.0.0.1:4566

Stopped. Nothing is kept: the accounts were in memory.
`,
  );
});

test('serve --json prints one object and nothing else on stdout', async () => {
  const { stdout } = await serve(['--config', 'accounts.json', '--memory', '--json', '--port', '0']);
  assert.deepEqual(
    JSON.parse(stdout),
    JSON.parse(JSON.stringify({ endpoint: 'http://127.0.0.1:4566', accounts: ACCOUNTS })),
  );
});

test('an accounts file that cannot be used is refused with each problem', async () => {
  const fails = Object.assign(new Error('The accounts file /a.json cannot be used\naccounts[0].id: expected it'), {
    name: 'AccountsFileError',
  });
  const { exitCode, stderr } = await serve(['--config', 'a.json', '--memory'], fails);
  assert.equal(exitCode, 3);
  assert.equal(stderr, 'error: The accounts file /a.json cannot be used\n  accounts[0].id: expected it\n');
});

test('serve needs a config', async () => {
  assert.equal((await serve([])).exitCode, 2);
});
