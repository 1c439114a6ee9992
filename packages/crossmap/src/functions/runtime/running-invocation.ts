import { getHeapStatistics } from 'node:v8';
import { RESPONSE_LIMIT_BYTES } from '../invoke-result.ts';
import type { Handler } from './handler.ts';
import { invocationContext } from './invocation-context.ts';
import type { WriteLog } from './log-capture.ts';
import type { Invocation, RuntimeMessage } from './messages.ts';
import { errorLogText, errorResponse, RuntimeError } from './runtime-error.ts';

/**
 * How a handler gives its result. `callback`: by a promise or the callback, and what else it returns is ignored, as up
 * to `nodejs22.x`. `awaited`: by what it returns, promise or not, as from `nodejs24.x` on.
 */
export type HandlerStyle = 'callback' | 'awaited';

/** The invocation under way. It is settled once, by whatever comes first; `settled` is called with its end. */
export class RunningInvocation {
  readonly #writeLog: WriteLog;
  readonly #settled: (end: RuntimeMessage) => void;
  #open = true;
  #atDrain = (): void => this.#succeed(undefined);

  constructor(writeLog: WriteLog, settled: (end: RuntimeMessage) => void) {
    this.#writeLog = writeLog;
    this.#settled = settled;
  }

  /** Calls the handler. It may settle at once or at any time later. */
  run(handler: Handler, style: HandlerStyle, event: unknown, invocation: Invocation): void {
    const done = (error?: unknown, result?: unknown): void =>
      isAbsent(error) ? this.#succeed(result) : this.fail(error, 'Invoke Error');
    const context = invocationContext(invocation, process.env, done);
    const callback = (error?: unknown, result?: unknown): void => {
      if (isAbsent(error) && context.callbackWaitsForEmptyEventLoop) this.#atDrain = () => this.#succeed(result);
      else done(error, result);
    };
    try {
      const result = handler(event, context, callback);
      if (isThenable(result)) {
        this.#atDrain = () => this.fail(neverSettled(), 'Invoke Error');
        result.then(
          (value) => this.#succeed(value),
          (error: unknown) => this.fail(error, 'Invoke Error'),
        );
      } else if (style === 'awaited') {
        this.#succeed(result);
      }
    } catch (error) {
      this.fail(error, 'Invoke Error');
    }
  }

  /** Nothing is left to wait for: no timer, socket or file can bring the result any more. */
  drained(): void {
    this.#atDrain();
  }

  /** `fatal`: the thread is about to end. */
  fail(error: unknown, label: string, fatal = false): void {
    if (!this.#open) return;
    this.#writeLog('ERROR', `${label} ${errorLogText(error)}`);
    this.#settle('error', JSON.stringify(errorResponse(error)), fatal);
  }

  #succeed(result: unknown): void {
    if (!this.#open) return;
    const payload = stringify(result === undefined ? null : result);
    if (payload === undefined) this.fail(new Error('Unable to stringify response body'), 'Invoke Error');
    else this.#settle('returned', payload, false);
  }

  #settle(kind: 'returned' | 'error', payload: string, fatal: boolean): void {
    this.#open = false;
    const memoryUsedMb = threadMemoryMb();
    if (Buffer.byteLength(payload) > RESPONSE_LIMIT_BYTES) {
      this.#settled({ kind: 'error', payload: TOO_LARGE, memoryUsedMb, fatal });
    } else {
      this.#settled(kind === 'error' ? { kind, payload, memoryUsedMb, fatal } : { kind, payload, memoryUsedMb });
    }
  }
}

const TOO_LARGE = JSON.stringify({
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT_BYTES} bytes).`,
});

function neverSettled(): RuntimeError {
  return new RuntimeError(
    'Runtime.NodeJsExit',
    'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise ' +
      'that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
  );
}

/** Undefined for what JSON cannot hold: a cycle, a BigInt, a function. */
function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** The thread's own share: its heap and what its buffers hold outside of it. */
function threadMemoryMb(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return Math.ceil((used_heap_size + external_memory) / 1_048_576);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined | null)?.then === 'function';
}

function isAbsent(error: unknown): error is undefined | null {
  return error === undefined || error === null;
}
