import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LambdaTasks } from '../../src/accounts/lambda-tasks.ts';
import type { Json } from '../../src/asl/json.ts';
import type { TaskOutcome, TaskRequest } from '../../src/engine/ports.ts';
import type { InvokeResult } from '../../src/functions/invoke-result.ts';

const ARN = 'arn:aws:lambda:eu-west-1:111111111111:function:work';
const caller = { roleArn: 'arn:aws:iam::111111111111:role/workflow', region: 'eu-west-1', sessionName: 'one' };
const invoke = {
  kind: 'service',
  service: 'lambda',
  action: 'invoke',
  pattern: 'request-response',
  resource: 'invoke',
} as const;

const returned = (payload: string): InvokeResult => ({ kind: 'returned', payload, executedVersion: '$LATEST' });
const thrown = (payload: string): InvokeResult => ({
  kind: 'error',
  functionError: 'Unhandled',
  payload,
  executedVersion: '$LATEST',
});

/** What a task gives, and the invocations it made, with a function that answers so. */
async function run(
  resource: TaskRequest['resource'],
  parameters: Json,
  answer: (payload: string) => InvokeResult | Promise<InvokeResult> = returned,
  denied?: string,
) {
  const invocations: (readonly string[])[] = [];
  const tasks = new LambdaTasks({
    functions: {
      invoke: async (functionArn, payload, ...clientContext) => {
        const given = clientContext.flatMap((each) => (each === undefined ? [] : [each]));
        invocations.push([functionArn, payload, ...given]);
        return answer(payload);
      },
    },
    permissions: {
      check: () => (denied ? { kind: 'refused', code: 'AccessDeniedException', message: denied } : { kind: 'allowed' }),
    },
    requestId: () => 'id',
    now: () => 0,
  });
  return { outcome: await tasks.run({ caller, resource, parameters }), invocations };
}

const direct = (functionArn = ARN) => ({ kind: 'lambda-function', functionArn }) as const;
const parametersOf = (fields: { readonly [name: string]: Json }) => ({ FunctionName: 'work', ...fields });
function output(outcome: TaskOutcome): { readonly [name: string]: Json } {
  assert.ok(outcome.kind === 'succeeded');
  return outcome.output as { readonly [name: string]: Json };
}
const refusal = (code: string, message: string, status: number) =>
  `${message} (Service: AWSLambda; Status Code: ${status}; Error Code: ${code}; Request ID: id; Proxy: null)`;

describe('the Payload of lambda:invoke', () => {
  const payloads: readonly (readonly [Json | undefined, string])[] = [
    [undefined, '{}'],
    [null, '{}'],
    [{ a: 1 }, '{"a":1}'],
    [[1, 2], '[1,2]'],
    [5, '5'],
    ['"text"', '"text"'],
    ['{"a":1}', '{"a":1}'],
  ];
  for (const [Payload, event] of payloads) {
    test(`${JSON.stringify(Payload)} is the event ${event}`, async () => {
      const { invocations } = await run(invoke, parametersOf(Payload === undefined ? {} : { Payload }));
      assert.deepEqual(invocations, [[ARN, event]]);
    });
  }

  test('a text that is no JSON is refused by Lambda, and no function runs', async () => {
    const { outcome, invocations } = await run(invoke, parametersOf({ Payload: 'text' }));
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.failure.error, 'Lambda.InvalidRequestContentException');
    assert.match(outcome.failure.cause ?? '', /^Could not parse request body into json: .*; Proxy: null\)$/);
    assert.deepEqual(invocations, []);
  });
});

test('the payload of a function named by its ARN is the parameters as they are', async () => {
  for (const parameters of [null, 'text', { a: [1] }]) {
    const { outcome, invocations } = await run(direct(), parameters);
    assert.deepEqual(invocations, [[ARN, JSON.stringify(parameters)]]);
    assert.deepEqual(outcome, { kind: 'succeeded', output: parameters });
  }
});

test('FunctionName is a name, a partial or a whole ARN, with or without $LATEST', async () => {
  const names = ['work', 'work:$LATEST', '111111111111:function:work', ARN, `${ARN}:$LATEST`];
  for (const FunctionName of names) {
    const { invocations } = await run(invoke, { FunctionName });
    assert.deepEqual(invocations, [[ARN, '{}']], FunctionName);
  }
});

test('versions and aliases, of which there are none, are not found', async () => {
  const cause = (qualifier: string) =>
    refusal('ResourceNotFoundException', `Function not found: ${ARN}:${qualifier}`, 404);
  for (const { outcome } of [
    await run(invoke, parametersOf({ Qualifier: 'live' })),
    await run(invoke, { FunctionName: `${ARN}:live` }),
    await run(direct(`${ARN}:live`), {}),
  ]) {
    const failure = { error: 'Lambda.ResourceNotFoundException', cause: cause('live') };
    assert.deepEqual(outcome, { kind: 'failed', failure });
  }
});

