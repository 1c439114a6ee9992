import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Accounts } from './accounts/accounts.ts';
import { AssumedRoleTasks } from './accounts/assumed-role-tasks.ts';
import { Authorization } from './accounts/authorize.ts';
import { type Denial, Denials } from './accounts/denials.ts';
import type { BucketResource, Deployment } from './accounts/deployment.ts';
import { type EmbeddedCloud, EmbeddedDeployment } from './accounts/embedded-deployment.ts';
import { EmbeddedObjects } from './accounts/embedded-objects.ts';
import { FunctionCode } from './accounts/function-code.ts';
import { FunctionSessions } from './accounts/function-sessions.ts';
import { KEY_FILE, keyFile } from './accounts/kms/key-file.ts';
import { KeyStore } from './accounts/kms/key-store.ts';
import { Kms } from './accounts/kms/kms.ts';
import { s3DataKeys } from './accounts/kms/s3-data-keys.ts';
import { LambdaTasks } from './accounts/lambda-tasks.ts';
import { deliversLog } from './accounts/log-delivery.ts';
import { LogGroups } from './accounts/log-groups.ts';
import type { MockConfig } from './accounts/mock-config.ts';
import { EVERY_SERVICE, isHere, MockedTasks } from './accounts/mocked-tasks.ts';
import { NestedExecutions } from './accounts/nested-executions.ts';
import { SdkServices, servicesAtEndpoints } from './accounts/sdk/services.ts';
import { routedServices, ServiceTasks } from './accounts/service-tasks.ts';
import type { TaskResource } from './asl/task-resource.ts';
import { Activities } from './engine/activities.ts';
import { Executions } from './engine/executions.ts';
import type { Clock } from './engine/ports.ts';
import { FunctionHost } from './functions/function-host.ts';
import type { InvokeResult } from './functions/invoke-result.ts';
import type { PrincipalIds } from './iam/policy.ts';
import { MapRuns } from './map-run/map-runs.ts';
import type { BucketSettings } from './s3/bucket-settings.ts';
import { directoryBlobs } from './s3/directory-blobs.ts';
import { EmbeddedS3 } from './s3/embedded-s3.ts';
import { memoryBlobs } from './s3/memory-blobs.ts';
import { ObjectStore } from './s3/object-store.ts';
import type { Network } from './s3/request.ts';
import { iamApi } from './server/iam/operations.ts';
import { kmsApi } from './server/kms/api.ts';
import { logsApi } from './server/logs/operations.ts';
import { type Listening, listen } from './server/server.ts';
import { groupArn, logEvents } from './server/step-functions/execution-log.ts';
import type { StepFunctions } from './server/step-functions/operation.ts';
import { operations, stepFunctionsApi } from './server/step-functions/operations.ts';
import { recover } from './server/step-functions/recovery.ts';
import { StateMachines } from './server/step-functions/state-machines.ts';
import { TaskChecks } from './server/step-functions/task-checks.ts';
import { stsApi } from './server/sts/operations.ts';
import { openDatabase } from './sqlite/open.ts';
import { MemoryStore } from './store/memory-store.ts';
import { openSqliteStore } from './store/sqlite-store.ts';
import { systemClock, systemIds } from './system.ts';

/** What may stand in for a part of the embedded cloud, for who tests the engine itself. */
export interface StandIns {
  /**
   * The time of executions and Map Runs. Requests are always dated by the system's clock.
   * @default - the system's clock
   */
  readonly clock?: Clock;
  /**
   * The way by which requests to S3 come: their address, and the VPC endpoint.
   * @default - from the address of the client over TLS
   */
  network?(): Network | undefined;
  /** Answers an invocation of a function in place of the function host, or `undefined` for a function it has not. */
  invoke?(functionArn: string, payload: string): Promise<InvokeResult> | undefined;
}

export interface CloudOptions {
  /**
   * What a bucket has when it is made.
   * @default NEW_BUCKET_SETTINGS
   */
  readonly newBucketSettings?: BucketSettings;
  /** The folder where buckets and executions are kept; `undefined` for in memory. */
  readonly data: string | undefined;
  /**
   * Keeps users, roles, policies and keys in `data` too.
   * @default - they are made anew at each start
   */
  readonly keepsAccounts?: boolean;
  readonly environments: number;
  /** The responses that tasks of executions with a test case get. */
  readonly mocks?: MockConfig | undefined;
  /** Services that are not embedded, by their names in `aws-sdk` integrations, and the URLs they are at. */
  readonly endpoints?: Readonly<Record<string, string>>;
  onLog(line: string): void;
}

