import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type DevOptions, dev } from './dev.ts';
import { bugLines, CommandError, EXIT, type ExitCode, errorLines, machineError } from './errors.ts';
import type { Host } from './host.ts';
import { type ListOptions, list } from './list.ts';
import type { ServeAccounts, StartLocal } from './local.ts';
import { DEFAULT_DATA } from './profiles.ts';
import type { ConnectS3 } from './s3-connection.ts';
import { type ServeOptions, serve } from './serve.ts';
import { type StartOptions, type StartServices, start } from './start.ts';
import { DEFAULT_WORKFLOW } from './synth.ts';

export interface Services extends StartServices {
  readonly version: string;
  /** Loaded only when it is needed: `crossmap start` runs without the embedded accounts. */
  startLocal(): Promise<StartLocal>;
  serveAccounts(): Promise<ServeAccounts>;
  readonly connectS3: ConnectS3;
}

/** Options as commander gives them: a flag that is not on the command line is absent. */
type Given<Options, Absent extends keyof Options> = Omit<Options, Absent> & Partial<Pick<Options, Absent>>;

const EXIT_CODES = `
Exit codes: 0 done, 1 the run (or the CDK app) failed, 2 wrong usage,
            3 the command was denied or refused, 70 a bug, 130 stopped waiting.`;

/** Runs one command line (without the program's own name) and answers the exit code. Never throws. */
export async function run(argv: readonly string[], host: Host, services: Services): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = new Command('crossmap')
    .description('Run AWS Step Functions Distributed Maps on this machine, with the policies of each account enforced.')
    .version(services.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', EXIT_CODES)
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      getOutHelpWidth: () => 80,
      getErrHelpWidth: () => 80,
    })
    .exitOverride()
    .showHelpAfterError('hint: see crossmap --help');

  devCommand(program).action(async (given: Given<DevOptions, 'context' | 'memory' | 'endpoint'>) => {
    exitCode = await dev({ context: [], memory: false, endpoint: {}, ...given }, host, await services.startLocal());
  });
  startCommand(program).action(async (given: Given<StartOptions, 'wait' | 'json'>) => {
    exitCode = await start({ wait: false, json: false, ...given }, host, services);
  });
  serveCommand(program).action(async (given: Given<ServeOptions, 'memory' | 'json'>) => {
    exitCode = await serve({ memory: false, json: false, ...given }, host, await services.serveAccounts());
  });
  listCommand(program).action(async (target: string, given: Omit<ListOptions, 'slots'> & { slots?: number }) => {
    exitCode = await list(target, { slots: DEFAULT_SLOTS, ...given }, host, services.connectS3);
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, argv, host);
  }
}

function devCommand(program: Command): Command {
  return program
    .command('dev')
    .description('Load the CDK app of this folder into embedded accounts and serve them until Ctrl-C.')
    .option('--app <command>', 'the command that synthesizes the app (default: `app` of cdk.json)')
    .addOption(
      new Option('--assembly <dir>', 'a cloud assembly that is already synthesized').conflicts(['app', 'context']),
    )
    .option('-c, --context <key=value>', 'context for the app, may be repeated', append)
    .option('--port <number>', 'where to listen on 127.0.0.1; 0 for any free port', integer(0, 65_535), 4700)
    .option('--data <dir>', 'where buckets and executions are kept', DEFAULT_DATA)
    .addOption(new Option('--memory', 'keep nothing').conflicts('data'))
    .option('--environments <number>', 'how many function environments exist at once', integer(1, 1_000))
    .option('--mock-config <file>', 'mocked responses, as Step Functions Local has\nthem ($SFN_MOCK_CONFIG)')
    .option(
      '--workflow-account <id>',
      `the account of stacks without env, seen by\nthe app as its default (${DEFAULT_WORKFLOW.account})`,
      matching(/^\d{12}$/, 'an account id of 12 digits'),
    )
    .option(
      '--workflow-region <region>',
      `the Region of stacks without env (${DEFAULT_WORKFLOW.region})`,
      matching(/^[a-z]{2}(-[a-z]+)+-\d+$/, 'a Region such as eu-west-1'),
    )
    .option('--endpoint <service=url>', 'where tasks find a service that is not embedded,\nmay be repeated', endpoint);
}

function startCommand(program: Command): Command {
  return program
    .command('start')
    .description('Start an execution, on the accounts of `crossmap dev` or on AWS.')
    .option('--state-machine <name>', 'name or ARN (default: the only one there is)')
    .option('--input <json>', "the execution's input, or @FILE", '{}')
    .option('--name <name>', 'the name of the execution')
    .option('--wait', 'show progress until it ends; exit 1 unless it succeeded')
    .option('--json', 'print one JSON object, and nothing else on stdout')
    .option('--profile <name>', 'an AWS profile')
    .option('--endpoint <url>', 'an endpoint of Step Functions', url)
    .option('--region <region>', 'a Region')
    .option('--data <dir>', `the folder of \`crossmap dev\` (default: ${DEFAULT_DATA}, where it is there)`);
}

