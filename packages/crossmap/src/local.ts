import type { Accounts } from './accounts/accounts.ts';
import { defaultWorkflowEnvironment, readAssembly } from './accounts/assembly.ts';
import { type DeployedAssembly, deployAssembly } from './accounts/assembly-deployment.ts';
import type { Denial } from './accounts/denials.ts';
import type { Environment } from './accounts/deployment.ts';
import { MockConfig } from './accounts/mock-config.ts';
import { readMockConfig } from './accounts/mock-config-file.ts';
import { openCloud } from './cloud.ts';
import type { ExecutionStore } from './engine/ports.ts';
import type { StepFunctions } from './server/step-functions/operation.ts';

export interface LocalOptions {
  /** A cloud assembly: the folder that `cdk synth` wrote, or what `app.synth()` gives. */
  readonly assembly: string | { readonly directory: string };
  /**
   * The folder where buckets and executions are kept.
   * @default - in memory
   */
  readonly data?: string;
  /**
   * Where to listen on 127.0.0.1; 0 for any free port.
   * @default 0
   */
  readonly port?: number;
  /**
   * How many function environments exist at once.
   * @default 8
   */
  readonly environments?: number;
  /**
   * The account of stacks without `env`.
   * @default - that of the stacks with a state machine, else 111111111111
   */
  readonly workflowAccount?: string;
  /** @default - as for the account, else us-east-1 */
  readonly workflowRegion?: string;
  /**
   * Mocked responses for tasks, as Step Functions Local takes them: a file, or what it holds. An execution that is
   * started with `STATE_MACHINE_ARN#TEST_CASE` gets those of the test case.
   * @default - every task runs
   */
  readonly mockConfig?: string | object;
  /**
   * Where services are that are not embedded, by their names in `aws-sdk` integrations: `{ dynamodb: 'http://…' }`.
   * Tasks call them with the AWS SDK client that the project in the current folder has installed.
   * @default - a definition that names such a service is refused
   */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** Gets what a person at the terminal wants to see: denials with their reason, failing functions, bugs. */
  onLog?(line: string): void;
}

/** An account and Region of the assembly, with the access key of its administrator. */
export interface LocalAccount {
  readonly accountId: string;
  readonly region: string;
  /** `crossmap-workflow` for the workflow account, `crossmap-bucket` for the other one. */
  readonly profile: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The embedded accounts, running. */
export interface Local {
  /** `http://127.0.0.1:PORT`, for every service. */
  readonly endpoint: string;
  readonly accounts: readonly LocalAccount[];
  readonly stateMachines: readonly { readonly stateMachineArn: string; readonly name: string }[];
  /** Resources without local meaning, each with the reason. */
  readonly skipped: readonly string[];
  /** The requests that were denied, latest first, each with its explanation. */
  denials(): readonly Denial[];
  /** Stops at once. What is committed stays in `data`. */
  close(): Promise<void>;
}

/**
 * Loads a synthesized CDK app into embedded accounts and serves them. Rejects with `AssemblyError`, `EndpointError`,
 * `MockConfigError` or `DatabaseError` for what the caller can put right, and with Node's error for a port
 * that cannot be had.
 */
export async function startLocal(options: LocalOptions): Promise<Local> {
  return (await openLocal(options)).local;
}

/** The same, with the Step Functions service of the process: for `crossmap/testing`, which waits for ends. */
export async function openLocal(options: LocalOptions): Promise<{ local: Local; stepFunctions: StepFunctions }> {
  const assembly = await readAssembly(
    typeof options.assembly === 'string' ? options.assembly : options.assembly.directory,
  );
  const mocks = await mocksOf(options.mockConfig);
  const cloud = await openCloud({
    mocks,
    data: options.data,
    environments: options.environments ?? 8,
    ...(options.endpoints && { endpoints: options.endpoints }),
    onLog: options.onLog ?? (() => {}),
  });
  try {
    const workflowEnvironment = workflowEnvironmentOf(options, defaultWorkflowEnvironment(assembly));
    const deployed = await deployAssembly(assembly, cloud.deployment, {
      workflowEnvironment,
      inlineCodeDirectory: cloud.inlineCodeDirectory,
      routed: cloud.routed,
    });
    const { port } = await cloud.listen(options.port ?? 0);
    const resumed = await cloud.recover();
    if (resumed > 0)
      options.onLog?.(`Going on with ${resumed === 1 ? 'an execution' : `${resumed} executions`} of an earlier start`);
    const local: Local = {
      endpoint: `http://127.0.0.1:${port}`,
      accounts: localAccounts(deployed, workflowEnvironment, cloud.accounts),
      stateMachines: await deployedStateMachines(cloud.stepFunctions.store),
      skipped: deployed.skipped.map(
        ({ stack, logicalId, type, reason }) => `${stack}/${logicalId} (${type}): ${reason}`,
      ),
      denials: cloud.denials,
      close: cloud.close,
    };
    return { local, stepFunctions: cloud.stepFunctions };
  } catch (error) {
    await cloud.discard();
    throw error;
  }
}

async function mocksOf(config: LocalOptions['mockConfig']): Promise<MockConfig | undefined> {
  if (config === undefined) return undefined;
  return typeof config === 'string' ? readMockConfig(config) : new MockConfig(config);
}

function workflowEnvironmentOf({ workflowAccount, workflowRegion }: LocalOptions, found: Environment): Environment {
  return { accountId: workflowAccount ?? found.accountId, region: workflowRegion ?? found.region };
}

/** One entry for each account and Region of the stacks, the workflow account first. */
function localAccounts(
  { stacks }: DeployedAssembly,
  workflow: Environment,
  accounts: Accounts,
): readonly LocalAccount[] {
  const others = new Map<string, Environment>();
  for (const { accountId, region } of stacks) {
    if (accountId !== workflow.accountId || region !== workflow.region)
      others.set(`${accountId} ${region}`, { accountId, region });
  }
  const entry = ({ accountId, region }: Environment, profile: string): LocalAccount => {
    const { accessKeyId, secretAccessKey } = accounts.account(accountId).developer.accessKey;
    return { accountId, region, profile, accessKeyId, secretAccessKey };
  };
  const only = others.size === 1;
  return [
    entry(workflow, 'crossmap-workflow'),
    ...[...others.values()].map((environment) =>
      entry(environment, only ? 'crossmap-bucket' : `crossmap-${environment.accountId}-${environment.region}`),
    ),
  ];
}

async function deployedStateMachines(store: ExecutionStore): Promise<Local['stateMachines']> {
  const all: { readonly stateMachineArn: string; readonly name: string }[] = [];
  let after: string | undefined;
  do {
    const page = await store.stateMachines('arn:', 1000, after);
    all.push(...page.items.map(({ stateMachineArn, name }) => ({ stateMachineArn, name })));
    after = page.next;
  } while (after !== undefined);
  return all;
}