/** The embedded accounts with every service, nothing deployed and nothing listening yet. */
export interface Cloud {
  readonly accounts: Accounts;
  readonly buckets: EmbeddedCloud['buckets'];
  readonly s3: EmbeddedS3;
  readonly stepFunctions: StepFunctions;
  readonly kms: Kms;
  readonly logGroups: LogGroups;
  readonly deployment: Deployment;
  /** Where the code of functions that have it in the template is written. */
  readonly inlineCodeDirectory: string;
  /** The services at endpoints, as resources of tasks name them. */
  readonly routed: ReadonlySet<string>;
  denials(): readonly Denial[];
  /** Serves every service on 127.0.0.1. Rejects with Node's error for a port that cannot be had. */
  listen(port: number): Promise<Listening>;
  /** Goes on with the executions that an earlier start left running in `data`, and gives how many they are. */
  recover(): Promise<number>;
  /** Stops at once. What is committed stays in `data`. */
  close(): Promise<void>;
  /** Closes, and removes what this start made of a data folder that held nothing before, so that the next can. */
  discard(): Promise<void>;
}

/** Puts the embedded cloud together. Rejects with `EndpointError` or `DatabaseError`. */
export async function openCloud(options: CloudOptions, standIns: StandIns = {}): Promise<Cloud> {
  const { data, environments, endpoints = {}, mocks, onLog } = options;
  const onBug = (thrown: unknown) =>
    onLog(`BUG ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : thrown}`);
  const now = systemClock.now;
  const clock = standIns.clock ?? systemClock;

  const atEndpoints = servicesAtEndpoints(endpoints, process.cwd());
  const routed = routedServices(atEndpoints.keys());
  const named = mocks === undefined ? routed : EVERY_SERVICE;
  const here = (resource: TaskResource) => mocks === undefined || isHere(resource, routed);
  const { store, objects, closeStores, discardStores } = await openStores(data);
  const accountsDatabase =
    data !== undefined && options.keepsAccounts ? await openDatabase(join(data, ACCOUNTS_FILE)) : undefined;
  const accounts = new Accounts({ now, ...(accountsDatabase && { database: accountsDatabase }) });
  const denials = new Denials(now);
  const authorization = new Authorization(accounts, denials, ({ explanation }) => onLog(explanation), now);
  const keys = await KeyStore.open(now, data === undefined ? undefined : keyFile(data));
  const kms = new Kms({ store: keys, authorizer: authorization, now, principalIds: accounts.principalIds });
  const s3 = new EmbeddedS3({
    store: objects,
    authorizer: authorization,
    principalIds: accounts.principalIds,
    ...(options.newBucketSettings && { newBucketSettings: options.newBucketSettings }),
    dataKeys: s3DataKeys(kms),
    now,
    newId: systemIds.uuid,
  });
  let port = 0;
  const functionSessions = new FunctionSessions(accounts, now);
  const logGroups = new LogGroups(clock.now);
  const logDelivery = { sessions: functionSessions, logGroups, permissions: authorization };
  const functions = new FunctionHost({
    environments,
    endpoint: () => `http://127.0.0.1:${port}`,
    credentials: (configuration) => functionSessions.credentials(configuration),
    keepsLog: (configuration, logStreamName) => deliversLog(configuration, logStreamName, logDelivery),
    clock: systemClock,
    requestId: systemIds.uuid,
  });
  const stateMachines = new StateMachines({
    store,
    accounts,
    permissions: authorization,
    logGroups,
    clock,
    ids: systemIds,
    routed: named,
    taskChecks: new TaskChecks({
      templates: {
        offers: async (resource) => (here(resource) ? serviceTasks.offers(resource) : 'here'),
        templateProblems: async (resource, template) =>
          here(resource) ? serviceTasks.templateProblems(resource, template) : [],
      },
      permissions: authorization,
    }),
  });
  const functionCode = await FunctionCode.open();
  const buckets = bucketsOf(s3);
  const deployment = new EmbeddedDeployment({
    accounts,
    functions,
    functionCode,
    functionSessions,
    buckets,
    kms,
    logGroups,
    stateMachines,
  });
  const mapRuns = new MapRuns({
    clock,
    ids: systemIds,
    store,
    objects: new EmbeddedObjects(accounts, s3),
    permissions: authorization,
    executions: () => executions,
  });
  const invoke: FunctionHost['invoke'] = (functionArn, payload, clientContext) =>
    standIns.invoke?.(functionArn, payload) ?? functions.invoke(functionArn, payload, clientContext);
  const requestId = systemIds.uuid;
  const services = new SdkServices(
    {
      s3,
      stepFunctions: (request) => stepFunctionsApi(stepFunctions).answer(request, authorization),
      stepFunctionsOperations: operations.keys(),
      accounts,
      functions: { invoke },
      permissions: authorization,
      authorizer: authorization,
      requestId,
      now: clock.now,
    },
    atEndpoints,
  );
  const sfn = async () => {
    const service = await services.service('sfn');
    if (service === undefined) throw new Error('Expected Step Functions among the services');
    return service;
  };
  const activities = await Activities.open({ store, clock });
  const serviceTasks: ServiceTasks = new ServiceTasks({
    lambda: new LambdaTasks({ functions: { invoke }, permissions: authorization, requestId, now: clock.now }),
    nestedExecutions: new NestedExecutions({
      stepFunctions: sfn,
      ended: (executionArn) => executions.ended(executionArn),
    }),
    service: (name) => services.service(name),
  });
  const tasks = new AssumedRoleTasks({ tasks: serviceTasks, accounts, authorizer: authorization });
  const executions: Executions = new Executions({
    clock,
    ids: systemIds,
    store,
    tasks: mocks === undefined ? tasks : new MockedTasks(mocks, tasks, routed),
    taskParameters: {
      problems: async (resource, parameters) => (here(resource) ? serviceTasks.problems(resource, parameters) : []),
    },
    activities,
    mapRuns,
    log: (request, events) => logEvents(logGroups, request, events),
    onFault: onBug,
  });
  const stepFunctions: StepFunctions = {
    store,
    executions,
    activities,
    mapRuns,
    tasks,
    stateMachines,
    clock,
    ids: systemIds,
    ...(mocks && { mocks }),
  };

  const cannotGoOn = (fault: unknown, arn: string) =>
    onLog(`${arn} cannot go on: ${fault instanceof Error ? fault.message : fault}`);
  let server: Listening | undefined;
  const close = async () => {
    await server?.close();
    executions.close();
    await functions.close();
    await functionCode.close();
    accountsDatabase?.close();
    await closeStores();
  };
  return {
    accounts,
    buckets,
    s3,
    kms,
    stepFunctions,
    logGroups,
    deployment,
    inlineCodeDirectory: functionCode.inlineCodeDirectory,
    routed: named,
    denials: () => denials.list(),
    async listen(wanted) {
      server = await listen(wanted, {
        apis: [stepFunctionsApi(stepFunctions), logsApi(logGroups), kmsApi(kms)],
        queryApis: [stsApi({ accounts, now }), iamApi(accounts.iam)],
        s3,
        ...(standIns.network && { network: standIns.network }),
        authorizer: authorization,
        lookup: (accessKeyId, sessionToken) => accounts.caller(accessKeyId, sessionToken),
        now,
        onBug,
        localEndpoint: {
          denials: () => denials.list(),
          logs: (functionArn) => functions.logs(functionArn),
          logGroup: (logGroupArn) => logGroups.records(groupArn(logGroupArn)),
        },
      });
      port = server.port;
      return server;
    },
    recover: () => recover(stepFunctions, cannotGoOn),
    close,
    async discard() {
      await close();
      await discardStores();
    },
  };
}

const ACCOUNTS_FILE = 'accounts.sqlite';

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
  const files = ['executions.sqlite', 'objects.sqlite', 'objects', KEY_FILE, ACCOUNTS_FILE].map((name) =>
    join(data, name),
  );
  const fresh = !files.some((file) => existsSync(file));
  const store = await openSqliteStore(join(data, 'executions.sqlite'));
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
    createBucket: async ({ bucketName, accountId, region, encryption, settings = {} }: BucketResource) => {
      await s3.provisionBucket({ name: bucketName, accountId, region });
      await s3.provisionEncryption(bucketName, encryption);
      await s3.provisionSettings(bucketName, settings);
    },
    putBucketPolicy: (bucketName: string, policy: string, principalIds?: PrincipalIds) =>
      s3.provisionPolicy(bucketName, policy, principalIds),
    putBucketSettings: (bucketName: string, settings: BucketSettings) => s3.provisionSettings(bucketName, settings),
  };
}
