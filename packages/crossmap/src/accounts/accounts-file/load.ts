import { createHash } from 'node:crypto';
import { PolicyError } from '../../iam/policy.ts';
import type { BucketEncryption } from '../../s3/bucket-settings.ts';
import { IamError } from '../accounts.ts';
import { uniqueId } from '../credentials.ts';
import type { EmbeddedCloud } from '../embedded-deployment.ts';
import type { IamState } from '../identities/iam-state.ts';
import { KmsError } from '../kms/kms-error.ts';
import { Organization, OrganizationError } from '../organization.ts';
import type { AccountsFile, DeclaredAccount } from './accounts-file.ts';
import { declareAccount, declareGroup, declarePolicy, declareRole, declareUser } from './declared-identities.ts';
import { declareKey } from './declared-key.ts';
import { FileProblems } from './field.ts';

/**
 * Makes what the file declares. In a data folder that was used before, a part of the file is applied when it is new or
 * has changed since; what it did not change stays as the APIs left it. Throws `FileProblems` with every problem that a
 * service has with it.
 */
export async function loadAccounts(
  { accounts: declared, organization }: AccountsFile,
  { accounts, buckets, kms }: Pick<EmbeddedCloud, 'accounts' | 'buckets' | 'kms'>,
): Promise<void> {
  const loading = new Loading(accounts.iam);
  for (const [index, account] of declared.entries()) {
    await loading.part(`accounts[${index}]`, `account ${account.id}`, account.root ?? null, () =>
      declareAccount(accounts.iam, account, accounts.accountEntity(account.id)),
    );
  }
  await loading.each(declared, 'policies', (id, policy) => declarePolicy(accounts.iam, id, policy));
  await loading.each(declared, 'groups', (id, group) => declareGroup(accounts.iam, id, group));
  await loading.each(declared, 'users', (id, user) => declareUser(accounts.iam, id, user));
  const newRoles = idsOfNewRoles(declared, accounts.iam);
  const state: IamState = {
    ...accounts.iam,
    principalIds: (arnOrId) => accounts.principalIds(arnOrId) ?? newRoles.get(arnOrId),
  };
  await loading.each(declared, 'roles', (id, role) =>
    declareRole(state, id, role, newRoles.get(roleArn(id, role)) ?? uniqueId('AROA', state.random)),
  );
  await loading.attempt('organization', () => organization && accounts.join(new Organization(organization)));
  await loading.each(declared, 'keys', (accountId, key) => declareKey(kms, accountId, key));
  await loading.each(
    declared,
    'buckets',
    async (accountId, { name, region, policy, encryption, tags, ...settings }) => {
      const defaults = encryption === undefined ? {} : { encryption: bucketEncryption(encryption) };
      await buckets.createBucket({ bucketName: name, accountId, region, ...defaults });
      await buckets.putBucketSettings(name, {
        ...given(settings),
        ...(tags && { tags: Object.entries(tags).map(([key, value]) => ({ key, value })) }),
      });
      if (policy !== undefined) await buckets.putBucketPolicy(name, JSON.stringify(policy));
    },
  );
  loading.end();
}

/** What is not `undefined`. */
function given<T extends object>(settings: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const present = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { readonly [K in keyof T]?: Exclude<T[K], undefined> };
}

type Lists = 'policies' | 'groups' | 'users' | 'roles' | 'keys' | 'buckets';

class Loading {
  readonly #state: IamState;
  readonly #problems: string[] = [];

  constructor(state: IamState) {
    this.#state = state;
  }

  async attempt(at: string, make: () => unknown): Promise<void> {
    try {
      await make();
    } catch (error) {
      if (!(error instanceof Error) || !isRefusal(error)) throw error;
      this.#problems.push(`${at}: ${error.message}`);
    }
  }

  /** Makes a part of the file that is not as it was when it was last made. */
  async part(at: string, name: string, declaration: unknown, make: () => unknown): Promise<void> {
    const { entities } = this.#state;
    const hash = createHash('sha256').update(JSON.stringify(declaration)).digest('hex');
    if (entities.declared(name) === hash) return;
    await this.attempt(at, async () => {
      await make();
      entities.setDeclared(name, hash);
    });
  }

  async each<L extends Lists>(
    accounts: readonly DeclaredAccount[],
    what: L,
    make: (accountId: string, declared: DeclaredAccount[L][number]) => unknown,
  ): Promise<void> {
    for (const [index, account] of accounts.entries()) {
      for (const [i, declared] of account[what].entries()) {
        const name = `${what} ${account.id} ${'name' in declared ? declared.name : declared.id}`;
        await this.part(`accounts[${index}].${what}[${i}]`, name, declared, () => make(account.id, declared));
      }
    }
  }

  end(): void {
    if (this.#problems.length > 0) throw new FileProblems(this.#problems);
  }
}

/** Roles may trust one another, and their bucket's policies name them: each has its id before any exists. */
function idsOfNewRoles(declared: readonly DeclaredAccount[], { entities, random }: IamState): Map<string, string> {
  const ids = new Map<string, string>();
  for (const { id, roles } of declared) {
    for (const role of roles) {
      if (entities.find('role', id, role.name) === undefined) ids.set(roleArn(id, role), uniqueId('AROA', random));
    }
  }
  return ids;
}

function roleArn(accountId: string, { path, name }: DeclaredAccount['roles'][number]): string {
  return `arn:aws:iam::${accountId}:role${path}${name}`;
}

function bucketEncryption({
  keyId,
  ...encryption
}: NonNullable<DeclaredAccount['buckets'][number]['encryption']>): BucketEncryption {
  return { ...encryption, ...(keyId !== undefined && { keyId }) };
}

/** What a service says of what it was asked to make; anything else is a bug. */
function isRefusal(error: Error): boolean {
  if (error instanceof PolicyError || error instanceof IamError || error instanceof OrganizationError) return true;
  if (error instanceof KmsError) return true;
  return error.name === 'S3Error';
}
