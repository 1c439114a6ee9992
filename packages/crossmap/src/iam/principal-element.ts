import { parseArn } from './arn.ts';
import { unexpected, unsupported } from './policy-error.ts';
import type { Principal, ServicePrincipal } from './principal.ts';

/**
 * How a statement names a principal: `direct` by its own ARN (of the user, the role or the session), its service name
 * or `*`; `account` by its account only, which in the same account delegates to identity policies and grants nothing.
 */
export type Naming = 'direct' | 'account';

export type PrincipalMatcher = (principal: Principal | ServicePrincipal) => Naming | undefined;

interface Named {
  anyone: boolean;
  readonly arns: Set<string>;
  readonly accounts: Set<string>;
  readonly services: Set<string>;
}

/**
 * Compiles a `Principal` element. `"*"` and `{"AWS": "*"}` are the same: everyone, services and anonymous included.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function compilePrincipal(element: unknown, at: string): PrincipalMatcher {
  const named: Named = { anyone: false, arns: new Set(), accounts: new Set(), services: new Set() };
  if (element === '*') {
    named.anyone = true;
  } else if (typeof element === 'object' && element !== null && !Array.isArray(element)) {
    for (const [type, value] of Object.entries(element)) addPrincipals(named, type, value, at);
  } else {
    throw unexpected('Principal', '`*` or an object', element, at);
  }
  return (principal) => naming(named, principal);
}

function addPrincipals(named: Named, type: string, value: unknown, at: string): void {
  if (type !== 'AWS' && type !== 'Service') throw unsupported(`The principal type \`${type}\``, at);
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (names.length === 0) throw unexpected(`Principal.${type}`, 'at least one principal', value, at);
  for (const name of names) {
    if (typeof name !== 'string') throw unexpected(`Principal.${type}`, 'a string or a list of strings', name, at);
    if (type === 'AWS') addAwsPrincipal(named, name, at);
    else if (/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(name)) named.services.add(name);
    else throw unexpected('Principal.Service', 'the name of a service such as `lambda.amazonaws.com`', name, at);
  }
}

function addAwsPrincipal(named: Named, name: string, at: string): void {
  if (name === '*') {
    named.anyone = true;
    return;
  }
  if (/^\d{12}$/.test(name)) {
    named.accounts.add(name);
    return;
  }
  const arn = parseArn(name);
  if (arn === undefined || !/^\d{12}$/.test(arn.accountId) || /[*?]/.test(name)) {
    throw unexpected('Principal.AWS', '`*`, an account id or the ARN of a user, role or role session', name, at);
  }
  if (arn.service === 'iam' && arn.resource === 'root') named.accounts.add(arn.accountId);
  else if (arn.service === 'iam' && /^(user|role)\/./.test(arn.resource)) named.arns.add(name);
  else if (arn.service === 'sts' && /^assumed-role\/[^/]+\/[^/]+$/.test(arn.resource)) named.arns.add(name);
  else throw unsupported(`The principal \`${name}\``, at);
}

function naming(named: Named, principal: Principal | ServicePrincipal): Naming | undefined {
  if (named.anyone) return 'direct';
  switch (principal.kind) {
    case 'anonymous':
      return undefined;
    case 'service':
      return named.services.has(principal.service) ? 'direct' : undefined;
    case 'role-session':
      if (named.arns.has(principal.roleArn)) return 'direct';
      break;
    case 'root':
    case 'iam-user':
      break;
  }
  if (named.arns.has(principal.arn)) return 'direct';
  return named.accounts.has(principal.accountId) ? 'account' : undefined;
}
