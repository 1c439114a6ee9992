import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FunctionLog, LineSplitter } from '../../src/functions/function-log.ts';
import { hosted } from './hosted.ts';

test('all that a function writes is logged in order, between START and REPORT, before the result', async (t) => {
  const { add, invoke, host } = hosted(t);
  const arn = add({
    'index.js': `exports.handler = async () => {
      console.log('two\\nlines', { a: 1 });
      process.stdout.write('raw ');
      process.stdout.write(Buffer.from('piece\\nrest'));
      console.warn('careful');
      process.stderr.write('\\n');
      throw new Error('no');
    };`,
  });
  await invoke(arn);
  const requestId = '00000000-0000-4000-8000-000000000001';
  const events = host.logs(arn);
  assert.deepEqual(
    events.map((event) => event.requestId),
    [undefined, ...Array(events.length - 1).fill(requestId)],
  );
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/;
  const messages = events.map((event) => event.message.replace(time, 'TIME'));
  assert.match(messages[0] ?? '', /^INIT_START Runtime Version: nodejs22\.x \(run by Node\.js v\d+/);
  assert.deepEqual(messages.slice(1, 6), [
    `START RequestId: ${requestId} Version: $LATEST`,
    `TIME\t${requestId}\tINFO\ttwo\nlines { a: 1 }`,
    'raw piece',
    `TIME\t${requestId}\tWARN\tcareful`,
    'rest',
  ]);
  assert.match(messages[6] ?? '', /\tERROR\tInvoke Error \t\{"errorType":"Error","errorMessage":"no","stack":\[/);
  assert.equal(messages[7], `END RequestId: ${requestId}`);
  assert.match(
    messages[8] ?? '',
    /^REPORT RequestId: \S+\tDuration: 0\.00 ms\tBilled Duration: 0 ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: 0\.00 ms$/,
  );
  assert.equal(messages.length, 9);
});

test('what a function wrote before it exits is not lost', async (t) => {
  const { add, invoke, host } = hosted(t);
  const arn = add({ 'index.js': "exports.handler = () => { process.stdout.write('last words'); process.exit(1); };" });
  await invoke(arn);
  const messages = host.logs(arn).map((event) => event.message);
  assert.deepEqual(messages.slice(2, 5), [
    'last words',
    'RequestId: 00000000-0000-4000-8000-000000000001 Error: Runtime exited with error: exit status 1\nRuntime.ExitError',
    'END RequestId: 00000000-0000-4000-8000-000000000001',
  ]);
});

test('the last 1,000 events are kept', () => {
  const log = new FunctionLog();
  for (let n = 0; n < 1_001; n += 1) log.add({ functionArn: 'arn', timestamp: n, message: `${n}` });
  assert.equal(log.events().length, 1_000);
  assert.equal(log.events()[0]?.message, '1');
});

test('a message of more than 65,536 characters is cut and says so', () => {
  const log = new FunctionLog();
  const { message } = log.add({ functionArn: 'arn', timestamp: 0, message: 'x'.repeat(65_539) });
  assert.equal(message, `${'x'.repeat(65_536)}… (3 more characters)`);
});

test('an endless line does not gather in memory', () => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (let n = 0; n < 3; n += 1) splitter.write('x'.repeat(40_000));
  splitter.flush();
  splitter.flush();
  assert.deepEqual(
    lines.map((line) => line.length),
    [80_000, 40_000],
  );
});
