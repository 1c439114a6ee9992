import { resolve } from 'node:path';
import type {
  DescribeExecutionInput,
  DescribeExecutionOutput,
  DescribeMapRunInput,
  DescribeMapRunOutput,
  GetExecutionHistoryInput,
  GetExecutionHistoryOutput,
  ListMapRunsInput,
  ListMapRunsOutput,
  ListStateMachinesInput,
  ListStateMachinesOutput,
  SFNClientConfig,
  StartExecutionInput,
  StartExecutionOutput,
} from '@aws-sdk/client-sfn';
import { usageError } from './errors.ts';
import type { Host } from './host.ts';
import { DEFAULT_DATA, profileFiles, readProfile, WORKFLOW_PROFILE } from './profiles.ts';
import { shellWord } from './shell-word.ts';

/** The operations that the commands use, of the embedded accounts and of AWS alike. */
export interface StepFunctions {
  listStateMachines(input: ListStateMachinesInput): Promise<ListStateMachinesOutput>;
  startExecution(input: StartExecutionInput): Promise<StartExecutionOutput>;
  describeExecution(input: DescribeExecutionInput): Promise<DescribeExecutionOutput>;
  getExecutionHistory(input: GetExecutionHistoryInput): Promise<GetExecutionHistoryOutput>;
  listMapRuns(input: ListMapRunsInput): Promise<ListMapRunsOutput>;
  describeMapRun(input: DescribeMapRunInput): Promise<DescribeMapRunOutput>;
}

export interface Connection {
  readonly stepFunctions: StepFunctions;
  /** Where requests go if not to AWS. Known only after the first answer: it may come from a profile. */
  endpoint(): Promise<string | undefined>;
  /** How to call the AWS CLI with the same account and endpoint. */
  readonly awsCommand: string;
  close(): void;
}

export interface ConnectOptions {
  readonly profile: string | undefined;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  /** The folder `crossmap dev` keeps its accounts in; absent: the usual one, where there is one. */
  readonly data: string | undefined;
}

export type Connect = (options: ConnectOptions, host: Host) => Promise<Connection>;

/**
 * The accounts of `crossmap dev` where its profiles are, unless a profile or an endpoint is named; otherwise whatever
 * the AWS SDK finds by itself.
 */
export const connect: Connect = async (options, host) => {
  const { profile, endpoint, region, data } = options;
  const words: string[] = [];
  const config: SFNClientConfig = {};
  if (region !== undefined) config.region = region;
  const named = profile !== undefined || endpoint !== undefined;
  if (named && data !== undefined)
    throw usageError('--data names accounts of its own: leave out --profile and --endpoint');
  if (data !== undefined || (!named && !host.env.AWS_PROFILE)) {
    const folder = resolve(host.cwd, data ?? DEFAULT_DATA);
    const local = await readProfile(folder, WORKFLOW_PROFILE);
    if (local !== undefined) {
      const { accessKeyId, secretAccessKey } = local;
      Object.assign(config, { region: region ?? local.region, endpoint: local.endpoint });
      config.credentials = { accessKeyId, secretAccessKey };
      const files = profileFiles(folder);
      words.push(`AWS_CONFIG_FILE=${shellWord(files.config)}`);
      words.push(`AWS_SHARED_CREDENTIALS_FILE=${shellWord(files.credentials)}`, 'aws', '--profile', WORKFLOW_PROFILE);
    } else if (data !== undefined) {
      throw usageError(
        `No accounts of \`crossmap dev\` in ${folder}`,
        'Start it with the same --data, or leave it out.',
      );
    }
  }
  if (words.length === 0) words.push('aws');
  if (profile !== undefined) {
    config.profile = profile;
    words.push('--profile', shellWord(profile));
  }
  if (endpoint !== undefined) {
    config.endpoint = endpoint;
    words.push('--endpoint-url', shellWord(endpoint));
  }
  if (region !== undefined) words.push('--region', shellWord(region));
  return { ...(await clientOf(config)), awsCommand: words.join(' ') };
};

async function clientOf(config: SFNClientConfig): Promise<Omit<Connection, 'awsCommand'>> {
  const { SFN } = await import('@aws-sdk/client-sfn');
  const client = withoutNodeVersionWarning(() => new SFN(config));
  return {
    stepFunctions: client,
    async endpoint() {
      const found = await client.config.endpoint?.();
      if (found === undefined) return undefined;
      return `${found.protocol}//${found.hostname}${found.port === undefined ? '' : `:${found.port}`}`;
    },
    close: () => client.destroy(),
  };
}

const NODE_VERSION_WARNING_OFF = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/** The SDK warns about the end of its support for Node 20 once, when the first client is made: Crossmap supports it. */
export function withoutNodeVersionWarning<T>(make: () => T): T {
  const before = process.env[NODE_VERSION_WARNING_OFF];
  process.env[NODE_VERSION_WARNING_OFF] = 'true';
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[NODE_VERSION_WARNING_OFF];
    else process.env[NODE_VERSION_WARNING_OFF] = before;
  }
}
