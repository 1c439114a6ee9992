import { type ConnectOpts, connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AnswerParser } from './answer-parser.ts';
import type { Endpoint } from './bucket-endpoint.ts';

/** What takes the body of an answer as it arrives, of one byte a character. */
export interface AnswerReader<T> {
  push(chunk: string): void;
  end(): T;
}

export interface Answer<T> {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: T;
}

interface Connection {
  readonly socket: Socket;
  /** Of the request that is under way. */
  onText: (text: string) => void;
  onEnd: (error: NodeJS.ErrnoException | undefined) => void;
}

const READ_SIZE = 64 * 1024;

/**
 * HTTP/1.1 connections that stay open between requests, one for each request that is under way. They read into one
 * buffer and hand on text: a listing takes in hundreds of megabytes a second, and `node:http` would leave as many to the
 * garbage collector. (Measured, a million keys: 1.3 s of CPU against 1.8.)
 */
export class Connections {
  readonly #timeoutMs: number;
  readonly #idle = new Map<string, Connection[]>();
  readonly #open = new Set<Socket>();
  /** Sockets read one after the other, and what was read is text before the next one does. */
  readonly #buffer = Buffer.allocUnsafeSlow(READ_SIZE);

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /**
   * One GET. `readerOf` chooses by the status who reads the body. Fails with the error of Node.js where no whole answer
   * came: `ETIMEDOUT` when nothing has been heard for the time allowed.
   */
  async get<T>(
    endpoint: Endpoint,
    path: string,
    headers: Record<string, string>,
    readerOf: (status: number) => AnswerReader<T>,
  ): Promise<Answer<T>> {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const request = `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
    const origin = `${endpoint.hostname}:${endpoint.port} ${endpoint.secure}`;
    const kept = this.#idle.get(origin)?.pop();
    if (kept !== undefined) {
      const answer = await this.#exchange(kept, origin, request, readerOf);
      if (answer !== 'closed-before') return answer;
    }
    const answer = await this.#exchange(this.#connect(endpoint), origin, request, readerOf);
    if (answer !== 'closed-before') return answer;
    throw Object.assign(new Error('The server closed the connection without an answer'), { code: 'ECONNRESET' });
  }

  close(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #connect({ secure, hostname, port }: Endpoint): Connection {
    const onread: ConnectOpts['onread'] = {
      buffer: this.#buffer,
      callback: (size, buffer) => {
        connection.onText(Buffer.from(buffer.buffer, buffer.byteOffset, size).toString('latin1'));
        return true;
      },
    };
    const options = { host: hostname, port: port ?? (secure ? 443 : 80), noDelay: true, onread };
    const socket: Socket = secure ? connectTls({ ...options, servername: hostname } as object) : connectTcp(options);
    const connection: Connection = { socket, onText: () => undefined, onEnd: () => undefined };
    let failure: NodeJS.ErrnoException | undefined;
    this.#open.add(socket);
    socket.setTimeout(this.#timeoutMs, () =>
      socket.destroy(Object.assign(new Error(`Nothing was heard for ${this.#timeoutMs} ms`), { code: 'ETIMEDOUT' })),
    );
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('end', () => connection.onEnd(undefined));
    socket.on('close', () => {
      this.#open.delete(socket);
      connection.onEnd(failure);
    });
    return connection;
  }

  /** `closed-before`: the connection ended before the first byte of an answer, as idle ones do. */
  #exchange<T>(
    connection: Connection,
    origin: string,
    request: string,
    readerOf: (status: number) => AnswerReader<T>,
  ): Promise<Answer<T> | 'closed-before'> {
    return new Promise((resolve, reject) => {
      let head: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | undefined;
      let reader: AnswerReader<T> | undefined;
      let heard = false;
      const release = () => {
        connection.onText = () => connection.socket.destroy();
        connection.onEnd = () => undefined;
      };
      const fail = (error: unknown) => {
        release();
        connection.socket.destroy();
        reject(error);
      };
      const parser = new AnswerParser({
        head: (status, headers) => {
          head = { status, headers };
          reader = readerOf(status);
        },
        body: (text) => reader?.push(text),
        end: (reusable) => {
          if (head === undefined || reader === undefined) return;
          release();
          if (reusable) this.#keep(connection, origin);
          else connection.socket.destroy();
          resolve({ ...head, body: reader.end() });
        },
      });
      connection.onText = (text) => {
        heard = true;
        try {
          parser.push(text);
        } catch (error) {
          fail(error);
        }
      };
      connection.onEnd = (error) => {
        try {
          if (heard && error === undefined && parser.close()) return;
        } catch (unread) {
          return fail(unread);
        }
        release();
        connection.socket.destroy();
        if (!heard && (error === undefined || error.code === 'ECONNRESET' || error.code === 'EPIPE')) {
          resolve('closed-before');
        } else {
          reject(error ?? Object.assign(new Error('The answer broke off'), { code: 'ECONNRESET' }));
        }
      };
      connection.socket.write(request, 'latin1');
    });
  }

  #keep(connection: Connection, origin: string): void {
    const idle = this.#idle.get(origin) ?? [];
    this.#idle.set(origin, idle);
    idle.push(connection);
    connection.onEnd = () => {
      const at = idle.indexOf(connection);
      if (at !== -1) idle.splice(at, 1);
      connection.socket.destroy();
    };
  }
}
