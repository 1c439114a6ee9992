import type { Refusal } from '../engine/ports.ts';
import type { Authorizer, Caller } from '../iam/evaluate.ts';
import { principalName } from '../iam/principal.ts';
import type { Accounts } from './accounts.ts';

export interface Assumption {
  readonly caller: Caller;
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId?: string;
  /** `eu-west-1` */
  readonly region: string;
}

/**
 * Whether a caller may assume a role: its own policies and the role's trust policy decide, as for `sts:AssumeRole`. A
 * role that is not there is refused as one that does not trust the caller.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function mayAssumeRole(
  accounts: Accounts,
  authorizer: Authorizer,
  { caller, roleArn, sessionName, externalId, region }: Assumption,
): { readonly kind: 'allowed' } | Refusal {
  const role = accounts.role(roleArn);
  const request = {
    ...caller,
    action: 'sts:AssumeRole',
    resource: roleArn,
    resourceAccount: role?.accountId ?? roleArn.split(':')[4] ?? '',
    ...(role && { resourcePolicy: role.trustPolicy }),
    context: {
      'aws:RequestedRegion': region,
      'aws:SecureTransport': 'true',
      'sts:RoleSessionName': sessionName,
      ...(externalId !== undefined && { 'sts:ExternalId': externalId }),
    },
  };
  const decision = authorizer.authorize(request);
  if (decision.decision === 'Allow' && role !== undefined) return { kind: 'allowed' };
  const message =
    decision.decision === 'Allow'
      ? `User: ${principalName(caller.principal)} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`
      : decision.message;
  return { kind: 'refused', code: 'AccessDenied', message };
}
