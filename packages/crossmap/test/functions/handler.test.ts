import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, hosted, value } from './hosted.ts';

const forms = [
  { of: 'CommonJS', files: { 'index.js': 'exports.handler = async (event) => event.x;' } },
  { of: '.cjs', files: { 'index.cjs': 'exports.handler = async (event) => event.x;' } },
  { of: '.mjs', files: { 'index.mjs': 'export const handler = async (event) => event.x;' } },
  {
    of: 'ES module by package.json',
    files: { 'package.json': '{"type":"module"}', 'index.js': 'export const handler = async (event) => event.x;' },
  },
  {
    of: 'nested',
    files: { 'dir/file.js': 'exports.routes = { list: async (event) => event.x };' },
    handler: 'dir/file.routes.list',
  },
  {
    of: 'callback-style',
    files: { 'index.js': 'exports.handler = (event, context, callback) => setImmediate(callback, null, event.x);' },
  },
  {
    of: 'context.succeed',
    files: { 'index.js': 'exports.handler = (event, context) => { context.succeed(event.x); };' },
  },
  {
    of: 'plain nodejs24.x',
    files: { 'index.js': 'exports.handler = (event) => event.x;' },
    runtime: 'nodejs24.x',
  },
];

for (const { of, files, ...configuration } of forms) {
  test(`a ${of} handler gives its result`, async (t) => {
    const { add, invoke } = hosted(t);
    const arn = add(files, configuration);
    assert.deepEqual(value(await invoke(arn, { x: [1, 'ü'] })), [1, 'ü']);
  });
}

test('code is loaded once and stays warm', async (t) => {
  const { add, invoke } = hosted(t);
  const arn = add({ 'index.js': 'let calls = 0; exports.handler = async () => ++calls;' });
  assert.equal(value(await invoke(arn)), 1);
  assert.equal(value(await invoke(arn)), 2);
});

test('a result of undefined is null', async (t) => {
  const { add, host } = hosted(t);
  const arn = add({ 'index.js': 'exports.handler = async () => {};' });
  assert.deepEqual(await host.invoke(arn, '{}'), { kind: 'returned', payload: 'null', executedVersion: '$LATEST' });
});

test('an empty payload is an empty event', async (t) => {
  const { add, host } = hosted(t);
  const arn = add({ 'index.js': 'exports.handler = async (event) => event;' });
  assert.deepEqual(value(await host.invoke(arn, '')), {});
});

test('what a handler returns beside a promise is ignored up to nodejs22.x', async (t) => {
  const { add, invoke } = hosted(t);
  const arn = add({ 'index.js': 'exports.handler = () => 5;' });
  assert.equal(value(await invoke(arn)), null);
});

test('a callback waits for an empty event loop unless told otherwise', async (t) => {
  const { add, invoke } = hosted(t);
  const text = (waits: boolean): string =>
    `exports.handler = (event, context, callback) => {
      context.callbackWaitsForEmptyEventLoop = ${waits};
      const result = { late: false };
      setTimeout(() => { result.late = true; }, 5);
      callback(null, result);
    };`;
  assert.deepEqual(value(await invoke(add({ 'index.js': text(true) }))), { late: true });
  assert.deepEqual(value(await invoke(add({ 'index.js': text(false) }))), { late: false });
});

test('a handler with a callback is refused by nodejs24.x', async (t) => {
  const { add, invoke } = hosted(t);
  const arn = add({ 'index.js': 'exports.handler = (a, b, callback) => callback();' }, { runtime: 'nodejs24.x' });
  assert.equal(failure(await invoke(arn)).errorType, 'Runtime.CallbackHandlerDeprecated');
});

test('a promise that nothing can settle any more is an error, not a hang', async (t) => {
  const { add, invoke } = hosted(t);
  const arn = add({
    'index.js': 'exports.handler = (event) => event.stop ? new Promise(() => {}) : Promise.resolve(1);',
  });
  assert.equal(failure(await invoke(arn, { stop: true })).errorType, 'Runtime.NodeJsExit');
  assert.equal(value(await invoke(arn)), 1);
});

test('the context names the function, the request and the time left', async (t) => {
  const { add, invoke } = hosted(t);
  const text =
    'exports.handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() });';
  const arn = add({ 'index.js': text }, { functionName: 'mine', timeoutSeconds: 5, memorySizeMb: 256 });
  const { left, ...context } = value(await invoke(arn)) as Record<string, unknown>;
  assert.ok(Number.isInteger(left) && Number(left) > 0 && Number(left) <= 5_000);
  assert.deepEqual(context, {
    callbackWaitsForEmptyEventLoop: true,
    awsRequestId: '00000000-0000-4000-8000-000000000001',
    functionName: 'mine',
    functionVersion: '$LATEST',
    invokedFunctionArn: arn,
    memoryLimitInMB: '256',
    logGroupName: '/aws/lambda/mine',
    logStreamName: '2025/01/31/[$LATEST]00000000000040008000000000000002',
  });
});

test('what the caller says of itself is in the context of that invocation only', async (t) => {
  const { add, host } = hosted(t);
  const arn = add({ 'index.js': 'exports.handler = async (event, { clientContext }) => ({ clientContext });' });
  assert.deepEqual(value(await host.invoke(arn, '', '{"custom":{"a":1}}')), { clientContext: { custom: { a: 1 } } });
  assert.deepEqual(value(await host.invoke(arn, '')), {});
});

const SLOW_MODULE =
  "setImmediate(() => { throw new RangeError('late'); }); await new Promise((r) => setTimeout(r, 1e4));";

const initErrors = [
  { of: 'a handler that is not exported', text: 'exports.other = 1;', type: 'Runtime.HandlerNotFound' },
  { of: 'a handler that is no function', text: 'exports.handler = 1;', type: 'Runtime.HandlerNotFound' },
  { of: 'a module that is not there', text: "require('./none');", type: 'Runtime.ImportModuleError' },
  { of: 'a module with a syntax error', text: 'exports.handler = (;', type: 'Runtime.UserCodeSyntaxError' },
  { of: 'a module that throws', text: "throw new TypeError('no');", type: 'TypeError' },
  { of: 'a late error of a module that still loads', text: SLOW_MODULE, type: 'RangeError', file: 'index.mjs' },
  { of: 'response streaming', text: 'exports.handler = awslambda.streamifyResponse(() => {});', type: 'Error' },
  { of: 'code that exits', text: 'process.exit(7);', type: 'Runtime.ExitError' },
];

for (const { of, text, type, file = 'index.js' } of initErrors) {
  test(`${of} fails each invocation with ${type}`, async (t) => {
    const { add, invoke } = hosted(t);
    const arn = add({ [file]: text });
    assert.equal(failure(await invoke(arn)).errorType, type);
    assert.equal(failure(await invoke(arn)).errorType, type);
  });
}

test('a missing handler is told in the words of Lambda', async (t) => {
  const { add, invoke } = hosted(t);
  const arn = add({ 'index.js': '' });
  assert.equal(failure(await invoke(arn)).errorMessage, 'index.handler is undefined or not exported');
});
