import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/cli/program.ts';
import { fakeHost } from './fake-host.ts';

async function crossmap(...argv: string[]) {
  const host = fakeHost();
  const exitCode = await run(argv, host, {
    version: '1.2.3',
    serveAccounts: () => assert.fail('nothing is served'),
    startLocal: () => assert.fail('nothing is to be started'),
    connectS3: () => assert.fail('nothing is to be called'),
    connect: () => assert.fail('nothing is to be called'),
    denialsSince: () => assert.fail('nothing is to be called'),
  });
  return { exitCode, ...host.written };
}

test('help names the commands that exist', async () => {
  const { exitCode, stdout } = await crossmap('--help');
  assert.equal(exitCode, 0);
  assert.equal(
    stdout,
    `Usage: crossmap [options] [command]

Run AWS Step Functions Distributed Maps on this machine, with the policies of
each account enforced.

Options:
  --version                print the version
  -h, --help               print this help

Commands:
  dev [options]            Load the CDK app of this folder into embedded
                           accounts and serve them until Ctrl-C.
  start [options]          Start an execution, on the accounts of \`crossmap dev\`
                           or on AWS.
  serve [options]          Serve the accounts that a file declares, with nothing
                           deployed, until Ctrl-C.
  list [options] <s3-uri>  List a bucket, many pages at once: what it holds, and
                           the list itself with --out.

Exit codes: 0 done, 1 the run (or the CDK app) failed, 2 wrong usage,
            3 the command was denied or refused, 70 a bug, 130 stopped waiting.
`,
  );
});

test('help of dev', async () => {
  assert.equal(
    (await crossmap('dev', '--help')).stdout,
    `Usage: crossmap dev [options]

Load the CDK app of this folder into embedded accounts and serve them until
Ctrl-C.

Options:
  --app <command>             the command that synthesizes the app (default:
                              \`app\` of cdk.json)
  --assembly <dir>            a cloud assembly that is already synthesized
  -c, --context <key=value>   context for the app, may be repeated
  --port <number>             where to listen on 127.0.0.1; 0 for any free port
                              (default: 4700)
  --data <dir>                where buckets and executions are kept (default:
                              ".crossmap")
  --memory                    keep nothing
  --environments <number>     how many function environments exist at once
  --mock-config <file>        mocked responses, as Step Functions Local has
                              them ($SFN_MOCK_CONFIG)
  --workflow-account <id>     the account of stacks without env, seen by
                              the app as its default (111111111111)
  --workflow-region <region>  the Region of stacks without env (us-east-1)
  --endpoint <service=url>    where tasks find a service that is not embedded,
                              may be repeated
  -h, --help                  print this help
`,
  );
});

test('help of start', async () => {
  assert.equal(
    (await crossmap('start', '--help')).stdout,
    `Usage: crossmap start [options]

Start an execution, on the accounts of \`crossmap dev\` or on AWS.

Options:
  --state-machine <name>  name or ARN (default: the only one there is)
  --input <json>          the execution's input, or @FILE (default: "{}")
  --name <name>           the name of the execution
  --wait                  show progress until it ends; exit 1 unless it
                          succeeded
  --json                  print one JSON object, and nothing else on stdout
  --profile <name>        an AWS profile
  --endpoint <url>        an endpoint of Step Functions
  --region <region>       a Region
  --data <dir>            the folder of \`crossmap dev\` (default: .crossmap,
                          where it is there)
  -h, --help              print this help
`,
  );
});

test('help of list', async () => {
  assert.equal(
    (await crossmap('list', '--help')).stdout,
    `Usage: crossmap list [options] <s3-uri>

List a bucket, many pages at once: what it holds, and the list itself with
--out.

Arguments:
  s3-uri                   s3://bucket or s3://bucket/prefix

Options:
  --out <place>            where the list goes: a file, \`-\` for stdout, or
                           s3://bucket/key
  --format <name>          by the name of --out, else jsonl (choices: "json",
                           "jsonl", "csv", "parquet", "manifest")
  --gzip                   compress the list (where --out ends in .gz it is)
  --keys-only              keys without sizes, times, ETags and storage classes
  --sorted                 by key; a listing that was stopped then goes on with
                           the same command
  --since <list>           only what is new, changed or gone since a sorted JSON
                           or JSON Lines list
  --suffix <text>          only keys that end so
  --glob <pattern>         only keys that match: * within a folder, ** anything
  --min-size <bytes>       only objects of that size or larger
  --max-size <bytes>       only objects of that size or smaller
  --modified-since <time>  only objects written then or later
  --storage-class <name>   only objects of the class, may be repeated
  --slots <number>         requests at once (default: 64)
  --serial                 one page after the other
  --requester-pays         agree to pay for the requests
  --expected-owner <id>    the account that must own the bucket
  --unsigned               without credentials, as for a public bucket
  --json                   print the summary as one JSON object
  --profile <name>         an AWS profile
  --endpoint <url>         an endpoint of S3
  --region <region>        where the bucket is looked for first
  --data <dir>             the folder of \`crossmap dev\` (default: .crossmap,
                           where it is there)
  -h, --help               print this help
`,
  );
});

test('the version is that of the package', async () => {
  assert.deepEqual(await crossmap('--version'), { exitCode: 0, stdout: '1.2.3\n', stderr: '' });
});

for (const [what, argv, message] of [
  ['a command that does not exist', ['watch'], "error: unknown command 'watch'"],
  ['an option that does not exist', ['start', '--later'], "error: unknown option '--later'"],
  ['a port that is none', ['dev', '--port', '65536'], 'Expected an integer from 0 to 65535.'],
  ['an endpoint of no service', ['dev', '--endpoint', 'http://127.0.0.1:8000'], 'Expected SERVICE=URL'],
  ['zero environments', ['dev', '--environments', '0'], 'Expected an integer from 1 to 1000.'],
  ['an account id that is none', ['dev', '--workflow-account', '12'], 'Expected an account id of 12 digits.'],
  ['a Region that is none', ['dev', '--workflow-region', 'here'], 'Expected a Region such as eu-west-1.'],
  ['an endpoint that is none', ['start', '--endpoint', '127.0.0.1:4700'], 'Expected a URL such as'],
  ['memory and a data folder', ['dev', '--memory', '--data', 'x'], 'cannot be used with option'],
  ['a time that is none', ['list', 's3://b', '--modified-since', 'monday'], 'Expected a time such as'],
  ['an owner that is none', ['list', 's3://b', '--expected-owner', 'me'], 'Expected an account id of 12 digits.'],
  ['an app and an assembly', ['dev', '--app', 'x', '--assembly', 'y'], 'cannot be used with option'],
  ['context for an assembly', ['dev', '-c', 'a=b', '--assembly', 'y'], 'cannot be used with option'],
] as const) {
  test(`${what} is a usage error, exit 2, on stderr`, async () => {
    const { exitCode, stdout, stderr } = await crossmap(...argv);
    assert.deepEqual([exitCode, stdout], [2, '']);
    assert.ok(stderr.includes(message), stderr);
    assert.match(stderr, /hint: see crossmap --help\n$/);
  });
}

test('output that nobody reads any longer ends the command without calling it a bug', async () => {
  const main = new URL('../../src/cli/main.js', import.meta.url);
  const child = spawn(process.execPath, [fileURLToPath(main), '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  assert.deepEqual([code, stderr], [130, '']);
});
