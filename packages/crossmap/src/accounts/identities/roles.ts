import { uniqueId } from '../credentials.ts';
import { checkBoundary } from './attachments.ts';
import type { RoleEntity } from './entity.ts';
import { IamError } from './iam-error.ts';
import { checkDocument, checkQuota, checkTags, documentSize, type IamState } from './iam-state.ts';

export interface NewRole {
  readonly accountId: string;
  readonly name: string;
  readonly path?: string | undefined;
  readonly description?: string | undefined;
  /** JSON text. */
  readonly trustPolicy: string;
  /** Seconds, one hour unless told otherwise. */
  readonly maxSessionDuration?: number | undefined;
  readonly tags?: Readonly<Record<string, string>>;
  readonly boundary?: string | undefined;
  /** @default - a new one */
  readonly id?: string | undefined;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export function createRole(state: IamState, definition: NewRole): RoleEntity {
  const { accountId, name, path = '/', tags = {}, boundary, description, trustPolicy } = definition;
  if (state.entities.find('role', accountId, name) !== undefined) {
    throw new IamError('EntityAlreadyExists', `Role with name ${name} already exists.`);
  }
  checkTags(tags);
  if (boundary !== undefined) checkBoundary(state, boundary);
  const role: RoleEntity = {
    kind: 'role',
    accountId,
    name,
    path,
    arn: `arn:aws:iam::${accountId}:role${path}${name}`,
    id: definition.id ?? uniqueId('AROA', state.random),
    createDate: state.now(),
    tags,
    inline: {},
    attached: [],
    ...trust(state, trustPolicy),
    maxSessionDuration: definition.maxSessionDuration ?? 3600,
    ...(description !== undefined && { description }),
    ...(boundary !== undefined && { boundary }),
  };
  state.entities.put(role);
  return role;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html */
export function updateTrustPolicy(state: IamState, role: RoleEntity, trustPolicy: string): void {
  state.entities.put({ ...role, ...trust(state, trustPolicy) });
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html */
export function deleteRole({ entities }: IamState, role: RoleEntity): void {
  const conflict = (what: string) => new IamError('DeleteConflict', `Cannot delete entity, must ${what} first.`);
  if (role.attached.length > 0) throw conflict('detach all policies');
  if (Object.keys(role.inline).length > 0) throw conflict('delete policies');
  entities.remove(role);
}

/** The trust policy as it is shown: who has been deleted is named by the unique id it had. */
export function shownTrustPolicy({ principalIds }: IamState, { trustPolicy, trusted }: RoleEntity): string {
  const gone = Object.entries(trusted).filter(([arn, id]) => arn !== id && principalIds(arn) !== id);
  return gone.reduce((text, [arn, id]) => text.replaceAll(JSON.stringify(arn), JSON.stringify(id)), trustPolicy);
}

function trust({ principalIds }: IamState, trustPolicy: string): Pick<RoleEntity, 'trustPolicy' | 'trusted'> {
  checkQuota('ACLSizePerRole', documentSize(trustPolicy), 2048);
  return { trustPolicy, trusted: checkDocument(trustPolicy, 'trust', principalIds) };
}
