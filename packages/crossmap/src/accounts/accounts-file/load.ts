import { PolicyError } from '../../iam/policy.ts';
import { type Accounts, IamError, type PolicyDocument } from '../accounts.ts';
import type { EmbeddedCloud } from '../embedded-deployment.ts';
import { Organization, OrganizationError } from '../organization.ts';
import type { AccountsFile } from './accounts-file.ts';
import { FileProblems } from './field.ts';

/** Makes what the file declares. Throws `FileProblems` with every problem that a service has with it. */
export async function loadAccounts(
  { accounts: declared, organization }: AccountsFile,
  { accounts, buckets }: Pick<EmbeddedCloud, 'accounts' | 'buckets'>,
): Promise<void> {
  const problems: string[] = [];
  const attempt = async (at: string, make: () => unknown) => {
    try {
      await make();
    } catch (error) {
      if (!(error instanceof Error) || !isRefusal(error)) throw error;
      problems.push(`${at}: ${error.message}`);
    }
  };
  for (const [index, { id, root, users, roles }] of declared.entries()) {
    const at = `accounts[${index}]`;
    await attempt(`${at}.root`, () => declareRoot(accounts, id, root));
    for (const [i, { name, managedPolicies, policies, path, accessKeys }] of users.entries()) {
      await attempt(`${at}.users[${i}]`, () =>
        accounts.createUser({
          accountId: id,
          userName: name,
          path,
          policies: documents(policies),
          managedPolicyArns: managedPolicies,
          accessKeys,
        }),
      );
    }
    for (const [i, { name, managedPolicies, policies, path, trustPolicy }] of roles.entries()) {
      await attempt(`${at}.roles[${i}]`, () =>
        accounts.createRole({
          accountId: id,
          roleName: name,
          path,
          trustPolicy,
          policies: documents(policies),
          managedPolicyArns: managedPolicies,
        }),
      );
    }
  }
  await attempt('organization', () => organization && accounts.join(new Organization(organization)));
  for (const [index, account] of declared.entries()) {
    for (const [i, { name, region, policy }] of account.buckets.entries()) {
      await attempt(`accounts[${index}].buckets[${i}]`, async () => {
        await buckets.createBucket({ bucketName: name, accountId: account.id, region });
        if (policy !== undefined) await buckets.putBucketPolicy(name, JSON.stringify(policy));
      });
    }
  }
  if (problems.length > 0) throw new FileProblems(problems);
}

function declareRoot(accounts: Accounts, id: string, root: AccountsFile['accounts'][number]['root']): void {
  accounts.account(id);
  for (const accessKey of root?.accessKeys ?? []) accounts.createRootAccessKey(id, accessKey);
}

function documents(policies: Readonly<Record<string, object>>): readonly PolicyDocument[] {
  return Object.entries(policies).map(([name, document]) => ({ name, document }));
}

/** What a service says of what it was asked to make; anything else is a bug. */
function isRefusal(error: Error): boolean {
  return (
    error instanceof PolicyError ||
    error instanceof IamError ||
    error instanceof OrganizationError ||
    error.name === 'S3Error'
  );
}
