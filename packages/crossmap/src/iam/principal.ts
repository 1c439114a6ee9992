/** Who makes a request, once authenticated. `arn` is the ARN of the request: the session ARN for a role session. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'root'; readonly accountId: string; readonly arn: string }
  | { readonly kind: 'iam-user'; readonly accountId: string; readonly arn: string; readonly userName: string }
  | { readonly kind: 'role-session'; readonly accountId: string; readonly arn: string; readonly roleArn: string };

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
