import { type CommandError, refusedError, usageError } from './errors.ts';

const HINTS: Readonly<Record<string, string>> = {
  ExecutionAlreadyExists: 'Leave --name out, or give another one.',
  InvalidName: 'A name has 1 to 80 characters, without spaces, brackets, wildcards and other special characters.',
  AccessDeniedException: 'The credentials in use may not do this: choose others with --profile.',
  ExpiredTokenException: 'The credentials have expired.',
  CredentialsProviderError: 'Start `crossmap dev` in this folder, or give --profile for an account of AWS.',
};

const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'TimeoutError'];

/** What the AWS SDK throws, as an error of the command; undefined for what can only be a bug. */
export function awsError(error: unknown): CommandError | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  if (error.message === 'Region is missing') {
    return usageError('No Region is known', 'Give --region, or a --profile that has one.');
  }
  if (UNREACHABLE.includes(code)) {
    return refusedError(`Step Functions cannot be reached: ${error.message || code}`, {
      hint: 'Is `crossmap dev` running? To use an account of AWS, give --profile.',
      cause: error,
    });
  }
  if (!('$metadata' in error) && error.name !== 'CredentialsProviderError') return undefined;
  const hint = HINTS[error.name];
  return refusedError(`${error.name}: ${error.message}`, { ...(hint === undefined ? {} : { hint }), cause: error });
}
