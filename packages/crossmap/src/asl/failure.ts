/** Why a state, task or execution failed, as the API shows it: a value that travels, never an exception. */
export interface Failure {
  readonly error?: string;
  readonly cause?: string;
}

/**
 * What Catch makes of a failure. A time-out has no cause and gives an empty one; what a worker leaves out is null
 * (cases error-handling test_invoke_timeout, callbacks test_sqs_failure_in_wait_for_task_tok_no_error_field).
 */
export function errorOutput({ error, cause }: Failure): {
  readonly Error: string | null;
  readonly Cause: string | null;
} {
  return { Error: error ?? null, Cause: cause ?? (error === 'States.Timeout' ? '' : null) };
}
