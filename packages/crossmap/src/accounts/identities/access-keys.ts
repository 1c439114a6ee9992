import { type AccessKey, newAccessKey } from '../credentials.ts';
import type { EntityOf, StoredAccessKey } from './entity.ts';
import { IamError } from './iam-error.ts';
import { checkQuota, type IamState } from './iam-state.ts';

/** A user, or an account for its root user. */
export type KeyOwner = EntityOf<'user'> | EntityOf<'account'>;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html */
export function createAccessKey(state: IamState, owner: KeyOwner, given?: AccessKey): StoredAccessKey {
  if (given === undefined) checkQuota('AccessKeysPerUser', owner.accessKeys.length + 1, 2);
  const { accessKeyId, secretAccessKey } = given ?? newAccessKey(state.random);
  if (state.entities.byAccessKey(accessKeyId) !== undefined) {
    throw new IamError('EntityAlreadyExists', `The access key ${accessKeyId} already exists.`);
  }
  const accessKey: StoredAccessKey = { accessKeyId, secretAccessKey, status: 'Active', createDate: state.now() };
  state.entities.put({ ...owner, accessKeys: [...owner.accessKeys, accessKey] });
  return accessKey;
}

export function updateAccessKey(
  state: IamState,
  owner: KeyOwner,
  accessKeyId: string,
  status: StoredAccessKey['status'],
): void {
  checkThere(owner, accessKeyId);
  const accessKeys = owner.accessKeys.map((key) => (key.accessKeyId === accessKeyId ? { ...key, status } : key));
  state.entities.put({ ...owner, accessKeys });
}

export function deleteAccessKey(state: IamState, owner: KeyOwner, accessKeyId: string): void {
  checkThere(owner, accessKeyId);
  state.entities.put({ ...owner, accessKeys: owner.accessKeys.filter((key) => key.accessKeyId !== accessKeyId) });
}

function checkThere(owner: KeyOwner, accessKeyId: string): void {
  if (owner.accessKeys.some((key) => key.accessKeyId === accessKeyId)) return;
  throw new IamError('NoSuchEntity', `The Access Key with id ${accessKeyId} cannot be found.`);
}
