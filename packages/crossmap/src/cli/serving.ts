import { mkdir } from 'node:fs/promises';
import { relative } from 'node:path';
import { CommandError, refusedError } from './errors.ts';
import type { Host } from './host.ts';

/** Makes the folder where a command keeps what it serves, or says why it cannot. */
export async function makeDataFolder(data: string): Promise<void> {
  try {
    await mkdir(data, { recursive: true });
  } catch (error) {
    throw refusedError(`The data folder ${data} cannot be made`, {
      details: [error instanceof Error ? error.message : String(error)],
      hint: 'Give another one with --data, or keep nothing with --memory.',
      cause: error,
    });
  }
}

/** What the accounts reject with when their caller can do something about it; the message may have several lines. */
const SOLVABLE = ['AssemblyError', 'AccountsFileError', 'MockConfigError', 'DatabaseError', 'EndpointError'];

/** Only what can be solved becomes an error of the command; the rest stays a bug. */
export function startError(error: unknown, port: number, command: 'dev' | 'serve'): unknown {
  if (!(error instanceof Error) || error instanceof CommandError) return error;
  if ('code' in error && error.code === 'EADDRINUSE') {
    return refusedError(`Port ${port} is in use`, {
      hint: `Another \`crossmap ${command}\` may be running. Give --port 0 for any free port.`,
      cause: error,
    });
  }
  if (!SOLVABLE.includes(error.name)) return error;
  const [what = '', ...details] = error.message.split('\n');
  const hint = `\`crossmap ${command} --memory\` keeps nothing and needs no folder.`;
  return refusedError(what, { details, ...(error.name === 'DatabaseError' ? { hint } : {}), cause: error });
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What a command says at its end; `data` is undefined where the accounts were in memory. */
export function keptLine(data: string | undefined, { cwd }: Host): string {
  if (data === undefined) return 'Stopped. Nothing is kept: the accounts were in memory.';
  return `Stopped. Kept in ${relative(cwd, data) || data}: the buckets, and the executions with their histories.`;
}
