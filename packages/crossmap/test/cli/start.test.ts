import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Denial } from '../../src/cli/denials.ts';
import { run } from '../../src/cli/program.ts';
import { type FakeHostOptions, fakeHost } from './fake-host.ts';
import {
  EXECUTION,
  entered,
  type FakeOptions,
  fakeConnection,
  fakeStepFunctions,
  MAP_RUN,
  type Moment,
  mapRunStarted,
  STATE_MACHINE,
} from './fake-step-functions.ts';

const LOCAL = 'http://127.0.0.1:4700';

interface Scenario extends FakeOptions, FakeHostOptions {
  readonly endpoint?: string;
  readonly denials?: readonly Denial[];
  readonly denialsFail?: Error;
}

async function crossmap(argv: readonly string[], scenario: Scenario = {}) {
  const host = fakeHost(scenario);
  const stepFunctions = fakeStepFunctions(scenario);
  const exitCode = await run(argv, host, {
    version: '0.0.0',
    serveAccounts: () => assert.fail('nothing is served'),
    startLocal: () => assert.fail('crossmap start does not load the embedded accounts'),
    connectS3: () => assert.fail('nothing is to be called'),
    connect: async () => fakeConnection(stepFunctions, scenario.endpoint),
    denialsSince: async () => {
      if (scenario.denialsFail !== undefined) throw scenario.denialsFail;
      return scenario.denials;
    },
  });
  return { exitCode, ...host.written, stepFunctions };
}

const mapHistory = [entered('ListObjects'), entered('ProcessObjects'), mapRunStarted];

const SUCCESS: readonly Moment[] = [
  { history: [entered('ListObjects')] },
  { history: mapHistory, items: { total: 2_345, pending: 2_345 } },
  { history: mapHistory, items: { total: 2_345, succeeded: 1_000, running: 40, pending: 1_305 } },
  {
    history: [...mapHistory, entered('Collect')],
    items: { total: 2_345, succeeded: 2_345 },
    mapRunStatus: 'SUCCEEDED',
    execution: { status: 'SUCCEEDED', output: '{"processed":2345,"failed":0}' },
  },
];

const DENIED: readonly Moment[] = [
  {
    history: [entered('ListObjects'), { type: 'TaskFailed' }],
    execution: {
      status: 'FAILED',
      error: 'AccessDenied',
      cause: '{"errorType":"AccessDenied","errorMessage":"Access Denied","trace":["at list"]}',
    },
  },
];

const DENIAL: Denial = {
  time: '2026-10-01T10:00:01Z',
  principalArn: 'arn:aws:sts::111111111111:assumed-role/list/list',
  action: 's3:ListBucket',
  resource: 'arn:aws:s3:::partner-objects',
  explanation:
    'The bucket policy of partner-objects has no statement that allows it.\nAccount 222222222222 must add it.',
  count: 3,
};

test('a successful run: progress lines, then the summary, exit 0', async () => {
  const { exitCode, stdout, stderr } = await crossmap(['start', '--wait'], { moments: SUCCESS, endpoint: LOCAL });
  assert.equal(exitCode, 0);
  assert.equal(
    stderr,
    `Started ${EXECUTION}
     at ${LOCAL}
0:00  RUNNING
0:00  SUCCEEDED  Collect  2,345 of 2,345 items · 0 failed · 235 items/s
`,
  );
  assert.equal(
    stdout,
    `SUCCEEDED

Duration   12.4 s
Items      2,345 of 2,345 items · 0 failed · 235 items/s
Execution  ${EXECUTION}
Output
  {
    "processed": 2345,
    "failed": 0
  }
`,
  );
});

test('against AWS it looks once a second, and asks DescribeMapRun no more than once a look', async () => {
  let slept = 0;
  const { stepFunctions, stderr } = await crossmap(['start', '--wait'], {
    moments: SUCCESS,
    onSleep: (_, host) => {
      slept += 1;
      assert.equal(host.clock.now(), Date.parse('2026-10-01T10:00:00Z') + (slept - 1) * 1_000);
    },
  });
  assert.equal(slept, 3);
  assert.match(stderr, /\n0:01 {2}RUNNING {2}ProcessObjects {2}0 of 2,345 items · 0 failed\n/);
  const looks = stepFunctions.calls.join(' ').split('DescribeExecution').slice(1, -1);
  for (const look of looks) assert.ok((look.match(/DescribeMapRun/g) ?? []).length <= 1, look);
});

