// DescribeMapRun, polled ten times a second while a Map Run is at work and UpdateMapRun changes its concurrency: in every
// answer the total is the sum of the statuses, of items and of children; no count of what has ended goes back; a change is
// seen in the setting and in how many children run. The server is a process of its own.
import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListMapRunsCommand,
  SFNClient,
  StartExecutionCommand,
  UpdateMapRunCommand,
} from '@aws-sdk/client-sfn';

const [accountId, region, bucket, roleName] = ['111111111111', 'us-east-1', 'bench-map-run', 'bench'];
const INTERVAL_MS = 100;
const STATUSES = ['pending', 'running', 'succeeded', 'failed', 'timedOut', 'aborted'];
/** Every child waits a second, so as many run as may. The last one lets the rest run at once. */
const CONCURRENCIES = [2_000, 500, 4_000, 1_000, 10_000];

export async function mapRunCounts(argv) {
  const { values } = parseArgs({ args: argv, options: { items: { type: 'string', default: '100000' } } });
  const items = Number(values.items);
  const server = fork(
    new URL('map-run-counts-server.mjs', import.meta.url),
    [JSON.stringify({ accountId, region, bucket, roleName })],
    { stdio: 'inherit' },
  );
  const told = () => new Promise((resolve) => server.once('message', resolve));
  const config = { ...(await told()), region, maxAttempts: 1 };
  const sfn = new SFNClient(config);
  const run = await start(sfn, new S3Client({ ...config, forcePathStyle: true }), items);
  const polls = [];
  const [changes] = await Promise.all([change(sfn, run, polls), poll(sfn, run, polls)]);
  server.send('end');
  const figures = await told();
  const last = polls.at(-1);
  return {
    items,
    polls: polls.length,
    seconds: Math.round(last.at - polls[0].at) / 1000,
    slowestAnswerMs: Math.max(...polls.map(({ ms }) => ms)),
    inconsistent: polls.filter(isInconsistent).length,
    wentBack: polls.filter((each, i) => i > 0 && hasGoneBack(polls[i - 1], each)).length,
    changes,
    ended: { status: last.status, succeeded: last.itemCounts.succeeded, total: last.itemCounts.total },
    ...figures,
  };
}

async function start(sfn, s3, items) {
  const Body = `[${Array.from({ length: items }, (_, i) => i).join(',')}]`;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'items.json', Body }));
  const map = {
    Type: 'Map',
    MaxConcurrency: CONCURRENCIES[1],
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Parameters: { Bucket: bucket, Key: 'items.json' },
    },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Wait',
      States: { Wait: { Type: 'Wait', Seconds: 1, End: true } },
    },
    ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: bucket, Prefix: 'out' } },
    End: true,
  };
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: 'bench',
      roleArn: `arn:aws:iam::${accountId}:role/${roleName}`,
      definition: JSON.stringify({ StartAt: 'Map', States: { Map: map } }),
    }),
  );
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
  for (;;) {
    const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn }));
    if (mapRuns.length > 0) return { executionArn, mapRunArn: mapRuns[0].mapRunArn };
  }
}

/** Adds an answer every tenth of a second until the run has ended. */
async function poll(sfn, { executionArn, mapRunArn }, polls) {
  for (let due = performance.now(); ; due += INTERVAL_MS) {
    await sleep(Math.max(0, due - performance.now()));
    const at = performance.now();
    const answer = await sfn.send(new DescribeMapRunCommand({ mapRunArn }));
    polls.push({ ...answer, at, ms: Math.round(performance.now() - at) });
    if (answer.status === 'RUNNING') continue;
    const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING') return;
  }
}

/** Changes the concurrency, each time the one before has been seen, and tells how soon that was. */
async function change(sfn, { mapRunArn }, polls) {
  const changes = [];
  while ((polls.at(-1)?.executionCounts.running ?? 0) === 0) await sleep(INTERVAL_MS);
  for (const maxConcurrency of CONCURRENCIES) {
    const before = polls.at(-1).executionCounts.running;
    const began = performance.now();
    await sfn.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency }));
    const since = () => polls.filter(({ at }) => at > began);
    const seen = async (holds) => {
      for (;;) {
        const first = since().find(holds);
        if (first !== undefined) return Math.round(first.at + first.ms - began);
        if (polls.at(-1).status !== 'RUNNING') return null;
        await sleep(INTERVAL_MS / 4);
      }
    };
    const settingMs = await seen((each) => each.maxConcurrency === maxConcurrency);
    const moved = ({ executionCounts: { running } }) => (maxConcurrency > before ? running > before : running < before);
    const runningMs = await seen(moved);
    changes.push({ from: before, maxConcurrency, settingMs, runningMs });
    await sleep(1_500);
  }
  return changes;
}

function isInconsistent({ itemCounts, executionCounts }) {
  return [itemCounts, executionCounts].some(
    (counts) => STATUSES.reduce((sum, status) => sum + counts[status], 0) !== counts.total,
  );
}

function hasGoneBack(before, after) {
  return ['succeeded', 'failed', 'timedOut', 'aborted', 'total'].some(
    (name) =>
      after.itemCounts[name] < before.itemCounts[name] || after.executionCounts[name] < before.executionCounts[name],
  );
}
