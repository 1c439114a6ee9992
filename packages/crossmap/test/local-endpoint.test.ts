import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { startLocal } from '../src/testing.ts';
import { ACCOUNT, REGION, writeAssembly } from './cloud-assembly.ts';

function send(
  url: string,
  method = 'GET',
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
    });
    sent.once('error', reject);
    sent.end();
  });
}

test('the local endpoint tells denials and function logs, to local clients that read, and nothing else', async () => {
  const invoke = {
    StartAt: 'Call',
    States: {
      Call: {
        Type: 'Task',
        Resource: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:talking`,
        End: true,
      },
    },
  };
  const assembly = await writeAssembly({
    functions: { talking: "exports.handler = async () => console.log('as it was told');" },
    stateMachines: { invoke },
    workflowActions: ['s3:GetObject'],
  });
  const local = await startLocal({ assembly });
  try {
    const denied = await local.start();
    assert.ok(denied.status === 'FAILED');
    assert.equal(denied.error, 'Lambda.AWSLambdaException');

    const denials = await send(`${local.endpoint}/_crossmap/denials`);
    assert.equal(denials.status, 200);
    const [denial] = (JSON.parse(denials.body) as { denials: { action: string; explanation: string }[] }).denials;
    assert.equal(denial?.action, 'lambda:InvokeFunction');
    assert.match(denial?.explanation ?? '', /lambda:InvokeFunction/);

    const logs = `${local.endpoint}/_crossmap/logs?function=arn:aws:lambda:${REGION}:${ACCOUNT}:function:talking`;
    assert.deepEqual(JSON.parse((await send(logs)).body), { events: [] });
    const foreign = { host: 'pages.example.com' };
    assert.equal((await send(`${local.endpoint}/_crossmap/denials`, 'GET', foreign)).status, 404);
    assert.equal((await send(`${local.endpoint}/_crossmap/denials`, 'DELETE')).status, 404);
    assert.equal((await send(`${local.endpoint}/_crossmap/secrets`)).status, 404);
  } finally {
    await local.close();
  }
});

test('what a function writes is told by its log, between the lines of its invocation', async () => {
  const assembly = await writeAssembly({
    functions: { talking: "exports.handler = async () => console.log('as it was told');" },
    stateMachines: {
      invoke: {
        StartAt: 'Call',
        States: { Call: { Type: 'Task', Resource: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:talking`, End: true } },
      },
    },
  });
  const local = await startLocal({ assembly });
  try {
    assert.equal((await local.start()).status, 'SUCCEEDED');
    const logs = `${local.endpoint}/_crossmap/logs?function=arn:aws:lambda:${REGION}:${ACCOUNT}:function:talking`;
    const { events } = JSON.parse((await send(logs)).body) as { events: { message: string }[] };
    const told = events.map(({ message }) => (message.includes('as it was told') ? 'told' : message.split(/[ \t]/)[0]));
    assert.deepEqual(told, ['INIT_START', 'START', 'told', 'END', 'REPORT']);
  } finally {
    await local.close();
  }
});
