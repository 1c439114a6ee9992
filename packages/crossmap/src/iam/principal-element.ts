import { parseArn } from './arn.ts';
import { invalidPrincipal, unexpected, unsupported } from './policy-error.ts';
import type { Principal, ServicePrincipal } from './principal.ts';

/**
 * How a statement names a principal: `direct` by its own ARN (of the user or the session), its service name or `*`;
 * `role` a session by its role; `account` by its account only, which in the same account delegates to identity policies
 * and grants nothing.
 */
export type Naming = 'direct' | 'role' | 'account';

export type PrincipalMatcher = (principal: Principal | ServicePrincipal) => Naming | undefined;

/**
 * The unique id that the user or role of an ARN has now; of a unique id, the id itself while its owner exists;
 * `undefined` for what is not there.
 */
export type PrincipalIds = (arnOrId: string) => string | undefined;

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
  const named: Named = { anyone: false, arns: new Set(), ids: new Set(), accounts: new Set(), services: new Set() };
  if (element === '*') {
    named.anyone = true;
  } else if (typeof element === 'object' && element !== null && !Array.isArray(element)) {
    for (const [type, value] of Object.entries(element)) addPrincipals(named, type, value, at, binding);
  } else {
    throw unexpected('Principal', '`*` or an object', element, at);
  }
  return (principal) => naming(named, principal);
}

function addPrincipals(named: Named, type: string, value: unknown, at: string, binding: Binding): void {
  if (type !== 'AWS' && type !== 'Service') throw unsupported(`The principal type \`${type}\``, at);
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (names.length === 0) throw unexpected(`Principal.${type}`, 'at least one principal', value, at);
  for (const name of names) {
    if (typeof name !== 'string') throw unexpected(`Principal.${type}`, 'a string or a list of strings', name, at);
    if (type === 'AWS') addAwsPrincipal(named, name, at, binding);
    else if (/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(name)) named.services.add(name);
    else throw unexpected('Principal.Service', 'the name of a service such as `lambda.amazonaws.com`', name, at);
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
  if (arn.service === 'iam' && arn.resource === 'root') named.accounts.add(arn.accountId);
  else if (arn.service === 'iam' && /^(user|role)\/./.test(arn.resource)) {
    const id = boundId(name, at, binding);
    if (id === undefined) named.arns.add(name);
    else named.ids.add(id);
  } else if (arn.service === 'sts' && /^assumed-role\/[^/]+\/[^/]+$/.test(arn.resource)) named.arns.add(name);
  else throw unsupported(`The principal \`${name}\``, at);
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
      if (named.ids.has(principal.id) || named.arns.has(principal.roleArn)) return 'role';
      break;
    case 'iam-user':
      if (named.ids.has(principal.id) || named.arns.has(principal.arn)) return 'direct';
      break;
    case 'root':
      break;
  }
  return named.accounts.has(principal.accountId) ? 'account' : undefined;
}
