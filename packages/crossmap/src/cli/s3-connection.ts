import { resolve } from 'node:path';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { ExpiringCredentials } from '../listing/http/credentials.ts';
import { usageError } from './errors.ts';
import type { Host } from './host.ts';
import { DEFAULT_DATA, readProfile, WORKFLOW_PROFILE } from './profiles.ts';
import { type ConnectOptions, withoutNodeVersionWarning } from './step-functions.ts';

/** What a listing needs of the user's settings, and a client to write with. */
export interface S3Connection {
  /** Undefined where there are none: then requests are not signed. */
  credentials(): Promise<ExpiringCredentials | undefined>;
  /** Where the bucket is looked for first. */
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly client: S3Client;
  close(): void;
}

export type ConnectS3 = (options: ConnectOptions & { readonly unsigned: boolean }, host: Host) => Promise<S3Connection>;

/** As `crossmap start` chooses: the accounts of `crossmap dev` where its profiles are, else what the AWS SDK finds. */
export const connectS3: ConnectS3 = async ({ profile, endpoint, region, data, unsigned }, host) => {
  const config: S3ClientConfig = { followRegionRedirects: true };
  const named = profile !== undefined || endpoint !== undefined;
  if (named && data !== undefined) {
    throw usageError('--data names accounts of its own: leave out --profile and --endpoint');
  }
  let found = endpoint ?? host.env.AWS_ENDPOINT_URL_S3 ?? host.env.AWS_ENDPOINT_URL;
  if (data !== undefined || (!named && !host.env.AWS_PROFILE)) {
    const folder = resolve(host.cwd, data ?? DEFAULT_DATA);
    const local = await readProfile(folder, WORKFLOW_PROFILE);
    if (local === undefined && data !== undefined) {
      throw usageError(
        `No accounts of \`crossmap dev\` in ${folder}`,
        'Start it with the same --data, or leave it out.',
      );
    }
    if (local !== undefined) {
      const { accessKeyId, secretAccessKey } = local;
      config.credentials = { accessKeyId, secretAccessKey };
      config.region = local.region;
      found = local.endpoint;
    }
  }
  if (profile !== undefined) config.profile = profile;
  if (region !== undefined) config.region = region;
  if (found !== undefined) Object.assign(config, { endpoint: found, forcePathStyle: true });
  const { S3Client } = await import('@aws-sdk/client-s3');
  const client = withoutNodeVersionWarning(() => new S3Client(config));
  const known = await client.config.region().catch(() => 'us-east-1');
  const resolved = found ?? (await endpointOfProfile(client));
  return {
    credentials: async () => (unsigned ? undefined : await client.config.credentials()),
    region: known,
    endpoint: resolved,
    client,
    close: () => client.destroy(),
  };
};

/** A profile may name an endpoint too. */
async function endpointOfProfile(client: S3Client): Promise<string | undefined> {
  const found = await client.config.endpoint?.();
  if (found === undefined) return undefined;
  return `${found.protocol}//${found.hostname}${found.port === undefined ? '' : `:${found.port}`}${found.path}`;
}
