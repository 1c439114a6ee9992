// Fills the partner's bucket with real files, runs the workflow over it on this machine, and checks every result.
import { spawn } from 'node:child_process';
import { appendFileSync, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { startLocal } from 'crossmap/testing';
import { checkResults } from './check-results.ts';
import { fillBucket, installedFiles } from './objects.ts';
import { synthesize } from './synth.ts';

const BUCKET_ACCOUNT = '111111111111';
const WORKFLOW_ACCOUNT = '222222222222';
const BUCKET = 'partner-objects';
const EXECUTION = 'demo';

// The SDK warns of Node.js 20 in every process; this is about something else.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const values = givenOptions();
const folder = fileURLToPath(new URL('..', import.meta.url));
const data = join(folder, '.crossmap', 'demo');
const say = (line: string) => console.log(line);

try {
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true });
} catch (error) {
  console.error(`error: ${data} cannot be made: ${error instanceof Error ? error.message : error}`);
  process.exit(3);
}

say('Synthesizing the app: two stacks, two accounts');
synthesize(join(data, 'cdk.out'), { withoutBucketPolicy: String(values['without-bucket-policy']) });
const local = await startLocal({
  assembly: join(data, 'cdk.out'),
  data: join(data, 'accounts'),
  onLog: (line) => appendFileSync(join(data, 'server.log'), `${line}\n`),
});
for (const { profile, accountId, region } of local.accounts) say(`  ${profile}: account ${accountId} in ${region}`);

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.exitCode = await run().finally(() => local.close());

async function run(): Promise<number> {
  const objects = installedFiles();
  say(
    `Filling s3://${BUCKET} in account ${BUCKET_ACCOUNT} with ${objects.size.toLocaleString('en')} files of node_modules/aws-cdk-lib`,
  );
  await fillBucket(new S3Client(local.clientConfig(BUCKET_ACCOUNT)), BUCKET, objects, stop.signal);
  if (stop.signal.aborted) return stopped();

  const input = values.prefix === undefined ? {} : { prefix: values.prefix };
  say(
    `Starting ${local.stateMachines[0]?.name} in account ${WORKFLOW_ACCOUNT} with the input ${JSON.stringify(input)}\n`,
  );
  const exitCode = await crossmapStart(JSON.stringify(input));
  if (stop.signal.aborted) return stopped();
  if (exitCode !== 0) return exitCode;

  const results = join(data, 'results.jsonl');
  await download(results);
  const expected = [...objects].filter(([key]) => key.startsWith(values.prefix ?? ''));
  const { processed, failed, problems } = await checkResults(results, new Map(expected));
  for (const problem of problems.slice(0, 20)) say(problem);
  say(`\nCompared with the files on disk: ${relative(process.cwd(), results)}`);
  say(`processed ${processed} of ${expected.length} objects, ${failed} failed`);
  return problems.length === 0 && processed === expected.length && failed === 0 ? 0 : 1;
}

/** Ends the process where they are none of this demo's. */
function givenOptions() {
  try {
    return parseArgs({
      options: { prefix: { type: 'string' }, 'without-bucket-policy': { type: 'boolean', default: false } },
    }).values;
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    console.error('hint: npm run demo -- [--prefix PREFIX] [--without-bucket-policy]');
    return process.exit(2);
  }
}

function stopped(): number {
  say('\nStopped, and the server of this demo with it; an execution under way ends here.');
  say(`What was committed is in ${relative(process.cwd(), data)}.`);
  return 130;
}

/** `crossmap start --wait`, as a user at the terminal runs it; its exit code. */
function crossmapStart(input: string): Promise<number> {
  const cli = join(dirname(createRequire(import.meta.url).resolve('crossmap/package.json')), 'bin', 'crossmap.js');
  const { region, credentials } = local.clientConfig(WORKFLOW_ACCOUNT);
  const child = spawn(
    process.execPath,
    [cli, 'start', '--wait', '--name', EXECUTION, '--input', input, '--endpoint', local.endpoint, '--region', region],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      },
    },
  );
  stop.signal.addEventListener('abort', () => child.kill('SIGINT'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** The results of the execution, from the bucket that its output names. */
async function download(file: string): Promise<void> {
  const config = local.clientConfig(WORKFLOW_ACCOUNT);
  const stateMachineArn = local.stateMachines[0]?.stateMachineArn ?? '';
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${EXECUTION}`;
  const { output } = await new SFNClient(config).send(new DescribeExecutionCommand({ executionArn }));
  const { results } = JSON.parse(output ?? '{}') as { results: { bucket: string; key: string } };
  const s3 = new S3Client(config);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: results.bucket, Key: results.key }));
  await pipeline(Body as Readable, createWriteStream(file));
}
