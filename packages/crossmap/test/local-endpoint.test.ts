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

test('what a function writes is lost without the right to log, which is one denial and no failure', async () => {
  const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:talking`;
  const call = { Type: 'Task', Resource: arn };
  const invoke = { StartAt: 'One', States: { One: { ...call, Next: 'Two' }, Two: { ...call, End: true } } };
  const group = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/talking`;
  const granted: [readonly string[], readonly string[], string | undefined, RegExp][] = [
    [['s3:*'], [], 'logs:CreateLogGroup', /:log-stream:$/],
    [['logs:CreateLogGroup'], [], 'logs:CreateLogStream', /:log-stream:\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/],
    [['logs:CreateLogGroup', 'logs:CreateLogStream'], [], 'logs:PutLogEvents', /:log-stream:\d/],
    [['logs:CreateLogStream', 'logs:PutLogEvents'], ['/aws/lambda/talking'], undefined, /^/],
  ];
  for (const [functionActions, logGroups, denied, stream] of granted) {
    const functions = { talking: "exports.handler = async () => console.log('as it was told');" };
    const assembly = await writeAssembly({ functions, stateMachines: { invoke }, functionActions, logGroups });
    const local = await startLocal({ assembly });
    try {
      assert.equal((await local.start()).status, 'SUCCEEDED');
      const { body } = await send(`${local.endpoint}/_crossmap/logs?function=${arn}`);
      const { events } = JSON.parse(body) as { readonly events: readonly object[] };
      assert.equal(events.length > 0, denied === undefined);
      assert.deepEqual(
        local.denials().map(({ action }) => action),
        denied === undefined ? [] : [denied],
      );
      for (const { resource, explanation } of local.denials()) {
        assert.ok(resource.startsWith(group));
        assert.match(resource, stream);
        assert.match(explanation, new RegExp(`Add to the identity policy of role .* in account ${ACCOUNT}`));
      }
    } finally {
      await local.close();
    }
  }
});
