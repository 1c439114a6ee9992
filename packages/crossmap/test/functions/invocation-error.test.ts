import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounded, failure, hosted, value } from './hosted.ts';

/** One function that does to its environment what `event.do` says. */
const code = {
  'index.js': `
    class Teapot extends Error { name = 'Teapot'; }
    const cycle = {}; cycle.self = cycle;
    const deeds = {
      throw: () => { throw new Teapot('short and stout'); },
      string: () => { throw 'just text'; },
      object: () => { throw { a: 1 }; },
      nothing: () => { throw undefined; },
      bigint: () => 1n,
      cycle: () => cycle,
      exit: () => process.exit(3),
      quit: () => process.exit(0),
      late: () => new Promise(() => setTimeout(() => { throw new Teapot('late'); }, 1)),
      reject: () => { Promise.reject(new Teapot('lost')); return new Promise((resolve) => setTimeout(resolve, 1000)); },
      spin: () => { console.log('spinning'); for (;;); },
      hang: () => { console.log('hanging'); return new Promise((resolve) => setInterval(() => {}, 1000)); },
      fill: () => { const all = []; for (;;) all.push(new Array(100000).fill(1.5)); },
      respond: (event) => 'x'.repeat(event.length),
      ok: () => 'ok',
    };
    exports.handler = async (event) => deeds[event.do](event);
    exports.callback = (event, context, callback) => { callback(new Teapot('by callback')); callback(null, 'second'); };`,
};

test('a thrown error gives its name, message and stack', async (t) => {
  const { add, invoke } = hosted(t);
  const { errorType, errorMessage, trace } = failure(await invoke(add(code), { do: 'throw' }));
  assert.deepEqual([errorType, errorMessage, trace?.[0]], ['Teapot', 'short and stout', 'Teapot: short and stout']);
  assert.match(trace?.[1] ?? '', /^ {4}at .*index\.js/);
});

test('an error is Unhandled, with the version that ran', async (t) => {
  const { add, invoke } = hosted(t);
  const result = await invoke(add(code), { do: 'throw' });
  assert.ok(result.kind === 'error');
  assert.deepEqual([result.functionError, result.executedVersion], ['Unhandled', '$LATEST']);
});

test('the first call of a callback counts', async (t) => {
  const { add, invoke } = hosted(t);
  const arn = add(code, { handler: 'index.callback' });
  assert.equal(failure(await invoke(arn)).errorMessage, 'by callback');
});

const responses = [
  { of: 'text', do: 'string', errorType: 'string', errorMessage: 'just text' },
  { of: 'an object', do: 'object', errorType: 'object', errorMessage: '[object Object]' },
  { of: 'nothing', do: 'nothing', errorType: 'string', errorMessage: 'handled' },
];

for (const { of, do: deed, ...response } of responses) {
  test(`${of} can be thrown`, async (t) => {
    const { add, invoke } = hosted(t);
    assert.deepEqual(failure(await invoke(add(code), { do: deed })), { ...response, trace: [] });
  });
}

for (const deed of ['bigint', 'cycle']) {
  test(`a result that is no JSON is an error (${deed})`, async (t) => {
    const { add, invoke } = hosted(t);
    const { errorType, errorMessage } = failure(await invoke(add(code), { do: deed }));
    assert.deepEqual([errorType, errorMessage], ['Error', 'Unable to stringify response body']);
  });
}

const crashes = [
  { of: 'an exit with a status', do: 'exit', errorMessage: 'Runtime exited with error: exit status 3' },
  { of: 'an exit without a status', do: 'quit', errorMessage: 'Runtime exited without providing a reason' },
  { of: 'a heap beyond MemorySize', do: 'fill', errorMessage: 'Runtime exited with error: signal: killed' },
];

