import type { MissingAllow } from './decision.ts';
import { owningAccount, resourceDocument } from './documents.ts';
import type { AuthorizationRequest, NamedPolicy, PolicyLevel } from './evaluate.ts';
import { identityOf, principalAccount, principalName } from './principal.ts';

const OBJECT_ARN = /^(arn:[a-z-]+:s3:::([^/]+))\/./;

/** The statement that the resource's policy lacks: it names the role rather than one session of it. */
export function missingInResourcePolicy(request: AuthorizationRequest): MissingAllow {
  const kind = request.resourcePolicy?.policy.kind;
  return {
    policyType: 'resource-based policy',
    document: resourceDocument(request),
    accountId: owningAccount(request),
    statement: {
      Effect: 'Allow',
      Principal: principalElement(request),
      Action: request.action,
      ...(kind === 'trust' ? {} : { Resource: kind === 'key' ? '*' : widened(request.resource) }),
    },
  };
}

/** The statement that no policy of the caller has. */
export function missingInIdentityPolicy(request: AuthorizationRequest): MissingAllow {
  return ofCaller(request, 'identity-based policy', `identity policy of ${callerName(request)}`);
}

export function missingInBoundary(request: AuthorizationRequest, { name }: NamedPolicy): MissingAllow {
  return ofCaller(request, 'permissions boundary', name);
}

/** A session policy is given anew with each session: whoever begins the session must add it there. */
export function missingInSessionPolicy(request: AuthorizationRequest): MissingAllow {
  return ofCaller(request, 'session policy', `session policy of ${principalName(request.principal)}`);
}

export function missingInLevel(request: AuthorizationRequest, { name, accountId }: PolicyLevel): MissingAllow {
  const statement = { Effect: 'Allow', Action: request.action, Resource: '*' };
  return {
    policyType: 'service control policy',
    document: `service control policies of ${name}`,
    accountId,
    statement,
  };
}

export function missingInEndpointPolicy(request: AuthorizationRequest, { name }: NamedPolicy): MissingAllow {
  const missing = ofCaller(request, 'VPC endpoint policy', name);
  return { ...missing, statement: { ...missing.statement, Principal: '*' } };
}

function ofCaller(
  request: AuthorizationRequest,
  policyType: MissingAllow['policyType'],
  document: string,
): MissingAllow {
  return {
    policyType,
    document,
    accountId: principalAccount(request.principal) ?? request.resourceAccount,
    statement: { Effect: 'Allow', Action: request.action, Resource: widened(request.resource) },
  };
}

function callerName({ principal }: AuthorizationRequest): string {
  return `${principal.kind === 'role-session' ? 'role' : 'user'} ${identityOf(principal)}`;
}

/** Access to one object of a bucket is granted for its objects: a statement for each key would be of no use. */
function widened(resource: string): string {
  const bucketArn = OBJECT_ARN.exec(resource)?.[1];
  return bucketArn === undefined ? resource : `${bucketArn}/*`;
}

function principalElement({ principal }: AuthorizationRequest): string | object {
  if (principal.kind === 'anonymous') return '*';
  return principal.kind === 'service' ? { Service: principal.service } : { AWS: identityOf(principal) };
}
