import {
  type AuthorizationRequest,
  BucketPolicies,
  type Denied,
  evaluate,
  type NamedPolicy,
  PolicyError,
  type PolicyKind,
  parsePolicy,
} from './crossmap.ts';
import type { ControlLevel, Evaluation, Vector, Verdict } from './vector.ts';

/** Decides each evaluation of a vector, with the context as it stands there, and compares decision and message. */
export function runAtEvaluator(vector: Vector): Verdict {
  if (vector.evaluations.length === 0) return { kind: 'skipped', reason: 'no policy decides it' };
  let denied: Denied | undefined;
  for (const evaluation of vector.evaluations) {
    const decision = evaluate(requestOf(vector, evaluation));
    if (decision.decision !== evaluation.decision) {
      const { action, resource } = evaluation;
      return failed(`${action} on ${resource}: expected ${evaluation.decision}, got ${JSON.stringify(decision)}`);
    }
    if (decision.decision !== 'Allow') denied ??= decision;
  }
  const { decision, messageContains = '' } = vector.expect;
  if (decision === 'Allow' || decision === 'NotEvaluated') return { kind: 'passed' };
  if (denied?.decision !== decision) return failed(`expected ${decision} of all, got ${denied?.decision ?? 'Allow'}`);
  if (saysIt(denied.message, messageContains)) return { kind: 'passed' };
  return failed(`expected a message with \`${messageContains}\`, got \`${denied.message}\``);
}

/** The generic text is all there is to say: nothing may stand beside it. */
export function saysIt(message: string, expected: string): boolean {
  return expected === 'Access Denied' ? message === expected : message.includes(expected);
}

function failed(reason: string): Verdict {
  return { kind: 'failed', reason };
}

function requestOf(vector: Vector, evaluation: Evaluation): AuthorizationRequest {
  const { identityPolicies, permissionsBoundary, sessionPolicy, scp, rcp, vpcEndpointPolicy, accounts } = vector;
  const owned = resourceOf(vector, evaluation);
  return {
    principal: principalOf(vector),
    action: evaluation.action,
    resource: evaluation.resource,
    resourceAccount: owned.account,
    identityPolicies: identityPolicies.flatMap((document, i) => named(`identity policy ${i}`, document, 'identity')),
    ...(permissionsBoundary && { boundary: only(named('boundary', permissionsBoundary, 'identity')) }),
    ...(sessionPolicy && { sessionPolicies: named('session policy', sessionPolicy, 'session') }),
    ...(owned.policy && { resourcePolicy: owned.policy }),
    ...(scp && { serviceControlPolicies: scp.map((level) => levelOf(level, 'service-control')) }),
    ...(rcp && { resourceControlPolicies: rcp.map((level) => levelOf(level, 'resource-control')) }),
    ...(vpcEndpointPolicy && { endpointPolicy: only(named('endpoint policy', vpcEndpointPolicy, 'endpoint')) }),
    sameOrganization: accounts.sameOrganization,
    context: { ...vector.context, ...evaluation.context },
  };
}

function principalOf({ principal }: Vector): AuthorizationRequest['principal'] {
  const { type, service = '' } = principal;
  const accountId = principal.account ?? '';
  const arn = principal.arn ?? '';
  const id = `id of ${principal.roleArn ?? arn}`;
  switch (type) {
    case 'anonymous':
      return { kind: 'anonymous' };
    case 'service':
      return { kind: 'service', service: service === '' ? arn : service };
    case 'root':
      return { kind: 'root', accountId, arn };
    case 'iam-user':
      return { kind: 'iam-user', accountId, arn, id, userName: arn.slice(arn.lastIndexOf('/') + 1) };
    case 'role-session':
      return { kind: 'role-session', accountId, arn, id, roleArn: principal.roleArn ?? '' };
  }
}

interface Owned {
  readonly account: string;
  readonly policy: NamedPolicy | undefined;
}

/** Who owns what an evaluation is about, and the policy it has. */
function resourceOf(vector: Vector, { policy }: Evaluation): Owned {
  const { resource, sourceBucket, kmsKey, accessPoint } = vector;
  switch (policy) {
    case 'bucket': {
      if (resource?.type !== 'bucket') throw new Error(`${vector.id} has no bucket`);
      return bucket(resource.bucket, resource.account, vector.bucketPolicy, vector.publicAccessBlock);
    }
    case 'sourceBucket':
      if (sourceBucket === undefined) throw new Error(`${vector.id} has no source bucket`);
      return bucket(sourceBucket.bucket, sourceBucket.account, sourceBucket.bucketPolicy, undefined);
    case 'key':
      if (kmsKey === undefined) throw new Error(`${vector.id} has no key`);
      return { account: kmsKey.account, policy: named('key policy', kmsKey.keyPolicy, 'key')[0] };
    case 'trust':
      if (resource?.type !== 'role') throw new Error(`${vector.id} has no role`);
      return { account: resource.account, policy: named('trust policy', resource.trustPolicy, 'trust')[0] };
    case 'accessPoint': {
      if (accessPoint === undefined) throw new Error(`${vector.id} has no access point`);
      const document = accessPoint.policy;
      return {
        account: accessPoint.account,
        policy: document ? named('access point', document, 'resource')[0] : undefined,
      };
    }
    case 'none':
      return { account: vector.accounts.caller ?? '', policy: undefined };
  }
}

/** The policy as S3 takes it, with what RestrictPublicBuckets makes of it: one that it refuses is not there. */
function bucket(
  name: string,
  account: string,
  document: object | null | undefined,
  publicAccessBlock: Vector['publicAccessBlock'],
): Owned {
  if (!document) return { account, policy: undefined };
  const settings = {
    policy: { document: JSON.stringify(document), principalIds: {} },
    ...(publicAccessBlock && { publicAccessBlock }),
  };
  try {
    const policy = new BucketPolicies().of({ name, accountId: account, region: '', creationDate: 0, settings });
    return { account, policy };
  } catch (error) {
    if (!(error instanceof Error && error.name === 'S3Error')) throw error;
    return { account, policy: undefined };
  }
}

function levelOf({ level, policies }: ControlLevel, kind: PolicyKind) {
  return {
    name: level,
    accountId: '',
    policies: policies.flatMap((document, i) => named(`${kind} ${i}`, document, kind)),
  };
}

/** One policy, or none for a document that AWS would not attach. */
function named(name: string, document: object, kind: PolicyKind): readonly NamedPolicy[] {
  try {
    return [{ name, policy: parsePolicy(document, kind) }];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return [];
  }
}

function only([policy]: readonly NamedPolicy[]): NamedPolicy {
  if (policy === undefined) throw new Error('Expected a policy that can be attached');
  return policy;
}
