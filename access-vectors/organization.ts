import { Organization, type OrganizationDefinition } from './crossmap.ts';
import type { ControlLevel, Vector } from './vector.ts';

const ID = 'o-exampleorg1';
const ROOT = 'r-ab12';
/** Exempt from its own policies, so it is none of a vector's accounts. */
const MANAGEMENT = '999999999999';

interface Policies {
  readonly scp: readonly ControlLevel[];
  readonly rcp: readonly ControlLevel[];
}

/**
 * The organization of a vector: caller and resource account where they share one, else the account that has control
 * policies. Each account is in a unit of its own, as deep as the vector has levels for it.
 */
export function organizationOf(vector: Vector): Organization | undefined {
  const { accounts, scp, rcp, context } = vector;
  const members = new Map<string, Policies>();
  const join = (account: string | null, policies: Partial<Policies>) => {
    if (account === null) return;
    const { scp = [], rcp = [] } = members.get(account) ?? {};
    members.set(account, { scp: policies.scp ?? scp, rcp: policies.rcp ?? rcp });
  };
  if (accounts.sameOrganization || context['aws:PrincipalOrgID'] !== undefined) join(accounts.caller, {});
  if (accounts.sameOrganization || context['aws:ResourceOrgID'] !== undefined) join(accounts.resourceOwner, {});
  if (scp !== undefined) join(accounts.caller, { scp });
  if (rcp !== undefined) join(accounts.resourceOwner, { rcp });
  if (members.size === 0) return undefined;
  return new Organization(definition([...members], context['aws:PrincipalOrgPaths'], accounts.caller));
}

function definition(
  members: readonly (readonly [string, Policies])[],
  callerPaths: string | readonly string[] | undefined,
  caller: string | null,
): OrganizationDefinition {
  const [callerPath] = [callerPaths ?? []].flat();
  const units = members.map(([account, policies]) => {
    const given = account === caller ? callerPath?.split('/').filter((id) => id.startsWith('ou-')) : undefined;
    return unitOf(account, policies, given ?? [`ou-ab12-${account.slice(0, 8)}`]);
  });
  const [, ofRoot] = members.find(([, { scp, rcp }]) => at([...scp, ...rcp], 'root').length > 0) ?? [];
  return {
    id: ID,
    rootId: ROOT,
    managementAccount: MANAGEMENT,
    ...(ofRoot && controls(ofRoot, 'root', 0)),
    units,
  };
}

function unitOf(account: string, policies: Policies, [id = '', ...below]: readonly string[], depth = 0): Unit {
  const inner =
    below.length > 0
      ? { units: [unitOf(account, policies, below, depth + 1)] }
      : { accounts: [{ id: account, ...controls(policies, 'account', 0) }] };
  return { id, ...controls(policies, 'ou', depth), ...inner };
}

type Unit = NonNullable<OrganizationDefinition['units']>[number];

function controls({ scp, rcp }: Policies, level: string, index: number) {
  const serviceControl = at(scp, level)[index];
  const resourceControl = at(rcp, level)[index];
  return {
    ...(serviceControl && {
      fullAWSAccess: false,
      serviceControlPolicies: byName('scp', serviceControl),
    }),
    ...(resourceControl && { resourceControlPolicies: byName('rcp', resourceControl) }),
  };
}

function at(levels: readonly ControlLevel[], level: string): readonly ControlLevel[] {
  return levels.filter((each) => each.level === level);
}

function byName(prefix: string, { policies }: ControlLevel): Readonly<Record<string, object>> {
  return Object.fromEntries(policies.map((policy, i) => [`${prefix}${i}`, policy]));
}
