import type { NamedPolicy, PolicyLevel } from '../iam/evaluate.ts';
import { PolicyError, type PolicyKind, parsePolicy } from '../iam/policy.ts';

/** Documents (parsed JSON values) by the names of the policies. */
type Documents = Readonly<Record<string, object>>;

/** What control policies can be attached to: the root, an organizational unit or an account. */
export interface OrganizationNode {
  /** AWS's policy of that name, attached until somebody detaches it. @default true */
  readonly fullAWSAccess?: boolean | undefined;
  readonly serviceControlPolicies?: Documents;
  readonly resourceControlPolicies?: Documents;
}

export interface MemberAccount extends OrganizationNode {
  /** 12 digits. */
  readonly id: string;
}

/** What holds accounts and organizational units: the root, or a unit. */
export interface OrganizationParent extends OrganizationNode {
  readonly accounts?: readonly MemberAccount[];
  readonly units?: readonly OrganizationalUnit[];
}

export interface OrganizationalUnit extends OrganizationParent {
  /** `ou-ab12-11111111` */
  readonly id: string;
}

export interface OrganizationDefinition extends OrganizationParent {
  /** `o-a1b2c3d4e5` */
  readonly id: string;
  /** The account to which no control policy applies. */
  readonly managementAccount: string;
  /** @default r-root */
  readonly rootId?: string | undefined;
}

/** An account's place in its organization. */
export interface Membership {
  readonly organizationId: string;
  /** As in `aws:PrincipalOrgPaths`: `o-a1b2c3d4e5/r-root/ou-ab12-11111111/`. */
  readonly path: string;
  /** From the root down to the account. None for the management account: no control policy applies to it. */
  readonly serviceControlPolicies: readonly PolicyLevel[];
  readonly resourceControlPolicies: readonly PolicyLevel[];
}

const FULL_AWS_ACCESS: NamedPolicy = {
  name: 'FullAWSAccess',
  policy: parsePolicy(
    { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
    'service-control',
  ),
};

/**
 * An organization with its control policies, compiled. Throws `PolicyError`, which names policy and node, and
 * `OrganizationError`.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
export class Organization {
  readonly #members = new Map<string, Membership>();

  constructor(definition: OrganizationDefinition) {
    const { id, rootId = 'r-root', managementAccount } = definition;
    this.#addAll({ id, managementAccount }, [{ kind: 'root', id: rootId, node: definition }], definition);
    const management = this.#members.get(managementAccount);
    if (management === undefined) this.#add({ id, managementAccount }, [], managementAccount, [rootId]);
    else
      this.#members.set(managementAccount, { ...management, serviceControlPolicies: [], resourceControlPolicies: [] });
  }

  /** `undefined` for an account outside the organization. */
  member(accountId: string): Membership | undefined {
    return this.#members.get(accountId);
  }

  #addAll(organization: Named, above: readonly Place[], { accounts = [], units = [] }: OrganizationParent): void {
    const path = above.map(({ id }) => id);
    for (const account of accounts) {
      this.#add(organization, [...above, { kind: 'account', id: account.id, node: account }], account.id, path);
    }
    for (const unit of units) {
      this.#addAll(organization, [...above, { kind: 'organizational unit', id: unit.id, node: unit }], unit);
    }
  }

  #add({ id, managementAccount }: Named, places: readonly Place[], accountId: string, path: readonly string[]): void {
    if (this.#members.has(accountId)) throw new OrganizationError(`The account ${accountId} has two places`);
    this.#members.set(accountId, {
      organizationId: id,
      path: [id, ...path, ''].join('/'),
      serviceControlPolicies: places.map((place) => serviceControlLevel(place, managementAccount)),
      resourceControlPolicies: places.map((place) => resourceControlLevel(place, managementAccount)),
    });
  }
}

type Named = Pick<OrganizationDefinition, 'id' | 'managementAccount'>;

/** An organization that cannot be: an account in two places. */
export class OrganizationError extends Error {
  override readonly name = 'OrganizationError';
}

interface Place {
  readonly kind: 'root' | 'organizational unit' | 'account';
  readonly id: string;
  readonly node: OrganizationNode;
}

function serviceControlLevel(place: Place, accountId: string): PolicyLevel {
  const { fullAWSAccess = true, serviceControlPolicies = {} } = place.node;
  const declared = compiled(place, serviceControlPolicies, 'service-control');
  return { name: nameOf(place), accountId, policies: [...(fullAWSAccess ? [FULL_AWS_ACCESS] : []), ...declared] };
}

function resourceControlLevel(place: Place, accountId: string): PolicyLevel {
  const policies = compiled(place, place.node.resourceControlPolicies ?? {}, 'resource-control');
  return { name: nameOf(place), accountId, policies };
}

function compiled(place: Place, documents: Documents, kind: PolicyKind): readonly NamedPolicy[] {
  return Object.entries(documents).map(([name, document]) => {
    try {
      return { name, policy: parsePolicy(document, kind) };
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      throw new PolicyError(`${kind.replace('-', ' ')} policy ${name} of ${nameOf(place)}: ${error.message}`);
    }
  });
}

function nameOf({ kind, id }: Place): string {
  return `${kind} ${id}`;
}
