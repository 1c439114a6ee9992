import { Writable } from 'node:stream';
import type { Host } from '../../src/cli/host.ts';

export interface FakeHost extends Host {
  readonly written: { stdout: string; stderr: string };
  /** Ctrl-C. */
  interrupt(): void;
}

export interface FakeHostOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly terminal?: boolean;
  /** Called before each sleep, with its number from 1. */
  onSleep?(sleep: number, host: FakeHost): void;
  /** Called with all of stdout after each write to it. */
  onStdout?(written: string, host: FakeHost): void;
  /** The same of stderr. */
  onStderr?(written: string, host: FakeHost): void;
}

/** Time stands still but for sleeps, which take none. */
export function fakeHost(options: FakeHostOptions = {}): FakeHost {
  const { cwd = '/', env = {}, terminal = false } = options;
  const controller = new AbortController();
  const written = { stdout: '', stderr: '' };
  let now = Date.parse('2026-10-01T10:00:00Z');
  let sleeps = 0;
  const shape = terminal ? { isTTY: true, columns: 80 } : {};
  const host: FakeHost = {
    cwd,
    env,
    written,
    stdout: {
      ...shape,
      write: (text) => {
        written.stdout += text;
        options.onStdout?.(written.stdout, host);
      },
    },
    stderr: {
      ...shape,
      write: (text) => {
        written.stderr += text;
        options.onStderr?.(written.stderr, host);
      },
    },
    stdoutBytes: () =>
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          written.stdout += chunk.toString('latin1');
          done();
        },
      }),
    chance: () => 0.5,
    clock: {
      now: () => now,
      sleep: async (ms) => {
        sleeps += 1;
        options.onSleep?.(sleeps, host);
        now += ms;
      },
    },
    interruptible: () => controller.signal,
    interrupt: () => controller.abort(),
  };
  return host;
}
