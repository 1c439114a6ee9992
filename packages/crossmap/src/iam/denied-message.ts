import type { Denying, PolicyType } from './decision.ts';
import type { AuthorizationRequest } from './evaluate.ts';
import { type Principal, principalAccount, principalName, type ServicePrincipal } from './principal.ts';

/**
 * AWS's text for the caller. S3 tells callers of another organization and anonymous ones nothing but `Access Denied`,
 * and of a VPC endpoint policy only those of the bucket's account. Of a key in another account KMS
 * does not tell whether there is one.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function deniedMessage(request: AuthorizationRequest, decision: Denying): string {
  const { principal, action, resource } = request;
  const service = action.slice(0, action.indexOf(':'));
  const policyType = namedType(decision, service);
  const sameAccount = principalAccount(principal) === request.resourceAccount;
  if (service === 's3' && !mayKnow(request, policyType, sameAccount)) return 'Access Denied';
  const who = `User: ${principalName(principal)} is not authorized to perform: ${action}`;
  if (service === 'kms' && !sameAccount && policyType === 'resource-based policy') {
    return foreignKeyMessage(principal, action, resource);
  }
  const on =
    resource === '*' && service === 's3' ? '' : ` on resource: ${service === 's3' ? `"${resource}"` : resource}`;
  return action === 'sts:AssumeRole' ? `${who}${on}` : `${who}${on} ${reason(action, decision, policyType)}`;
}

function mayKnow(request: AuthorizationRequest, policyType: PolicyType, sameAccount: boolean): boolean {
  if (principalAccount(request.principal) === undefined) return false;
  return sameAccount || (request.sameOrganization === true && policyType !== 'VPC endpoint policy');
}

/** KMS's text for a key of another account that the caller may not use, or that is not there. */
export function foreignKeyMessage(principal: Principal | ServicePrincipal, action: string, keyArn: string): string {
  const key = action === 'kms:Decrypt' ? 'the resource associated with this ciphertext' : `resource: ${keyArn}`;
  return `User: ${principalName(principal)} is not authorized to perform: ${action} on ${key} because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;
}

/** Of several kinds AWS names one. Which one is not documented; KMS looks at the caller's side first. */
function namedType(decision: Denying, service: string): PolicyType {
  if (decision.decision === 'ExplicitDeny') return decision.policyType;
  const types = decision.missing.map(({ policyType }) => policyType);
  const ofCaller = service === 'kms' ? types.find((type) => type !== 'resource-based policy') : undefined;
  return ofCaller ?? types[0] ?? 'identity-based policy';
}

function reason(action: string, { decision }: Denying, policyType: PolicyType): string {
  if (decision === 'ImplicitDeny') return `because no ${policyType} allows the ${action} action`;
  return `with an explicit deny in ${policyType.startsWith('i') ? 'an' : 'a'} ${policyType}`;
}
