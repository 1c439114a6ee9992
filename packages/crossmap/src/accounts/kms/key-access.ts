import type { Context } from '../../iam/context.ts';
import type { AuthorizationRequest, Authorizer, Caller, NamedPolicy } from '../../iam/evaluate.ts';
import { parsePolicy } from '../../iam/policy.ts';
import { principalAccount } from '../../iam/principal.ts';
import { contextConditionKeys, type EncryptionContext } from './encryption-context.ts';
import { constraintsMet, grantPolicy, grantStatements, retirementPolicy } from './grants.ts';
import type { Grant, KmsKey, KmsScope } from './key.ts';
import { KmsError } from './kms-error.ts';

/** An authenticated request to KMS, by the caller itself or by a service in its name. */
export interface KmsRequest {
  readonly caller: Caller;
  readonly region: string;
  /** Where it comes from; absent for a request that a service makes. */
  readonly sourceIp?: string;
  /** `s3.eu-west-1.amazonaws.com` for a request that a service makes. */
  readonly viaService?: string;
}

/** What a request would do with a key. */
export interface KeyUse {
  readonly operation: string;
  readonly key: KmsKey;
  /** Of an operation that has one, if only an empty one. */
  readonly encryptionContext?: EncryptionContext;
  /** Further condition keys. */
  readonly context?: Context;
}

const EVERYTHING: NamedPolicy = {
  name: 'everything',
  policy: parsePolicy({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }, 'identity'),
};

export function scopeOf({ caller, region }: KmsRequest): KmsScope {
  return { accountId: principalAccount(caller.principal) ?? '', region };
}

/** Decides requests to KMS: the key policy must say yes, or let the account's own policies say it, or a grant does. */
export class KeyAccess {
  readonly #authorizer: Authorizer;
  readonly #aliasesOf: (keyArn: string) => readonly { readonly aliasName: string }[];
  readonly #compiled = new WeakMap<KmsKey, NamedPolicy>();

  constructor(authorizer: Authorizer, aliasesOf: (keyArn: string) => readonly { readonly aliasName: string }[]) {
    this.#authorizer = authorizer;
    this.#aliasesOf = aliasesOf;
  }

  /** Throws `AccessDeniedException` unless the caller may use the key so. */
  authorize(request: KmsRequest, use: KeyUse): void {
    this.#decide(this.#authorization(request, use));
  }

  /** The same for the retirement of a grant, by the grant alone. */
  authorizeRetirement(request: KmsRequest, key: KmsKey, grant: Grant): void {
    const authorization = this.#authorization(request, { operation: 'RetireGrant', key });
    const resourceAccount = scopeOf(request).accountId;
    this.#decide({ ...authorization, resourceAccount, resourcePolicy: retirementPolicy(grant) });
  }

  /** Whether the key policy lets the caller, or its account, put the next one: the lockout safety check. */
  couldPutPolicy(request: KmsRequest, key: KmsKey): boolean {
    const { principal } = request.caller;
    const unlimited = { ...request, caller: { principal, identityPolicies: [EVERYTHING] } };
    const authorization = this.#authorization(unlimited, { operation: 'PutKeyPolicy', key: { ...key, grants: [] } });
    return this.#authorizer.authorize(authorization, true).decision === 'Allow';
  }

  /** For what identity policies alone decide: `*`, or an alias of the caller's account. */
  authorizeInAccount(request: KmsRequest, operation: string, resource = '*', context: Context = {}): void {
    this.#decide({
      ...request.caller,
      action: `kms:${operation}`,
      resource,
      resourceAccount: scopeOf(request).accountId,
      context: { ...requestContext(request), ...context },
    });
  }

  #authorization(
    request: KmsRequest,
    { operation, key, encryptionContext, context = {} }: KeyUse,
  ): AuthorizationRequest {
    const { caller } = request;
    const grants = key.grants.filter((grant) => constraintsMet(grant, encryptionContext));
    return {
      ...caller,
      identityPolicies: [...caller.identityPolicies, ...issuedToCaller(request, key, grants)],
      action: `kms:${operation}`,
      resource: key.arn,
      resourceAccount: key.accountId,
      resourcePolicy: withGrants(this.#keyPolicy(key), grants),
      context: {
        ...requestContext(request),
        ...keyContext(key, this.#aliasesOf(key.arn)),
        ...contextConditionKeys(encryptionContext ?? {}),
        ...context,
      },
    };
  }

  #keyPolicy(key: KmsKey): NamedPolicy {
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    const bound = Object.keys(key.principalIds).length > 0;
    const ids = bound ? (principal: string) => key.principalIds[principal] : undefined;
    const named = { name: `key policy of ${key.arn}`, policy: parsePolicy(JSON.parse(key.policy), 'key', ids) };
    this.#compiled.set(key, named);
    return named;
  }

  #decide(authorization: AuthorizationRequest): void {
    const decision = this.#authorizer.authorize(authorization);
    if (decision.decision === 'Allow') return;
    throw new KmsError('AccessDeniedException', decision.message);
  }
}

function withGrants(keyPolicy: NamedPolicy, grants: readonly Grant[]): NamedPolicy {
  if (grants.length === 0) return keyPolicy;
  const { name, policy } = keyPolicy;
  return { name, policy: { ...policy, allows: [...policy.allows, ...grants.flatMap(grantStatements)] } };
}

/** On a foreign key, what the caller's own account has granted to the caller. */
function issuedToCaller(request: KmsRequest, key: KmsKey, grants: readonly Grant[]): readonly NamedPolicy[] {
  const { accountId } = scopeOf(request);
  const { principal } = request.caller;
  if (accountId === key.accountId || principal.kind === 'anonymous') return [];
  const arns = principal.kind === 'role-session' ? [principal.arn, principal.roleArn] : [principal.arn];
  return grants
    .filter(({ issuingAccount, granteePrincipal }) => issuingAccount === accountId && arns.includes(granteePrincipal))
    .map((grant) => grantPolicy(grant, key.arn));
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html */
function requestContext(request: KmsRequest): Context {
  const { viaService, sourceIp } = request;
  const { accountId, region } = scopeOf(request);
  return {
    'aws:RequestedRegion': region,
    'aws:SecureTransport': 'true',
    'kms:CallerAccount': accountId,
    ...(sourceIp !== undefined && { 'aws:SourceIp': sourceIp }),
    ...(viaService !== undefined && { 'kms:ViaService': viaService, 'aws:ViaAWSService': 'true' }),
  };
}

function keyContext({ tags }: KmsKey, aliases: readonly { readonly aliasName: string }[]): Context {
  return {
    'kms:KeyOrigin': 'AWS_KMS',
    'kms:KeySpec': 'SYMMETRIC_DEFAULT',
    'kms:KeyUsage': 'ENCRYPT_DECRYPT',
    'kms:MultiRegion': 'false',
    ...(aliases.length > 0 && { 'kms:ResourceAliases': aliases.map(({ aliasName }) => aliasName) }),
    ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [`aws:ResourceTag/${name}`, value])),
  };
}
