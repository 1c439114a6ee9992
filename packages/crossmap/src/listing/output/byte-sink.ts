import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';

/** Takes bytes in order. What `write` returns is to be waited for before the next one. */
export interface ByteSink {
  write(bytes: Buffer): Promise<void> | undefined;
  /** Everything is stored. */
  close(): Promise<void>;
  /** Nothing more comes, and what has come is not to be used. */
  abort(): Promise<void>;
}

/** A file that is there only as a whole: aborted, it is removed. */
export function fileSink(path: string): ByteSink {
  const sink = streamSink(createWriteStream(path), true);
  return {
    ...sink,
    async abort() {
      await sink.abort();
      await rm(path, { force: true });
    },
  };
}

/** A stream that others use too, such as stdout, is not `owned`: it is left open. */
export function streamSink(stream: Writable, owned: boolean): ByteSink {
  let failure: Error | undefined;
  stream.on('error', (error) => {
    failure = error;
  });
  return {
    write(bytes) {
      if (failure !== undefined) return Promise.reject(failure);
      return stream.write(bytes) ? undefined : drained(stream);
    },
    async close() {
      if (failure !== undefined) throw failure;
      if (!owned) return;
      stream.end();
      await once(stream, 'close');
      if (failure !== undefined) throw failure;
    },
    async abort() {
      if (!owned || stream.closed) return;
      // A write that was under way fails with it: that is no error of the listing.
      const closed = new Promise((resolve) => stream.once('close', resolve));
      stream.destroy();
      await closed;
    },
  };
}

/** Compresses what goes into another sink. Fast rather than small: the list is written while the bucket is listed. */
export function gzipSink(target: ByteSink): ByteSink {
  const gzip = createGzip({ level: 1, chunkSize: 256 * 1024 });
  let failure: unknown;
  const piped = (async () => {
    for await (const chunk of gzip) await target.write(chunk);
    await target.close();
  })().catch((error) => {
    failure = error;
    gzip.destroy();
  });
  return {
    write(bytes) {
      if (failure !== undefined) return Promise.reject(failure);
      return gzip.write(bytes) ? undefined : drained(gzip);
    },
    async close() {
      gzip.end();
      await piped;
      if (failure !== undefined) throw failure;
    },
    async abort() {
      gzip.destroy();
      await piped;
      await target.abort();
    },
  };
}

function drained(stream: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      stream.off('drain', settle);
      stream.off('error', settle);
      stream.off('close', settle);
      if (error instanceof Error) reject(error);
      else resolve();
    };
    stream.once('drain', settle);
    stream.once('error', settle);
    stream.once('close', settle);
  });
}
