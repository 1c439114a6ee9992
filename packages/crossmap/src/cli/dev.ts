import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type AssemblyStack, assemblyStacks } from './assembly-stacks.ts';
import { EXIT, type ExitCode } from './errors.ts';
import type { Host } from './host.ts';
import type { ServedAccounts, StartLocal } from './local.ts';
import { DEFAULT_DATA, profileFiles, WORKFLOW_PROFILE, writeProfiles } from './profiles.ts';
import { aborted, keptLine, makeDataFolder, startError } from './serving.ts';
import { shellWord } from './shell-word.ts';
import { synthesize } from './synth.ts';
import { hasColour, painter } from './terminal.ts';

export interface DevOptions {
  readonly app: string | undefined;
  readonly assembly: string | undefined;
  readonly context: readonly string[];
  readonly port: number;
  /** Relative to the current folder. */
  readonly data: string;
  readonly memory: boolean;
  readonly environments: number | undefined;
  /** Relative to the current folder. */
  readonly mockConfig: string | undefined;
  readonly workflowAccount: string | undefined;
  readonly workflowRegion: string | undefined;
  /** `SERVICE=URL` */
  readonly endpoint: Readonly<Record<string, string>>;
}

/**
 * Synthesizes the app, loads it into the embedded accounts, and serves them until Ctrl-C. In memory only the assembly
 * and the profiles are files: in a temporary folder that goes with the accounts.
 */
export async function dev(options: DevOptions, host: Host, startLocal: StartLocal): Promise<ExitCode> {
  const interrupted = host.interruptible();
  const data = options.memory ? await mkdtemp(join(tmpdir(), 'crossmap-')) : resolve(host.cwd, options.data);
  try {
    await makeDataFolder(data);
    const assembly =
      options.assembly === undefined
        ? await synthesize({ ...options, outdir: join(data, 'cdk.out') }, host, interrupted)
        : resolve(host.cwd, options.assembly);
    const stacks = await assemblyStacks(assembly);
    const local = await start(startLocal, options, assembly, data, host);
    try {
      await writeProfiles(data, local.endpoint, local.accounts);
      host.stdout.write(`${readyLines(local, stacks, data, options, host).join('\n')}\n`);
      await aborted(interrupted);
      host.stdout.write('\nStopping …\n');
    } finally {
      await local.close();
    }
    host.stdout.write(`${keptLine(options.memory ? undefined : data, host)}\n`);
    return EXIT.ok;
  } finally {
    if (options.memory) await rm(data, { recursive: true, force: true });
  }
}

async function start(
  startLocal: StartLocal,
  options: DevOptions,
  assembly: string,
  data: string,
  host: Host,
): Promise<ServedAccounts> {
  const { port, environments, workflowAccount, workflowRegion, endpoint } = options;
  const mockConfig = options.mockConfig ?? host.env.SFN_MOCK_CONFIG;
  try {
    return await startLocal({
      assembly,
      port,
      ...(options.memory ? {} : { data }),
      ...(environments === undefined ? {} : { environments }),
      ...(mockConfig === undefined ? {} : { mockConfig: resolve(host.cwd, mockConfig) }),
      ...(workflowAccount === undefined ? {} : { workflowAccount }),
      ...(workflowRegion === undefined ? {} : { workflowRegion }),
      ...(Object.keys(endpoint).length === 0 ? {} : { endpoints: endpoint }),
      onLog: (line) => host.stderr.write(`${line}\n`),
    });
  } catch (error) {
    throw startError(error, port, 'dev');
  }
}

function readyLines(
  local: ServedAccounts,
  stacks: readonly AssemblyStack[],
  data: string,
  options: DevOptions,
  host: Host,
): string[] {
  const paint = painter(hasColour(host.stdout, host.env));
  const files = profileFiles(data);
  const profileWidth = Math.max(...local.accounts.map(({ profile }) => profile.length));
  const nameWidth = Math.max(...local.stateMachines.map(({ name }) => name.length));
  return [
    '',
    paint('bold', 'Accounts'),
    ...local.accounts.flatMap(({ accountId, region, profile }) => [
      `  ${profile.padEnd(profileWidth)}  ${accountId}  ${region}`,
      ...stacks.filter((stack) => profileOf(stack, local) === profile).map(({ name }) => `    ${name}`),
    ]),
    paint('bold', 'State machines'),
    ...(local.stateMachines.length === 0 ? ['  none'] : []),
    ...local.stateMachines.map(({ name, stateMachineArn }) => `  ${name.padEnd(nameWidth)}  ${stateMachineArn}`),
    ...(local.skipped.length === 0 ? [] : [paint('bold', 'Skipped, they mean nothing here')]),
    ...local.skipped.map((resource) => `  ${resource}`),
    '',
    `Listening at ${paint('bold', local.endpoint)}. Ctrl-C stops.`,
    '',
    'For the AWS CLI and SDKs:',
    `  export AWS_CONFIG_FILE=${shellWord(files.config)}`,
    `  export AWS_SHARED_CREDENTIALS_FILE=${shellWord(files.credentials)}`,
    `  aws --profile ${WORKFLOW_PROFILE} stepfunctions list-state-machines`,
    'To run the workflow, in another terminal in this folder:',
    `  ${startCommand(local, data, options)}`,
    '',
  ];
}

/** The profile whose account and Region a stack has; a stack without `env` belongs to the workflow account. */
function profileOf({ account, region }: AssemblyStack, { accounts }: ServedAccounts): string {
  const workflow = accounts.find(({ profile }) => profile === WORKFLOW_PROFILE);
  const [accountId, inRegion] = [account ?? workflow?.accountId, region ?? workflow?.region];
  const exact = accounts.find((entry) => entry.accountId === accountId && entry.region === inRegion);
  return (exact ?? accounts.find((entry) => entry.accountId === accountId))?.profile ?? WORKFLOW_PROFILE;
}

function startCommand({ stateMachines }: ServedAccounts, data: string, { memory, data: given }: DevOptions): string {
  const words = ['npx', 'crossmap', 'start', '--wait'];
  if (stateMachines.length > 1) words.push('--state-machine', shellWord(stateMachines[0]?.name ?? ''));
  if (memory || given !== DEFAULT_DATA) words.push('--data', shellWord(memory ? data : given));
  return words.join(' ');
}
