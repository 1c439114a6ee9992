import type { Permissions, Refusal, RoleCaller } from '../engine/ports.ts';
import { parseArn } from '../iam/arn.ts';
import type { Context } from '../iam/context.ts';
import type { Decision } from '../iam/decision.ts';
import { type AuthorizationRequest, type Authorizer, evaluate } from '../iam/evaluate.ts';
import type { Principal, ServicePrincipal } from '../iam/principal.ts';
import type { Accounts } from './accounts.ts';
import type { Denial, Denials } from './denials.ts';

/**
 * The one place where requests are decided, whether they come over HTTP, from the engine or from a function. Adds the
 * condition keys that follow from principal and resource; what the request says of itself is the service's to give.
 */
export class Authorization implements Authorizer, Permissions {
  readonly #accounts: Accounts;
  readonly #denials: Denials;
  readonly #report: (denial: Denial) => void;

  /** `report` gets each denial when it is new, not its repetitions. */
  constructor(accounts: Accounts, denials: Denials, report: (denial: Denial) => void) {
    this.#accounts = accounts;
    this.#denials = denials;
    this.#report = report;
  }

  authorize(request: AuthorizationRequest): Decision {
    const context: Context = {
      ...request.context,
      ...this.#principalContext(request.principal),
      'aws:ResourceAccount': request.resourceAccount,
    };
    const complete: AuthorizationRequest = { ...request, context };
    const decision = evaluate(complete);
    if (decision.decision !== 'Allow') {
      const denial = this.#denials.record(complete, decision);
      if (denial !== undefined) this.#report(denial);
    }
    return decision;
  }

  /** For resources without a policy of their own, whose ARN names their account (functions, state machines), and `*`. */
  check({ roleArn, region, sessionName }: RoleCaller, action: string, resource: string): { kind: 'allowed' } | Refusal {
    const resourceAccount = parseArn(resource === '*' ? roleArn : resource)?.accountId ?? '';
    if (resourceAccount === '') throw new Error(`Expected an ARN with an account id, got \`${resource}\``);
    if (this.#accounts.role(roleArn) === undefined) {
      return { kind: 'refused', code: 'AccessDeniedException', message: `The role ${roleArn} does not exist.` };
    }
    const caller = this.#accounts.callerForRole(roleArn, sessionName);
    const context = { 'aws:RequestedRegion': region, 'aws:SecureTransport': 'true' };
    const request = { ...caller, action, resource, resourceAccount, context };
    const decision = this.authorize(request);
    if (decision.decision === 'Allow') return { kind: 'allowed' };
    return { kind: 'refused', code: 'AccessDeniedException', message: decision.message };
  }

  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
  #principalContext(principal: Principal | ServicePrincipal): Context {
    switch (principal.kind) {
      case 'anonymous':
        return { 'aws:PrincipalType': 'Anonymous', 'aws:PrincipalIsAWSService': 'false', 'aws:userid': 'anonymous' };
      case 'service':
        return { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': principal.service };
      case 'root':
        return { ...identified(principal.accountId, principal.arn, 'Account'), 'aws:userid': principal.accountId };
      case 'iam-user':
        return {
          ...identified(principal.accountId, principal.arn, 'User'),
          'aws:username': principal.userName,
          'aws:userid': this.#accounts.user(principal.arn)?.userId ?? '',
        };
      case 'role-session': {
        const roleId = this.#accounts.role(principal.roleArn)?.roleId ?? '';
        const sessionName = principal.arn.slice(principal.arn.lastIndexOf('/') + 1);
        return {
          ...identified(principal.accountId, principal.roleArn, 'AssumedRole'),
          'aws:userid': `${roleId}:${sessionName}`,
        };
      }
    }
  }
}

function identified(accountId: string, arn: string, type: 'Account' | 'User' | 'AssumedRole'): Context {
  return {
    'aws:PrincipalAccount': accountId,
    'aws:PrincipalArn': arn,
    'aws:PrincipalType': type,
    'aws:PrincipalIsAWSService': 'false',
  };
}
