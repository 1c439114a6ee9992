/**
 * Who makes a request, once authenticated. `arn` is the ARN of the request: the session ARN for a role session. `id` is
 * the unique id, by which policies of resources know users and roles: `AIDA…` of the user, `AROA…` of the session's role.
 */
export type Principal =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'root'; readonly accountId: string; readonly arn: string }
  | (Identity & { readonly kind: 'iam-user'; readonly userName: string })
  | (Identity & {
      readonly kind: 'role-session';
      readonly roleArn: string;
      /** When the session began, epoch ms, where that is known. */
      readonly issued?: number;
    });

interface Identity {
  readonly accountId: string;
  readonly arn: string;
  readonly id: string;
  /** Of the user; of the role and the session, the session's winning. They are the keys `aws:PrincipalTag/…`. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** An AWS service that acts in its own name, as Lambda does when it assumes the role of a function. */
export interface ServicePrincipal {
  readonly kind: 'service';
  /** `lambda.amazonaws.com` */
  readonly service: string;
}

/** The account whose policies stand on the principal's side; `undefined` for those that belong to none. */
export function principalAccount(principal: Principal | ServicePrincipal): string | undefined {
  return principal.kind === 'anonymous' || principal.kind === 'service' ? undefined : principal.accountId;
}

/** The name AWS shows for the principal of a request. */
export function principalName(principal: Principal | ServicePrincipal): string {
  if (principal.kind === 'anonymous') return 'anonymous';
  return principal.kind === 'service' ? principal.service : principal.arn;
}

/** What stays the same over the sessions of a role (and is what `aws:PrincipalArn` holds): its role, else its name. */
export function identityOf(principal: Principal | ServicePrincipal): string {
  return principal.kind === 'role-session' ? principal.roleArn : principalName(principal);
}
