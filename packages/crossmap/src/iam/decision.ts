import type { AuthorizationRequest } from './evaluate.ts';
import { principalAccount, principalName } from './principal.ts';

export { explainDenial } from './explanation.ts';

export type PolicyType = 'identity-based policy' | 'resource-based policy';

export type Decision =
  | { readonly decision: 'Allow' }
  | {
      readonly decision: 'ExplicitDeny';
      readonly policyType: PolicyType;
      readonly policyName: string;
      /** The Sid of the denying statement, or its place: `Statement[0]`. */
      readonly statement: string;
    }
  /** All of `missing` must be added before the request is allowed. */
  | { readonly decision: 'ImplicitDeny'; readonly missing: readonly MissingAllow[] };

export interface MissingAllow {
  readonly policyType: PolicyType;
  /** `bucket policy of partner-objects` */
  readonly document: string;
  /** The account whose administrator must add it. */
  readonly accountId: string;
  /** The statement to add, ready to paste. */
  readonly statement: object;
}

/**
 * AWS's text for the caller. S3 tells callers of another account and anonymous ones nothing but `Access Denied`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
 */
export function deniedMessage(request: AuthorizationRequest, decision: Decision): string {
  const { principal, action, resource } = request;
  const isS3 = action.startsWith('s3:');
  if (isS3 && principalAccount(principal) !== request.resourceAccount) return 'Access Denied';
  const quoted = isS3 ? `"${resource}"` : resource;
  const on = action === 's3:ListAllMyBuckets' ? '' : ` on resource: ${quoted}`;
  const text = `User: ${principalName(principal)} is not authorized to perform: ${action}${on}`;
  return action === 'sts:AssumeRole' ? text : `${text}${reason(action, decision)}`;
}

function reason(action: string, decision: Decision): string {
  switch (decision.decision) {
    case 'Allow':
      return '';
    case 'ExplicitDeny':
      return ` with an explicit deny in ${decision.policyType.startsWith('i') ? 'an' : 'a'} ${decision.policyType}`;
    case 'ImplicitDeny':
      return ` because no ${decision.missing[0]?.policyType ?? 'identity-based policy'} allows the ${action} action`;
  }
}
