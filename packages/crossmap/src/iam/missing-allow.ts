import type { MissingAllow } from './decision.ts';
import type { AuthorizationRequest } from './evaluate.ts';
import { identityOf, principalAccount } from './principal.ts';

const OBJECT_ARN = /^(arn:[a-z-]+:s3:::([^/]+))\/./;
const BUCKET_OR_OBJECT_ARN = /^arn:[a-z-]+:s3:::([^/]+)/;

/** The statement that the resource's policy lacks: it names the role rather than one session of it. */
export function missingInResourcePolicy(request: AuthorizationRequest): MissingAllow {
  const trust = request.resourcePolicy?.policy.kind === 'trust';
  return {
    policyType: 'resource-based policy',
    document: resourceDocument(request),
    accountId: request.resourceAccount,
    statement: {
      Effect: 'Allow',
      Principal: principalElement(request),
      Action: request.action,
      ...(trust ? {} : { Resource: widened(request.resource) }),
    },
  };
}

/** The statement that no policy of the caller has. */
export function missingInIdentityPolicy(request: AuthorizationRequest): MissingAllow {
  const { principal } = request;
  const owner = `${principal.kind === 'role-session' ? 'role' : 'user'} ${identityOf(principal)}`;
  return {
    policyType: 'identity-based policy',
    document: `identity policy of ${owner}`,
    accountId: principalAccount(principal) ?? request.resourceAccount,
    statement: { Effect: 'Allow', Action: request.action, Resource: widened(request.resource) },
  };
}

/** The name of the resource's policy, also when there is none yet. */
export function resourceDocument({ resourcePolicy, resource }: AuthorizationRequest): string {
  if (resourcePolicy !== undefined) return resourcePolicy.name;
  const bucket = BUCKET_OR_OBJECT_ARN.exec(resource)?.[1];
  return bucket === undefined ? `resource policy of ${resource}` : `bucket policy of ${bucket}`;
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
