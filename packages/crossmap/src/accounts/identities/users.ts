import { uniqueId } from '../credentials.ts';
import { checkBoundary } from './attachments.ts';
import type { UserEntity } from './entity.ts';
import { IamError } from './iam-error.ts';
import { checkTags, type IamState } from './iam-state.ts';

export interface NewUser {
  readonly accountId: string;
  readonly name: string;
  readonly path?: string | undefined;
  readonly tags?: Readonly<Record<string, string>>;
  readonly boundary?: string | undefined;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
export function createUser(state: IamState, { accountId, name, path = '/', tags = {}, boundary }: NewUser): UserEntity {
  checkFree(state, accountId, name);
  checkTags(tags);
  if (boundary !== undefined) checkBoundary(state, boundary);
  const user: UserEntity = {
    kind: 'user',
    accountId,
    name,
    path,
    arn: userArn(accountId, path, name),
    id: uniqueId('AIDA', state.random),
    createDate: state.now(),
    tags,
    inline: {},
    attached: [],
    groups: [],
    accessKeys: [],
    ...(boundary !== undefined && { boundary }),
  };
  state.entities.put(user);
  return user;
}

/** Changes name and path, and with them the ARN; the unique id stays, and with it what policies know the user by. */
export function updateUser(
  state: IamState,
  user: UserEntity,
  change: { readonly name?: string | undefined; readonly path?: string | undefined },
): void {
  const { name = user.name, path = user.path } = change;
  if (name.toLowerCase() !== user.name.toLowerCase()) checkFree(state, user.accountId, name);
  state.entities.change([user], [{ ...user, name, path, arn: userArn(user.accountId, path, name) }]);
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html */
export function deleteUser(state: IamState, user: UserEntity): void {
  const conflict = (what: string) => new IamError('DeleteConflict', `Cannot delete entity, must ${what} first.`);
  if (user.groups.length > 0) throw conflict('remove user from all groups');
  if (user.accessKeys.length > 0) throw conflict('delete access keys');
  if (user.attached.length > 0) throw conflict('detach all policies');
  if (Object.keys(user.inline).length > 0) throw conflict('delete policies');
  state.entities.remove(user);
}

function checkFree({ entities }: IamState, accountId: string, name: string): void {
  if (entities.find('user', accountId, name) === undefined) return;
  throw new IamError('EntityAlreadyExists', `User with name ${name} already exists.`);
}

function userArn(accountId: string, path: string, name: string): string {
  return `arn:aws:iam::${accountId}:user${path}${name}`;
}
