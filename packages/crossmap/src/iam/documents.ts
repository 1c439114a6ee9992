import type { PolicyType } from './decision.ts';
import type { AuthorizationRequest, NamedPolicy } from './evaluate.ts';
import { principalAccount } from './principal.ts';

/** A policy document that has a say in a request. */
export interface Document {
  readonly policyType: PolicyType;
  readonly named: NamedPolicy;
  /** The account whose administrator can change it; `undefined` with a principal of none. */
  readonly accountId: string | undefined;
}

const BUCKET_OR_OBJECT_ARN = /^arn:[a-z-]+:s3:::([^/]+)/;

/** Every document there is, in the order in which a denial names one of several. */
export function documentsOf(request: AuthorizationRequest): readonly Document[] {
  const { resourceAccount, resourcePolicy, endpointPolicy, identityPolicies, boundary, sessionPolicies } = request;
  const callerAccount = principalAccount(request.principal);
  const documents: Document[] = [];
  const add = (policyType: PolicyType, named: NamedPolicy, accountId: string | undefined) =>
    documents.push({ policyType, named, accountId });
  for (const { policies, accountId } of request.serviceControlPolicies ?? []) {
    for (const named of policies) add('service control policy', named, accountId);
  }
  for (const { policies, accountId } of request.resourceControlPolicies ?? []) {
    for (const named of policies) add('resource control policy', named, accountId);
  }
  if (endpointPolicy !== undefined) add('VPC endpoint policy', endpointPolicy, callerAccount);
  if (resourcePolicy !== undefined) add('resource-based policy', resourcePolicy, resourceAccount);
  for (const named of identityPolicies) add('identity-based policy', named, callerAccount);
  if (boundary !== undefined) add('permissions boundary', boundary, callerAccount);
  for (const named of sessionPolicies ?? []) add('session policy', named, callerAccount);
  return documents;
}

export function owningAccount({ ownerAccount, resourceAccount }: AuthorizationRequest): string {
  return ownerAccount ?? resourceAccount;
}

/**
 * The name of what can allow on the side of the resource, also when there is none yet: its policy, or the access control
 * lists of objects of another account, which the policy of the bucket cannot allow.
 */
export function resourceDocument({ resourcePolicy, resource, ownerAccount }: AuthorizationRequest): string {
  if (ownerAccount !== undefined) return `access control lists of the objects that account ${ownerAccount} owns`;
  if (resourcePolicy !== undefined) return resourcePolicy.name;
  const bucket = BUCKET_OR_OBJECT_ARN.exec(resource)?.[1];
  return bucket === undefined ? `resource policy of ${resource}` : `bucket policy of ${bucket}`;
}
