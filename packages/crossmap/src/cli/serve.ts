import { resolve } from 'node:path';
import { EXIT, type ExitCode } from './errors.ts';
import type { Host } from './host.ts';
import type { ServeAccounts } from './local.ts';
import { aborted, keptLine, makeDataFolder, startError } from './serving.ts';
import { hasColour, painter } from './terminal.ts';

export interface ServeOptions {
  /** Relative to the current folder. */
  readonly config: string;
  readonly port: number;
  /** Relative to the current folder. */
  readonly data: string;
  readonly memory: boolean;
  readonly json: boolean;
}

type Served = Awaited<ReturnType<ServeAccounts>>;

/** Serves the accounts that a file declares until Ctrl-C. No secret is ever printed. */
export async function serve(options: ServeOptions, host: Host, serveAccounts: ServeAccounts): Promise<ExitCode> {
  const interrupted = host.interruptible();
  const data = options.memory ? undefined : resolve(host.cwd, options.data);
  if (data !== undefined) await makeDataFolder(data);
  const served = await start(options, data, host, serveAccounts);
  try {
    const { endpoint, accounts } = served;
    host.stdout.write(options.json ? `${JSON.stringify({ endpoint, accounts })}\n` : readyText(served, host));
    await aborted(interrupted);
  } finally {
    await served.close();
  }
  (options.json ? host.stderr : host.stdout).write(`\n${keptLine(data, host)}\n`);
  return EXIT.ok;
}

async function start(
  { config, port }: ServeOptions,
  data: string | undefined,
  host: Host,
  serveAccounts: ServeAccounts,
): Promise<Served> {
  try {
    return await serveAccounts({
      config: resolve(host.cwd, config),
      port,
      ...(data === undefined ? {} : { data }),
      onLog: (line) => host.stderr.write(`${line}\n`),
    });
  } catch (error) {
    throw startError(error, port, 'serve');
  }
}

function readyText({ endpoint, accounts }: Served, host: Host): string {
  const paint = painter(hasColour(host.stdout, host.env));
  const line = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`    ${what.padEnd(7)}  ${names.join(', ')}`];
  const lines = [
    '',
    paint('bold', 'Accounts'),
    ...accounts.flatMap(({ accountId, name, users, roles, buckets }) => [
      `  ${accountId}${name === undefined ? '' : `  ${name}`}`,
      ...line('users', users),
      ...line('roles', roles),
      ...line('buckets', buckets),
    ]),
    '',
    `Listening at ${paint('bold', endpoint)}. Ctrl-C stops.`,
    '',
    'For the AWS CLI and SDKs, with the keys of the accounts file:',
    `  export AWS_ENDPOINT_URL=${endpoint}`,
  ];
  return `${lines.join('\n')}\n`;
}
