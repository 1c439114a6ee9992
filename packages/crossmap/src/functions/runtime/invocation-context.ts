import type { Callback } from './handler.ts';
import type { Invocation } from './messages.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export interface InvocationContext {
  /** Whether a result given to the callback waits until the event loop is empty. */
  callbackWaitsForEmptyEventLoop: boolean;
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly clientContext?: unknown;
  getRemainingTimeInMillis(): number;
  done(error?: unknown, result?: unknown): void;
  succeed(result?: unknown): void;
  fail(error?: unknown): void;
}

/** `done` is called by the context's own, older ways to end an invocation, which wait for nothing. */
export function invocationContext(
  invocation: Invocation,
  variables: NodeJS.ProcessEnv,
  done: Callback,
): InvocationContext {
  const deadline = performance.now() + invocation.timeoutMs;
  const variable = (name: string): string => variables[name] ?? '';
  return {
    callbackWaitsForEmptyEventLoop: true,
    awsRequestId: invocation.requestId,
    functionName: variable('AWS_LAMBDA_FUNCTION_NAME'),
    functionVersion: variable('AWS_LAMBDA_FUNCTION_VERSION'),
    invokedFunctionArn: invocation.functionArn,
    memoryLimitInMB: variable('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
    logGroupName: variable('AWS_LAMBDA_LOG_GROUP_NAME'),
    logStreamName: variable('AWS_LAMBDA_LOG_STREAM_NAME'),
    ...(invocation.clientContext !== undefined && { clientContext: JSON.parse(invocation.clientContext) as unknown }),
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
    done,
    succeed: (result) => done(undefined, result),
    fail: (error) => done(error ?? 'handled'),
  };
}