function serveCommand(program: Command): Command {
  return program
    .command('serve')
    .description('Serve the accounts that a file declares, with nothing deployed, until Ctrl-C.')
    .requiredOption('--config <file>', 'accounts with their users, keys, roles and buckets')
    .option('--port <number>', 'where to listen on 127.0.0.1; 0 for any free port', integer(0, 65_535), 4566)
    .option('--data <dir>', 'where buckets and accounts are kept', DEFAULT_DATA)
    .addOption(new Option('--memory', 'keep nothing').conflicts('data'))
    .option('--json', 'print one JSON object when it listens, and nothing else\non stdout');
}

/** LIST is allowed 5,500 times a second for a prefix: 64 at 80 ms are 800. */
const DEFAULT_SLOTS = 64;

function listCommand(program: Command): Command {
  return program
    .command('list')
    .description('List a bucket, many pages at once: what it holds, and the list itself with --out.')
    .argument('<s3-uri>', 's3://bucket or s3://bucket/prefix')
    .option('--out <place>', 'where the list goes: a file, `-` for stdout, or s3://bucket/key')
    .addOption(
      new Option('--format <name>', 'by the name of --out, else jsonl').choices([
        'json',
        'jsonl',
        'csv',
        'parquet',
        'manifest',
      ]),
    )
    .option('--gzip', 'compress the list (where --out ends in .gz it is)')
    .option('--keys-only', 'keys without sizes, times, ETags and storage classes')
    .option('--sorted', 'by key; a listing that was stopped then goes on with the same command')
    .option('--since <list>', 'only what is new, changed or gone since a sorted JSON or JSON Lines list')
    .option('--suffix <text>', 'only keys that end so')
    .option('--glob <pattern>', 'only keys that match: * within a folder, ** anything')
    .option('--min-size <bytes>', 'only objects of that size or larger', integer(0, Number.MAX_SAFE_INTEGER))
    .option('--max-size <bytes>', 'only objects of that size or smaller', integer(0, Number.MAX_SAFE_INTEGER))
    .option('--modified-since <time>', 'only objects written then or later', time)
    .option('--storage-class <name>', 'only objects of the class, may be repeated', append)
    .option('--slots <number>', `requests at once (default: ${DEFAULT_SLOTS})`, integer(1, 1_000))
    .option('--serial', 'one page after the other')
    .option('--requester-pays', 'agree to pay for the requests')
    .option(
      '--expected-owner <id>',
      'the account that must own the bucket',
      matching(/^\d{12}$/, 'an account id of 12 digits'),
    )
    .option('--unsigned', 'without credentials, as for a public bucket')
    .option('--json', 'print the summary as one JSON object')
    .option('--profile <name>', 'an AWS profile')
    .option('--endpoint <url>', 'an endpoint of S3', url)
    .option('--region <region>', 'where the bucket is looked for first')
    .option('--data <dir>', `the folder of \`crossmap dev\` (default: ${DEFAULT_DATA}, where it is there)`);
}

function time(text: string): number {
  const value = Date.parse(text);
  if (!Number.isNaN(value)) return value;
  throw new InvalidArgumentError('Expected a time such as 2026-11-24 or 2026-11-24T12:00:00Z.');
}

function append(value: string, values: readonly string[] | undefined): readonly string[] {
  return [...(values ?? []), value];
}

function endpoint(text: string, others: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, service, address] = /^([a-z0-9-]+)=(.+)$/.exec(text) ?? [];
  if (service === undefined || address === undefined) {
    throw new InvalidArgumentError('Expected SERVICE=URL such as dynamodb=http://127.0.0.1:8000.');
  }
  return { ...others, [service]: url(address) };
}

function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected an integer from ${least} to ${most}.`);
  };
}

function matching(pattern: RegExp, what: string): (text: string) => string {
  return (text) => {
    if (pattern.test(text)) return text;
    throw new InvalidArgumentError(`Expected ${what}.`);
  };
}

function url(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('Expected a URL such as http://127.0.0.1:4700.');
}

/** Commander has written its own errors when it throws them. With --json stdout gets its one object in any case. */
function report(error: unknown, argv: readonly string[], host: Host): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const known = error instanceof CommandError ? error : machineError(error);
  host.stderr.write(`${(known === undefined ? bugLines(error) : errorLines(known)).join('\n')}\n`);
  if (known !== undefined && argv.includes('--json')) {
    const { message, details, hint } = known;
    host.stdout.write(`${JSON.stringify({ error: { message, details, ...(hint === undefined ? {} : { hint }) } })}\n`);
  }
  return known?.exitCode ?? EXIT.bug;
}
