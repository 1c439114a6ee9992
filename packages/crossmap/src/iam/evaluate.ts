import type { Context } from './context.ts';
import type { DecidingStatement, Decision, Denying, MissingAllow, PolicyType } from './decision.ts';
import { deniedMessage } from './denied-message.ts';
import { documentsOf } from './documents.ts';
import {
  missingInBoundary,
  missingInEndpointPolicy,
  missingInIdentityPolicy,
  missingInLevel,
  missingInResourcePolicy,
  missingInSessionPolicy,
} from './missing-allow.ts';
import type { Policy, Statement } from './policy.ts';
import { type Principal, principalAccount, type ServicePrincipal } from './principal.ts';
import type { Naming } from './principal-element.ts';

/** A policy with the name a person knows it by: `ListPolicy of role arn:…`, `bucket policy of partner-objects`. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: Policy;
}

/** An authenticated principal with the policies of its own side. */
export interface Caller {
  readonly principal: Principal;
  /** Inline, managed and those of the groups of a user. */
  readonly identityPolicies: readonly NamedPolicy[];
  /** The permissions boundary of the user or of the session's role. */
  readonly boundary?: NamedPolicy;
  /** The policies that were passed when the session began: it can do what one of them allows, at most. */
  readonly sessionPolicies?: readonly NamedPolicy[];
}

/** The service or resource control policies of one node on the way from the root of an organization to an account. */
export interface PolicyLevel {
  /** `root r-ab12`, `organizational unit ou-ab12-11111111`, `account 111111111111` */
  readonly name: string;
  /** The management account, where these policies are changed. */
  readonly accountId: string;
  readonly policies: readonly NamedPolicy[];
}

/** What a service asks before it acts. The implementation records what it denies. */
export interface Authorizer {
  authorize(request: AuthorizationRequest): Decision;
}

/** Everything that one decision depends on; services give `...caller`. */
export interface AuthorizationRequest extends Omit<Caller, 'principal'> {
  readonly principal: Principal | ServicePrincipal;
  /** `s3:GetObject` */
  readonly action: string;
  /** The ARN of the resource, or `*` for an action that has none. */
  readonly resource: string;
  /** The account that owns the resource. */
  readonly resourceAccount: string;
  /** The policy of the resource, of kind `resource`, `key` or, for `sts:AssumeRole`, `trust`. */
  readonly resourcePolicy?: NamedPolicy;
  /** Of the caller's account, from the root down: each level must allow. The authorizer fills them, no service does. */
  readonly serviceControlPolicies?: readonly PolicyLevel[];
  /** Of the resource's account, likewise. The policy `RCPFullAWSAccess` is implied on every level. */
  readonly resourceControlPolicies?: readonly PolicyLevel[];
  /** The policy of the VPC endpoint through which the request came. */
  readonly endpointPolicy?: NamedPolicy;
  /** Whether the accounts of principal and resource are of one organization. The authorizer says. */
  readonly sameOrganization?: boolean;
  readonly context: Context;
}

const NONE: readonly [] = [];
/** The owner's root user can always repair a bucket policy (API_GetBucketPolicy.html and its siblings). */
const BUCKET_POLICY_ACTIONS = ['s3:getbucketpolicy', 's3:putbucketpolicy', 's3:deletebucketpolicy'];

/**
 * Decides one action on one resource. An explicit deny in any document wins. In one account either side may grant; of a
 * role's trust policy and a key policy the resource's side must. Across accounts both sides must allow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export function evaluate(request: AuthorizationRequest): Decision {
  const action = request.action.toLowerCase();
  if (repairsBucketPolicy(request, action)) {
    const { resourcePolicy: _, ...rest } = request;
    return decide(rest, action);
  }
  return decide(request, action);
}

function decide(request: AuthorizationRequest, action: string): Decision {
  const denial = explicitDeny(request, action);
  if (denial !== undefined) return { ...denial, message: deniedMessage(request, denial) };

  const { principal, resourcePolicy, serviceControlPolicies, endpointPolicy } = request;
  const missing: MissingAllow[] = [];
  for (const level of serviceControlPolicies ?? NONE) {
    if (allowing(level.policies, request, action) === undefined) missing.push(missingInLevel(request, level));
  }
  if (endpointPolicy !== undefined && allowing([endpointPolicy], request, action) === undefined) {
    missing.push(missingInEndpointPolicy(request, endpointPolicy));
  }
  const allowedBy: DecidingStatement[] = [];
  const sameAccount = principalAccount(principal) === request.resourceAccount;
  const grant = resourcePolicy && strongestGrant(resourcePolicy.policy, request, action);
  if (grant !== undefined && resourcePolicy !== undefined) {
    allowedBy.push(deciding('resource-based policy', resourcePolicy, grant.statement));
  }
  const resourceLacks = grant === undefined && (!sameAccount || mustSayYes(resourcePolicy));
  if (resourceLacks) missing.push(missingInResourcePolicy(request));
  if (principal.kind === 'iam-user' || principal.kind === 'role-session') {
    // In one account, naming the principal suffices: where that is lacking, nothing else has to be added for it.
    const added = principal.kind === 'iam-user' ? 'direct' : 'role';
    const naming = sameAccount ? (resourceLacks ? added : grant?.naming) : undefined;
    checkCallerSide(request, action, naming, allowedBy, missing);
  }
  if (missing.length === 0) return { decision: 'Allow', allowedBy };
  const lacking = { decision: 'ImplicitDeny', missing } as const;
  return { ...lacking, message: deniedMessage(request, lacking) };
}

/**
 * What the policies of a user or a session lack. `naming` is how the resource's policy grants it in the same account:
 * to the user or the session itself without any limit, to the role within boundary and session policies.
 */
