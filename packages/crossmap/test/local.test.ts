import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  CreateActivityCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetActivityTaskCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { AssemblyError, type Local, startLocal } from '../src/index.ts';
import { openLocal } from '../src/local.ts';
import { describeExecution } from '../src/server/step-functions/operations/describe-execution.ts';
import { startExecution } from '../src/server/step-functions/operations/start-execution.ts';
import { Parameters } from '../src/server/step-functions/parameters.ts';
import { CommitFailed } from '../src/store/commit.ts';
import { MemoryStore } from '../src/store/memory-store.ts';
import { startLocal as startForTest } from '../src/testing.ts';
import { ACCOUNT, REGION, writeAssembly } from './cloud-assembly.ts';

const pass = { StartAt: 'Done', States: { Done: { Type: 'Pass', End: true } } };

test('a definition that does not validate stops the load with every problem and its place', async () => {
  const assembly = await writeAssembly({
    stateMachines: {
      broken: {
        StartAt: 'Send',
        States: { Send: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', Next: 'Gone' } },
      },
    },
  });
  await assert.rejects(startLocal({ assembly }), (error) => {
    assert.ok(error instanceof AssemblyError);
    assert.match(error.message, /Machinebroken/);
    assert.match(error.message, /sqs:sendMessage` is not supported yet.* at \/States\/Send\/Resource/);
    return true;
  });
});

test('a folder that is no cloud assembly is refused with its path', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'crossmap-'));
  await assert.rejects(
    startLocal({ assembly: folder }),
    (error) => error instanceof AssemblyError && /manifest\.json/.test(error.message),
  );
  await writeFile(join(folder, 'manifest.json'), '{ "version": ');
  await assert.rejects(
    startLocal({ assembly: folder }),
    (error) => error instanceof AssemblyError && /manifest\.json/.test(error.message),
  );
  await rm(folder, { recursive: true });
});

test('a port in use is refused with the error of Node.js, and nothing stays open', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const assembly = await writeAssembly({ stateMachines: { one: pass } });
  await assert.rejects(
    startLocal({ assembly, port }),
    (error) => (error as NodeJS.ErrnoException).code === 'EADDRINUSE',
  );
  await new Promise((resolve) => taken.close(resolve));
  const local = await startLocal({ assembly, port });
  assert.equal(local.endpoint, `http://127.0.0.1:${port}`);
  await local.close();
});

test('what was running goes on in the next start, as the state machine was when it started', async () => {
  const data = await mkdtemp(join(tmpdir(), 'crossmap-data-'));
  const activityArn = `arn:aws:states:${REGION}:${ACCOUNT}:activity:approve`;
  const asking = {
    StartAt: 'Ask',
    States: { Ask: { Type: 'Task', Resource: activityArn, Next: 'Done' }, ...pass.States },
  };
  const changed = { ...asking, States: { ...asking.States, Done: { Type: 'Pass', Result: 'changed', End: true } } };
  const first = await startLocal({ assembly: await writeAssembly({ stateMachines: { one: asking } }), data });
  const sfn = clientOf(first);
  await sfn.send(new CreateActivityCommand({ name: 'approve' }));
  const { stateMachineArn } = first.stateMachines[0]!;
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'kept' }));
  await assert.rejects(
    startLocal({ assembly: await writeAssembly({ stateMachines: { one: asking } }), data }),
    /in use/,
  );
  await first.close();

  const lines: string[] = [];
  const assembly = await writeAssembly({ stateMachines: { one: changed } });
  const second = await startLocal({ assembly, data, onLog: (line) => lines.push(line) });
  assert.deepEqual(lines, ['Going on with an execution of an earlier start']);
  const again = clientOf(second);
  const { taskToken } = await again.send(new GetActivityTaskCommand({ activityArn }));
  await again.send(new SendTaskSuccessCommand({ taskToken, output: '"approved"' }));
  const { status, output } = await again.send(new DescribeExecutionCommand({ executionArn }));
  assert.deepEqual({ status, output }, { status: 'SUCCEEDED', output: '"approved"' });
  const run = await again.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
  assert.deepEqual(JSON.parse(run.definition ?? ''), asking);
  const now = await again.send(new DescribeStateMachineCommand({ stateMachineArn }));
  assert.deepEqual(JSON.parse(now.definition ?? ''), changed);
  await second.close();
  await rm(data, { recursive: true });
});

function clientOf({ endpoint, accounts }: Local): SFNClient {
  return new SFNClient({ endpoint, region: REGION, credentials: accounts[0]! });
}

test('a start that fails leaves a new data folder as it was, so that the next one can use it', async () => {
  const data = await mkdtemp(join(tmpdir(), 'crossmap-data-'));
  await writeFile(join(data, 'notes'), 'not ours');
  const assembly = await writeAssembly({ stateMachines: { one: pass } });
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  await assert.rejects(startLocal({ assembly, data, port }), { code: 'EADDRINUSE' });
  assert.deepEqual(await readdir(data), ['notes']);
  await new Promise((resolve) => taken.close(resolve));

  const local = await startLocal({ assembly, data });
  await assert.rejects(startLocal({ assembly, data }));
  assert.deepEqual(local.stateMachines.length, 1);
  await local.close();
  assert.ok((await readdir(data)).includes('executions.sqlite'), 'that of a server that runs is left alone');
  await rm(data, { recursive: true });
});

test('a second server on a data folder in use is refused', async () => {
  const data = await mkdtemp(join(tmpdir(), 'crossmap-data-'));
  const assembly = await writeAssembly({});
  const local = await startLocal({ assembly, data });
  await assert.rejects(startLocal({ assembly, data }), (error) => (error as Error).name === 'DatabaseError');
  await local.close();
  await rm(data, { recursive: true });
});

test('a Map Run whose role may not start executions fails as on AWS, and the denial is explained', async () => {
  const item = { StartAt: 'Item', States: { Item: { Type: 'Pass', End: true } } };
  const assembly = await writeAssembly({
    workflowActions: ['s3:GetObject'],
    stateMachines: {
      mapping: {
        StartAt: 'Map',
        States: {
          Map: {
            Type: 'Map',
            Label: 'Items',
            ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...item },
            End: true,
          },
        },
      },
    },
  });
  const local = await startForTest({ assembly });
  const execution = await local.start([1, 2]);
  assert.ok(execution.status === 'FAILED');
  assert.equal(execution.error, 'States.Runtime');
  assert.match(
    execution.cause ?? '',
    /is not authorized to perform: states:StartExecution on resource: .*:stateMachine:mapping /,
  );
  const [run] = await local.mapRuns(execution.executionArn);
  assert.equal(run?.status, 'FAILED');
  assert.equal(local.denials()[0]?.action, 'states:StartExecution');
  await local.close();
});

