import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Accounts } from './accounts/accounts.ts';
import { defaultWorkflowEnvironment, readAssembly } from './accounts/assembly.ts';
import { type DeployedAssembly, deployAssembly } from './accounts/assembly-deployment.ts';
import { Authorization } from './accounts/authorize.ts';
import { type Denial, Denials } from './accounts/denials.ts';
import type { Environment } from './accounts/deployment.ts';
import { EmbeddedDeployment } from './accounts/embedded-deployment.ts';
import { EmbeddedObjects } from './accounts/embedded-objects.ts';
import { FunctionCode } from './accounts/function-code.ts';
import { FunctionSessions } from './accounts/function-sessions.ts';
import { LambdaTasks } from './accounts/lambda-tasks.ts';
import { Executions } from './engine/executions.ts';
import type { ExecutionStore } from './engine/ports.ts';
import { FunctionHost } from './functions/function-host.ts';
import { LocalError } from './local-error.ts';
import { MapRuns } from './map-run/map-runs.ts';
import { directoryBlobs } from './s3/directory-blobs.ts';
import { EmbeddedS3 } from './s3/embedded-s3.ts';
import { memoryBlobs } from './s3/memory-blobs.ts';
import { ObjectStore } from './s3/object-store.ts';
import { listen } from './server/server.ts';
import type { StepFunctions } from './server/step-functions/operation.ts';
import { StateMachines } from './server/step-functions/state-machines.ts';
import { openDatabase } from './sqlite/open.ts';
import { MemoryStore } from './store/memory-store.ts';
import { openSqliteStore } from './store/sqlite-store.ts';
import { systemClock, systemIds } from './system.ts';

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
 * Loads a synthesized CDK app into embedded accounts and serves them. Rejects with `AssemblyError`, `LocalError` or
 * `DatabaseError` for what the caller can put right, and with Node's error for a port that cannot be had.
 */
export async function startLocal(options: LocalOptions): Promise<Local> {
  return (await openLocal(options)).local;
}

/** The same, with the Step Functions service of the process: for `crossmap/testing`, which waits for ends. */
export async function openLocal(options: LocalOptions): Promise<{ local: Local; stepFunctions: StepFunctions }> {
  const onLog = options.onLog ?? (() => {});
  const onBug = (thrown: unknown) =>
    onLog(`BUG ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : thrown}`);
  const now = systemClock.now;

  const assembly = await readAssembly(
    typeof options.assembly === 'string' ? options.assembly : options.assembly.directory,
  );
  const { store, objects, closeStores, discardStores } = await openStores(options.data);
  const accounts = new Accounts({ now });
  const denials = new Denials(now);
  const authorization = new Authorization(accounts, denials, ({ explanation }) => onLog(explanation));
  const s3 = new EmbeddedS3({ store: objects, authorizer: authorization, now, newId: systemIds.uuid });
  let port = 0;
  const endpoint = () => `http://127.0.0.1:${port}`;
  const functionSessions = new FunctionSessions(accounts, now);
  const functions = new FunctionHost({
    environments: options.environments ?? 8,
    endpoint,
    credentials: (configuration) => functionSessions.credentials(configuration),
    clock: systemClock,
    requestId: systemIds.uuid,
  });
  const stateMachines = new StateMachines({ store, accounts, clock: systemClock });
  const functionCode = await FunctionCode.open();
  const deployment = new EmbeddedDeployment({
    accounts,
    functions,
    functionCode,
    functionSessions,
    buckets: bucketsOf(s3),
    stateMachines,
  });
  const mapRuns = new MapRuns({
    clock: systemClock,
    ids: systemIds,
    store,
    objects: new EmbeddedObjects(accounts, s3),
    permissions: authorization,
    executions: () => executions,
  });
  const executions: Executions = new Executions({
    clock: systemClock,
    ids: systemIds,
    store,
    tasks: new LambdaTasks({ functions, permissions: authorization, requestId: systemIds.uuid, now }),
    mapRuns,
    onFault: onBug,
  });
  const close = async () => {
    executions.close();
    await functions.close();
    await functionCode.close();
    await closeStores();
  };

  try {
    const workflowEnvironment = workflowEnvironmentOf(options, defaultWorkflowEnvironment(assembly));
    const deployed = await deployAssembly(assembly, deployment, {
      workflowEnvironment,
      inlineCodeDirectory: functionCode.inlineCodeDirectory,
    });
    const stepFunctions = { store, executions, mapRuns, stateMachines, clock: systemClock, ids: systemIds };
    const server = await listen(options.port ?? 0, {
      stepFunctions,
      s3,
      authorizer: authorization,
      lookup: (accessKeyId, sessionToken) => accounts.caller(accessKeyId, sessionToken),
      now,
      onBug,
      localEndpoint: { denials: () => denials.list(), logs: (functionArn) => functions.logs(functionArn) },
    });
    port = server.port;
    const local: Local = {
      endpoint: endpoint(),
      accounts: localAccounts(deployed, workflowEnvironment, accounts),
      stateMachines: await deployedStateMachines(store),
      skipped: deployed.skipped.map(
        ({ stack, logicalId, type, reason }) => `${stack}/${logicalId} (${type}): ${reason}`,
      ),
      denials: () => denials.list(),
      close: async () => {
        await server.close();
        await close();
      },
    };
    return { local, stepFunctions };
  } catch (error) {
    await close();
    await discardStores();
    throw error;
  }
}

/** `discardStores` removes what this start made of a data folder that held nothing before, so that the next can. */
async function openStores(data: string | undefined) {
  if (data === undefined) {
    const database = await openDatabase(':memory:');
    const objects = await ObjectStore.open(database, memoryBlobs());
    return {
      store: new MemoryStore(),
      objects,
      closeStores: async () => objects.close(),
      discardStores: async () => {},
    };
  }
  await mkdir(data, { recursive: true });
  const files = ['executions.sqlite', 'objects.sqlite', 'objects'].map((name) => join(data, name));
  const fresh = !files.some((file) => existsSync(file));
  const store = await openSqliteStore(join(data, 'executions.sqlite'));
  if (store.holdsData()) {
    await store.close();
    throw new LocalError(
      `The data folder ${data} holds the executions of an earlier start\n` +
        'Going on with them is not supported yet. Remove the folder, or give another one.',
    );
  }
  const objects = await ObjectStore.open(
    await openDatabase(join(data, 'objects.sqlite')),
    await directoryBlobs(join(data, 'objects')),
  );
  const closeStores = async () => {
    await store.close();
    await objects.close();
  };
  const discardStores = async () => {
    for (const file of fresh ? files : []) await rm(file, { recursive: true, force: true });
  };
  return { store, objects, closeStores, discardStores };
}

function bucketsOf(s3: EmbeddedS3) {
  return {
    createBucket: ({ bucketName, accountId, region }: { bucketName: string } & Environment) =>
      s3.provisionBucket({ name: bucketName, accountId, region }),
    putBucketPolicy: (bucketName: string, policy: string) => s3.provisionPolicy(bucketName, policy),
  };
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
