import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AssemblyError, LocalError, startLocal } from '../src/index.ts';
import { startLocal as startForTest } from '../src/testing.ts';
import { writeAssembly } from './cloud-assembly.ts';

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

test('a data folder that holds executions is refused, and they stay in it', async () => {
  const data = await mkdtemp(join(tmpdir(), 'crossmap-data-'));
  const assembly = await writeAssembly({ stateMachines: { one: pass } });
  const local = await startForTest({ assembly, data });
  assert.equal((await local.start({ a: 1 })).status, 'SUCCEEDED');
  await local.close();
  for (const attempt of [1, 2]) {
    await assert.rejects(
      startLocal({ assembly, data }),
      (error) => error instanceof LocalError && error.message.includes(data),
      `attempt ${attempt}`,
    );
  }
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
  const local = await startForTest({ assembly });
  const outputs = [];
  for (const name of ['@aws-sdk/client-s3', 'fast-check']) {
    const execution = await local.start({ name });
    outputs.push(execution.status === 'SUCCEEDED' ? execution.output : execution.error);
  }
  assert.deepEqual(outputs, [{ found: true }, { code: 'MODULE_NOT_FOUND' }]);
  await local.close();
});
