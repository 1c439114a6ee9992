import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { credentials, hosted, value } from './hosted.ts';

const code = { 'index.js': 'exports.handler = async () => process.env;' };

test('a function sees its own variables, those of Lambda, and nothing of this process', async (t) => {
  const { add, invoke, host } = hosted(t);
  const arn = add(code, { functionName: 'mine', environment: { TABLE: 'orders' } });
  const { PATH, LAMBDA_TASK_ROOT, ...environment } = value(await invoke(arn)) as NodeJS.Dict<string>;
  assert.equal(PATH, process.env.PATH);
  assert.equal(LAMBDA_TASK_ROOT, host.functions()[0]?.codeDirectory);
  assert.deepEqual(environment, {
    TABLE: 'orders',
    HOME: tmpdir(),
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    AWS_ACCESS_KEY_ID: 'ASIA1',
    AWS_SECRET_ACCESS_KEY: 'secret1',
    AWS_SESSION_TOKEN: 'token1',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4599',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
    AWS_LAMBDA_FUNCTION_NAME: 'mine',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/mine',
    AWS_LAMBDA_LOG_STREAM_NAME: '2025/01/31/[$LATEST]00000000000040008000000000000002',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    _HANDLER: 'index.handler',
  });
});

test('a warm environment has the credentials of now', async (t) => {
  let current = credentials;
  const { add, invoke, host } = hosted(t, { credentials: () => current });
  const arn = add(code);
  await invoke(arn);
  current = { ...credentials, sessionToken: 'token2', expiration: new Date('2025-01-31T13:00:00Z') };
  const environment = value(await invoke(arn)) as NodeJS.Dict<string>;
  assert.equal(environment.AWS_SESSION_TOKEN, 'token2');
  assert.equal(environment.AWS_CREDENTIAL_EXPIRATION, '2025-01-31T13:00:00.000Z');
  assert.equal(host.logs(arn).filter((event) => event.message.startsWith('INIT_START')).length, 1);
});

test('an invocation without credentials is refused with the reason, at the start of an environment and after', async (t) => {
  let granted = false;
  const { add, host, invoke } = hosted(t, {
    credentials: () => {
      if (!granted) throw new Error('no such role');
      return credentials;
    },
  });
  const arn = add(code);
  const refusal = await host.invoke(arn, '{}');
  assert.ok(refusal.kind === 'refused' && refusal.message.includes('no such role'));
  granted = true;
  value(await invoke(arn));
  granted = false;
  const later = await host.invoke(arn, '{}');
  assert.ok(later.kind === 'refused' && later.message.includes('no such role'));
});
