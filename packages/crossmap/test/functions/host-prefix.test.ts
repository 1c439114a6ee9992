import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { hosted, value } from './hosted.ts';

test('a function reaches this machine by the host that the SDK makes for StartSyncExecution', async (t) => {
  const server = createServer((request, response) => response.end(request.headers.host));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { add, invoke } = hosted(t);
  const arn = add({
    'index.js': `
      const { get } = require('node:http');
      exports.handler = async ({ host, port }) => new Promise((resolve, reject) => {
        get({ host, port }, (answer) => answer.on('data', (data) => resolve(String(data)))).on('error', reject);
      });`,
  });
  assert.equal(value(await invoke(arn, { host: 'sync-127.0.0.1', port })), `sync-127.0.0.1:${port}`);
});
