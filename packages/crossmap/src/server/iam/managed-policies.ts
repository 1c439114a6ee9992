import { usesOf } from '../../accounts/identities/attachments.ts';
import {
  createPolicy,
  createPolicyVersion,
  deletePolicy,
  deletePolicyVersion,
  policyVersion,
  setDefaultVersion,
} from '../../accounts/identities/customer-policies.ts';
import type { IdentityEntity, PolicyEntity } from '../../accounts/identities/entity.ts';
import { IamError } from '../../accounts/identities/iam-error.ts';
import { principalName } from '../../iam/principal.ts';
import { flag, optional, tags } from '../query/form.ts';
import { description, document, paging, path, pathPrefix, policyArn, policyName, versionId } from './members.ts';
import { type IamOperation, operation, requestTags, resourceTags, type Scope } from './operation.ts';
import { page } from './page.ts';
import { encodedDocument, policyShape, tagShapes, versionShape } from './shapes.ts';

type Named = { readonly PolicyArn: string };

const about = {
  resource: ({ PolicyArn }: Named) => PolicyArn,
  context: ({ PolicyArn }: Named, { state }: Scope) =>
    resourceTags(state.entities.byArn('policy', PolicyArn)?.tags ?? {}),
};

/** A policy of AWS or of the account. */
export function readablePolicy({ PolicyArn }: Named, { state, accountId }: Scope): PolicyEntity {
  const policy = state.entities.byArn('policy', PolicyArn);
  if (policy?.accountId === 'aws' || policy?.accountId === accountId) return policy;
  throw new IamError('NoSuchEntity', `Policy ${PolicyArn} was not found.`);
}

/** A policy of the account. */
function ownPolicy(input: Named, scope: Scope): PolicyEntity {
  const policy = readablePolicy(input, scope);
  if (policy.accountId === scope.accountId) return policy;
  const who = principalName(scope.principal);
  throw new IamError('AccessDenied', `User: ${who} is not authorized to change the resource: policy ${policy.arn}`);
}

