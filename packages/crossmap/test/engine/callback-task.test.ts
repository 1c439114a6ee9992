import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FUNCTION, failed, INVOKE, ROLE, settled, succeeded, Workbench } from './workbench.ts';

const CALLBACK = { resourceType: 'lambda', resource: 'invoke.waitForTaskToken' };
const SYNC = { resourceType: 'states', resource: 'startExecution.sync' };
const callback = (fields: object = {}) => ({
  S: {
    Type: 'Task',
    Resource: `${INVOKE}.waitForTaskToken`,
    Parameters: { FunctionName: 'work', Payload: { 'token.$': '$$.Task.Token' } },
    End: true,
    ...fields,
  },
});

/** The token that the task's call was given. */
function tokenOf(bench: Workbench): string {
  const parameters = bench.taskRequests.at(-1)?.parameters as { readonly Payload: { readonly token: string } };
  return parameters.Payload.token;
}

async function submitted(states = callback()) {
  const bench = new Workbench();
  bench.task = () => succeeded('sent');
  const { ended } = bench.start(states);
  await settled();
  return { bench, ended, token: tokenOf(bench) };
}

describe('.waitForTaskToken', () => {
  test('the answer of the call submits the task, whoever has the token ends it', async () => {
    const { bench, ended, token } = await submitted();
    assert.equal(await bench.executions.endTask(token, succeeded({ b: 2 })), 'open');
    await ended;
    const parameters = { FunctionName: 'work', Payload: { token } };
    assert.deepEqual(bench.told.slice(2), [
      [2, 'TaskScheduled', { ...CALLBACK, region: 'eu-west-1', parameters }],
      [3, 'TaskStarted', CALLBACK],
      [4, 'TaskSubmitted', { ...CALLBACK, output: 'sent' }],
      [5, 'TaskSucceeded', { ...CALLBACK, output: { b: 2 } }],
      [6, 'TaskStateExited', { name: 'S', output: { b: 2 } }],
      [7, 'ExecutionSucceeded', { output: { b: 2 } }],
    ]);
  });

  test('ResultSelector sees the token too', async () => {
    const { bench, ended, token } = await submitted(callback({ ResultSelector: { 'token.$': '$$.Task.Token' } }));
    await bench.executions.endTask(token, succeeded({}));
    const record = await ended;
    assert.ok(record.status === 'SUCCEEDED');
    assert.deepEqual(JSON.parse(record.output), { token });
  });

  test('JSONata sees the token in $states.context, and names the role of Credentials', async () => {
    const other = 'arn:aws:iam::222222222222:role/other';
    const states = callback({
      QueryLanguage: 'JSONata',
      Parameters: undefined,
      Arguments: { FunctionName: 'work', Payload: { token: '{% $states.context.Task.Token %}' } },
      Credentials: { RoleArn: `{% '${other}' %}` },
      Output: '{% $states.context.Task.Token %}',
    });
    const { bench, ended, token } = await submitted(states);
    assert.equal(bench.taskRequests[0]?.credentials?.roleArn, other);
    await bench.executions.endTask(token, succeeded({}));
    const record = await ended;
    assert.ok(record.status === 'SUCCEEDED');
    assert.equal(JSON.parse(record.output), token);
  });

  test('a call that fails submits nothing, which Retry sees as any failure', async () => {
    const bench = new Workbench();
    const failure = { error: 'Lambda.ServiceException', cause: 'c' };
    bench.task = () => failed(failure);
    await bench.run(callback({ Retry: [{ ErrorEquals: ['Lambda.ServiceException'], MaxAttempts: 1 }] }));
    assert.deepEqual(bench.types.slice(4), [
      'TaskSubmitFailed',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitFailed',
      'ExecutionFailed',
    ]);
    assert.deepEqual(bench.told[4], [4, 'TaskSubmitFailed', { ...CALLBACK, ...failure }]);
  });

  test('a failure that names neither error nor cause is caught by States.ALL with nulls', async () => {
    const states = {
      ...callback({ Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.e', Next: 'C' }] }),
      C: { Type: 'Pass', End: true },
    };
    const { bench, ended, token } = await submitted(states);
    await bench.executions.endTask(token, failed({}));
    const record = await ended;
    assert.deepEqual(bench.told[5], [5, 'TaskFailed', CALLBACK]);
    assert.ok(record.status === 'SUCCEEDED');
    assert.deepEqual(JSON.parse(record.output), { e: { Error: null, Cause: null } });
  });

  test('the time for a heartbeat runs from when the task is scheduled', async () => {
    const { bench } = await submitted(callback({ TimeoutSeconds: 600, HeartbeatSeconds: 5 }));
    await bench.clock.advance(5_000);
    const [, , scheduled] = bench.told[2] ?? [];
    assert.equal((scheduled as { heartbeatInSeconds?: number }).heartbeatInSeconds, 5);
    assert.deepEqual(bench.told.slice(5), [
      [5, 'TaskTimedOut', { ...CALLBACK, error: 'States.Timeout' }],
      [6, 'ExecutionFailed', { error: 'States.Timeout' }],
    ]);
  });

  test('Catch tells a missed heartbeat from a task that took too long; the error is States.Timeout with an empty cause', async () => {
    const states = {
      ...callback({
        TimeoutSecondsPath: '$.timeout',
        HeartbeatSecondsPath: '$.heartbeat',
        Catch: [
          { ErrorEquals: ['States.HeartbeatTimeout'], ResultPath: '$.silent', Next: 'C' },
          { ErrorEquals: ['States.Timeout'], ResultPath: '$.slow', Next: 'C' },
        ],
      }),
      C: { Type: 'Pass', End: true },
    };
    const error = { Error: 'States.Timeout', Cause: '' };
    for (const [timeout, heartbeat, caught] of [
      [60, 5, { silent: error }],
      [5, 60, { slow: error }],
    ] as const) {
      const bench = new Workbench();
      bench.task = () => succeeded('sent');
      const record = await bench.run(states, JSON.stringify({ timeout, heartbeat }));
      assert.ok(record.status === 'SUCCEEDED');
      assert.deepEqual(JSON.parse(record.output), { timeout, heartbeat, ...caught });
    }
  });

  test('heartbeats do not lengthen TimeoutSeconds', async () => {
    const { bench, token } = await submitted(callback({ TimeoutSeconds: 10, HeartbeatSeconds: 6 }));
    await bench.clock.advance(5_000);
    await bench.executions.heartbeat(token);
    await bench.clock.advance(5_000);
    assert.equal(bench.types.at(-1), 'ExecutionFailed');
  });
});

test('the job of a .sync task can be ended by its token', async () => {
  const bench = new Workbench();
  bench.task = () => ({ kind: 'submitted', output: 'job', ended: new Promise(() => {}) });
  const { ended } = bench.start({
    S: {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync',
      Parameters: { StateMachineArn: 'arn', Input: { 'token.$': '$$.Task.Token' } },
      End: true,
    },
  });
  await settled();
  const [token] = bench.taskRequests.map(
    ({ parameters }) => (parameters as { readonly Input: { readonly token: string } }).Input.token,
  );
  await bench.executions.endTask(token ?? '', succeeded('done'));
  await ended;
  assert.deepEqual(bench.told.slice(4, 6), [
    [4, 'TaskSubmitted', { ...SYNC, output: 'job' }],
    [5, 'TaskSucceeded', { ...SYNC, output: 'done' }],
  ]);
});

test('a call that ends with its answer has no token', async () => {
  const bench = new Workbench();
  await bench.run({ S: { Type: 'Task', Resource: FUNCTION, Parameters: { 'c.$': '$$' }, End: true } });
  const contexts = bench.taskRequests.map(({ parameters }) => (parameters as { readonly c: object }).c);
  assert.deepEqual(
    contexts.map((context) => Object.keys(context)),
    [['Execution', 'StateMachine', 'State']],
  );
});

describe('Credentials', () => {
  const other = 'arn:aws:iam::222222222222:role/other';
  const credentials = { roleArn: other };

  test('the events name the role, the call is asked to assume it for this state machine', async () => {
    const bench = new Workbench();
    const Credentials = { 'RoleArn.$': "States.Format('{}', $.role)" };
    await bench.run(
      {
        D: { Type: 'Task', Resource: FUNCTION, Credentials, ResultPath: null, Next: 'O' },
        O: { Type: 'Task', Resource: INVOKE, Parameters: { FunctionName: 'f' }, Credentials, End: true },
      },
      JSON.stringify({ role: other }),
    );
    const told = bench.history.flatMap(({ details }) =>
      'taskCredentials' in details ? [details.taskCredentials] : [],
    );
    assert.deepEqual(told, [credentials, credentials]);
    assert.deepEqual(
      bench.taskRequests.map((request) => [request.caller.roleArn, request.credentials]),
      Array.from({ length: 2 }, () => [
        ROLE,
        {
          roleArn: other,
          sessionName: 'machine',
          externalId: 'arn:aws:states:eu-west-1:111111111111:stateMachine:machine',
        },
      ]),
    );
  });

  test('a RoleArn that is no text fails before anything is scheduled', async () => {
    const bench = new Workbench();
    await bench.run(
      { S: { Type: 'Task', Resource: FUNCTION, Credentials: { 'RoleArn.$': '$.n' }, End: true } },
      '{"n":5}',
    );
    assert.deepEqual(bench.types.slice(2), ['ExecutionFailed']);
    assert.deepEqual(bench.taskRequests, []);
  });

  test('in JSONata it fails as any field that gives another type', async () => {
    const bench = new Workbench();
    const Credentials = { RoleArn: '{% $states.input.n %}' };
    const states = { S: { QueryLanguage: 'JSONata', Type: 'Task', Resource: FUNCTION, Credentials, End: true } };
    const ended = await bench.run(states, '{"n":5}');
    assert.deepEqual(bench.types.slice(2), ['EvaluationFailed', 'ExecutionFailed']);
    assert.ok(ended.status === 'FAILED');
    assert.equal(ended.error, 'States.QueryEvaluationError');
    assert.match(
      ended.cause ?? '',
      /'\$states\.input\.n' specified for the field 'Credentials\/RoleArn' .* Expected 'string', but was 'number'/,
    );
  });
});

test('tasks whose time is over together time out together; one may try again while another is caught', async () => {
  const bench = new Workbench();
  bench.task = () => new Promise(() => {});
  const branch = (name: string, fields: object, others: object = {}) => ({
    StartAt: name,
    States: {
      [name]: { Type: 'Task', Resource: FUNCTION, TimeoutSeconds: 5, End: true, ...fields },
      ...others,
    },
  });
  bench.start({
    P: {
      Type: 'Parallel',
      Branches: [
        branch(
          'A',
          { Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Caught' }] },
          { Caught: { Type: 'Pass', End: true } },
        ),
        branch('B', { Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 3 }] }),
        branch('C', { TimeoutSeconds: 6 }),
      ],
      End: true,
    },
  });
  await bench.clock.advance(5_000);
  const after = bench.types.slice(bench.types.indexOf('LambdaFunctionTimedOut'));
  assert.deepEqual(after, [
    'LambdaFunctionTimedOut',
    'LambdaFunctionTimedOut',
    'TaskStateExited',
    'PassStateEntered',
    'PassStateExited',
  ]);
  await bench.clock.advance(1_000);
  assert.equal(bench.types.at(-1), 'ExecutionFailed');
});
