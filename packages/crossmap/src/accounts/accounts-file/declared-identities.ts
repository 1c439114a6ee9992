import { createAccessKey } from '../identities/access-keys.ts';
import { attachPolicy, putInlinePolicy, setBoundary } from '../identities/attachments.ts';
import { createPolicy, createPolicyVersion, deletePolicyVersion } from '../identities/customer-policies.ts';
import type { AccountEntity, EntityOf, IdentityEntity } from '../identities/entity.ts';
import { addUserToGroup, createGroup } from '../identities/groups.ts';
import { IamError } from '../identities/iam-error.ts';
import { checkTags, type IamState } from '../identities/iam-state.ts';
import { createRole, updateTrustPolicy } from '../identities/roles.ts';
import { createUser } from '../identities/users.ts';
import type { DeclaredAccount, DeclaredGroup, DeclaredPolicy, DeclaredRole, DeclaredUser } from './accounts-file.ts';

/**
 * Makes what an accounts file declares, or brings what is there to what it declares now: the unique id stays, all else is
 * as declared. A path can not be changed, as it is part of the ARN.
 */
export function declareAccount(state: IamState, { root }: DeclaredAccount, account: AccountEntity): void {
  const accessKeys = root?.accessKeys ?? [];
  const { entities } = state;
  entities.change([account], [{ ...account, accessKeys: [] }]);
  const current = () => entities.find('account', account.accountId, '')!;
  for (const accessKey of accessKeys) createAccessKey(state, current(), accessKey);
}

export function declarePolicy(state: IamState, accountId: string, declared: DeclaredPolicy): void {
  const { name, path, tags, description } = declared;
  const document = JSON.stringify(declared.document);
  const existing = state.entities.find('policy', accountId, name);
  if (existing === undefined) {
    createPolicy(state, { accountId, name, path, description, document, tags });
    return;
  }
  checkPath(existing.path, path);
  const current = () => state.entities.find('policy', accountId, name)!;
  for (const { versionId } of existing.versions) {
    if (versionId !== existing.defaultVersionId) deletePolicyVersion(state, current(), versionId);
  }
  createPolicyVersion(state, current(), { document, isDefault: true });
  deletePolicyVersion(state, current(), existing.defaultVersionId);
}

export function declareGroup(state: IamState, accountId: string, declared: DeclaredGroup): void {
  const { name, path } = declared;
  const existing = state.entities.find('group', accountId, name);
  if (existing === undefined) createGroup(state, { accountId, name, path });
  else state.entities.put({ ...existing, ...bare(existing, path) });
  attach(state, () => state.entities.get('group', accountId, name), declared);
}

export function declareUser(state: IamState, accountId: string, declared: DeclaredUser): void {
  const { name, path, tags, accessKeys, groups, permissionsBoundary } = declared;
  const { entities } = state;
  const existing = entities.find('user', accountId, name);
  checkTags(tags);
  if (existing === undefined) createUser(state, { accountId, name, path, tags });
  else entities.put({ ...existing, ...bare(existing, path), tags, groups: [], accessKeys: [] });
  const current = () => entities.get('user', accountId, name);
  setBoundary(state, current(), permissionsBoundary);
  attach(state, current, declared);
  for (const group of groups) addUserToGroup(state, current(), entities.get('group', accountId, group));
  for (const accessKey of accessKeys) createAccessKey(state, current(), accessKey);
}

/** `id` is the unique id of the role, should it be new. */
export function declareRole(state: IamState, accountId: string, declared: DeclaredRole, id: string): void {
  const { name, path, tags, maxSessionDuration, description, permissionsBoundary } = declared;
  const { entities } = state;
  const trustPolicy = JSON.stringify(declared.trustPolicy);
  const existing = entities.find('role', accountId, name);
  checkTags(tags);
  if (existing === undefined) {
    createRole(state, { accountId, name, path, tags, maxSessionDuration, description, trustPolicy, id });
  } else {
    const { description: _, ...others } = existing;
    const described = description === undefined ? {} : { description };
    updateTrustPolicy(
      state,
      { ...others, ...described, ...bare(existing, path), tags, maxSessionDuration },
      trustPolicy,
    );
  }
  const current = () => entities.get('role', accountId, name);
  setBoundary(state, current(), permissionsBoundary);
  attach(state, current, declared);
}

function attach(
  state: IamState,
  current: () => IdentityEntity,
  { policies, managedPolicies }: Pick<DeclaredGroup, 'policies' | 'managedPolicies'>,
): void {
  for (const [name, document] of Object.entries(policies)) {
    putInlinePolicy(state, current(), name, JSON.stringify(document));
  }
  for (const arn of managedPolicies) attachPolicy(state, current(), arn);
}

function bare(
  existing: EntityOf<'user' | 'role' | 'group'>,
  path: string,
): Pick<IdentityEntity, 'inline' | 'attached'> {
  checkPath(existing.path, path);
  return { inline: {}, attached: [] };
}

function checkPath(existing: string, declared: string): void {
  if (existing === declared) return;
  throw new IamError('InvalidInput', `Expected the path it has in the data folder, ${existing}, found ${declared}`);
}
