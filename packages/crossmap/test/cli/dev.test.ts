import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { LocalOptions, ServedAccounts } from '../../src/cli/local.ts';
import { profileFiles, readProfile } from '../../src/cli/profiles.ts';
import { run } from '../../src/cli/program.ts';
import { type FakeHostOptions, fakeHost } from './fake-host.ts';

const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const MANIFEST = {
  artifacts: {
    Partner: { type: 'aws:cloudformation:stack', environment: 'aws://222222222222/eu-west-1' },
    Workflow: { type: 'aws:cloudformation:stack', environment: 'aws://unknown-account/unknown-region' },
    'Workflow.assets': { type: 'cdk:asset-manifest' },
  },
};

/** An app that writes its manifest, and the environment it was given beside it. */
const APP = `
const { mkdirSync, writeFileSync, readFileSync } = require('node:fs');
const { CDK_OUTDIR, CDK_CONTEXT_JSON, CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION, CONTEXT_OVERFLOW_LOCATION_ENV } = process.env;
mkdirSync(CDK_OUTDIR, { recursive: true });
writeFileSync(CDK_OUTDIR + '/manifest.json', JSON.stringify(${JSON.stringify(MANIFEST)}));
const context = CONTEXT_OVERFLOW_LOCATION_ENV ? readFileSync(CONTEXT_OVERFLOW_LOCATION_ENV, 'utf8') : CDK_CONTEXT_JSON;
writeFileSync(CDK_OUTDIR + '/seen.json', JSON.stringify({ context: JSON.parse(context), account: CDK_DEFAULT_ACCOUNT, region: CDK_DEFAULT_REGION }));
`;

