import type { AuthorizationRequest, NamedPolicy } from '../iam/evaluate.ts';
import { type Policy, parsePolicy } from '../iam/policy.ts';

/**
 * The request of a caller to whom S3 gives the action without any policy, as if the bucket policy named the caller, and
 * across accounts a policy of the caller's own as well: every policy can still deny it, and none of the organization or
 * of an endpoint is passed by.
 */
export function withDefaultRight(request: AuthorizationRequest): AuthorizationRequest {
  const { principal, action, resource, resourcePolicy, identityPolicies } = request;
  if (principal.kind === 'anonymous' || principal.kind === 'service') return request;
  const statement = { Effect: 'Allow', Action: action, Resource: resource };
  const named = parsePolicy({ Statement: [{ ...statement, Principal: { AWS: principal.arn } }] }, 'resource');
  const granted: NamedPolicy =
    resourcePolicy === undefined
      ? { name: 'default rights of the initiator', policy: named }
      : { name: resourcePolicy.name, policy: together(resourcePolicy.policy, named) };
  const own: NamedPolicy = {
    name: 'default rights of the initiator',
    policy: parsePolicy({ Statement: [statement] }, 'identity'),
  };
  return { ...request, resourcePolicy: granted, identityPolicies: [...identityPolicies, own] };
}

function together(policy: Policy, { allows }: Policy): Policy {
  return { ...policy, allows: [...policy.allows, ...allows] };
}
