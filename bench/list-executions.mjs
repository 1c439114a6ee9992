// Pages of ListExecutions by mapRunArn over a million children on disk, the first, middle and last ones, with and without a
// filter; DescribeExecution and GetExecutionHistory of children. The time of a page must not grow with its place.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const dist = new URL('../packages/crossmap/dist/src/', import.meta.url);
const ours = (file) => import(new URL(file, dist));

const [account, started] = ['arn:aws:states:us-east-1:111111111111', 1_790_000_000_000];
const mapRunArn = `${account}:mapRun:bench/Map:00000000-0000-4000-8000-000000000000`;
const [PAGE, FAILED_EVERY, AT_ONCE] = [1_000, 100, 5_000];

export async function listExecutions(argv) {
  const { values } = parseArgs({ args: argv, options: { children: { type: 'string', default: '1000000' } } });
  const children = Number(values.children);
  const { openSqliteStore } = await ours('store/sqlite-store.js');
  const { operations } = await ours('server/step-functions/operations.js');
  const { Parameters } = await ours('server/step-functions/parameters.js');
  const folder = await mkdtemp(join(tmpdir(), 'crossmap-bench-'));
  const store = await openSqliteStore(join(folder, 'executions.db'));
  try {
    for (let from = 0; from < children; from += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, children - from) }, (_, i) => from + i);
      await Promise.all(some.map((index) => store.recordExecution(child(index), events(index))));
    }
    const service = { store, mapRuns: { describe: async () => ({}) }, executions: { fault: () => undefined } };
    const call = async (name, members) => {
      const began = performance.now();
      const answer = await operations.get(name).handle(new Parameters(members), service);
      return { answer, ms: Math.round((performance.now() - began) * 10) / 10 };
    };
    const pages = await walk(call, {});
    const failed = await walk(call, { statusFilter: 'FAILED' });
    const executionArn = child(children >> 1).executionArn;
    return {
      children,
      pageOf: PAGE,
      pages: timesOf(pages),
      failedPages: timesOf(failed),
      describeMs: (await call('DescribeExecution', { executionArn })).ms,
      historyMs: (await call('GetExecutionHistory', { executionArn })).ms,
      peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
      synchronous: store.synchronous,
    };
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
}

/** The time of each page; throws unless every child that is asked for comes once, newest first. */
async function walk(call, filter) {
  const times = [];
  let nextToken;
  let last = Number.POSITIVE_INFINITY;
  let count = 0;
  do {
    const { answer, ms } = await call('ListExecutions', { mapRunArn, maxResults: PAGE, ...filter, nextToken });
    times.push(ms);
    for (const { startDate } of answer.executions) {
      if (startDate >= last) throw new Error(`Expected the newest first, found ${startDate} after ${last}`);
      last = startDate;
      count++;
    }
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
  return { times, count };
}

function timesOf({ times, count }) {
  const tenth = Math.max(1, Math.floor(times.length / 10));
  const median = (some) => some.toSorted((a, b) => a - b)[some.length >> 1];
  return {
    executions: count,
    pages: times.length,
    medianMs: median(times),
    firstTenthMs: median(times.slice(0, tenth)),
    lastTenthMs: median(times.slice(-tenth)),
    slowestMs: Math.max(...times),
  };
}

function child(index) {
  const name = `${index.toString(16).padStart(8, '0')}-0000-3000-8000-000000000000`;
  const end =
    index % FAILED_EVERY === 0
      ? { status: 'FAILED', error: 'Bench', cause: 'one in a hundred' }
      : { status: 'SUCCEEDED', output: `{"index":${index}}` };
  return {
    executionArn: `${account}:execution:bench/Map:${name}`,
    stateMachineArn: `${account}:stateMachine:bench/Map`,
    name,
    roleArn: 'arn:aws:iam::111111111111:role/bench',
    startDate: started + index,
    stopDate: started + index + 5,
    input: `{"index":${index}}`,
    child: { mapRunArn, index, itemCount: 1 },
    ...end,
  };
}

function events(index) {
  const input = { index };
  const timestamp = started + index;
  const roleArn = 'arn:aws:iam::111111111111:role/bench';
  return [
    { id: 1, previousEventId: 0, type: 'ExecutionStarted', timestamp, details: { input, roleArn } },
    { id: 2, previousEventId: 0, type: 'PassStateEntered', timestamp, details: { name: 'Pass', input } },
    { id: 3, previousEventId: 2, type: 'PassStateExited', timestamp, details: { name: 'Pass', output: input } },
    index % FAILED_EVERY === 0
      ? { id: 4, previousEventId: 3, type: 'ExecutionFailed', timestamp, details: { error: 'Bench' } }
      : { id: 4, previousEventId: 3, type: 'ExecutionSucceeded', timestamp, details: { output: input } },
  ];
}
