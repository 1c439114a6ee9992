import type { NamedPolicy } from '../../iam/evaluate.ts';
import { parsePolicy } from '../../iam/policy.ts';
import type { Entities } from './entities.ts';
import type { IdentityEntity, PolicyEntity, RoleEntity, UserEntity } from './entity.ts';

/** The policies that apply to a principal for what it is. */
export interface PrincipalPolicies {
  readonly identityPolicies: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy;
}

/** Entities are values, so what is compiled of one is good for as long as it is there. */
const inline = new WeakMap<IdentityEntity, readonly NamedPolicy[]>();
const managed = new WeakMap<PolicyEntity, NamedPolicy['policy']>();
const trust = new WeakMap<RoleEntity, NamedPolicy>();

/** The policies of a user with those of its groups, or of a role, compiled, and its permissions boundary. */
export function policiesOf(entity: UserEntity | RoleEntity, entities: Entities): PrincipalPolicies {
  const groups =
    entity.kind === 'user' ? entity.groups.map((name) => entities.get('group', entity.accountId, name)) : [];
  const boundary = entity.boundary === undefined ? undefined : entities.byArn('policy', entity.boundary);
  return {
    identityPolicies: [entity, ...groups].flatMap((holder) => [
      ...inlinePolicies(holder),
      ...attachedPolicies(holder, entities),
    ]),
    ...(boundary && { boundary: { name: boundary.arn, policy: managedPolicyOf(boundary) } }),
  };
}

export function trustPolicyOf(role: RoleEntity): NamedPolicy {
  const known = trust.get(role);
  if (known !== undefined) return known;
  const policy = parsePolicy(JSON.parse(role.trustPolicy), 'trust', (arn) => role.trusted[arn]);
  const named = { name: `trust policy of role ${role.arn}`, policy };
  trust.set(role, named);
  return named;
}

/** The default version of a managed policy. */
export function managedPolicyOf(policy: PolicyEntity): NamedPolicy['policy'] {
  const known = managed.get(policy);
  if (known !== undefined) return known;
  const compiled = parsePolicy(JSON.parse(defaultDocument(policy)), 'identity');
  managed.set(policy, compiled);
  return compiled;
}

export function defaultDocument({ versions, defaultVersionId, arn }: PolicyEntity): string {
  const found = versions.find(({ versionId }) => versionId === defaultVersionId);
  if (found === undefined) throw new Error(`Expected a default version of ${arn}`);
  return found.document;
}

function inlinePolicies(entity: IdentityEntity): readonly NamedPolicy[] {
  const known = inline.get(entity);
  if (known !== undefined) return known;
  const compiled = Object.entries(entity.inline).map(([name, document]) => ({
    name: `${name} of ${entity.kind} ${entity.arn}`,
    policy: parsePolicy(JSON.parse(document), 'identity'),
  }));
  inline.set(entity, compiled);
  return compiled;
}

function attachedPolicies(entity: IdentityEntity, entities: Entities): readonly NamedPolicy[] {
  return entity.attached.map((arn) => {
    const policy = entities.byArn('policy', arn);
    if (policy === undefined) throw new Error(`Expected the policy ${arn}, which is attached to ${entity.arn}`);
    return { name: `${arn} of ${entity.kind} ${entity.arn}`, policy: managedPolicyOf(policy) };
  });
}