export const managedPolicyOperations: Readonly<Record<string, IamOperation>> = {
  CreatePolicy: operation(
    { PolicyName: policyName, Path: path, PolicyDocument: document, Description: description, Tags: tags },
    {
      resource: ({ PolicyName, Path = '/' }, { accountId }) => `arn:aws:iam::${accountId}:policy${Path}${PolicyName}`,
      context: ({ Tags }) => requestTags(Tags),
      run({ PolicyName, Path, PolicyDocument, Description, Tags }, scope) {
        const policy = createPolicy(scope.state, {
          accountId: scope.accountId,
          name: PolicyName,
          path: Path,
          description: Description,
          document: PolicyDocument,
          tags: Tags,
        });
        const shown = Object.keys(Tags).length === 0 ? {} : { Tags: tagShapes(Tags) };
        return { Policy: { ...policyShape(policy, scope), ...shown } };
      },
    },
  ),
  GetPolicy: operation(
    { PolicyArn: policyArn },
    {
      ...about,
      run(input, scope) {
        const policy = readablePolicy(input, scope);
        const { description: Description, tags: found } = policy;
        return { Policy: { ...policyShape(policy, scope), Description, Tags: tagShapes(found) } };
      },
    },
  ),
  ListPolicies: operation(
    {
      Scope: optional({ values: ['All', 'AWS', 'Local'] }),
      OnlyAttached: flag,
      PathPrefix: pathPrefix,
      PolicyUsageFilter: optional({ values: ['PermissionsPolicy', 'PermissionsBoundary'] }),
      ...paging,
    },
    {
      resource: ({ PathPrefix = '/' }) => `policy path ${PathPrefix}`,
      run({ Scope: kinds = 'All', OnlyAttached, PathPrefix = '/', PolicyUsageFilter, ...paged }, scope) {
        const { state, accountId } = scope;
        const policies = [
          ...(kinds === 'AWS' ? [] : state.entities.list('policy', accountId)),
          ...(kinds === 'Local' ? [] : state.entities.list('policy', 'aws')),
        ].filter((policy) => {
          if (!policy.path.startsWith(PathPrefix)) return false;
          const { attachedTo, boundaryOf } = usesOf(state, policy, accountId);
          if (PolicyUsageFilter === 'PermissionsBoundary') return boundaryOf.length > 0;
          const attached = attachedTo.length > 0;
          return OnlyAttached || PolicyUsageFilter === 'PermissionsPolicy' ? attached : true;
        });
        policies.sort((a, b) => (a.arn < b.arn ? -1 : 1));
        const { items, rest } = page(paged, policies, (policy) => policy.arn);
        return { Policies: items.map((policy) => policyShape(policy, scope)), ...rest };
      },
    },
  ),
  DeletePolicy: operation(
    { PolicyArn: policyArn },
    { ...about, change: (input, scope) => deletePolicy(scope.state, ownPolicy(input, scope)) },
  ),
  CreatePolicyVersion: operation(
    { PolicyArn: policyArn, PolicyDocument: document, SetAsDefault: flag },
    {
      ...about,
      run(input, scope) {
        const { PolicyDocument, SetAsDefault } = input;
        const created = createPolicyVersion(scope.state, ownPolicy(input, scope), {
          document: PolicyDocument,
          isDefault: SetAsDefault,
        });
        return { PolicyVersion: versionShape(created, ownPolicy(input, scope)) };
      },
    },
  ),
  GetPolicyVersion: operation(
    { PolicyArn: policyArn, VersionId: versionId },
    {
      ...about,
      run(input, scope) {
        const policy = readablePolicy(input, scope);
        const version = policyVersion(policy, input.VersionId);
        return { PolicyVersion: { Document: encodedDocument(version.document), ...versionShape(version, policy) } };
      },
    },
  ),
  ListPolicyVersions: operation(
    { PolicyArn: policyArn, ...paging },
    {
      ...about,
      run(input, scope) {
        const policy = readablePolicy(input, scope);
        const latestFirst = [...policy.versions].reverse();
        return { Versions: latestFirst.map((version) => versionShape(version, policy)), IsTruncated: false };
      },
    },
  ),
  SetDefaultPolicyVersion: operation(
    { PolicyArn: policyArn, VersionId: versionId },
    {
      ...about,
      change: (input, scope) => setDefaultVersion(scope.state, ownPolicy(input, scope), input.VersionId),
    },
  ),
  DeletePolicyVersion: operation(
    { PolicyArn: policyArn, VersionId: versionId },
    {
      ...about,
      change: (input, scope) => deletePolicyVersion(scope.state, ownPolicy(input, scope), input.VersionId),
    },
  ),
  ListEntitiesForPolicy: operation(
    {
      PolicyArn: policyArn,
      EntityFilter: optional({ values: ['User', 'Role', 'Group'] }),
      PolicyUsageFilter: optional({ values: ['PermissionsPolicy', 'PermissionsBoundary'] }),
      ...paging,
    },
    {
      ...about,
      run(input, scope) {
        const { EntityFilter, PolicyUsageFilter } = input;
        const { attachedTo, boundaryOf } = usesOf(scope.state, readablePolicy(input, scope), scope.accountId);
        const used = [
          ...(PolicyUsageFilter === 'PermissionsBoundary' ? [] : attachedTo),
          ...(PolicyUsageFilter === 'PermissionsPolicy' ? [] : boundaryOf),
        ];
        const { items, rest } = page(input, [...new Set(used)].sort(byArn), ({ arn }) => arn);
        const of = (Kind: 'User' | 'Role' | 'Group') =>
          items
            .filter(({ kind }) => kind === Kind.toLowerCase() && (EntityFilter ?? Kind) === Kind)
            .map(({ name, id }) => ({ [`${Kind}Name`]: name, [`${Kind}Id`]: id }));
        return { PolicyGroups: of('Group'), PolicyUsers: of('User'), PolicyRoles: of('Role'), ...rest };
      },
    },
  ),
};

function byArn(a: IdentityEntity, b: IdentityEntity): number {
  return a.arn < b.arn ? -1 : 1;
}
