import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalAccount } from './local.ts';

/** Where `crossmap dev` keeps everything, and `crossmap start` looks for it. */
export const DEFAULT_DATA = '.crossmap';

/** The profile of the account that runs the workflow. */
export const WORKFLOW_PROFILE = 'crossmap-workflow';

export interface ProfileFiles {
  readonly config: string;
  readonly credentials: string;
}

/** The files that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE are to name, for accounts kept in `data`. */
export function profileFiles(data: string): ProfileFiles {
  return { config: join(data, 'aws', 'config'), credentials: join(data, 'aws', 'credentials') };
}

/**
 * One profile per account, readable by the AWS CLI and SDKs; only the user may read the credentials. Without the setting
 * on host prefixes StartSyncExecution would be sent to `sync-127.0.0.1`.
 */
export async function writeProfiles(data: string, endpoint: string, accounts: readonly LocalAccount[]): Promise<void> {
  const files = profileFiles(data);
  await mkdir(join(data, 'aws'), { recursive: true });
  await writeFile(files.config, accounts.map((account) => configSection(account, endpoint)).join('\n'));
  await writeFile(files.credentials, accounts.map(credentialsSection).join('\n'), { mode: 0o600 });
}

const configSection = ({ profile, region }: LocalAccount, endpoint: string) =>
  `[profile ${profile}]\nregion = ${region}\nendpoint_url = ${endpoint}\ndisable_host_prefix_injection = true\n`;

const credentialsSection = ({ profile, accessKeyId, secretAccessKey }: LocalAccount) =>
  `[${profile}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;

export interface Profile {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A profile that `writeProfiles` wrote; undefined where there is none. */
export async function readProfile(data: string, name: string): Promise<Profile | undefined> {
  const files = profileFiles(data);
  const config = section(await textOf(files.config), `profile ${name}`);
  const credentials = section(await textOf(files.credentials), name);
  const [endpoint, region] = [config.get('endpoint_url'), config.get('region')];
  const [accessKeyId, secretAccessKey] = [
    credentials.get('aws_access_key_id'),
    credentials.get('aws_secret_access_key'),
  ];
  if (endpoint === undefined || region === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { endpoint, region, accessKeyId, secretAccessKey };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

function section(text: string, name: string): Map<string, string> {
  const values = new Map<string, string>();
  let inside = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('[')) inside = line.trim() === `[${name}]`;
    const [key, ...value] = line.split('=');
    if (inside && key !== undefined && value.length > 0) values.set(key.trim(), value.join('=').trim());
  }
  return values;
}
