import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { wholeBody } from '../../src/server/whole-body.ts';

describe('the whole body of a request', () => {
  let server: Server;

  before(async () => {
    const handle = async (message: IncomingMessage, response: ServerResponse) => {
      const limits = {
        limit: 10,
        timeoutMs: 20,
        tooLarge: () => new Error('too large'),
        late: () => new Error('late'),
      };
      const answer = await wholeBody(message, response, limits).then(String, (error: Error) => error.message);
      response.end(answer);
    };
    server = createServer(handle).on('checkContinue', handle);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  after(() => server.close());

  /** Sends it as it is and gives everything that comes back until the connection ends. */
  function raw(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      let received = '';
      socket.on('data', (bytes) => {
        received += bytes;
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(received));
      socket.write(text);
    });
  }
  const post = (headers: string, body: string) => raw(`POST / HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${body}`);

  test('is read', async () => {
    assert.match(await post('Connection: close\r\nContent-Length: 5', 'hello'), /200 OK.*hello/s);
  });

  test('is not waited for when it stands still, and the connection ends', async () => {
    assert.match(await post('Content-Length: 9', 'half'), /connection: close.*late/is);
  });

  test('is refused above the limit, and the connection ends', async () => {
    assert.match(await post('Content-Length: 20', 'x'.repeat(20)), /connection: close.*too large/is);
  });

  test('is asked for where the client waits for leave to send it', async () => {
    const headers = 'Connection: close\r\nExpect: 100-continue\r\nContent-Length: 5';
    assert.match(await post(headers, 'hello'), /^HTTP\/1\.1 100 Continue.*hello/s);
  });
});
