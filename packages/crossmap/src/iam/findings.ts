import type { Condition } from './condition.ts';
import { contextValues } from './context.ts';
import type { PolicyType } from './decision.ts';
import { documentsOf, owningAccount, resourceDocument } from './documents.ts';
import { type AuthorizationRequest, applies, type NamedPolicy } from './evaluate.ts';
import { type Statement, statementsAbout } from './policy.ts';
import { identityOf, principalAccount } from './principal.ts';

/** What one document said to a request. */
export interface Finding {
  readonly policyType: PolicyType;
  /** `bucket policy of partner-objects`, also where there is none. */
  readonly document: string;
  readonly accountId: string | undefined;
  /** `delegates`: allows the account, whose own policies then decide. `silent`: neither allows nor denies. */
  readonly verdict: 'allows' | 'denies' | 'delegates' | 'silent' | 'absent';
  /** The verdict in words. */
  readonly summary: string;
  /** The statements that came near and why they do not apply; of a denying one, its conditions. */
  readonly notes: readonly string[];
}

/** What every document said that was asked, and which of the two that can grant are not there. */
export function findingsOf(request: AuthorizationRequest): readonly Finding[] {
  const { principal, resourcePolicy, identityPolicies } = request;
  const findings = documentsOf(request).map(
    ({ policyType, named, accountId }): Finding => ({
      policyType,
      document: named.name,
      accountId,
      ...said(named, request),
    }),
  );
  const absent = { verdict: 'absent', summary: 'not there', notes: [] } as const;
  if (resourcePolicy === undefined) {
    const document = resourceDocument(request);
    findings.unshift({ policyType: 'resource-based policy', document, accountId: owningAccount(request), ...absent });
  }
  const canHaveIdentityPolicies = principal.kind === 'iam-user' || principal.kind === 'role-session';
  if (canHaveIdentityPolicies && identityPolicies.length === 0) {
    const document = `identity policies of ${identityOf(principal)}`;
    const accountId = principalAccount(principal);
    findings.push({ policyType: 'identity-based policy', document, accountId, ...absent });
  }
  return findings;
}

function said({ policy }: NamedPolicy, request: AuthorizationRequest): Pick<Finding, 'verdict' | 'summary' | 'notes'> {
  const { allows, denies } = statementsAbout(policy, request.action);
  const denying = denies.find((statement) => applies(statement, request) !== undefined);
  if (denying !== undefined) {
    const notes = denying.conditions.map((condition) => `condition ${described(condition, request)}`);
    return { verdict: 'denies', summary: `statement ${denying.name} denies it`, notes };
  }
  const namings = allows.map((statement) => ({ statement, naming: applies(statement, request) }));
  const allowing = namings.find(({ naming }) => naming === 'direct' || naming === 'role');
  if (allowing !== undefined) {
    return { verdict: 'allows', summary: `statement ${allowing.statement.name} allows it`, notes: [] };
  }
  const delegating = namings.find(({ naming }) => naming === 'account');
  if (delegating !== undefined) {
    const account = principalAccount(request.principal);
    const summary = `statement ${delegating.statement.name} allows account ${account}, whose own policies then decide`;
    return { verdict: 'delegates', summary, notes: [] };
  }
  const notes = allows.map((statement) => `statement ${statement.name}: ${shortcoming(statement, request)}`);
  const summary = allows.length === 0 ? `no statement allows ${request.action}` : 'does not allow it';
  return { verdict: 'silent', summary, notes };
}

/** Why a statement about this action does not apply. */
function shortcoming({ naming, resource, conditions, source }: Statement, request: AuthorizationRequest): string {
  const elements = new Map<string, unknown>(Object.entries(source));
  const shown = (name: string) => {
    const element = elements.has(name) ? name : `Not${name}`;
    return `its ${element} ${JSON.stringify(elements.get(element))}`;
  };
  if (naming(request.principal, request.boundary !== undefined) === undefined) {
    return `${shown('Principal')} does not name the principal`;
  }
  if (!resource(request.resource, request.context)) return `${shown('Resource')} does not cover ${request.resource}`;
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
