/** What the process ends with. 70 is a bug in Crossmap; 130 is Ctrl-C while something else goes on. */
export const EXIT = { ok: 0, runFailed: 1, usage: 2, refused: 3, bug: 70, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * An end of a command that its user can do something about: what happened, details line by line, and how to solve it.
 * Anything else that is thrown is a bug.
 */
export class CommandError extends Error {
  readonly exitCode: ExitCode;
  readonly details: readonly string[];
  readonly hint: string | undefined;

  constructor(what: string, exitCode: ExitCode, more: { details?: readonly string[]; hint?: string; cause?: unknown }) {
    super(what, { cause: more.cause });
    this.name = 'CommandError';
    this.exitCode = exitCode;
    this.details = more.details ?? [];
    this.hint = more.hint;
  }
}

/** The command line, or a file it names, is not what the command takes. */
export function usageError(what: string, hint?: string): CommandError {
  return new CommandError(what, EXIT.usage, hint === undefined ? {} : { hint });
}

/** The command itself was denied or refused: by AWS, by the embedded accounts, or by the machine. */
export function refusedError(
  what: string,
  more: { details?: readonly string[]; hint?: string; cause?: unknown },
): CommandError {
  return new CommandError(what, EXIT.refused, more);
}

/** Of `errno`: what a user can put right on the machine, such as a folder that may not be written. */
const MACHINE_ERRORS = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EEXIST', 'ENOTDIR', 'EISDIR'];

/** What the machine refuses, as an error of the command; undefined for any other error. */
export function machineError(error: unknown): CommandError | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  return MACHINE_ERRORS.includes(String(error.code)) ? refusedError(error.message, { cause: error }) : undefined;
}

export function errorLines({ message, details, hint }: CommandError): string[] {
  return [`error: ${message}`, ...details.map((line) => `  ${line}`), ...(hint === undefined ? [] : [`hint: ${hint}`])];
}

export function bugLines(error: unknown): string[] {
  return [
    error instanceof Error ? (error.stack ?? error.message) : String(error),
    'This is a bug in Crossmap: please report it with the lines above.',
  ];
}
