import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { NestedExecutions } from '../../src/accounts/nested-executions.ts';
import { clientPackageOf, clientService, loadClient } from '../../src/accounts/sdk/client-package.ts';
import { structure } from '../../src/accounts/sdk/hand-written.ts';
import { callOptimised } from '../../src/accounts/sdk/optimised-call.ts';
import type { SdkResult, SdkService } from '../../src/accounts/sdk/sdk-operation.ts';
import { runSdkTask } from '../../src/accounts/sdk/sdk-tasks.ts';
import { EndpointError, servicesAtEndpoints } from '../../src/accounts/sdk/services.ts';
import { routedServices, ServiceTasks } from '../../src/accounts/service-tasks.ts';
import type { Json } from '../../src/asl/json.ts';
import { parseTaskResource } from '../../src/asl/task-resource.ts';

const CALLER = { roleArn: 'arn:aws:iam::111111111111:role/r', region: 'eu-west-1', sessionName: 's' };
const SFN = '@aws-sdk/client-sfn';
const requests: { readonly message: IncomingMessage; readonly body: string }[] = [];
let answer = { status: 200, body: '{}' };

const server = createServer(async (message, response) => {
  let body = '';
  for await (const chunk of message) body += chunk;
  requests.push({ message, body });
  response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'id-1' });
  response.end(answer.body);
});
let service: SdkService;

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  service = clientService(loadClient(SFN, process.cwd()), { kind: 'endpoint', url });
});
after(() => server.close());