test('on a terminal the window is redrawn in place and gone before the summary', async () => {
  const { stderr, stdout } = await crossmap(['start', '--wait'], { moments: SUCCESS, terminal: true, endpoint: LOCAL });
  assert.match(stderr, /▸.*ProcessObjects/);
  assert.match(stderr, /\x1b\[0J\x1b\[\?25h$/);
  assert.match(stdout, /^\x1b\[32mSUCCEEDED\x1b\[39m\n/);
});

test('a run that fails tells the state, the error and what was denied, exit 1', async () => {
  const { exitCode, stdout } = await crossmap(['start', '--wait'], {
    moments: DENIED,
    endpoint: LOCAL,
    denials: [DENIAL],
  });
  assert.equal(exitCode, 1);
  assert.equal(
    stdout,
    `FAILED in ListObjects: AccessDenied: Access Denied

Duration   12.4 s
Execution  ${EXECUTION}

Denied since the start
  s3:ListBucket on arn:aws:s3:::partner-objects, 3 times
    by arn:aws:sts::111111111111:assumed-role/list/list
    The bucket policy of partner-objects has no statement that allows it.
    Account 222222222222 must add it.
`,
  );
});

test('denials are asked for only of an endpoint on this machine', async () => {
  const scenario = { moments: DENIED, denials: [DENIAL] };
  assert.doesNotMatch((await crossmap(['start', '--wait'], scenario)).stdout, /Denied since/);
  const far = await crossmap(['start', '--wait'], { ...scenario, endpoint: 'https://states.example.com' });
  assert.doesNotMatch(far.stdout, /Denied since/);
});

test('denials that cannot be read do not hide the end of the run', async () => {
  const denialsFail = new Error('fetch failed');
  const { exitCode, stdout } = await crossmap(['start', '--wait'], { moments: DENIED, endpoint: LOCAL, denialsFail });
  assert.equal(exitCode, 1);
  assert.match(stdout, /^FAILED in ListObjects[\s\S]*\nDenials cannot be read: fetch failed\n$/);
});

test('the failed state is found behind many later events', async () => {
  const later = Array.from({ length: 250 }, () => ({ type: 'TaskFailed' as const }));
  const moments = [{ ...DENIED[0], history: [entered('ListObjects'), ...later] }];
  assert.match((await crossmap(['start', '--wait'], { moments })).stdout, /^FAILED in ListObjects: /);
});

test('every status but SUCCEEDED is exit 1', async () => {
  for (const status of ['TIMED_OUT', 'ABORTED'] as const) {
    const { exitCode, stdout } = await crossmap(['start', '--wait'], { moments: [{ execution: { status } }] });
    assert.equal(exitCode, 1);
    assert.match(stdout, new RegExp(`^${status}\n`));
  }
});

test('with --json stdout is one object', async () => {
  const { exitCode, stdout } = await crossmap(['start', '--wait', '--json'], {
    moments: SUCCESS,
    endpoint: LOCAL,
    denials: [],
  });
  const { mapRuns, ...summary } = JSON.parse(stdout);
  assert.equal(exitCode, 0);
  assert.deepEqual(summary, {
    executionArn: EXECUTION,
    stateMachineArn: STATE_MACHINE,
    status: 'SUCCEEDED',
    startDate: '2026-10-01T10:00:00.000Z',
    stopDate: '2026-10-01T10:00:12.400Z',
    output: { processed: 2345, failed: 0 },
    denials: [],
  });
  assert.deepEqual([mapRuns.length, mapRuns[0].mapRunArn, mapRuns[0].itemCounts.succeeded], [1, MAP_RUN, 2_345]);
  assert.equal(mapRuns[0].$metadata, undefined);
});

test('without --wait it answers as soon as the execution has started', async () => {
  const { exitCode, stdout, stepFunctions } = await crossmap(['start']);
  assert.equal(exitCode, 0);
  assert.equal(stdout, `Started ${EXECUTION}\n`);
  assert.deepEqual(stepFunctions.calls, ['ListStateMachines', 'StartExecution']);
});

test('Ctrl-C stops the wait only, and tells how to look again', async () => {
  const { exitCode, stdout, stderr } = await crossmap(['start', '--wait'], {
    moments: SUCCESS,
    onSleep: (sleep, host) => {
      if (sleep === 2) host.interrupt();
    },
  });
  assert.equal(exitCode, 130);
  assert.equal(stdout, '');
  assert.match(
    stderr,
    new RegExp(`Stopped waiting; the execution goes on.
Look again with:
  aws --profile test stepfunctions describe-execution --execution-arn ${EXECUTION}
$`),
  );
});

test('an execution that AWS does not know yet is waited for', async () => {
  const unknown = Object.assign(new Error('Execution Does Not Exist'), {
    name: 'ExecutionDoesNotExist',
    $metadata: {},
  });
  const { exitCode } = await crossmap(['start', '--wait'], { moments: [{ throws: unknown }, ...SUCCESS] });
  assert.equal(exitCode, 0);
  const never = await crossmap(['start', '--wait'], { moments: [{ throws: unknown }] });
  assert.equal(never.exitCode, 3);
});

test('a wait that is cut off names the execution and how to look again, exit 3', async () => {
  const gone = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:4700'), { code: 'ECONNREFUSED' });
  const { exitCode, stderr } = await crossmap(['start', '--wait'], {
    moments: [...SUCCESS.slice(0, 2), { throws: gone }],
  });
  assert.equal(exitCode, 3);
  assert.match(stderr, /error: Step Functions cannot be reached: connect ECONNREFUSED 127.0.0.1:4700\n/);
  assert.ok(stderr.includes(`describe-execution --execution-arn ${EXECUTION}\n`));
});

test('the input is sent as it was written', async () => {
  const { stepFunctions } = await crossmap(['start', '--input', '{ "prefix": "a/",  "big": 12345678901234567890 }']);
  assert.deepEqual(stepFunctions.inputs, ['{ "prefix": "a/",  "big": 12345678901234567890 }']);
  assert.deepEqual((await crossmap(['start'])).stepFunctions.inputs, ['{}']);
});

test('the input may be in a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'crossmap-test-'));
  try {
    await writeFile(join(folder, 'input.json'), '{"prefix":"b/"}');
    const { stepFunctions } = await crossmap(['start', '--input', '@input.json'], { cwd: folder });
    assert.deepEqual(stepFunctions.inputs, ['{"prefix":"b/"}']);
    const missing = await crossmap(['start', '--input', '@none.json'], { cwd: folder });
    assert.equal(missing.exitCode, 2);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('an input that is not JSON starts nothing, exit 2', async () => {
  const { exitCode, stderr, stepFunctions } = await crossmap(['start', '--input', '{prefix: a}']);
  assert.equal(exitCode, 2);
  assert.match(stderr, /^error: Expected --input to be JSON: /);
  assert.deepEqual(stepFunctions.calls, []);
});

test('several state machines: one must be named, and all are listed', async () => {
  const stateMachines = ['First', 'Second', 'Third'];
  const { exitCode, stderr } = await crossmap(['start'], { stateMachines });
  assert.equal(exitCode, 2);
  assert.equal(
    stderr,
    `error: There are several state machines
  First
  Second
  Third
hint: Choose one with --state-machine NAME.
`,
  );
  assert.equal((await crossmap(['start', '--state-machine', 'Third'], { stateMachines })).exitCode, 0);
  const unknown = await crossmap(['start', '--state-machine', 'Fourth'], { stateMachines });
  assert.match(unknown.stderr, /^error: There is no state machine `Fourth`\n {2}First\n/);
});

test('a state machine named by ARN is not looked for', async () => {
  const { stepFunctions } = await crossmap(['start', '--state-machine', STATE_MACHINE], { stateMachines: [] });
  assert.deepEqual(stepFunctions.calls, ['StartExecution']);
});

test('an account without a state machine is refused, exit 3', async () => {
  assert.equal((await crossmap(['start'], { stateMachines: [] })).exitCode, 3);
});

test('a start that AWS refuses is exit 3, with --json as an object too', async () => {
  const startThrows = Object.assign(new Error('taken'), { name: 'ExecutionAlreadyExists', $metadata: {} });
  const { exitCode, stdout, stderr } = await crossmap(['start', '--name', 'x', '--json'], { startThrows });
  assert.equal(exitCode, 3);
  assert.equal(stderr, 'error: ExecutionAlreadyExists: taken\nhint: Leave --name out, or give another one.\n');
  assert.deepEqual(JSON.parse(stdout), {
    error: { message: 'ExecutionAlreadyExists: taken', details: [], hint: 'Leave --name out, or give another one.' },
  });
});

test('an error nobody foresaw is a bug, exit 70 with its stack', async () => {
  const { exitCode, stderr } = await crossmap(['start'], { startThrows: new TypeError('x is not a function') });
  assert.equal(exitCode, 70);
  assert.match(stderr, /^TypeError: x is not a function\n {4}at [\s\S]*\nThis is a bug in Crossmap/);
});

test('a test case may follow the name of the state machine, or stand alone', async () => {
  for (const stateMachine of ['ObjectsMap#Retries', '#Retries', `${STATE_MACHINE}#Retries`]) {
    const { stepFunctions } = await crossmap(['start', '--state-machine', stateMachine]);
    assert.deepEqual(stepFunctions.started, [`${STATE_MACHINE}#Retries`]);
  }
});

test('an EXPRESS execution is started and not waited for, exit 3', async () => {
  const startGives = `${EXECUTION.replace(':execution:', ':express:')}:1`;
  const { exitCode, stderr, stepFunctions } = await crossmap(['start', '--wait'], { startGives });
  assert.equal(exitCode, 3);
  assert.match(stderr, /^error: An EXPRESS execution cannot be looked at.*\n {2}Started arn:.*:express:.*\nhint: /m);
  assert.ok(!stepFunctions.calls.includes('DescribeExecution'));
  assert.equal((await crossmap(['start'], { startGives })).exitCode, 0);
});
