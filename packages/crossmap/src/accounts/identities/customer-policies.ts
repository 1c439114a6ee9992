import { uniqueId } from '../credentials.ts';
import { usesOf } from './attachments.ts';
import type { PolicyEntity, PolicyVersion } from './entity.ts';
import { IamError } from './iam-error.ts';
import { checkDocument, checkQuota, checkTags, documentSize, type IamState } from './iam-state.ts';

export interface NewPolicy {
  readonly accountId: string;
  readonly name: string;
  readonly path?: string | undefined;
  readonly description?: string | undefined;
  /** JSON text. */
  readonly document: string;
  readonly tags?: Readonly<Record<string, string>>;
}

const MOST_VERSIONS = 5;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export function createPolicy(state: IamState, definition: NewPolicy): PolicyEntity {
  const { accountId, name, path = '/', description, document, tags = {} } = definition;
  if (state.entities.find('policy', accountId, name) !== undefined) {
    const message = `A policy called ${name} already exists. Duplicate names are not allowed.`;
    throw new IamError('EntityAlreadyExists', message);
  }
  checkTags(tags);
  checkManagedDocument(document);
  const createDate = state.now();
  const policy: PolicyEntity = {
    kind: 'policy',
    accountId,
    name,
    path,
    arn: `arn:aws:iam::${accountId}:policy${path}${name}`,
    id: uniqueId('ANPA', state.random),
    createDate,
    tags,
    versions: [{ versionId: 'v1', document, createDate }],
    defaultVersionId: 'v1',
    latestVersion: 1,
    updateDate: createDate,
    ...(description !== undefined && { description }),
  };
  state.entities.put(policy);
  return policy;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html */
export function createPolicyVersion(
  state: IamState,
  policy: PolicyEntity,
  { document, isDefault }: { readonly document: string; readonly isDefault: boolean },
): PolicyVersion {
  checkManagedDocument(document);
  if (policy.versions.length >= MOST_VERSIONS) {
    throw new IamError(
      'LimitExceeded',
      'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    );
  }
  const latestVersion = policy.latestVersion + 1;
  const version = { versionId: `v${latestVersion}`, document, createDate: state.now() };
  state.entities.put({
    ...policy,
    versions: [...policy.versions, version],
    latestVersion,
    updateDate: version.createDate,
    ...(isDefault && { defaultVersionId: version.versionId }),
  });
  return version;
}

export function setDefaultVersion(state: IamState, policy: PolicyEntity, versionId: string): void {
  policyVersion(policy, versionId);
  state.entities.put({ ...policy, defaultVersionId: versionId, updateDate: state.now() });
}

export function deletePolicyVersion(state: IamState, policy: PolicyEntity, versionId: string): void {
  policyVersion(policy, versionId);
  if (versionId === policy.defaultVersionId) {
    throw new IamError('DeleteConflict', 'Cannot delete the default version of a policy.');
  }
  const versions = policy.versions.filter((version) => version.versionId !== versionId);
  state.entities.put({ ...policy, versions, updateDate: state.now() });
}

/** Throws `NoSuchEntity`. */
export function policyVersion(policy: PolicyEntity, versionId: string): PolicyVersion {
  const found = policy.versions.find((version) => version.versionId === versionId);
  if (found !== undefined) return found;
  const message = `Policy ${policy.arn} version ${versionId} does not exist or is not attachable.`;
  throw new IamError('NoSuchEntity', message);
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html */
export function deletePolicy(state: IamState, policy: PolicyEntity): void {
  const { attachedTo, boundaryOf } = usesOf(state, policy, policy.accountId);
  if (attachedTo.length + boundaryOf.length > 0) {
    throw new IamError('DeleteConflict', 'Cannot delete a policy attached to entities.');
  }
  if (policy.versions.length > 1) {
    throw new IamError(
      'DeleteConflict',
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    );
  }
  state.entities.remove(policy);
}

function checkManagedDocument(document: string): void {
  checkQuota('PolicySize', documentSize(document), 6144);
  checkDocument(document, 'identity');
}
