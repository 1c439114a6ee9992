import type { IncomingMessage, ServerResponse } from 'node:http';
import { S3Error } from '../s3/errors.ts';

/** How long S3 waits for the next bytes of a body, about. */
export const BODY_TIMEOUT_MS = 30_000;

/**
 * The body of a message, to be read once, if at all. Fails with `late()` when nothing comes for `timeoutMs`.
 *
 * A client that expects `100 Continue` gets it when its body is asked for, and not before: a refused request needs no
 * body, and Node.js closes its connection, as nobody knows whether the client sends one after all.
 */
export function messageSource(
  message: IncomingMessage,
  response: ServerResponse,
  timeoutMs: number,
  late: () => Error = requestTimeout,
): AsyncIterable<Uint8Array> {
  const expectsContinue = /^100-continue$/i.test(message.headers.expect ?? '');
  async function* read(): AsyncGenerator<Uint8Array> {
    if (expectsContinue) response.writeContinue();
    // Leaving the iteration early must not destroy the connection: the answer still has to go out on it.
    const chunks = message.iterator({ destroyOnReturn: false });
    try {
      while (true) {
        const next = await within(timeoutMs, chunks.next(), late);
        if (next.done === true) return;
        yield next.value as Uint8Array;
      }
    } finally {
      // Not awaited: it would wait for bytes that never come.
      void chunks.return?.();
    }
  }
  return { [Symbol.asyncIterator]: read };
}

function requestTimeout(): S3Error {
  return new S3Error('RequestTimeout', { headers: { connection: 'close' } });
}

function within<T>(timeoutMs: number, promise: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), timeoutMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