function checkCallerSide(
  request: AuthorizationRequest,
  action: string,
  naming: Naming | undefined,
  allowedBy: DecidingStatement[],
  missing: MissingAllow[],
): void {
  const { identityPolicies, boundary, sessionPolicies = NONE } = request;
  const identity = allowing(identityPolicies, request, action);
  if (identity !== undefined) allowedBy.push(identity);
  else if (naming === undefined || naming === 'account') missing.push(missingInIdentityPolicy(request));
  if (naming === 'direct') return;
  if (boundary !== undefined && allowing([boundary], request, action) === undefined) {
    missing.push(missingInBoundary(request, boundary));
  }
  if (sessionPolicies.length > 0 && allowing(sessionPolicies, request, action) === undefined) {
    missing.push(missingInSessionPolicy(request));
  }
}

/** How a statement concerns the request: by what naming of the principal; `undefined` when it does not apply. */
export function applies(statement: Statement, request: AuthorizationRequest, lowerAction: string): Naming | undefined {
  const { context } = request;
  if (!statement.action(lowerAction, context) || !statement.resource(request.resource, context)) return undefined;
  const naming = statement.naming(request.principal, request.boundary !== undefined);
  if (naming === undefined) return undefined;
  for (const condition of statement.conditions) if (!condition.met(context)) return undefined;
  return naming;
}

/** The first statement that denies. Which of several AWS names is not documented. */
function explicitDeny(
  request: AuthorizationRequest,
  action: string,
): Extract<Denying, { decision: 'ExplicitDeny' }> | undefined {
  for (const { policyType, named } of documentsOf(request)) {
    for (const statement of named.policy.denies) {
      if (applies(statement, request, action) === undefined) continue;
      return { decision: 'ExplicitDeny', policyType, policyName: named.name, statement: statement.name };
    }
  }
  return undefined;
}

/** The statement that allows it in one of the caller's policies. */
function allowing(
  policies: readonly NamedPolicy[],
  request: AuthorizationRequest,
  action: string,
): DecidingStatement | undefined {
  for (const named of policies) {
    for (const statement of named.policy.allows) {
      if (applies(statement, request, action) !== undefined) return deciding('identity-based policy', named, statement);
    }
  }
  return undefined;
}

interface Grant {
  readonly statement: Statement;
  readonly naming: Naming;
}

/** Naming the user or the session is stronger than naming the role, and that than naming the account. */
function strongestGrant(policy: Policy, request: AuthorizationRequest, action: string): Grant | undefined {
  let strongest: Grant | undefined;
  for (const statement of policy.allows) {
    const naming = applies(statement, request, action);
    if (naming === 'direct') return { statement, naming };
    if (naming === 'role' || (naming === 'account' && strongest === undefined)) strongest = { statement, naming };
  }
  return strongest;
}

function deciding(policyType: PolicyType, { name }: NamedPolicy, { name: statement }: Statement): DecidingStatement {
  return { policyType, policyName: name, statement };
}

function repairsBucketPolicy({ principal, resourceAccount }: AuthorizationRequest, action: string): boolean {
  return principal.kind === 'root' && principal.accountId === resourceAccount && BUCKET_POLICY_ACTIONS.includes(action);
}

/** Of roles and KMS keys, no other policy makes up for a policy of their own that does not allow. */
function mustSayYes(resourcePolicy: NamedPolicy | undefined): boolean {
  return resourcePolicy?.policy.kind === 'trust' || resourcePolicy?.policy.kind === 'key';
}
