import { randomInt } from 'node:crypto';
import type { Writable } from 'node:stream';

/** Where a command writes: a terminal, a file or a pipe. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Epoch ms. `sleep` ends early, without an error, when the signal is aborted. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** All that commands know of the process they run in. Results go to stdout; progress, notes and errors to stderr. */
export interface Host {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The same stdout for a result that is large: it says when it has room for more. */
  stdoutBytes(): Writable;
  readonly clock: Clock;
  /** From 0 up to 1. */
  chance(): number;
  /** From this call on the first Ctrl-C (or SIGTERM) aborts the signal; a second one ends the process. */
  interruptible(): AbortSignal;
}

export function nodeHost(): Host {
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    stdoutBytes: () => process.stdout,
    clock: { now: Date.now, sleep },
    chance: () => randomInt(2 ** 32) / 2 ** 32,
    interruptible() {
      const controller = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
      return controller.signal;
    },
  };
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}
