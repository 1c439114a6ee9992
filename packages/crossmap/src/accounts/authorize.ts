import type { Permissions, Refusal, RoleCaller } from '../engine/ports.ts';
import { parseArn } from '../iam/arn.ts';
import type { Context } from '../iam/context.ts';
import type { Decision } from '../iam/decision.ts';
import { type AuthorizationRequest, type Authorizer, evaluate } from '../iam/evaluate.ts';
import { type Principal, principalAccount, type ServicePrincipal } from '../iam/principal.ts';
import type { Accounts } from './accounts.ts';
import type { Denial, Denials } from './denials.ts';
import { iso8601, principalContext } from './principal-context.ts';

/**
 * The one place where requests are decided, whether they come over HTTP, from the engine or from a function. Adds the
 * condition keys that follow from principal and resource; what the request says of itself is the service's to give.
 */
export class Authorization implements Authorizer, Permissions {
  readonly #accounts: Accounts;
  readonly #denials: Denials;
  readonly #report: (denial: Denial) => void;
  readonly #now: () => number;
  #second = Number.NaN;
  #time: Context = {};

  /** `report` gets each denial when it is new, not its repetitions. `now` is epoch ms. */
  constructor(accounts: Accounts, denials: Denials, report: (denial: Denial) => void, now: () => number) {
    this.#accounts = accounts;
    this.#denials = denials;
    this.#report = report;
    this.#now = now;
  }

  authorize(request: AuthorizationRequest, quietly = false): Decision {
    const complete = this.#complete(request);
    const decision = evaluate(complete);
    if (decision.decision !== 'Allow' && !quietly) {
      const denial = this.#denials.record(complete, decision);
      if (denial !== undefined) this.#report(denial);
    }
    return decision;
  }

  /** The request with what follows from its principal, its resource, their organization and the time. */
  #complete(request: AuthorizationRequest): AuthorizationRequest {
    const { principal, resourceAccount } = request;
    const callerAccount = principalAccount(principal);
    const ofCaller = callerAccount === undefined ? undefined : this.#accounts.membership(callerAccount);
    const ofResource = this.#accounts.membership(resourceAccount);
    const serviceLinked = isServiceLinked(principal);
    return {
      sameOrganization: ofCaller !== undefined && ofCaller.organizationId === ofResource?.organizationId,
      ...request,
      ...(ofCaller && !serviceLinked && { serviceControlPolicies: ofCaller.serviceControlPolicies }),
      ...(ofResource && !serviceLinked && { resourceControlPolicies: ofResource.resourceControlPolicies }),
      context: {
        'aws:ViaAWSService': 'false',
        ...this.#timeContext(),
        ...request.context,
        ...principalContext(principal, ofCaller),
        'aws:ResourceAccount': resourceAccount,
        ...(ofResource && {
          'aws:ResourceOrgID': ofResource.organizationId,
          'aws:ResourceOrgPaths': [ofResource.path],
        }),
      },
    };
  }

  /** Made once a second: a Map Run asks thousands of times. */
  #timeContext(): Context {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#time = { 'aws:CurrentTime': iso8601(second * 1000), 'aws:EpochTime': String(second) };
    }
    return this.#time;
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
}

/** Control policies do not limit service-linked roles. */
function isServiceLinked(principal: Principal | ServicePrincipal): boolean {
  return principal.kind === 'role-session' && principal.roleArn.includes(':role/aws-service-role/');
}
