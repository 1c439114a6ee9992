import type { IdentityEntity, PolicyEntity, RoleEntity, UserEntity } from './entity.ts';
import { IamError } from './iam-error.ts';
import { checkDocument, checkQuota, documentSize, type IamState } from './iam-state.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const INLINE_SIZE = { user: 2048, role: 10_240, group: 5120 } as const;
const ATTACHED = { user: 'PoliciesPerUser', role: 'PoliciesPerRole', group: 'PoliciesPerGroup' } as const;

/** Attaches a managed policy; one that is attached stays so. */
export function attachPolicy(state: IamState, identity: IdentityEntity, arn: string): void {
  checkAttachable(state, identity, arn);
  if (identity.attached.includes(arn)) return;
  checkQuota(ATTACHED[identity.kind], identity.attached.length + 1, 10);
  state.entities.put({ ...identity, attached: [...identity.attached, arn] });
}

export function detachPolicy({ entities }: IamState, identity: IdentityEntity, arn: string): void {
  if (!identity.attached.includes(arn)) throw new IamError('NoSuchEntity', `Policy ${arn} was not found.`);
  entities.put({ ...identity, attached: identity.attached.filter((each) => each !== arn) });
}

/** Adds an inline policy, or replaces the one of that name. */
export function putInlinePolicy(
  { entities }: IamState,
  identity: IdentityEntity,
  name: string,
  document: string,
): void {
  checkDocument(document, 'identity');
  const inline = { ...identity.inline, [name]: document };
  const size = Object.values(inline).reduce((sum, each) => sum + documentSize(each), 0);
  const most = INLINE_SIZE[identity.kind];
  if (size > most) {
    const message = `Maximum policy size of ${most} bytes exceeded for ${identity.kind} ${identity.name}`;
    throw new IamError('LimitExceeded', message);
  }
  entities.put({ ...identity, inline });
}

/** Throws `NoSuchEntity`. */
export function inlinePolicy(identity: IdentityEntity, name: string): string {
  const document = Object.hasOwn(identity.inline, name) ? identity.inline[name] : undefined;
  if (document !== undefined) return document;
  throw new IamError('NoSuchEntity', `The ${identity.kind} policy with name ${name} cannot be found.`);
}

export function deleteInlinePolicy({ entities }: IamState, identity: IdentityEntity, name: string): void {
  inlinePolicy(identity, name);
  const { [name]: _, ...inline } = identity.inline;
  entities.put({ ...identity, inline });
}

/** `undefined` takes the boundary away. */
export function setBoundary(state: IamState, identity: UserEntity | RoleEntity, arn: string | undefined): void {
  if (arn !== undefined) checkBoundary(state, arn);
  const { boundary: _, ...others } = identity;
  state.entities.put(arn === undefined ? others : { ...others, boundary: arn });
}

export function checkBoundary({ entities }: IamState, arn: string): void {
  if (entities.byArn('policy', arn) !== undefined) return;
  throw new IamError('NoSuchEntity', `Scope ARN: ${arn} does not exist or is not attachable.`);
}

/** Where a managed policy is attached, and where it is a permissions boundary. */
export function usesOf({ entities }: IamState, policy: PolicyEntity, accountId: string) {
  const kinds = ['user', 'role', 'group'] as const;
  const identities = kinds.flatMap((kind): readonly IdentityEntity[] => entities.list(kind, accountId));
  return {
    attachedTo: identities.filter(({ attached }) => attached.includes(policy.arn)),
    boundaryOf: identities.filter((each) => each.kind !== 'group' && each.boundary === policy.arn),
  };
}

/** A policy of AWS or of the account. */
function checkAttachable({ entities }: IamState, { accountId }: IdentityEntity, arn: string): void {
  const owner = entities.byArn('policy', arn)?.accountId;
  if (owner === 'aws' || owner === accountId) return;
  throw new IamError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`);
}
