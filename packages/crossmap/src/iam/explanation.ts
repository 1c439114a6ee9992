import type { Denying } from './decision.ts';
import { documentsOf, owningAccount } from './documents.ts';
import type { AuthorizationRequest } from './evaluate.ts';
import { findingsOf } from './findings.ts';
import { identityOf, principalAccount, principalName } from './principal.ts';

/**
 * Why a request was denied, for the log of whoever owns both sides: who, what and where, what each document said,
 * and what to add to which document in which account. Several lines, no final newline. Never shown to the caller.
 */
export function explainDenial(request: AuthorizationRequest, decision: Denying): string {
  const { principal, action, resource } = request;
  const account = principalAccount(principal);
  const name = principalName(principal);
  const identity = identityOf(principal);
  const lines = [
    `${action} denied`,
    `  principal  ${name}${identity === name ? '' : `, a session of ${identity}`}`,
    `  action     ${action}`,
    `  resource   ${resource} (owned by account ${owningAccount(request)})`,
    rule(account, request),
    'Evaluated:',
    ...findingsOf(request).flatMap(({ document, accountId, summary, notes }) => [
      `  ${document}${accountId === undefined ? '' : ` (account ${accountId})`}: ${summary}`,
      ...notes.map((note) => `    ${note}`),
    ]),
  ];
  if (decision.decision === 'ExplicitDeny') lines.push(...remedyOfDeny(request, decision));
  if (decision.decision === 'ImplicitDeny') {
    for (const { document, accountId, statement } of decision.missing) {
      lines.push(`Add to the ${document} in account ${accountId}:`, json(statement));
    }
  }
  return lines.join('\n');
}

function rule(account: string | undefined, request: AuthorizationRequest): string {
  const { principal, resourcePolicy } = request;
  const resourceAccount = owningAccount(request);
  if (account === undefined) return 'The principal has no identity policies: the policy of the resource must allow it.';
  if (account !== resourceAccount) {
    if (principal.kind === 'root') return `Root user of account ${account}: account ${resourceAccount} must allow it.`;
    return `Accounts ${account} (principal) and ${resourceAccount} (resource) differ: a policy of each must allow it.`;
  }
  if (resourcePolicy?.policy.kind === 'trust') return 'A role is assumed only by whom its trust policy allows.';
  if (resourcePolicy?.policy.kind === 'key') {
    return 'A key is used only by whom its key policy allows, or by whom the identity policies allow of an account that it names.';
  }
  return `Principal and resource are of account ${account}: a policy of either must allow it, and none may deny it.`;
}

function remedyOfDeny(
  request: AuthorizationRequest,
  { policyName, statement }: Extract<Denying, { decision: 'ExplicitDeny' }>,
): readonly string[] {
  const document = documentsOf(request).find(({ named }) => named.name === policyName);
  const source = document?.named.policy.denies.find(({ name }) => name === statement)?.source ?? {};
  return [
    `Remove or narrow statement ${statement} of the ${policyName} in account ${document?.accountId}:`,
    json(source),
  ];
}

function json(statement: object): string {
  return JSON.stringify(statement, undefined, 2).replace(/^/gm, '  ');
}