test('what Lambda refuses is told in the words of the SDK that AWS uses', async () => {
  const missing = await run(invoke, parametersOf({}), () => ({
    kind: 'refused',
    code: 'ResourceNotFoundException',
    message: `Function not found: ${ARN}:$LATEST`,
  }));
  assert.deepEqual(missing.outcome, {
    kind: 'failed',
    failure: {
      error: 'Lambda.ResourceNotFoundException',
      cause: refusal('ResourceNotFoundException', `Function not found: ${ARN}:$LATEST`, 404),
    },
  });
  const denied = await run(direct(), {}, returned, 'User: x is not authorized');
  assert.deepEqual(denied.outcome, {
    kind: 'failed',
    failure: {
      error: 'Lambda.AWSLambdaException',
      cause: refusal('AccessDeniedException', 'User: x is not authorized', 403),
    },
  });
  assert.deepEqual(denied.invocations, []);
});

test('the cause of a function failure is its own text by ARN, and that read and written again by lambda:invoke', async () => {
  const payload = '{"errorMessage": "no", "errorType": "Broken"}';
  const own = await run(direct(), {}, () => thrown(payload));
  assert.deepEqual(own.outcome, { kind: 'failed', failure: { error: 'Broken', cause: payload } });
  const again = await run(invoke, parametersOf({}), () => thrown(payload));
  const cause = '{"errorMessage":"no","errorType":"Broken"}';
  assert.deepEqual(again.outcome, { kind: 'failed', failure: { error: 'Broken', cause } });
});

test('a failure without error type is Lambda.Unknown', async () => {
  const { outcome } = await run(direct(), {}, () => thrown('{"errorMessage":"gone"}'));
  const cause =
    'The cause could not be determined because Lambda did not return an error type. Returned payload: {"errorMessage":"gone"}';
  assert.deepEqual(outcome, { kind: 'failed', failure: { error: 'Lambda.Unknown', cause } });
});

test('the output of lambda:invoke is the answer of the call, each header twice', async () => {
  const { outcome } = await run(invoke, parametersOf({}), () => returned('"grüße"'));
  const { SdkHttpMetadata, ...others } = output(outcome);
  assert.deepEqual(others, {
    ExecutedVersion: '$LATEST',
    Payload: 'grüße',
    SdkResponseMetadata: { RequestId: 'id' },
    StatusCode: 200,
  });
  const { AllHttpHeaders, HttpHeaders, HttpStatusCode } = SdkHttpMetadata as { readonly [name: string]: Json };
  assert.equal(HttpStatusCode, 200);
  assert.deepEqual(HttpHeaders, {
    Connection: 'keep-alive',
    'Content-Length': '9',
    'Content-Type': 'application/json',
    Date: 'Thu, 01 Jan 1970 00:00:00 GMT',
    'X-Amz-Executed-Version': '$LATEST',
    'X-Amzn-Trace-Id': 'Root=1-id',
    'x-amzn-Remapped-Content-Length': '0',
    'x-amzn-RequestId': 'id',
  });
  const lists = Object.entries(HttpHeaders as object).map(([name, value]) => [name, [value]]);
  assert.deepEqual(AllHttpHeaders, Object.fromEntries(lists));
});

test('an event is taken at once with 202 and no payload, whatever the function does with it', async () => {
  const event = parametersOf({ InvocationType: 'Event' });
  for (const answer of [() => new Promise<InvokeResult>(() => {}), () => thrown('{"errorType":"E"}')]) {
    const { outcome, invocations } = await run(invoke, event, answer);
    assert.equal(invocations.length, 1);
    const { StatusCode, Payload, ExecutedVersion } = output(outcome);
    assert.deepEqual([StatusCode, Payload, ExecutedVersion], [202, '', undefined]);
  }
  const missing = await run(invoke, event, () => ({ kind: 'refused', code: 'ResourceNotFoundException', message: '' }));
  assert.equal(missing.outcome.kind, 'failed');
});

test('a ClientContext is given to the function as JSON text; one that is none is refused', async () => {
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  const given = await run(invoke, parametersOf({ ClientContext: encoded('{"custom":1}') }));
  assert.deepEqual(given.invocations, [[ARN, '{}', '{"custom":1}']]);
  const { outcome, invocations } = await run(invoke, parametersOf({ ClientContext: encoded('custom') }));
  const message = 'Client context must be a valid Base64-encoded JSON object.';
  const cause = refusal('InvalidRequestContentException', message, 400);
  assert.deepEqual(outcome, { kind: 'failed', failure: { error: 'Lambda.InvalidRequestContentException', cause } });
  assert.deepEqual(invocations, []);
});

test('what is not supported is refused by name', async () => {
  for (const [parameters, named] of [
    [parametersOf({ LogType: 'Tail' }), "'LogType'"],
    [parametersOf({ InvocationType: 'DryRun' }), "'DryRun'"],
    [{ FunctionName: 'a b' }, '`a b`'],
  ] as const) {
    const { outcome } = await run(invoke, parameters);
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.failure.error, 'States.Runtime');
    assert.ok(outcome.failure.cause?.includes(named), outcome.failure.cause);
  }
});
