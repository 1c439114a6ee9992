import { parseArn } from './arn.ts';
import { strings } from './elements.ts';
import { invalidPrincipal, unexpected, unsupported } from './policy-error.ts';
import type { Principal, ServicePrincipal } from './principal.ts';

/**
 * How a statement names a principal: `direct` by its own ARN (of the user or the session), its service name or `*`;
 * `role` a session by its role; `account` by its account only, which in the same account delegates to identity policies
 * and grants nothing.
 */
export type Naming = 'direct' | 'role' | 'account';

/** `bounded`: whether the principal has a permissions boundary. */
export type PrincipalMatcher = (principal: Principal | ServicePrincipal, bounded: boolean) => Naming | undefined;

/**
 * The unique id that the user or role of an ARN has now; of a unique id, the id itself while its owner exists; of a
 * canonical user id, the id of its account; `undefined` for what is not there.
 */
export type PrincipalIds = (name: string) => string | undefined;

/** Where the unique ids of the named users and roles come from, and the ones that were found. */
export interface Binding {
  readonly ids: PrincipalIds | undefined;
  readonly bound: Record<string, string>;
}

interface Named {
  anyone: boolean;
  /** Of role sessions and, in a policy without binding, of users and roles. */
  readonly arns: Set<string>;
  readonly ids: Set<string>;
  readonly accounts: Set<string>;
  readonly services: Set<string>;
}

/**
 * Compiles a `Principal` element. `"*"` and `{"AWS": "*"}` are the same: everyone, services and anonymous included.
 * With a binding, users and roles are known by the unique ids they have at this moment: one that is deleted and made
 * anew is another principal.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function compilePrincipal(element: unknown, at: string, binding: Binding): PrincipalMatcher {
  const named = readPrincipals(element, 'Principal', at, binding);
  return (principal) => naming(named, principal);
}

/**
 * Compiles a `NotPrincipal` element. A Deny spares whom it lists by each of their names: a session by its own ARN, its
 * role and its account; never one with a permissions boundary. An Allow holds for whom it lists by no name at all.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function compileNotPrincipal(
  element: unknown,
  at: string,
  binding: Binding,
  effect: 'Allow' | 'Deny',
): PrincipalMatcher {
  const named = readPrincipals(element, 'NotPrincipal', at, binding);
  if (effect === 'Allow') return (principal) => (naming(named, principal) === undefined ? 'direct' : undefined);
  return (principal, bounded) => (!bounded && listedByEachName(named, principal) ? undefined : 'direct');
}

function readPrincipals(element: unknown, name: string, at: string, binding: Binding): Named {
  const named: Named = { anyone: false, arns: new Set(), ids: new Set(), accounts: new Set(), services: new Set() };
  if (element === '*') return { ...named, anyone: true };
  const types = typeof element === 'object' && element !== null && !Array.isArray(element) ? element : {};
  const entries = Object.entries(types);
  if (entries.length === 0) throw unexpected(name, '`*` or an object that names someone', element, at);
  for (const [type, value] of entries) {
    for (const principal of strings(value, `${name}.${type}`, at)) addPrincipal(named, type, principal, at, binding);
  }
  return named;
}

function addPrincipal(named: Named, type: string, name: string, at: string, binding: Binding): void {
  switch (type) {
    case 'AWS':
      addAwsPrincipal(named, name, at, binding);
      return;
    case 'Service':
      if (!/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(name)) {
        throw unexpected('Principal.Service', 'the name of a service such as `lambda.amazonaws.com`', name, at);
      }
      named.services.add(name);
      return;
    case 'Federated':
      // Nobody here has a session of an identity provider: a valid name names no caller.
      if (!/^(arn:[a-z-]+:iam::\d{12}:(saml|oidc)-provider\/.+|[a-z0-9-]+(\.[a-z0-9-]+)+)$/.test(name)) {
        throw unexpected('Principal.Federated', 'the ARN or the domain of an identity provider', name, at);
      }
      return;
    case 'CanonicalUser':
      if (binding.ids === undefined) throw unsupported('The principal type `CanonicalUser`', at);
      named.accounts.add(boundId(name, at, binding) ?? name);
      return;
    default:
      throw unsupported(`The principal type \`${type}\``, at);
  }
}

function addAwsPrincipal(named: Named, name: string, at: string, binding: Binding): void {
  if (name === '*') {
    named.anyone = true;
    return;
  }
  if (/^\d{12}$/.test(name)) {
    named.accounts.add(name);
    return;
  }
  if (/^A(ID|RO)A[A-Z0-9]{16,124}$/.test(name)) {
    named.ids.add(boundId(name, at, binding) ?? name);
    return;
  }
  const arn = parseArn(name);
  if (arn === undefined || !/^\d{12}$/.test(arn.accountId) || /[*?]/.test(name)) {
    throw unexpected('Principal.AWS', '`*`, an account id or the ARN of a user, role or role session', name, at);
  }
  const { service, resource, accountId } = arn;
  if (service === 'iam' && resource === 'root') {
    named.accounts.add(accountId);
  } else if (service === 'iam' && /^(user|role)\/./.test(resource)) {
    const id = boundId(name, at, binding);
    if (id === undefined) named.arns.add(name);
    else named.ids.add(id);
  } else if (service === 'sts' && /^assumed-role\/[^/]+\/[^/]+$/.test(resource)) {
    named.arns.add(name);
  } else {
    throw unsupported(`The principal \`${name}\``, at);
  }
}

/** `undefined` where nothing is bound. */
function boundId(name: string, at: string, { ids, bound }: Binding): string | undefined {
  if (ids === undefined) return undefined;
  const id = ids(name);
  if (id === undefined) throw invalidPrincipal(name, at);
  bound[name] = id;
  return id;
}

function naming(named: Named, principal: Principal | ServicePrincipal): Naming | undefined {
  if (named.anyone) return 'direct';
  switch (principal.kind) {
    case 'anonymous':
      return undefined;
    case 'service':
      return named.services.has(principal.service) ? 'direct' : undefined;
    case 'role-session':
      if (named.arns.has(principal.arn)) return 'direct';
      if (namesRole(named, principal)) return 'role';
      break;
    case 'iam-user':
      if (namesUser(named, principal)) return 'direct';
      break;
    case 'root':
      break;
  }
  return named.accounts.has(principal.accountId) ? 'account' : undefined;
}

function listedByEachName(named: Named, principal: Principal | ServicePrincipal): boolean {
  if (named.anyone) return true;
  switch (principal.kind) {
    case 'anonymous':
      return false;
    case 'service':
      return named.services.has(principal.service);
    case 'role-session':
      if (!named.arns.has(principal.arn) || !namesRole(named, principal)) return false;
      break;
    case 'iam-user':
      if (!namesUser(named, principal)) return false;
      break;
    case 'root':
      break;
  }
  return named.accounts.has(principal.accountId);
}

function namesRole({ ids, arns }: Named, { id, roleArn }: { readonly id: string; readonly roleArn: string }): boolean {
  return ids.has(id) || arns.has(roleArn);
}

function namesUser({ ids, arns }: Named, { id, arn }: { readonly id: string; readonly arn: string }): boolean {
  return ids.has(id) || arns.has(arn);
}
