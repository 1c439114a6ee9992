import type { Refusal } from '../engine/ports.ts';
import type { Context } from '../iam/context.ts';
import type { Authorizer, Caller } from '../iam/evaluate.ts';
import { principalName } from '../iam/principal.ts';
import type { Accounts } from './accounts.ts';

export interface Assumption {
  readonly caller: Caller;
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId?: string | undefined;
  /** Session tags: to pass any needs `sts:TagSession` too. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
  /** `eu-west-1` */
  readonly region: string;
}

/**
 * Whether a caller may assume a role: its own policies and the role's trust policy decide, as for `sts:AssumeRole`. A
 * role that is not there is refused as one that does not trust the caller, and a root user assumes none.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function mayAssumeRole(
  accounts: Accounts,
  authorizer: Authorizer,
  assumption: Assumption,
): { readonly kind: 'allowed' } | Refusal {
  const { caller, roleArn, tags = {} } = assumption;
  if (caller.principal.kind === 'root') return refused('Roles may not be assumed by root accounts.');
  const role = accounts.role(roleArn);
  const actions = ['sts:AssumeRole', ...(Object.keys(tags).length === 0 ? [] : ['sts:TagSession'])];
  for (const action of actions) {
    const decision = authorizer.authorize({
      ...caller,
      action,
      resource: roleArn,
      resourceAccount: role?.accountId ?? roleArn.split(':')[4] ?? '',
      ...(role && { resourcePolicy: role.trustPolicy }),
      context: assumptionContext(assumption),
    });
    if (decision.decision !== 'Allow') return refused(decision.message);
    if (role === undefined) {
      return refused(
        `User: ${principalName(caller.principal)} is not authorized to perform: ${action} on resource: ${roleArn}`,
      );
    }
  }
  return { kind: 'allowed' };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-sts */
function assumptionContext(assumption: Assumption): Context {
  const { sessionName, externalId, region, tags = {}, transitiveTagKeys = [] } = assumption;
  return {
    'aws:RequestedRegion': region,
    'aws:SecureTransport': 'true',
    'sts:RoleSessionName': sessionName,
    ...(externalId !== undefined && { 'sts:ExternalId': externalId }),
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    'aws:TagKeys': Object.keys(tags),
    'sts:TransitiveTagKeys': transitiveTagKeys,
  };
}

function refused(message: string): Refusal {
  return { kind: 'refused', code: 'AccessDenied', message };
}
