import type { Context } from './context.ts';
import type { Decision } from './decision.ts';
import { missingInIdentityPolicy, missingInResourcePolicy } from './missing-allow.ts';
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
  readonly context: Context;
}

/** The owner's root user can always repair a bucket policy (API_GetBucketPolicy.html and its siblings). */
const BUCKET_POLICY_ACTIONS = ['s3:getbucketpolicy', 's3:putbucketpolicy', 's3:deletebucketpolicy'];

/**
 * Decides one action on one resource. An explicit deny in any policy wins; in one account either side suffices; across
 * accounts both must allow. Not evaluated: boundaries, session policies, service and resource control policies.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function evaluate(request: AuthorizationRequest): Decision {
  const action = request.action.toLowerCase();
  const { principal, resourcePolicy, identityPolicies } = request;
  const sameAccount = principalAccount(principal) === request.resourceAccount;
  if (sameAccount && principal.kind === 'root' && BUCKET_POLICY_ACTIONS.includes(action)) return { decision: 'Allow' };

  if (resourcePolicy !== undefined) {
    const statement = firstApplying(resourcePolicy.policy.denies, request, action);
    if (statement !== undefined) return denied('resource-based policy', resourcePolicy, statement);
  }
  for (const identityPolicy of identityPolicies) {
    const statement = firstApplying(identityPolicy.policy.denies, request, action);
    if (statement !== undefined) return denied('identity-based policy', identityPolicy, statement);
  }

  const naming = resourcePolicy === undefined ? undefined : bestNaming(resourcePolicy.policy, request, action);
  const resourceSideLacks = naming === undefined && (!sameAccount || mustSayYes(resourcePolicy));
  // In one account, naming the principal itself suffices: where that is lacking, nothing else has to be added.
  const resourceSideDecides = sameAccount && (naming === 'direct' || naming === 'role' || resourceSideLacks);
  const callerSideLacks = !resourceSideDecides && !callerSideAllows(request, action);
  if (!resourceSideLacks && !callerSideLacks) return { decision: 'Allow' };
  return {
    decision: 'ImplicitDeny',
    missing: [
      ...(resourceSideLacks ? [missingInResourcePolicy(request)] : []),
      ...(callerSideLacks ? [missingInIdentityPolicy(request)] : []),
    ],
  };
}

/** How a statement concerns the request: by what naming of the principal; `undefined` when it does not apply. */
export function applies(statement: Statement, request: AuthorizationRequest, lowerAction: string): Naming | undefined {
  if (!statement.action(lowerAction) || !statement.resource(request.resource)) return undefined;
  const naming = statement.naming(request.principal);
  if (naming === undefined) return undefined;
  for (const condition of statement.conditions) if (!condition.met(request.context)) return undefined;
  return naming;
}

function firstApplying(
  statements: readonly Statement[],
  request: AuthorizationRequest,
  action: string,
): Statement | undefined {
  for (const statement of statements) if (applies(statement, request, action) !== undefined) return statement;
  return undefined;
}

/** Only users and role sessions have identity policies; nothing on their own side holds back the others. */
function callerSideAllows(request: AuthorizationRequest, action: string): boolean {
  const { kind } = request.principal;
  if (kind !== 'iam-user' && kind !== 'role-session') return true;
  for (const { policy } of request.identityPolicies) {
    if (firstApplying(policy.allows, request, action) !== undefined) return true;
  }
  return false;
}

function bestNaming(policy: Policy, request: AuthorizationRequest, action: string): Naming | undefined {
  let best: Naming | undefined;
  for (const statement of policy.allows) {
    const naming = applies(statement, request, action);
    if (naming === 'direct') return naming;
    if (best !== 'role') best = naming ?? best;
  }
  return best;
}

/** Of roles and KMS keys, no other policy makes up for a policy of their own that does not allow. */
function mustSayYes(resourcePolicy: NamedPolicy | undefined): boolean {
  return resourcePolicy?.policy.kind === 'trust' || resourcePolicy?.policy.kind === 'key';
}

function denied(
  policyType: 'identity-based policy' | 'resource-based policy',
  { name }: NamedPolicy,
  statement: Statement,
): Decision {
  return { decision: 'ExplicitDeny', policyType, policyName: name, statement: statement.name };
}
