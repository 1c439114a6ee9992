import { readFile } from 'node:fs/promises';
import { type AccountsFile, accountsFile } from './accounts/accounts-file/accounts-file.ts';
import { FileProblems } from './accounts/accounts-file/field.ts';
import { loadAccounts } from './accounts/accounts-file/load.ts';
import type { Denial } from './accounts/denials.ts';
import { openCloud } from './cloud.ts';
import { NEW_BUCKET_SETTINGS } from './s3/bucket-settings.ts';

export interface ServeOptions {
  /** An accounts file, or what it holds. */
  readonly config: string | object;
  /**
   * The folder where buckets and accounts are kept.
   * @default - in memory
   */
  readonly data?: string;
  /**
   * Where to listen on 127.0.0.1; 0 for any free port.
   * @default 0
   */
  readonly port?: number;
  /** Gets what a person at the terminal wants to see: denials with their reason, bugs. */
  onLog?(line: string): void;
}

/** Declared accounts, running. */
export interface Served {
  /** `http://127.0.0.1:PORT`, for every service. */
  readonly endpoint: string;
  readonly accounts: readonly {
    readonly accountId: string;
    /** What S3 knows the account by. */
    readonly canonicalId: string;
    readonly name: string | undefined;
    readonly users: readonly string[];
    readonly roles: readonly string[];
    readonly buckets: readonly string[];
  }[];
  /** The requests that were denied, latest first, each with its explanation. */
  denials(): readonly Denial[];
  /** Stops at once. What is committed stays in `data`. */
  close(): Promise<void>;
}

/** An accounts file that cannot be used. The first line says so, each further one is one problem with its place. */
export class AccountsFileError extends Error {
  override readonly name = 'AccountsFileError';
}

/**
 * Serves the accounts that a file declares, with nothing deployed. Rejects with `AccountsFileError` or
 * `DatabaseError` for what the caller can put right, and with Node's error for a port that cannot be had.
 */
export async function serveAccounts(options: ServeOptions): Promise<Served> {
  const { config, data, port = 0, onLog = () => {} } = options;
  const name = typeof config === 'string' ? `The accounts file ${config}` : 'The accounts file';
  const declared = await usable(name, async () =>
    accountsFile.read(typeof config === 'string' ? await fileContent(config) : config, ''),
  );
  const { publicAccessBlock, objectOwnership } = declared.newBuckets ?? {};
  const newBucketSettings = {
    ...NEW_BUCKET_SETTINGS,
    ...(publicAccessBlock && { publicAccessBlock }),
    ...(objectOwnership && { objectOwnership }),
  };
  const cloud = await openCloud({ data, keepsAccounts: true, environments: 1, newBucketSettings, onLog });
  try {
    await usable(name, () => loadAccounts(declared, cloud));
    const listening = await cloud.listen(port);
    await cloud.recover();
    return {
      endpoint: `http://127.0.0.1:${listening.port}`,
      accounts: declared.accounts.map((account) => summary(account, cloud.accounts.accountEntity(account.id).id)),
      denials: cloud.denials,
      close: cloud.close,
    };
  } catch (error) {
    await cloud.discard();
    throw error;
  }
}

function summary(
  { id, name, users, roles, buckets }: AccountsFile['accounts'][number],
  canonicalId: string,
): Served['accounts'][number] {
  const names = (all: readonly { readonly name: string }[]) => all.map((each) => each.name);
  return { accountId: id, canonicalId, name, users: names(users), roles: names(roles), buckets: names(buckets) };
}

async function fileContent(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new FileProblems([error instanceof SyntaxError ? `expected JSON: ${error.message}` : error.message]);
  }
}

async function usable<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FileProblems)) throw error;
    throw new AccountsFileError([`${name} cannot be used`, ...error.problems].join('\n'));
  }
}
