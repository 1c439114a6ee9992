/** Why an environment could not give an invocation its result. */
export type EnvironmentFailure =
  /** The runtime in the thread reported it. `payload` is JSON text. */
  { readonly kind: 'reported'; readonly payload: string } | LostEnvironment;

/** The thread is gone. `cause` is Lambda's text, after the request's id. */
export interface LostEnvironment {
  readonly kind: 'lost';
  readonly errorType: 'Sandbox.Timedout' | 'Runtime.ExitError';
  readonly cause: string;
}

export function timedOut(timeoutSeconds: number): LostEnvironment {
  const cause = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  return { kind: 'lost', errorType: 'Sandbox.Timedout', cause };
}

/** A heap beyond its limit ends as Lambda ends a function beyond its memory. */
export function exited(exitCode: number, outOfMemory: boolean): LostEnvironment {
  return { kind: 'lost', errorType: 'Runtime.ExitError', cause: exitCause(exitCode, outOfMemory) };
}

export function failurePayload(failure: EnvironmentFailure, requestId: string): string {
  if (failure.kind === 'reported') return failure.payload;
  const errorMessage = `RequestId: ${requestId} Error: ${failure.cause}`;
  return JSON.stringify({ errorType: failure.errorType, errorMessage });
}

function exitCause(exitCode: number, outOfMemory: boolean): string {
  if (outOfMemory) return 'Runtime exited with error: signal: killed';
  if (exitCode === 0) return 'Runtime exited without providing a reason';
  return `Runtime exited with error: exit status ${exitCode}`;
}