for (const { of, do: deed, errorMessage } of crashes) {
  test(`${of} is a Runtime.ExitError, and the next invocation has a new environment`, async (t) => {
    const { add, invoke } = hosted(t);
    const arn = add(code);
    assert.deepEqual(failure(await invoke(arn, { do: deed })), {
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: 00000000-0000-4000-8000-000000000001 Error: ${errorMessage}`,
    });
    assert.equal(value(await invoke(arn, { do: 'ok' })), 'ok');
  });
}

test('an uncaught exception fails its invocation with that error, and ends the environment', async (t) => {
  const { add, invoke, host } = hosted(t, { environments: 1 });
  const arn = add(code);
  assert.equal(failure(await invoke(arn, { do: 'late' })).errorMessage, 'late');
  assert.equal(value(await invoke(arn, { do: 'ok' })), 'ok');
  assert.equal(host.logs(arn).filter((event) => event.message.startsWith('INIT_START')).length, 2);
});

test('a rejection that nobody handles fails its invocation', async (t) => {
  const { add, invoke } = hosted(t);
  const { errorType, errorMessage } = failure(await invoke(add(code), { do: 'reject' }));
  assert.deepEqual([errorType, errorMessage], ['Runtime.UnhandledPromiseRejection', 'Teapot: lost']);
});

for (const [deed, sign] of [
  ['spin', 'spinning'],
  ['hang', 'hanging'],
] as const) {
  test(`a function that does not end (${deed}) is timed out, and its environment is replaced`, bounded, async (t) => {
    const { add, invoke, logged, clock, host } = hosted(t, { environments: 1 });
    const arn = add(code);
    const result = invoke(arn, { do: deed });
    await logged(arn, sign);
    clock.advance(2_999);
    assert.equal(host.logs(arn).at(-1)?.message.includes(sign), true);
    clock.advance(1);
    assert.deepEqual(failure(await result), {
      errorType: 'Sandbox.Timedout',
      errorMessage: 'RequestId: 00000000-0000-4000-8000-000000000001 Error: Task timed out after 3.00 seconds',
    });
    assert.match(host.logs(arn).at(-1)?.message ?? '', /^REPORT .*Duration: 3000\.00 ms.*\tStatus: timeout$/);
    assert.equal(value(await invoke(arn, { do: 'ok' })), 'ok');
  });
}

test('an initialization that does not end is timed out after 10 s', bounded, async (t) => {
  const { add, invoke, logged, clock } = hosted(t);
  const arn = add({ 'index.js': "console.log('loading'); for (;;);" });
  const result = invoke(arn);
  await logged(arn, 'loading');
  clock.advance(9_999);
  clock.advance(1);
  assert.equal(failure(await result).errorType, 'Sandbox.Timedout');
});

test('a response of exactly the limit is given, one byte more is too large', async (t) => {
  const { add, host, invoke } = hosted(t);
  const arn = add(code);
  const largest = await host.invoke(arn, '{"do":"respond","length":6291554}');
  assert.ok(largest.kind === 'returned' && largest.payload.length === 6_291_556);
  assert.deepEqual(failure(await invoke(arn, { do: 'respond', length: 6_291_555 })), {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
  });
});

test('a request beyond the limit is refused, counted in bytes', async (t) => {
  const { add, host } = hosted(t);
  const arn = add(code);
  assert.deepEqual(await host.invoke(arn, `"${'ü'.repeat(3_145_728)}"`), {
    kind: 'refused',
    code: 'RequestTooLargeException',
    message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
  });
});

test('a payload that is no JSON is refused, and the environment stays', async (t) => {
  const { add, host, invoke } = hosted(t);
  const arn = add(code);
  const result = await host.invoke(arn, '{');
  assert.ok(result.kind === 'refused' && result.code === 'InvalidRequestContentException');
  assert.equal(value(await invoke(arn, { do: 'ok' })), 'ok');
  assert.equal(host.logs(arn).filter((event) => event.message.startsWith('INIT_START')).length, 1);
});

test('an unknown function is refused', async (t) => {
  const result = await hosted(t).host.invoke('arn:aws:lambda:us-east-1:222222222222:function:none', '{}');
  assert.ok(result.kind === 'refused' && result.code === 'ResourceNotFoundException');
});

test('closing gives every invocation an end, under way or waiting', bounded, async (t) => {
  const { add, invoke, logged, host } = hosted(t, { environments: 1 });
  const arn = add(code);
  const [underWay, waiting] = [invoke(arn, { do: 'spin' }), invoke(arn, { do: 'ok' })];
  await logged(arn, 'spinning');
  await host.close();
  assert.match(failure(await underWay).errorMessage, /The function host was closed$/);
  assert.equal((await waiting).kind, 'refused');
  assert.equal((await invoke(arn, { do: 'ok' })).kind, 'refused');
});
