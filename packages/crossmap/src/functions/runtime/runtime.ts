/**
 * The thread's side of an environment: loads the handler once, then runs one invocation after the other.
 * Imitates the Node.js runtime of Lambda (aws/aws-lambda-nodejs-runtime-interface-client, as of 2025).
 * Gaps: between invocations the thread is not frozen; its working directory is the host's, not the code's.
 */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { type Handler, loadHandler } from './handler.ts';
import { resolvePrefixedHosts } from './host-prefix.ts';
import { captureLog, silenceSdkVersionWarning } from './log-capture.ts';
import type { Invocation, RuntimeMessage } from './messages.ts';
import { type HandlerStyle, RunningInvocation } from './running-invocation.ts';
import { errorLogText, errorResponse, RuntimeError } from './runtime-error.ts';

const { AWS_EXECUTION_ENV = '', LAMBDA_TASK_ROOT = '', _HANDLER = '' } = process.env;
const port: MessagePort = parentPort!;
let requestId: string | undefined;
let running: RunningInvocation | undefined;
let isReady = false;

const writeLog = captureLog(port, () => requestId);
silenceSdkVersionWarning();
resolvePrefixedHosts();
process.on('uncaughtException', (error) => end(error, 'Uncaught Exception', 129));
process.on('unhandledRejection', (reason) => {
  end(new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason)), 'Unhandled Promise Rejection', 128);
});
process.on('beforeExit', () => running?.drained());

try {
  const handler = await loadHandler(LAMBDA_TASK_ROOT, _HANDLER);
  const style = handlerStyle(handler);
  port.on('message', (invocation: Invocation) => run(handler, style, invocation));
  isReady = true;
  send({ kind: 'ready' });
} catch (error) {
  writeLog('ERROR', `Init Error ${errorLogText(error)}`);
  send({ kind: 'init-error', payload: JSON.stringify(errorResponse(error)) });
}

/** While an invocation runs, its own work alone keeps the event loop going. */
function run(handler: Handler, style: HandlerStyle, invocation: Invocation): void {
  requestId = invocation.requestId;
  Object.assign(process.env, invocation.variables);
  let event: unknown;
  try {
    event = invocation.payload === '' ? {} : JSON.parse(invocation.payload);
  } catch (error) {
    send({ kind: 'invalid-request', message: `Could not parse request body into json: ${(error as Error).message}` });
    return;
  }
  port.unref();
  running = new RunningInvocation(writeLog, (message) => {
    running = undefined;
    port.ref();
    send(message);
  });
  running.run(handler, style, event, invocation);
}

/** Nothing caught the error: the initialization or invocation under way fails with it, and the environment ends. */
function end(error: unknown, label: string, exitCode: number): void {
  if (running !== undefined) running.fail(error, label, true);
  else writeLog('ERROR', `${label} ${errorLogText(error)}`);
  if (!isReady) send({ kind: 'init-error', payload: JSON.stringify(errorResponse(error)) });
  process.exit(exitCode);
}

function handlerStyle(handler: Handler): HandlerStyle {
  const version = Number(/nodejs(\d+)/.exec(AWS_EXECUTION_ENV)?.[1] ?? 0);
  if (version < 24) return 'callback';
  if (handler.length < 3) return 'awaited';
  throw new RuntimeError(
    'Runtime.CallbackHandlerDeprecated',
    'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
      'You need to modify this function to use a supported handler signature to use Node.js 24 or later.',
  );
}

function send(message: RuntimeMessage): void {
  port.postMessage(message);
}