async function appFolder(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'crossmap-test-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

const cdkJson = (more: object = {}) => JSON.stringify({ app: 'node app.js', ...more });
const goodApp = () => appFolder({ 'app.js': APP, 'cdk.json': cdkJson() });

const LOCAL: Omit<ServedAccounts, 'close'> = {
  endpoint: 'http://127.0.0.1:4700',
  accounts: [
    {
      accountId: '111111111111',
      region: 'us-east-1',
      profile: 'crossmap-workflow',
      accessKeyId: 'AKIAWORKFLOW',
      secretAccessKey: 'work/flow+secret=',
    },
    {
      accountId: '222222222222',
      region: 'eu-west-1',
      profile: 'crossmap-bucket',
      accessKeyId: 'AKIABUCKET',
      secretAccessKey: 'bucket',
    },
  ],
  stateMachines: [
    { name: 'ObjectsMap', stateMachineArn: 'arn:aws:states:us-east-1:111111111111:stateMachine:ObjectsMap' },
  ],
  skipped: ['Custom::S3AutoDeleteObjects at Partner/Bucket'],
};

interface Scenario extends FakeHostOptions {
  readonly fails?: Error;
}

/** Runs `crossmap dev`, with Ctrl-C once it is ready. */
async function dev(cwd: string, argv: readonly string[] = [], scenario: Scenario = {}) {
  const started: LocalOptions[] = [];
  let closed = 0;
  const host = fakeHost({
    cwd,
    env: { PATH: process.env.PATH ?? '' },
    onStdout: (written, host) => {
      if (written.includes('Listening')) host.interrupt();
    },
    ...scenario,
  });
  const exitCode = await run(['dev', ...argv], host, {
    version: '0.0.0',
    connectS3: () => assert.fail('nothing is to be called'),
    connect: () => assert.fail('crossmap dev calls no service'),
    denialsSince: async () => undefined,
    serveAccounts: () => assert.fail('crossmap dev loads an assembly'),
    startLocal: async () => async (options) => {
      started.push(options);
      if (scenario.fails !== undefined) throw scenario.fails;
      options.onLog?.('denied: s3:ListBucket');
      return {
        ...LOCAL,
        close: async () => {
          closed += 1;
        },
      };
    },
  });
  return { exitCode, ...host.written, started, closed };
}

test('dev synthesizes the app, loads it, says what is there, and stops cleanly', async () => {
  const cwd = await goodApp();
  const { exitCode, stdout, stderr, started, closed } = await dev(cwd);
  assert.equal(exitCode, 0);
  assert.equal(closed, 1);
  assert.equal(stderr, 'denied: s3:ListBucket\n');
  assert.equal(
    stdout.replaceAll(cwd, '/app'),
    `
Accounts
  crossmap-workflow  111111111111  us-east-1
    Workflow
  crossmap-bucket    222222222222  eu-west-1
    Partner
State machines
  ObjectsMap  arn:aws:states:us-east-1:111111111111:stateMachine:ObjectsMap
Skipped, they mean nothing here
  Custom::S3AutoDeleteObjects at Partner/Bucket

Listening at http://127.0.0.1:4700. Ctrl-C stops.

For the AWS CLI and SDKs:
  export AWS_CONFIG_FILE=/app/.crossmap/aws/config
  export AWS_SHARED_CREDENTIALS_FILE=/app/.crossmap/aws/credentials
  aws --profile crossmap-workflow stepfunctions list-state-machines
To run the workflow, in another terminal in this folder:
  npx crossmap start --wait


Stopping …
Stopped. Kept in .crossmap: the buckets, and the executions with their histories.
`,
  );
  const [{ onLog, ...options } = assert.fail('not started')] = started;
  assert.equal(typeof onLog, 'function');
  assert.deepEqual(options, { assembly: join(cwd, '.crossmap', 'cdk.out'), port: 4700, data: join(cwd, '.crossmap') });
});

test('the app sees account, Region and context as under the CDK CLI', async () => {
  const cwd = await appFolder({
    'app.js': APP,
    'cdk.json': cdkJson({ context: { flag: true, stage: 'json' } }),
    'cdk.context.json': '{"stage":"looked up","zones":["a"]}',
  });
  const { started } = await dev(cwd, ['-c', 'stage=cli=1', '-c', 'more=2', '--workflow-account', '123456789012']);
  assert.deepEqual(JSON.parse(await readFile(join(cwd, '.crossmap', 'cdk.out', 'seen.json'), 'utf8')), {
    account: '123456789012',
    region: 'us-east-1',
    context: {
      'aws:cdk:enable-path-metadata': true,
      'aws:cdk:enable-asset-metadata': true,
      flag: true,
      stage: 'cli=1',
      zones: ['a'],
      more: '2',
    },
  });
  assert.equal(started[0]?.workflowAccount, '123456789012');
});

test('a context too large for a variable reaches the app in a file', async () => {
  const large = 'x'.repeat(200_000);
  const cwd = await appFolder({ 'app.js': APP, 'cdk.json': cdkJson({ context: { large } }) });
  assert.equal((await dev(cwd)).exitCode, 0);
  const seen = JSON.parse(await readFile(join(cwd, '.crossmap', 'cdk.out', 'seen.json'), 'utf8'));
  assert.equal(seen.context.large, large);
});

test('`build` of cdk.json runs before the app', async () => {
  const build = `node -e "require('node:fs').renameSync('built.js', 'app.js')"`;
  const cwd = await appFolder({ 'built.js': APP, 'cdk.json': cdkJson({ build }) });
  assert.equal((await dev(cwd)).exitCode, 0);
});

test('profiles name endpoint and Region, and are read back as they were written', async () => {
  const cwd = await goodApp();
  await dev(cwd);
  const data = join(cwd, '.crossmap');
  assert.deepEqual(await readProfile(data, 'crossmap-workflow'), {
    endpoint: 'http://127.0.0.1:4700',
    region: 'us-east-1',
    accessKeyId: 'AKIAWORKFLOW',
    secretAccessKey: 'work/flow+secret=',
  });
  assert.equal(await readProfile(data, 'crossmap-other'), undefined);
  assert.equal(await readProfile(cwd, 'crossmap-workflow'), undefined);
  assert.match(
    await readFile(profileFiles(data).config, 'utf8'),
    /^\[profile crossmap-bucket\]\nregion = eu-west-1\nendpoint_url = .*\ndisable_host_prefix_injection = true\n/m,
  );
  assert.equal((await stat(profileFiles(data).credentials)).mode & 0o077, 0);
});

test('--memory leaves nothing in the folder of the app, nor the folder of its profiles', async () => {
  const cwd = await goodApp();
  const { exitCode, stdout, started } = await dev(cwd, ['--memory']);
  assert.equal(exitCode, 0);
  assert.equal(started[0]?.data, undefined);
  const folder = /start --wait --data (\S+)/.exec(stdout)?.[1] ?? assert.fail(stdout);
  await assert.rejects(stat(folder), { code: 'ENOENT' });
  assert.deepEqual((await readdir(cwd)).sort(), ['app.js', 'cdk.json']);
  assert.match(stdout, /Nothing is kept/);
});

test('a ready assembly is loaded as it is', async () => {
  const assembly = await appFolder({ 'manifest.json': JSON.stringify(MANIFEST) });
  const cwd = await appFolder({});
  const { exitCode, started } = await dev(cwd, ['--assembly', assembly, '--port', '0', '--environments', '2']);
  assert.equal(exitCode, 0);
  assert.deepEqual([started[0]?.assembly, started[0]?.port, started[0]?.environments], [assembly, 0, 2]);
});

test('the mock configuration is that of --mock-config, else of SFN_MOCK_CONFIG', async () => {
  const assembly = await appFolder({ 'manifest.json': JSON.stringify(MANIFEST) });
  const cwd = await appFolder({});
  const env = { PATH: process.env.PATH ?? '', SFN_MOCK_CONFIG: 'theirs.json' };
  const named = await dev(cwd, ['--assembly', assembly, '--mock-config', 'ours.json'], { env });
  assert.equal(named.started[0]?.mockConfig, join(cwd, 'ours.json'));
  const inherited = await dev(cwd, ['--assembly', assembly], { env });
  assert.equal(inherited.started[0]?.mockConfig, join(cwd, 'theirs.json'));
  const fails = Object.assign(new Error('The mock configuration x cannot be used\nStateMachines: expected'), {
    name: 'MockConfigError',
  });
  const refused = await dev(cwd, ['--assembly', assembly], { fails });
  assert.equal(refused.exitCode, 3);
  assert.match(refused.stderr, /^error: The mock configuration x cannot be used\n {2}StateMachines: expected\n/);
});

test('every endpoint given is told to the accounts', async () => {
  const assembly = await appFolder({ 'manifest.json': JSON.stringify(MANIFEST) });
  const endpoints = ['--endpoint', 'dynamodb=http://127.0.0.1:8000', '--endpoint', 'sqs=http://127.0.0.1:9324'];
  const { started } = await dev(await appFolder({}), ['--assembly', assembly, ...endpoints]);
  assert.deepEqual(started[0]?.endpoints, { dynamodb: 'http://127.0.0.1:8000', sqs: 'http://127.0.0.1:9324' });
});

test('a folder without cdk.json is a usage error, exit 2', async () => {
  const cwd = await appFolder({});
  const { exitCode, stderr, started } = await dev(cwd);
  assert.equal(exitCode, 2);
  assert.match(stderr, /^error: No cdk\.json in .*\nhint: Run this in the folder of a CDK app, or give --app/);
  assert.equal(started.length, 0);
});

test('a cdk.json that is not JSON, or has no app, is a usage error', async () => {
  assert.match((await dev(await appFolder({ 'cdk.json': '{' }))).stderr, /cdk\.json is not JSON: /);
  assert.match(
    (await dev(await appFolder({ 'cdk.json': '{}' }))).stderr,
    /Expected `app` of cdk\.json to be a command/,
  );
});

test('an app that fails shows what it printed, exit 1', async () => {
  const cwd = await appFolder({ 'app.js': "throw new Error('no such construct')", 'cdk.json': cdkJson() });
  const { exitCode, stderr, started } = await dev(cwd);
  assert.equal(exitCode, 1);
  assert.match(
    stderr,
    /Error: no such construct[\s\S]*\nerror: The app command of the CDK app ended with 1\n {2}node app\.js\n/,
  );
  assert.equal(started.length, 0);
});

test('an app that writes no assembly is refused, exit 3', async () => {
  const cwd = await appFolder({ 'app.js': '', 'cdk.json': cdkJson() });
  const { exitCode, stderr } = await dev(cwd);
  assert.equal(exitCode, 3);
  assert.match(stderr, /^error: Not a cloud assembly: .*manifest\.json cannot be read\n/);
});

test('an app that writes no assembly does not get the one of an earlier start', async () => {
  const cwd = await goodApp();
  assert.equal((await dev(cwd)).exitCode, 0);
  await writeFile(join(cwd, 'app.js'), '');
  const { exitCode, started } = await dev(cwd);
  assert.deepEqual([exitCode, started.length], [3, 0]);
});

test('a data folder that cannot be made is refused, exit 3', async () => {
  const cwd = await appFolder({ 'app.js': APP, 'cdk.json': cdkJson(), '.crossmap': 'a file' });
  const { exitCode, stderr } = await dev(cwd);
  assert.equal(exitCode, 3);
  assert.match(
    stderr,
    /^error: The data folder .*\.crossmap cannot be made\n {2}EEXIST: .*\nhint: .*--data.*--memory\.\n$/,
  );
});

test('a file that the machine does not let read is refused, exit 3, and is no bug', async () => {
  const cwd = await appFolder({ 'app.js': APP });
  await mkdir(join(cwd, 'cdk.json'));
  const { exitCode, stderr } = await dev(cwd);
  assert.equal(exitCode, 3);
  assert.match(stderr, /^error: EISDIR: .*\n$/);
});

test('a port in use is refused, exit 3', async () => {
  const { exitCode, stderr } = await dev(await goodApp(), [], {
    fails: Object.assign(new Error(), { code: 'EADDRINUSE' }),
  });
  assert.equal(exitCode, 3);
  assert.match(stderr, /^error: Port 4700 is in use\nhint: .*--port 0/);
});

test('what the embedded accounts refuse is shown line by line, exit 3', async () => {
  const message = 'The cloud assembly cannot be loaded: 1 problem\n- UNSUPPORTED_RESOURCE_TYPE at Workflow › Queue';
  const fails = Object.assign(new Error(message), { name: 'AssemblyError' });
  const { exitCode, stderr } = await dev(await goodApp(), [], { fails });
  assert.equal(exitCode, 3);
  assert.equal(
    stderr,
    `error: The cloud assembly cannot be loaded: 1 problem
  - UNSUPPORTED_RESOURCE_TYPE at Workflow › Queue
`,
  );
});

test('a data folder that cannot be used is refused with the way around it, exit 3', async () => {
  const message = 'Expected a Crossmap data file of version 4, found version 3: remove the data folder';
  const fails = Object.assign(new Error(message), { name: 'DatabaseError' });
  const { exitCode, stderr } = await dev(await goodApp(), [], { fails });
  assert.equal(exitCode, 3);
  assert.match(stderr, /found version 3: remove the data folder\nhint: `crossmap dev --memory`/);
});

test('any other error of the embedded accounts is a bug, exit 70', async () => {
  const { exitCode, stderr } = await dev(await goodApp(), [], { fails: new TypeError('x is undefined') });
  assert.equal(exitCode, 70);
  assert.match(stderr, /This is a bug in Crossmap/);
});

test('Ctrl-C while the app runs ends it, starts nothing, exit 130', async () => {
  const app = "console.log('synthesizing'); setTimeout(() => {}, 10_000);";
  const cwd = await appFolder({ 'app.js': app, 'cdk.json': cdkJson() });
  const { exitCode, stderr, started } = await dev(cwd, [], { onStderr: (_, host) => host.interrupt() });
  assert.deepEqual([exitCode, started.length], [130, 0]);
  assert.equal(stderr, 'synthesizing\nerror: Stopped before anything was started\n');
});
