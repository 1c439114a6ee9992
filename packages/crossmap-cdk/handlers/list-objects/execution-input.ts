import { failure } from '../failure.ts';

/** `Comment` is in the console's default input; the other is what `states:startExecution` adds to link executions. */
const IGNORED = new Set(['Comment', 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID']);

/** The prefix an execution asks for: inside the configured one, which is also the default. Throws `InvalidInput`. */
export function executionPrefix(input: unknown, configured: string): string {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw failure('InvalidInput', `the execution input must be {"prefix": "…"} or {}, got ${JSON.stringify(input)}`);
  }
  for (const name of Object.keys(input)) {
    if (name !== 'prefix' && !IGNORED.has(name)) {
      throw failure('InvalidInput', `the execution input may hold "prefix" and nothing else, found "${name}"`);
    }
  }
  const prefix = 'prefix' in input ? input.prefix : configured;
  if (typeof prefix !== 'string') {
    throw failure('InvalidInput', `prefix in the execution input must be a string, got ${JSON.stringify(prefix)}`);
  }
  if (!prefix.startsWith(configured)) {
    throw failure(
      'InvalidInput',
      `prefix "${prefix}" is outside "${configured}", which this workflow is restricted to`,
    );
  }
  return prefix;
}
