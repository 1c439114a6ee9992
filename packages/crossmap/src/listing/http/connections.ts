import { Agent as HttpAgent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Endpoint } from './bucket-endpoint.ts';

/** What takes the body of an answer as it arrives. */
export interface AnswerReader<T> {
  /** Of one byte a character. */
  push(chunk: string): void;
  end(): T;
}

export interface Answer<T> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: T;
}

/** Connections that stay open between requests, at most one for each request that is under way. */
export class Connections {
  readonly #agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
  readonly #timeoutMs: number;

  constructor(most: number, timeoutMs: number) {
    const options = { keepAlive: true, maxSockets: most, maxFreeSockets: most, scheduling: 'lifo' } as const;
    this.#agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
    this.#timeoutMs = timeoutMs;
  }

  /**
   * One GET. `readerOf` chooses by the status who reads the body. Fails with the error of Node.js where no whole answer
   * came: `ETIMEDOUT` when nothing has been heard for the time allowed.
   */
  get<T>(
    { secure, hostname, port }: Endpoint,
    path: string,
    headers: Record<string, string>,
    readerOf: (status: number) => AnswerReader<T>,
  ): Promise<Answer<T>> {
    return new Promise((resolve, reject) => {
      const options = { hostname, path, headers, timeout: this.#timeoutMs, ...(port !== undefined && { port }) };
      const request = secure
        ? httpsRequest({ ...options, agent: this.#agents.https })
        : httpRequest({ ...options, agent: this.#agents.http });
      request.on('error', reject);
      request.on('timeout', () =>
        request.destroy(Object.assign(new Error(`Nothing was heard for ${this.#timeoutMs} ms`), { code: 'ETIMEDOUT' })),
      );
      request.on('response', (response) => {
        const status = response.statusCode ?? 0;
        const reader = readerOf(status);
        response.on('error', reject);
        response.on('data', (chunk: Buffer) => {
          try {
            reader.push(chunk.toString("latin1"));
          } catch (error) {
            reject(error);
            request.destroy();
          }
        });
        response.on('end', () => {
          try {
            resolve({ status, headers: response.headers, body: reader.end() });
          } catch (error) {
            reject(error);
          }
        });
        response.on('aborted', () => reject(Object.assign(new Error('The answer broke off'), { code: 'ECONNRESET' })));
      });
      request.end();
    });
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }
}
