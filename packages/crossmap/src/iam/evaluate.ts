import type { Context } from './context.ts';
import type { DecidingStatement, Decision, Denying, MissingAllow, PolicyType } from './decision.ts';
import { deniedMessage } from './denied-message.ts';
import { owningAccount } from './documents.ts';
import {
  missingInBoundary,
  missingInEndpointPolicy,
  missingInIdentityPolicy,
  missingInLevel,
  missingInResourcePolicy,
  missingInSessionPolicy,
} from './missing-allow.ts';
import { type Policy, type Statement, statementsAbout } from './policy.ts';
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

/**
 * What a service asks before it acts. The implementation records what it denies, unless it is asked `quietly`, because
 * nothing is refused.
 */
export interface Authorizer {
  authorize(request: AuthorizationRequest, quietly?: boolean): Decision;
}

/** Everything that one decision depends on; services give `...caller`. */
export interface AuthorizationRequest extends Omit<Caller, 'principal'> {
  readonly principal: Principal | ServicePrincipal;
  /** `s3:GetObject` */
  readonly action: string;
  /** The ARN of the resource, or `*` for an action that has none. */
  readonly resource: string;
  /** The account that the resource is in. */
  readonly resourceAccount: string;
  /** The account that owns the resource, where that is another. */
  readonly ownerAccount?: string;
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
  if (!repairsBucketPolicy(request)) return decide(request);
  const { resourcePolicy: _, ...rest } = request;
  return decide(rest);
}

function decide(request: AuthorizationRequest): Decision {
  const denial = explicitDeny(request);
  if (denial !== undefined) return { ...denial, message: deniedMessage(request, denial) };

  const { principal, resourcePolicy, serviceControlPolicies = NONE, endpointPolicy } = request;
  const missing: MissingAllow[] = [];
  for (const level of serviceControlPolicies) {
    if (allowing(level.policies, request) === undefined) missing.push(missingInLevel(request, level));
  }
  if (endpointPolicy !== undefined && allowing([endpointPolicy], request) === undefined) {
    missing.push(missingInEndpointPolicy(request, endpointPolicy));
  }
  const allowedBy: DecidingStatement[] = [];
  const sameAccount = principalAccount(principal) === owningAccount(request);
  const grant = resourcePolicy && strongestGrant(resourcePolicy.policy, request);
  if (grant !== undefined && resourcePolicy !== undefined) {
    allowedBy.push(deciding('resource-based policy', resourcePolicy, grant.statement));
  }
  const resourceLacks = grant === undefined && (!sameAccount || mustSayYes(resourcePolicy));
  if (resourceLacks) missing.push(missingInResourcePolicy(request));
  if (principal.kind === 'iam-user' || principal.kind === 'role-session') {
    // In one account, naming the principal suffices: where that is lacking, nothing else has to be added for it.
    const added = principal.kind === 'iam-user' ? 'direct' : 'role';
    const naming = sameAccount ? (resourceLacks ? added : grant?.naming) : undefined;
    checkCallerSide(request, naming, allowedBy, missing);
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
  naming: Naming | undefined,
  allowedBy: DecidingStatement[],
  missing: MissingAllow[],
): void {
  const { identityPolicies, boundary, sessionPolicies = NONE } = request;
  const identity = allowing(identityPolicies, request);
  if (identity !== undefined) allowedBy.push(identity);
  else if (naming === undefined || naming === 'account') missing.push(missingInIdentityPolicy(request));
  if (naming === 'direct') return;
  if (boundary !== undefined && allowing([boundary], request) === undefined) {
    missing.push(missingInBoundary(request, boundary));
  }
  if (sessionPolicies.length > 0 && allowing(sessionPolicies, request) === undefined) {
    missing.push(missingInSessionPolicy(request));
  }
}

/** How a statement about the action concerns the request: by what naming of the principal; `undefined` when it does not. */
export function applies(statement: Statement, request: AuthorizationRequest): Naming | undefined {
  const { context } = request;
  const naming = statement.naming(request.principal, request.boundary !== undefined);
  if (naming === undefined || !statement.resource(request.resource, context)) return undefined;
  for (const condition of statement.conditions) if (!condition.met(context)) return undefined;
  return naming;
}

/** The first statement that denies, in the order of `documentsOf`. Which of several AWS names is not documented. */
function explicitDeny(request: AuthorizationRequest): ExplicitDeny | undefined {
  const { serviceControlPolicies = NONE, resourceControlPolicies = NONE, endpointPolicy, resourcePolicy } = request;
  for (const { policies } of serviceControlPolicies) {
    const denial = denying('service control policy', policies, request);
    if (denial !== undefined) return denial;
  }
  for (const { policies } of resourceControlPolicies) {
    const denial = denying('resource control policy', policies, request);
    if (denial !== undefined) return denial;
  }
  const { identityPolicies, boundary, sessionPolicies = NONE } = request;
  return (
    (endpointPolicy && denying('VPC endpoint policy', [endpointPolicy], request)) ??
    (resourcePolicy && denying('resource-based policy', [resourcePolicy], request)) ??
    denying('identity-based policy', identityPolicies, request) ??
    (boundary && denying('permissions boundary', [boundary], request)) ??
    denying('session policy', sessionPolicies, request)
  );
}

type ExplicitDeny = Extract<Denying, { decision: 'ExplicitDeny' }>;

function denying(
  policyType: PolicyType,
  policies: readonly NamedPolicy[],
  request: AuthorizationRequest,
): ExplicitDeny | undefined {
  for (const named of policies) {
    for (const statement of statementsAbout(named.policy, request.action).denies) {
      if (applies(statement, request) === undefined) continue;
      return { decision: 'ExplicitDeny', ...deciding(policyType, named, statement) };
    }
  }
  return undefined;
}

/** The statement that allows it in one of the policies of the caller's side. */
function allowing(policies: readonly NamedPolicy[], request: AuthorizationRequest): DecidingStatement | undefined {
  for (const named of policies) {
    for (const statement of statementsAbout(named.policy, request.action).allows) {
      if (applies(statement, request) !== undefined) return deciding('identity-based policy', named, statement);
    }
  }
  return undefined;
}

interface Grant {
  readonly statement: Statement;
  readonly naming: Naming;
}

/** Naming the user or the session is stronger than naming the role, and that than naming the account. */
function strongestGrant(policy: Policy, request: AuthorizationRequest): Grant | undefined {
  let strongest: Grant | undefined;
  for (const statement of statementsAbout(policy, request.action).allows) {
    const naming = applies(statement, request);
    if (naming === 'direct') return { statement, naming };
    if (naming === 'role' || (naming === 'account' && strongest === undefined)) strongest = { statement, naming };
  }
  return strongest;
}

function deciding(policyType: PolicyType, { name }: NamedPolicy, { name: statement }: Statement): DecidingStatement {
  return { policyType, policyName: name, statement };
}

function repairsBucketPolicy({ principal, resourceAccount, action }: AuthorizationRequest): boolean {
  return (
    principal.kind === 'root' &&
    principal.accountId === resourceAccount &&
    BUCKET_POLICY_ACTIONS.includes(action.toLowerCase())
  );
}

/** Of roles and KMS keys, no other policy makes up for a policy of their own that does not allow. */
function mustSayYes(resourcePolicy: NamedPolicy | undefined): boolean {
  return resourcePolicy?.policy.kind === 'trust' || resourcePolicy?.policy.kind === 'key';
}
