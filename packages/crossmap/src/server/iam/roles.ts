import { setBoundary } from '../../accounts/identities/attachments.ts';
import { createRole, deleteRole, updateTrustPolicy } from '../../accounts/identities/roles.ts';
import { tags } from '../query/form.ts';
import {
  description,
  document,
  maxSessionDuration,
  optionalPolicyArn,
  paging,
  path,
  pathPrefix,
  policyArn,
  roleName,
} from './members.ts';
import { type IamOperation, identityArn, identityContext, operation, requestTags, type Scope } from './operation.ts';
import { page } from './page.ts';
import { roleShape, wholeRoleShape } from './shapes.ts';

type Named = { readonly RoleName: string };

const about = {
  resource: ({ RoleName }: Named, scope: Scope) => identityArn('role', RoleName, scope),
  context: ({ RoleName }: Named, scope: Scope) => identityContext('role', RoleName, scope),
};

const existing = ({ RoleName }: Named, { state, accountId }: Scope) => state.entities.get('role', accountId, RoleName);

export const roleOperations: Readonly<Record<string, IamOperation>> = {
  CreateRole: operation(
    {
      RoleName: roleName,
      Path: path,
      AssumeRolePolicyDocument: document,
      Description: description,
      MaxSessionDuration: maxSessionDuration,
      PermissionsBoundary: optionalPolicyArn,
      Tags: tags,
    },
    {
      resource: ({ RoleName, Path = '/' }, { accountId }) => `arn:aws:iam::${accountId}:role${Path}${RoleName}`,
      context: ({ Tags, PermissionsBoundary }) => ({
        ...requestTags(Tags),
        ...(PermissionsBoundary !== undefined && { 'iam:PermissionsBoundary': PermissionsBoundary }),
      }),
      run(input, scope) {
        const role = createRole(scope.state, {
          accountId: scope.accountId,
          name: input.RoleName,
          path: input.Path,
          description: input.Description,
          trustPolicy: input.AssumeRolePolicyDocument,
          maxSessionDuration: input.MaxSessionDuration,
          boundary: input.PermissionsBoundary,
          tags: input.Tags,
        });
        return { Role: wholeRoleShape(role, scope) };
      },
    },
  ),
  GetRole: operation(
    { RoleName: roleName },
    {
      ...about,
      run: (input, scope) => ({ Role: { ...wholeRoleShape(existing(input, scope), scope), RoleLastUsed: {} } }),
    },
  ),
  ListRoles: operation(
    { PathPrefix: pathPrefix, ...paging },
    {
      resource: ({ PathPrefix = '/' }, { accountId }) => `arn:aws:iam::${accountId}:role${PathPrefix}`,
      run({ PathPrefix = '/', ...paged }, scope) {
        const roles = scope.state.entities.list('role', scope.accountId);
        const wanted = roles.filter((each) => each.path.startsWith(PathPrefix));
        const { items, rest } = page(paged, wanted, (role) => role.name);
        return { Roles: items.map((role) => roleShape(role, scope)), ...rest };
      },
    },
  ),
  UpdateRole: operation(
    { RoleName: roleName, Description: description, MaxSessionDuration: maxSessionDuration },
    {
      ...about,
      run(input, scope) {
        const { Description, MaxSessionDuration } = input;
        scope.state.entities.put({
          ...existing(input, scope),
          ...(Description !== undefined && { description: Description }),
          ...(MaxSessionDuration !== undefined && { maxSessionDuration: MaxSessionDuration }),
        });
        return {};
      },
    },
  ),
  UpdateRoleDescription: operation(
    { RoleName: roleName, Description: description },
    {
      ...about,
      run(input, scope) {
        const role = { ...existing(input, scope), description: input.Description ?? '' };
        scope.state.entities.put(role);
        return { Role: wholeRoleShape(role, scope) };
      },
    },
  ),
  UpdateAssumeRolePolicy: operation(
    { RoleName: roleName, PolicyDocument: document },
    {
      ...about,
      change: (input, scope) => updateTrustPolicy(scope.state, existing(input, scope), input.PolicyDocument),
    },
  ),
  DeleteRole: operation(
    { RoleName: roleName },
    { ...about, change: (input, scope) => deleteRole(scope.state, existing(input, scope)) },
  ),
  PutRolePermissionsBoundary: operation(
    { RoleName: roleName, PermissionsBoundary: policyArn },
    {
      resource: about.resource,
      context: ({ PermissionsBoundary }) => ({ 'iam:PermissionsBoundary': PermissionsBoundary }),
      change: (input, scope) => setBoundary(scope.state, existing(input, scope), input.PermissionsBoundary),
    },
  ),
  DeleteRolePermissionsBoundary: operation(
    { RoleName: roleName },
    { ...about, change: (input, scope) => setBoundary(scope.state, existing(input, scope), undefined) },
  ),
  /** There are no instance profiles here, so a role is in none. */
  ListInstanceProfilesForRole: operation(
    { RoleName: roleName, ...paging },
    {
      ...about,
      run(input, scope) {
        existing(input, scope);
        return { InstanceProfiles: [], IsTruncated: false };
      },
    },
  ),
};
