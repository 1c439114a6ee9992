import {
  addUserToGroup,
  createGroup,
  deleteGroup,
  removeUserFromGroup,
  updateGroup,
  usersOf,
} from '../../accounts/identities/groups.ts';
import { groupName, optionalGroupName, paging, path, pathPrefix, userName } from './members.ts';
import { type IamOperation, identityArn, operation, type Scope } from './operation.ts';
import { page } from './page.ts';
import { groupShape, userShape } from './shapes.ts';

type Named = { readonly GroupName: string };

const about = { resource: ({ GroupName }: Named, scope: Scope) => identityArn('group', GroupName, scope) };

const existing = ({ GroupName }: Named, { state, accountId }: Scope) =>
  state.entities.get('group', accountId, GroupName);

export const groupOperations: Readonly<Record<string, IamOperation>> = {
  CreateGroup: operation(
    { GroupName: groupName, Path: path },
    {
      resource: ({ GroupName, Path = '/' }, { accountId }) => `arn:aws:iam::${accountId}:group${Path}${GroupName}`,
      run: ({ GroupName, Path }, { state, accountId }) => ({
        Group: groupShape(createGroup(state, { accountId, name: GroupName, path: Path })),
      }),
    },
  ),
  GetGroup: operation(
    { GroupName: groupName, ...paging },
    {
      ...about,
      run({ GroupName, ...paged }, scope) {
        const group = existing({ GroupName }, scope);
        const { items, rest } = page(paged, usersOf(scope.state, group), (user) => user.name);
        return { Group: groupShape(group), Users: items.map(userShape), ...rest };
      },
    },
  ),
  ListGroups: operation(
    { PathPrefix: pathPrefix, ...paging },
    {
      resource: ({ PathPrefix = '/' }, { accountId }) => `arn:aws:iam::${accountId}:group${PathPrefix}`,
      run({ PathPrefix = '/', ...paged }, { state, accountId }) {
        const groups = state.entities.list('group', accountId).filter((each) => each.path.startsWith(PathPrefix));
        const { items, rest } = page(paged, groups, (group) => group.name);
        return { Groups: items.map(groupShape), ...rest };
      },
    },
  ),
  UpdateGroup: operation(
    { GroupName: groupName, NewGroupName: optionalGroupName, NewPath: path },
    {
      ...about,
      change: (input, scope) =>
        updateGroup(scope.state, existing(input, scope), { name: input.NewGroupName, path: input.NewPath }),
    },
  ),
  DeleteGroup: operation(
    { GroupName: groupName },
    { ...about, change: (input, scope) => deleteGroup(scope.state, existing(input, scope)) },
  ),
  AddUserToGroup: operation(
    { GroupName: groupName, UserName: userName },
    {
      ...about,
      change(input, scope) {
        const group = existing(input, scope);
        addUserToGroup(scope.state, scope.state.entities.get('user', scope.accountId, input.UserName), group);
      },
    },
  ),
  RemoveUserFromGroup: operation(
    { GroupName: groupName, UserName: userName },
    {
      ...about,
      change(input, scope) {
        const group = existing(input, scope);
        removeUserFromGroup(scope.state, scope.state.entities.get('user', scope.accountId, input.UserName), group);
      },
    },
  ),
};
