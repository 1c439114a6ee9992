// The client process of the bench `s3`: signed requests over kept connections, one in flight on each.
import { createHash, createHmac } from 'node:crypto';
import { connect } from 'node:net';

const { port, accessKeyId, secretAccessKey, bucket, list, load } = JSON.parse(process.argv[2]);
const SHARDS = 8;
const host = `127.0.0.1:${port}`;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
const scope = `${timestamp.slice(0, 8)}/us-east-1/s3/aws4_request`;
const signingKey = scope.split('/').reduce((key, text) => hmac(key, text), `AWS4${secretAccessKey}`);

/** The head of a signed request. The query is encoded and in order. */
function head(method, path, query, payloadHash, length) {
  const signedHeaders = 'host;x-amz-content-sha256;x-amz-date';
  const headers = `host:${host}\nx-amz-content-sha256:${payloadHash}\nx-amz-date:${timestamp}\n`;
  const canonical = `${method}\n${path}\n${query}\n${headers}\n${signedHeaders}\n${payloadHash}`;
  const signature = hmac(signingKey, `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(canonical)}`).toString('hex');
  return (
    `${method} ${path}${query === '' ? '' : `?${query}`} HTTP/1.1\r\nhost: ${host}\r\nx-amz-date: ${timestamp}\r\n` +
    `x-amz-content-sha256: ${payloadHash}\r\ncontent-length: ${length}\r\nauthorization: AWS4-HMAC-SHA256 ` +
    `Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}\r\n\r\n`
  );
}

/** A kept connection. `send` gives status and body of the answer. */
class Connection {
  #socket = connect(port, '127.0.0.1').setNoDelay(true);
  #received = [];
  #size = 0;
  #settle;

  constructor() {
    this.#socket.on('data', (bytes) => {
      this.#received.push(bytes);
      this.#size += bytes.length;
      this.#take();
    });
    this.#socket.on('error', (error) => this.#settle?.reject(error));
    this.#socket.on('close', () => this.#settle?.reject(new Error('The server closed a connection')));
  }

  send(head, body) {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(body === undefined ? head : Buffer.concat([Buffer.from(head, 'latin1'), body]));
    });
  }

  #needed = 0;
  #take() {
    if (this.#size < this.#needed) return;
    const all = this.#received.length === 1 ? this.#received[0] : Buffer.concat(this.#received);
    this.#received = [all];
    const end = all.indexOf('\r\n\r\n');
    if (end === -1) return;
    const text = all.toString('latin1', 0, end);
    const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
    let body;
    if (length === undefined && /\r\ntransfer-encoding: chunked/i.test(text)) {
      if (all.indexOf('\r\n0\r\n\r\n', end + 2) === -1 && all.indexOf('0\r\n\r\n', end + 4) !== end + 4) return;
      body = all.subarray(end + 4);
    } else {
      this.#needed = end + 4 + Number(length ?? 0);
      if (all.length < this.#needed) return;
      body = all.subarray(end + 4);
    }
    this.#received = [];
    this.#size = this.#needed = 0;
    const settle = this.#settle;
    this.#settle = undefined;
    settle.resolve({ status: Number(text.slice(9, 12)), body });
  }

  close() {
    this.#settle = undefined;
    this.#socket.removeAllListeners('close').destroy();
  }
}

/** Runs `work(connection, index)` for every index, so many at a time. Gives the seconds it took. */
async function drive(count, inFlight, work) {
  const connections = Array.from({ length: inFlight }, () => new Connection());
  let next = 0;
  const started = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      for (let index = next++; index < count; index = next++) await work(connection, index);
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  for (const connection of connections) connection.close();
  return seconds;
}

function expect(status, answer) {
  if (answer.status !== status) throw new Error(`Expected ${status}, got ${answer.status}: ${answer.body}`);
}

const EMPTY = sha256('');
const KEY = Buffer.from('<Key>');

function count(body, text) {
  let found = 0;
  for (let at = body.indexOf(text); at !== -1; at = body.indexOf(text, at + text.length)) found++;
  return found;
}

async function listAll({ keys, lanes }) {
  let listed = 0;
  const seconds = await drive(SHARDS, lanes, async (connection, shard) => {
    for (let token = ''; ; ) {
      const query = `${token === '' ? '' : `continuation-token=${token}&`}list-type=2&prefix=shard%3D${shard}%2F`;
      const answer = await connection.send(head('GET', `/${bucket}`, query, EMPTY, 0));
      expect(200, answer);
      listed += count(answer.body, KEY);
      const end = answer.body.indexOf('</NextContinuationToken>');
      if (end === -1) return;
      const begin = answer.body.indexOf('<NextContinuationToken>') + '<NextContinuationToken>'.length;
      token = encodeURIComponent(answer.body.toString('latin1', begin, end));
    }
  });
  if (listed !== keys) throw new Error(`Expected ${keys} keys, listed ${listed}`);
  return { keysPerSecond: Math.round(keys / seconds) };
}

async function putAndGet({ objects, size, inFlight }) {
  const body = Buffer.alloc(size, 'small object ');
  const hash = sha256(body);
  const path = (index) => `/${bucket}/small/${String(index).padStart(8, '0')}`;
  const put = async (connection, index) =>
    expect(200, await connection.send(head('PUT', path(index), '', hash, size), body));
  const get = async (connection, index) => {
    const answer = await connection.send(head('GET', path(index), '', EMPTY, 0));
    expect(200, answer);
    if (answer.body.length < size) throw new Error(`Expected ${size} bytes, got ${answer.body.length}`);
  };
  await drive(Math.min(objects, 2000), inFlight, put);
  const putSeconds = await drive(objects, inFlight, put);
  const getSeconds = await drive(objects, inFlight, get);
  return { putsPerSecond: Math.round(objects / putSeconds), getsPerSecond: Math.round(objects / getSeconds) };
}

process.send(list === undefined ? await putAndGet(load) : await listAll(list));
