import type { Condition } from './condition.ts';
import { contextValues } from './context.ts';
import type { Decision } from './decision.ts';
import { type AuthorizationRequest, applies, type NamedPolicy } from './evaluate.ts';
import { resourceDocument } from './missing-allow.ts';
import type { Statement } from './policy.ts';
import { identityOf, principalAccount, principalName } from './principal.ts';

/**
 * Why a request was denied, for the log of whoever owns both sides: who, what and where, what each document said,
 * and what to add to which document in which account. Several lines, no final newline. Never shown to the caller.
 */
export function explainDenial(request: AuthorizationRequest, decision: Decision): string {
  const { principal, action, resource, resourceAccount } = request;
  const account = principalAccount(principal);
  const name = principalName(principal);
  const identity = identityOf(principal);
  const lines = [
    `${action} denied`,
    `  principal  ${name}${identity === name ? '' : `, a session of ${identity}`}`,
    `  action     ${action}`,
    `  resource   ${resource} (owned by account ${resourceAccount})`,
    rule(account, request),
    'Evaluated:',
    ...documents(request).flatMap(({ title, policy }) => {
      const [verdict, ...notes] = findings(policy, request);
      return [`  ${title}: ${verdict}`, ...notes.map((note) => `    ${note}`)];
    }),
  ];
  if (decision.decision === 'ExplicitDeny') lines.push(...remedyOfDeny(request, decision));
  if (decision.decision === 'ImplicitDeny') {
    for (const { document, accountId, statement } of decision.missing) {
      lines.push(`Add to the ${document} in account ${accountId}:`, json(statement));
    }
  }
  return lines.join('\n');
}

function rule(
  account: string | undefined,
  { principal, resourceAccount, resourcePolicy }: AuthorizationRequest,
): string {
  if (account === undefined) return 'The principal has no identity policies: the policy of the resource must allow it.';
  if (account !== resourceAccount) {
    if (principal.kind === 'root') return `Root user of account ${account}: account ${resourceAccount} must allow it.`;
    return `Accounts ${account} (principal) and ${resourceAccount} (resource) differ: a policy of each must allow it.`;
  }
  if (resourcePolicy?.policy.kind === 'trust') return 'A role is assumed only by whom its trust policy allows.';
  return `Principal and resource are of account ${account}: a policy of either must allow it, and none may deny it.`;
}

interface Document {
  readonly title: string;
  readonly policy: NamedPolicy['policy'] | undefined;
}

/** Every document that was asked, and the ones that should have been there. */
function documents(request: AuthorizationRequest): readonly Document[] {
  const { principal, identityPolicies, resourcePolicy, resourceAccount } = request;
  const account = principalAccount(principal);
  const sides: Document[] = [
    { title: `${resourceDocument(request)} (account ${resourceAccount})`, policy: resourcePolicy?.policy },
    ...identityPolicies.map(({ name, policy }) => ({ title: `${name} (account ${account})`, policy })),
  ];
  const canHaveIdentityPolicies = principal.kind === 'iam-user' || principal.kind === 'role-session';
  if (canHaveIdentityPolicies && identityPolicies.length === 0) {
    sides.push({ title: `identity policies of ${identityOf(principal)} (account ${account})`, policy: undefined });
  }
  return sides;
}

/** The verdict of a document, then the statements that came near. */
function findings(policy: Document['policy'], request: AuthorizationRequest): readonly string[] {
  if (policy === undefined) return ['not there'];
  const action = request.action.toLowerCase();
  const denying = policy.denies.find((statement) => applies(statement, request, action) !== undefined);
  if (denying !== undefined) {
    const conditions = denying.conditions.map((condition) => `condition ${described(condition, request)}`);
    return [`statement ${denying.name} denies it`, ...conditions];
  }
  const namings = policy.allows.map((statement) => ({ statement, naming: applies(statement, request, action) }));
  const allowing = namings.find(({ naming }) => naming === 'direct' || naming === 'role');
  if (allowing !== undefined) return [`statement ${allowing.statement.name} allows it`];
  const delegating = namings.find(({ naming }) => naming === 'account');
  if (delegating !== undefined) {
    const account = principalAccount(request.principal);
    return [`statement ${delegating.statement.name} allows account ${account}, whose own policies then decide`];
  }
  const near = policy.allows.filter((statement) => statement.action(action));
  if (near.length === 0) return [`no statement allows ${request.action}`];
  return [
    'does not allow it',
    ...near.map((statement) => `statement ${statement.name}: ${shortcoming(statement, request)}`),
  ];
}

/** Why a statement about this action does not apply. */
function shortcoming({ naming, resource, conditions, source }: Statement, request: AuthorizationRequest): string {
  const element = (name: string): string => {
    const [, value] = Object.entries(source).find(([key]) => key === name) ?? [];
    return `its ${name} ${JSON.stringify(value)}`;
  };
  if (naming(request.principal) === undefined) return `${element('Principal')} does not name the principal`;
  if (!resource(request.resource)) {
    return `${element(Object.hasOwn(source, 'Resource') ? 'Resource' : 'NotResource')} does not cover ${request.resource}`;
  }
  return conditions
    .filter((condition) => !condition.met(request.context))
    .map((condition) => `its condition ${described(condition, request)}`)
    .join('; ');
}

function described({ operator, key, values, met }: Condition, { context }: AuthorizationRequest): string {
  const found = contextValues(context, key);
  const request = found === undefined ? 'has no such key' : `has ${JSON.stringify(found)}`;
  return `${operator} ${key} ${JSON.stringify(values)} is ${met(context) ? 'met' : 'not met'}: the request ${request}`;
}

function remedyOfDeny(
  request: AuthorizationRequest,
  { policyType, policyName, statement }: Extract<Decision, { decision: 'ExplicitDeny' }>,
): readonly string[] {
  const ofResource = policyType === 'resource-based policy';
  const policies = ofResource ? [request.resourcePolicy] : request.identityPolicies;
  const denies = policies.find((named) => named?.name === policyName)?.policy.denies ?? [];
  const source = denies.find(({ name }) => name === statement)?.source;
  const account = ofResource ? request.resourceAccount : principalAccount(request.principal);
  return [`Remove or narrow statement ${statement} of the ${policyName} in account ${account}:`, json(source ?? {})];
}

function json(statement: object): string {
  return JSON.stringify(statement, undefined, 2).replace(/^/gm, '  ');
}