test('a service at an endpoint is called by its official client, as the account of the role', async () => {
  answer = { status: 200, body: '{"executionArn":"arn","startDate":1.5}' };
  const parameters = { StateMachineArn: 'machine', Name: 'one' };
  const outcome = await runSdkTask(service, 'startExecution', CALLER, parameters);
  assert.deepEqual(outcome, {
    kind: 'succeeded',
    output: { ExecutionArn: 'arn', StartDate: '1970-01-01T00:00:01.500Z' },
  });
  const { message, body } = requests.at(-1) ?? assert.fail('nothing was asked');
  assert.deepEqual(JSON.parse(body), { stateMachineArn: 'machine', name: 'one' });
  assert.equal(message.headers['x-amz-target'], 'AWSStepFunctions.StartExecution');
  assert.match(message.headers.authorization ?? '', /Credential=111111111111\/\d{8}\/eu-west-1\/states\//);
});

test('an error at an endpoint is sent once and told, with the class that the model has', async () => {
  const asked = requests.length;
  answer = { status: 400, body: '{"__type":"InvalidArn","message":"no"}' };
  const told = (error: string) => ({
    kind: 'failed',
    failure: { error, cause: 'no (Service: Sfn, Status Code: 400, Request ID: id-1) (SDK Attempt Count: 1)' },
  });
  const call = () => runSdkTask(service, 'stopExecution', CALLER, { ExecutionArn: 'a' });
  assert.deepEqual(await call(), told('Sfn.InvalidArnException'));
  answer = { status: 400, body: '{"__type":"UnheardOf","message":"no"}' };
  assert.deepEqual(await call(), told('Sfn.SfnException'));
  answer = { status: 500, body: '{"__type":"InternalFailure","message":"no"}' };
  assert.equal((await call()).kind, 'failed');
  assert.equal(requests.length, asked + 3);
});

test('an endpoint that does not answer is a failure of the task', async () => {
  const nobody = clientService(loadClient(SFN, process.cwd()), { kind: 'endpoint', url: 'http://127.0.0.1:1' });
  const outcome = await runSdkTask(nobody, 'stopExecution', CALLER, { ExecutionArn: 'a' });
  assert.ok(outcome.kind === 'failed');
  assert.equal(outcome.failure.error, 'Sfn.SdkClientException');
  assert.match(outcome.failure.cause ?? '', /^Unable to execute HTTP request: .*ECONNREFUSED/);
});

test('an endpoint needs the client of its service, and an embedded service takes none', () => {
  assert.equal(clientPackageOf('sfn', process.cwd()), SFN);
  const url = 'http://127.0.0.1:1';
  assert.throws(() => servicesAtEndpoints({ sqs: url }, process.cwd()), EndpointError);
  assert.throws(() => servicesAtEndpoints({ s3: url }, process.cwd()), /s3 is embedded/);
});

test('an endpoint routes the AWS SDK integration and the optimised one of its service', () => {
  assert.deepEqual([...routedServices(['eventbridge', 'kms'])], ['aws-sdk:eventbridge', 'events', 'aws-sdk:kms']);
});

/** A service that answers every call of `PutEvents` and `SendMessage` the same. */
function answering(result: SdkResult, sent: object[] = []): SdkService {
  const entry = structure({ Detail: 'text' });
  return {
    serviceId: 'Any',
    knows: () => true,
    operation: () => ({
      input: structure({ Entries: { kind: 'list', of: () => entry }, MessageBody: 'text' }),
      output: structure({ FailedEntryCount: 'number', MessageId: 'text' }),
      call: async (_caller, input) => {
        sent.push(input);
        return result;
      },
    }),
  };
}

function run(at: SdkService, resourceArn: string, parameters: Json) {
  const resource = parseTaskResource(resourceArn);
  assert.ok(resource?.kind === 'service');
  const lambda = { run: () => assert.fail('no function is meant') };
  const nestedExecutions = new NestedExecutions({ stepFunctions: async () => at, ended: () => undefined });
  const tasks = new ServiceTasks({ lambda, nestedExecutions, service: async () => at });
  return tasks.run({ caller: CALLER, resource, parameters });
}

const HTTP = { status: 200, headers: { 'content-length': '9', 'x-amzn-requestid': 'id-2' } };

test('optimised integrations send the text of JSON and pass on what came over HTTP', async () => {
  const sent: object[] = [];
  const at = answering({ kind: 'answer', output: { MessageId: 'm' }, http: HTTP }, sent);
  const outcome = await run(at, 'arn:aws:states:::sqs:sendMessage', { MessageBody: { a: 1 } });
  assert.deepEqual(sent, [{ MessageBody: '{"a":1}' }]);
  const headers = { 'Content-Length': '9', 'x-amzn-RequestId': 'id-2' };
  assert.deepEqual(outcome, {
    kind: 'succeeded',
    output: {
      MessageId: 'm',
      SdkHttpMetadata: {
        AllHttpHeaders: { 'Content-Length': ['9'], 'x-amzn-RequestId': ['id-2'] },
        HttpHeaders: headers,
        HttpStatusCode: 200,
      },
      SdkResponseMetadata: { RequestId: 'id-2' },
    },
  });
});

test('events of which some were refused are a failure, with the whole answer as cause', async () => {
  const put = (FailedEntryCount: number) =>
    run(answering({ kind: 'answer', output: { FailedEntryCount }, http: HTTP }), 'arn:aws:states:::events:putEvents', {
      Entries: [{ Detail: { a: 1 } }],
    });
  assert.deepEqual(await put(0), { kind: 'succeeded', output: { FailedEntryCount: 0 } });
  assert.deepEqual(await put(1), {
    kind: 'failed',
    failure: { error: 'EventBridge.FailedEntry', cause: '{"FailedEntryCount":1}' },
  });
});

test('optimised integrations fail in the words of the SDK for Java 1', async () => {
  const error = { kind: 'error', code: 'Missing', message: 'gone', status: 400, requestId: 'id-3' } as const;
  const fail = (modelled: boolean) =>
    callOptimised(
      answering({ ...error, modelled }),
      { prefix: 'DynamoDB', service: 'AmazonDynamoDBv2', metadata: true },
      { action: 'getItem', caller: CALLER, parameters: {} },
    );
  const cause =
    'gone (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: Missing; Request ID: id-3; Proxy: null)';
  assert.deepEqual(await fail(true), { kind: 'failed', failure: { error: 'DynamoDB.MissingException', cause } });
  assert.deepEqual(await fail(false), {
    kind: 'failed',
    failure: { error: 'DynamoDB.AmazonDynamoDBException', cause },
  });
});

test('of the parameters of a service that is not here nothing is said', async () => {
  const lambda = { run: () => assert.fail('no function is meant') };
  const nestedExecutions = new NestedExecutions({ stepFunctions: () => assert.fail('none'), ended: () => undefined });
  const tasks = new ServiceTasks({ lambda, nestedExecutions, service: async () => undefined });
  for (const text of ['sqs:sendMessage', 'aws-sdk:kms:encrypt', 'glue:startJobRun.sync', 'lambda:invoke']) {
    const resource = parseTaskResource(`arn:aws:states:::${text}`);
    assert.ok(resource?.kind === 'service', text);
    assert.deepEqual(await tasks.problems(resource, { any: 1 }), []);
    assert.deepEqual([await tasks.offers(resource), await tasks.templateProblems(resource, {})], ['here', []]);
  }
});
