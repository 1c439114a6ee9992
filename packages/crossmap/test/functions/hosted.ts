import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Credentials } from '../../src/functions/environment-variables.ts';
import type { FunctionConfiguration } from '../../src/functions/function-configuration.ts';
import { FunctionHost } from '../../src/functions/function-host.ts';
import type { LogEvent } from '../../src/functions/function-log.ts';
import type { InvokeResult } from '../../src/functions/invoke-result.ts';

/** A clock that stands still until it is told to advance. */
export class StillClock {
  #now = Date.UTC(2025, 0, 31, 12);
  readonly #timers = new Set<{ time: number; run: () => void }>();

  now(): number {
    return this.#now;
  }

  at(time: number, run: () => void): () => void {
    const timer = { time, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#timers]) {
      if (timer.time <= this.#now && this.#timers.delete(timer)) timer.run();
    }
  }
}

/** For tests with functions that never end by themselves: what should end them may be what is broken. */
export const bounded = { timeout: 20_000 };

export const credentials: Credentials = { accessKeyId: 'ASIA1', secretAccessKey: 'secret1', sessionToken: 'token1' };

export interface Hosted {
  readonly host: FunctionHost;
  readonly clock: StillClock;
  /** Adds a function whose code is `files` (path → text) and gives its ARN. */
  add(files: Readonly<Record<string, string>>, configuration?: Partial<FunctionConfiguration>): string;
  invoke(arn: string, event?: unknown): Promise<InvokeResult>;
  /** Resolves once the function `arn` has logged a message that holds `text`. */
  logged(arn: string, text: string): Promise<LogEvent>;
}

/** A host that lives as long as the test. Its functions are code in a temporary folder. */
export function hosted(
  t: TestContext,
  options: { environments?: number; credentials?: () => Credentials } = {},
): Hosted {
  const folder = mkdtempSync(join(tmpdir(), 'crossmap-functions-'));
  const clock = new StillClock();
  const watches = new Set<(event: LogEvent) => void>();
  let [functions, ids] = [0, 0];
  const host = new FunctionHost({
    environments: options.environments ?? 2,
    endpoint: () => 'http://127.0.0.1:4599',
    credentials: options.credentials ?? (() => credentials),
    clock,
    requestId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    onLog: (event) => {
      for (const watch of watches) watch(event);
    },
  });
  t.after(async () => {
    await host.close();
    rmSync(folder, { recursive: true });
  });
  return {
    host,
    clock,
    add(files, configuration = {}) {
      const functionName = configuration.functionName ?? `function-${++functions}`;
      const codeDirectory = join(folder, functionName);
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(codeDirectory, path)), { recursive: true });
        writeFileSync(join(codeDirectory, path), text);
      }
      const added = { ...configurationOf(functionName, codeDirectory), ...configuration };
      host.add(added);
      return added.functionArn;
    },
    invoke: (arn, event = {}) => host.invoke(arn, JSON.stringify(event)),
    logged(arn, text) {
      const isIt = (event: LogEvent): boolean => event.functionArn === arn && event.message.includes(text);
      return new Promise((resolve) => {
        const earlier = host.logs(arn).find(isIt);
        if (earlier !== undefined) resolve(earlier);
        const watch = (event: LogEvent): void => {
          if (!isIt(event)) return;
          watches.delete(watch);
          resolve(event);
        };
        watches.add(watch);
      });
    },
  };
}

export function configurationOf(functionName: string, codeDirectory: string): FunctionConfiguration {
  return {
    functionArn: `arn:aws:lambda:us-east-1:222222222222:function:${functionName}`,
    functionName,
    runtime: 'nodejs22.x',
    handler: 'index.handler',
    codeDirectory,
    timeoutSeconds: 3,
    memorySizeMb: 128,
    environment: {},
    region: 'us-east-1',
    logGroupName: `/aws/lambda/${functionName}`,
  };
}

/** What the function returned; throws where it did not. */
export function value(result: InvokeResult): unknown {
  if (result.kind !== 'returned') throw new Error(`Expected a result, got ${JSON.stringify(result)}`);
  return JSON.parse(result.payload);
}

/** The error response of the function; throws where there is none. */
export function failure(result: InvokeResult): { errorType: string; errorMessage: string; trace?: string[] } {
  if (result.kind !== 'error') throw new Error(`Expected an error, got ${JSON.stringify(result)}`);
  return JSON.parse(result.payload);
}