test('a function sees its asset, the SDK of the runtime, and no module of the project around the assembly', async () => {
  const assembly = await writeAssembly({
    functions: {
      looking: `
        exports.handler = async ({ name }) => {
          try { return { found: Object.keys(require(name)).length > 0 }; } catch (error) { return { code: error.code }; }
        };`,
    },
    stateMachines: {
      look: {
        StartAt: 'Look',
        States: {
          Look: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Parameters: { FunctionName: 'looking', 'Payload.$': '$' },
            OutputPath: '$.Payload',
            End: true,
          },
        },
      },
    },
  });
  // Around the assembly: a project whose `.js` files are ES modules and that has a module of its own.
  const project = join(assembly, '..', 'node_modules', 'of-the-project');
  await mkdir(project, { recursive: true });
  await writeFile(join(project, 'index.js'), 'exports.here = true;');
  await writeFile(join(assembly, '..', 'package.json'), '{"type":"module"}');
  const local = await startForTest({ assembly });
  const outputs = [];
  for (const name of ['@aws-sdk/client-s3', 'of-the-project']) {
    const execution = await local.start({ name });
    outputs.push(execution.status === 'SUCCEEDED' ? execution.output : execution.error);
  }
  assert.deepEqual(outputs, [{ found: true }, { code: 'MODULE_NOT_FOUND' }]);
  await local.close();
});

test('a role that Step Functions cannot assume stops the load and says what its trust policy lacks', async () => {
  const assembly = await writeAssembly({ stateMachines: { one: pass }, workflowService: 'ec2.amazonaws.com' });
  await assert.rejects(startLocal({ assembly }), (error) => {
    assert.ok(error instanceof AssemblyError);
    assert.match(error.message, /Machineone.*is authorized to assume the provided role/);
    assert.match(error.message, /Add to the trust policy of role arn:aws:iam::222222222222:role\/workflow/);
    assert.match(error.message, /"Service": "states\.amazonaws\.com"/);
    return true;
  });
});

test('a function whose code is in the template runs', async () => {
  const assembly = await writeAssembly({
    inlineFunctions: { inline: 'exports.handler = async ({ a }) => ({ doubled: 2 * a });' },
    stateMachines: { call: { StartAt: 'Call', States: { Call: taskOf('inline') } } },
  });
  const local = await startForTest({ assembly });
  const execution = await local.start({ a: 21 });
  assert.deepEqual(execution.status === 'SUCCEEDED' ? execution.output : execution, { doubled: 42 });
  await local.close();
});

function taskOf(functionName: string): object {
  const Parameters = { FunctionName: functionName, 'Payload.$': '$' };
  const Resource = 'arn:aws:states:::lambda:invoke';
  return { Type: 'Task', Resource, Parameters, OutputPath: '$.Payload', End: true };
}

test('an execution that the store could not keep up with says so instead of running forever', async () => {
  const call = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: 'work' } };
  const { local, stepFunctions } = await openLocal({
    assembly: await writeAssembly({
      functions: { work: 'exports.handler = async () => 1;' },
      stateMachines: { call: { StartAt: 'Call', States: { Call: { ...call, End: true } } } },
    }),
  });
  try {
    const { store, executions } = stepFunctions;
    assert.ok(store instanceof MemoryStore);
    const scope = { accountId: ACCOUNT, region: REGION };
    const start = new Parameters({ stateMachineArn: local.stateMachines[0]?.stateMachineArn ?? '' });
    const { executionArn = '' } = await startExecution.handle(start, stepFunctions, scope);
    await store.close();
    await assert.rejects(executions.ended(String(executionArn)) ?? Promise.resolve(), /closed/);
    await assert.rejects(describeExecution.handle(new Parameters({ executionArn }), stepFunctions, scope), {
      code: 'InternalFailure',
      message: /cannot go on and stays as it was last recorded: .*not kept/,
    });
  } finally {
    await local.close();
  }
});

test('a start that cannot be committed is answered with the reason', async () => {
  const { local, stepFunctions } = await openLocal({
    assembly: await writeAssembly({ stateMachines: { pass } }),
  });
  const [{ region, ...credentials } = assert.fail()] = local.accounts;
  const sfn = new SFNClient({ endpoint: local.endpoint, region, credentials, maxAttempts: 1 });
  try {
    Object.assign(stepFunctions.store, { recordExecution: () => Promise.reject(new CommitFailed(1, 'disk full')) });
    const start = sfn.send(new StartExecutionCommand({ stateMachineArn: local.stateMachines[0]?.stateMachineArn }));
    await assert.rejects(start, { name: 'InternalFailure', message: /none of them is kept: disk full/ });
  } finally {
    sfn.destroy();
    await local.close();
  }
});
