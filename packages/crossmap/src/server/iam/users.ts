import { setBoundary } from '../../accounts/identities/attachments.ts';
import { createUser, deleteUser, updateUser } from '../../accounts/identities/users.ts';
import { tags } from '../query/form.ts';
import { optionalPolicyArn, optionalUserName, paging, path, pathPrefix, policyArn, userName } from './members.ts';
import { type IamOperation, identityArn, identityContext, operation, ownName, requestTags } from './operation.ts';
import { page } from './page.ts';
import { groupShape, userShape, wholeUserShape } from './shapes.ts';

const about = {
  resource: ({ UserName }: { readonly UserName: string }, scope: Parameters<typeof identityArn>[2]) =>
    identityArn('user', UserName, scope),
  context: ({ UserName }: { readonly UserName: string }, scope: Parameters<typeof identityArn>[2]) =>
    identityContext('user', UserName, scope),
};

export const userOperations: Readonly<Record<string, IamOperation>> = {
  CreateUser: operation(
    { UserName: userName, Path: path, PermissionsBoundary: optionalPolicyArn, Tags: tags },
    {
      resource: ({ UserName, Path = '/' }, { accountId }) => `arn:aws:iam::${accountId}:user${Path}${UserName}`,
      context: ({ Tags, PermissionsBoundary }) => ({
        ...requestTags(Tags),
        ...(PermissionsBoundary !== undefined && { 'iam:PermissionsBoundary': PermissionsBoundary }),
      }),
      run({ UserName, Path, PermissionsBoundary, Tags }, { state, accountId }) {
        const user = createUser(state, {
          accountId,
          name: UserName,
          path: Path,
          boundary: PermissionsBoundary,
          tags: Tags,
        });
        return { User: wholeUserShape(user) };
      },
    },
  ),
  GetUser: operation(
    { UserName: optionalUserName },
    {
      resource: ({ UserName }, scope) =>
        UserName === undefined && scope.principal.kind === 'root'
          ? scope.principal.arn
          : identityArn('user', ownName(UserName, scope), scope),
      context: ({ UserName }, scope) =>
        UserName === undefined && scope.principal.kind === 'root'
          ? {}
          : identityContext('user', ownName(UserName, scope), scope),
      run({ UserName }, scope) {
        const { state, accountId, principal } = scope;
        if (UserName === undefined && principal.kind === 'root') {
          const createDate = state.entities.find('account', accountId, '')?.createDate ?? 0;
          return { User: { UserId: accountId, Arn: principal.arn, CreateDate: new Date(createDate) } };
        }
        return { User: wholeUserShape(state.entities.get('user', accountId, ownName(UserName, scope))) };
      },
    },
  ),
  ListUsers: operation(
    { PathPrefix: pathPrefix, ...paging },
    {
      resource: ({ PathPrefix = '/' }, { accountId }) => `arn:aws:iam::${accountId}:user${PathPrefix}`,
      run({ PathPrefix = '/', ...paged }, { state, accountId }) {
        const users = state.entities.list('user', accountId).filter((each) => each.path.startsWith(PathPrefix));
        const { items, rest } = page(paged, users, (user) => user.name);
        return { Users: items.map(userShape), ...rest };
      },
    },
  ),
  UpdateUser: operation(
    { UserName: userName, NewUserName: optionalUserName, NewPath: path },
    {
      ...about,
      change({ UserName, NewUserName, NewPath }, { state, accountId }) {
        updateUser(state, state.entities.get('user', accountId, UserName), { name: NewUserName, path: NewPath });
      },
    },
  ),
  DeleteUser: operation(
    { UserName: userName },
    {
      ...about,
      change: ({ UserName }, { state, accountId }) =>
        deleteUser(state, state.entities.get('user', accountId, UserName)),
    },
  ),
  PutUserPermissionsBoundary: operation(
    { UserName: userName, PermissionsBoundary: policyArn },
    {
      resource: about.resource,
      context: ({ PermissionsBoundary }) => ({ 'iam:PermissionsBoundary': PermissionsBoundary }),
      change: ({ UserName, PermissionsBoundary }, { state, accountId }) =>
        setBoundary(state, state.entities.get('user', accountId, UserName), PermissionsBoundary),
    },
  ),
  DeleteUserPermissionsBoundary: operation(
    { UserName: userName },
    {
      ...about,
      change: ({ UserName }, { state, accountId }) =>
        setBoundary(state, state.entities.get('user', accountId, UserName), undefined),
    },
  ),
  ListGroupsForUser: operation(
    { UserName: userName, ...paging },
    {
      ...about,
      run({ UserName, ...paged }, { state, accountId }) {
        const { groups } = state.entities.get('user', accountId, UserName);
        const { items, rest } = page(paged, [...groups].sort(), (name) => name);
        return { Groups: items.map((name) => groupShape(state.entities.get('group', accountId, name))), ...rest };
      },
    },
  ),
};
