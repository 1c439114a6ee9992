import type { Context } from '../iam/context.ts';
import type { Principal, ServicePrincipal } from '../iam/principal.ts';
import type { Membership } from './organization.ts';

/**
 * The condition keys that follow from who asks. Requests of anonymous callers have hardly any.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
 */
export function principalContext(
  principal: Principal | ServicePrincipal,
  membership: Membership | undefined,
): Record<string, string | readonly string[]> {
  switch (principal.kind) {
    case 'anonymous':
      return { 'aws:PrincipalType': 'Anonymous', 'aws:userid': 'anonymous' };
    case 'service':
      return {
        'aws:PrincipalIsAWSService': 'true',
        'aws:PrincipalServiceName': principal.service,
        'aws:PrincipalServiceNamesList': [principal.service],
      };
    case 'root':
      return {
        'aws:userid': principal.accountId,
        ...identified(principal.accountId, principal.arn, 'Account', membership),
      };
    case 'iam-user':
      return {
        'aws:username': principal.userName,
        'aws:userid': principal.id,
        ...identified(principal.accountId, principal.arn, 'User', membership),
        ...tagged(principal.tags),
      };
    case 'role-session': {
      const sessionName = principal.arn.slice(principal.arn.lastIndexOf('/') + 1);
      return {
        'aws:userid': `${principal.id}:${sessionName}`,
        'aws:MultiFactorAuthPresent': 'false',
        ...identified(principal.accountId, principal.roleArn, 'AssumedRole', membership),
        ...tagged(principal.tags),
        ...(principal.issued !== undefined && { 'aws:TokenIssueTime': iso8601(principal.issued) }),
      };
    }
  }
}

/** The form of `aws:CurrentTime` and `aws:TokenIssueTime`. */
export function iso8601(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+/, '');
}

function identified(
  accountId: string,
  arn: string,
  type: 'Account' | 'User' | 'AssumedRole',
  membership: Membership | undefined,
): Context {
  return {
    'aws:PrincipalAccount': accountId,
    'aws:PrincipalArn': arn,
    'aws:PrincipalType': type,
    'aws:PrincipalIsAWSService': 'false',
    ...(membership && {
      'aws:PrincipalOrgID': membership.organizationId,
      'aws:PrincipalOrgPaths': [membership.path],
    }),
  };
}

function tagged(tags: Readonly<Record<string, string>> = {}): Context {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]));
}
