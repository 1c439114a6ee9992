import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Case } from '../case.ts';
import { openEmbedded } from '../embedded.ts';
import type { Json } from '../json.ts';
import { closingLine, explain, table } from '../report.ts';
import { runCase } from '../run.ts';
import type { Verdict } from '../verdict.ts';

const ROLE = 'arn:aws:iam::111111111111:role/role-1';
const FUNCTION = 'arn:aws:lambda:us-east-1:111111111111:function:raise';

const FAILING: Case = {
  id: 'function-fails',
  area: 'task',
  tier: 1,
  flow: 'operations',
  setup: {
    roles: [ROLE],
    lambdas: [
      {
        name: 'raise',
        arn: FUNCTION,
        behaviour: { kind: 'raise', errorType: 'Odd', errorMessage: 'so it is', stackTrace: ['line 2'] },
      },
    ],
  },
  definition: {
    StartAt: 'Task',
    States: {
      Task: {
        Type: 'Task',
        Resource: FUNCTION,
        Retry: [{ ErrorEquals: ['Odd'], IntervalSeconds: 86_400, MaxAttempts: 3, BackoffRate: 3 }],
        End: true,
      },
    },
  },
  input: { n: 1 },
  operations: [
    {
      id: 'op1',
      service: 'stepfunctions',
      action: 'CreateStateMachine',
      params: { name: 'm', definition: '${definition}', roleArn: ROLE },
      record: 'created',
    },
    {
      id: 'op2',
      service: 'stepfunctions',
      action: 'StartExecution',
      params: { stateMachineArn: '${op1.stateMachineArn}', input: '${input}' },
    },
    { id: 'op3', await: 'executionTerminated', params: { executionArn: '${op2.executionArn}' } },
    {
      id: 'op4',
      service: 'stepfunctions',
      action: 'DescribeExecution',
      params: { executionArn: '${op2.executionArn}' },
    },
    { match: 'result', value: { status: { $ref: 'op4.status' }, cause: { $ref: 'op4.cause' } } },
    {
      id: 'op5',
      service: 'stepfunctions',
      action: 'DescribeExecution',
      params: { executionArn: '${op2.executionArn}:other' },
      expectError: true,
    },
    { match: 'refused', value: '${op5.error|typename}' },
  ],
  expected: {
    created: {
      stateMachineArn: 'arn:<partition>:states:<region>:111111111111:stateMachine:m',
      creationDate: 'datetime',
      ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: 200 },
    },
    result: {
      status: 'FAILED',
      cause: { errorMessage: 'so it is', errorType: 'Odd', requestId: '<uuid:1>', stackTrace: ['line 2'] },
    },
    refused: 'ExecutionDoesNotExist',
  },
};

const run = (each: Case): Promise<Verdict> => runCase(each, (setup) => openEmbedded(setup, () => {}));

test('a case runs on fresh accounts, its days of retries without waiting', async () => {
  assert.deepEqual(await run(FAILING), { kind: 'passed' });
});

test('a difference is told with its path, and what was not answered by its key', async () => {
  const different = await run({ ...FAILING, expected: { ...FAILING.expected, refused: 'ClientError' } });
  assert.deepEqual(different, {
    kind: 'failed',
    difference: { path: 'refused', expected: 'ClientError', actual: 'ExecutionDoesNotExist' },
  });
  const missing = await run({ ...FAILING, expected: { ...FAILING.expected, more: 1 } });
  assert.deepEqual(missing, { kind: 'failed', reason: 'Nothing was answered for more' });
});

test('what keeps a case from going on is a failure with its reason', async () => {
  const setup = { ...FAILING.setup, other: [] };
  assert.deepEqual(await run({ ...FAILING, setup }), {
    kind: 'failed',
    reason: 'A setup with `other` is not supported here',
  });
  const definition: Json = { States: {} };
  const refused = await run({ ...FAILING, definition });
  assert.match('reason' in refused ? refused.reason : '', /^op1 CreateStateMachine: InvalidDefinition: /);
});

test('the report counts by area and closes with one line', () => {
  const results = [
    { each: FAILING, verdict: { kind: 'passed' } as const },
    { each: { ...FAILING, area: 'pass' }, verdict: { kind: 'failed', reason: 'no' } as const },
  ];
  assert.equal(
    table(results),
    ['area   cases  passed  failed', 'task       1       1       0', 'pass       1       0       1'].join('\n'),
  );
  assert.equal(closingLine(results), '1 passed, 1 failed, 0 skipped');
  assert.equal(
    explain({ each: FAILING, verdict: { kind: 'failed', reason: 'no' } }),
    'FAIL task function-fails\n     no',
  );
});
