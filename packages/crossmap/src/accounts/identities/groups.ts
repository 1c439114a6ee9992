import { uniqueId } from '../credentials.ts';
import type { GroupEntity, UserEntity } from './entity.ts';
import { IamError } from './iam-error.ts';
import { checkQuota, type IamState } from './iam-state.ts';

export interface NewGroup {
  readonly accountId: string;
  readonly name: string;
  readonly path?: string | undefined;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html */
export function createGroup(state: IamState, { accountId, name, path = '/' }: NewGroup): GroupEntity {
  checkFree(state, accountId, name);
  const group: GroupEntity = {
    kind: 'group',
    accountId,
    name,
    path,
    arn: groupArn(accountId, path, name),
    id: uniqueId('AGPA', state.random),
    createDate: state.now(),
    tags: {},
    inline: {},
    attached: [],
  };
  state.entities.put(group);
  return group;
}

/** Changes name and path; the users of the group stay in it. */
export function updateGroup(
  state: IamState,
  group: GroupEntity,
  change: { readonly name?: string | undefined; readonly path?: string | undefined },
): void {
  const { name = group.name, path = group.path } = change;
  if (name.toLowerCase() !== group.name.toLowerCase()) checkFree(state, group.accountId, name);
  const users = usersOf(state, group).map((user) => ({
    ...user,
    groups: user.groups.map((each) => (each === group.name ? name : each)),
  }));
  state.entities.change([group], [{ ...group, name, path, arn: groupArn(group.accountId, path, name) }, ...users]);
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html */
export function deleteGroup(state: IamState, group: GroupEntity): void {
  const conflict = (what: string) => new IamError('DeleteConflict', `Cannot delete entity, must ${what} first.`);
  if (usersOf(state, group).length > 0) throw conflict('remove users from group');
  if (group.attached.length > 0) throw conflict('detach all policies');
  if (Object.keys(group.inline).length > 0) throw conflict('delete policies');
  state.entities.remove(group);
}

export function usersOf({ entities }: IamState, group: GroupEntity): readonly UserEntity[] {
  return entities.list('user', group.accountId).filter((user) => user.groups.includes(group.name));
}

/** A user that is in the group stays in it. */
export function addUserToGroup({ entities }: IamState, user: UserEntity, group: GroupEntity): void {
  if (user.groups.includes(group.name)) return;
  checkQuota('GroupsPerUser', user.groups.length + 1, 10);
  entities.put({ ...user, groups: [...user.groups, group.name] });
}

export function removeUserFromGroup({ entities }: IamState, user: UserEntity, group: GroupEntity): void {
  entities.put({ ...user, groups: user.groups.filter((name) => name !== group.name) });
}

function checkFree({ entities }: IamState, accountId: string, name: string): void {
  if (entities.find('group', accountId, name) === undefined) return;
  throw new IamError('EntityAlreadyExists', `Group with name ${name} already exists.`);
}

function groupArn(accountId: string, path: string, name: string): string {
  return `arn:aws:iam::${accountId}:group${path}${name}`;
}
