import { randomBytes } from 'node:crypto';
import type { EncryptionContext } from '../../accounts/kms/encryption-context.ts';
import { grantStatements, isWithin, retirementPolicy } from '../../accounts/kms/grants.ts';
import {
  GRANT_OPERATIONS,
  type Grant,
  type GrantConstraints,
  type GrantOperation,
  type KmsKey,
} from '../../accounts/kms/key.ts';
import { type KmsRequest, scopeOf } from '../../accounts/kms/key-access.ts';
import { checkUsable, type Kms } from '../../accounts/kms/kms.ts';
import { KmsError } from '../../accounts/kms/kms-error.ts';
import type { JsonObject } from '../../asl/json.ts';
import { PolicyError } from '../../iam/policy.ts';
import { type KmsOperation, seconds } from './operation.ts';
import { page } from './pages.ts';
import type { KmsParameters } from './parameters.ts';

const HARMLESS = { dryRun: (value: unknown) => value === false, grantTokens: () => true };
const PAGE = { most: 100, otherwise: 50 };

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html */
export const createGrant: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['keyId', 'granteePrincipal', 'retiringPrincipal', 'operations', 'constraints', 'name'], HARMLESS);
  const key = kms.namedById(request, 'CreateGrant', input.string('keyId'));
  const grant = newGrant(input, kms, request);
  checkPrincipals(grant);
  authorizeCreation(kms, request, key, grant);
  checkUsable(key);
  const existing = grant.name === undefined ? undefined : key.grants.find((each) => isSame(each, grant));
  if (existing === undefined) await kms.store.putKey({ ...key, grants: [...key.grants, grant] });
  const { grantId, grantToken } = existing ?? grant;
  return { GrantId: grantId, GrantToken: grantToken };
};

export const listGrants: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['keyId', 'grantId', 'granteePrincipal', 'limit', 'marker']);
  const key = kms.namedById(request, 'ListGrants', input.string('keyId'));
  kms.access.authorize(request, { operation: 'ListGrants', key });
  const id = input.optionalString('grantId');
  const grantee = input.optionalString('granteePrincipal');
  const grants = key.grants.filter(
    ({ grantId, granteePrincipal }) =>
      (id === undefined || grantId === id) && (grantee === undefined || granteePrincipal === grantee),
  );
  const { items, rest } = page(input, grants, PAGE);
  return { Grants: items.map((grant) => entry(key, grant)), ...rest };
};

/** Grants on keys of any account whose retiring principal is this one, of the caller's account. */
export const listRetirableGrants: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['retiringPrincipal', 'limit', 'marker']);
  kms.access.authorizeInAccount(request, 'ListRetirableGrants');
  const principal = input.string('retiringPrincipal');
  const { accountId, region } = scopeOf(request);
  if (principal.split(':')[4] !== accountId) {
    throw new KmsError('InvalidArnException', `${principal} is not a principal of account ${accountId}`);
  }
  const grants = kms.store
    .allKeys()
    .filter((key) => key.region === region)
    .flatMap((key) => key.grants.map((grant) => ({ key, grant })))
    .filter(({ grant }) => grant.retiringPrincipal === principal);
  const { items, rest } = page(input, grants, PAGE);
  return { Grants: items.map(({ key, grant }) => entry(key, grant)), ...rest };
};

export const revokeGrant: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['keyId', 'grantId'], HARMLESS);
  const key = kms.namedById(request, 'RevokeGrant', input.string('keyId'));
  kms.access.authorize(request, { operation: 'RevokeGrant', key, context: forAwsResource(request) });
  await remove(kms, key, grantById(key, input.string('grantId')));
  return {};
};

/** https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html */
export const retireGrant: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['grantToken', 'keyId', 'grantId'], HARMLESS);
  const { key, grant } = grantToRetire(input, kms, request);
  kms.access.authorizeRetirement(request, key, grant);
  await remove(kms, key, grant);
  return {};
};

function grantToRetire(input: KmsParameters, kms: Kms, request: KmsRequest): { key: KmsKey; grant: Grant } {
  const token = input.optionalString('grantToken');
  if (token === undefined) {
    const key = kms.namedById(request, 'RetireGrant', input.string('keyId'));
    return { key, grant: grantById(key, input.string('grantId')) };
  }
  for (const key of kms.store.allKeys()) {
    const grant = key.region === request.region && key.grants.find(({ grantToken }) => grantToken === token);
    if (grant) return { key, grant };
  }
  throw new KmsError('InvalidGrantTokenException', 'The grant token is not valid.');
}

function grantById(key: KmsKey, grantId: string): Grant {
  const grant = key.grants.find((each) => each.grantId === grantId);
  if (grant === undefined) throw new KmsError('NotFoundException', `Grant ID ${grantId} not found`);
  return grant;
}

async function remove(kms: Kms, key: KmsKey, grant: Grant): Promise<void> {
  await kms.store.putKey({ ...key, grants: key.grants.filter((each) => each !== grant) });
}

function newGrant(input: KmsParameters, kms: Kms, request: KmsRequest): Grant {
  return {
    grantId: randomBytes(32).toString('hex'),
    grantToken: randomBytes(96).toString('base64'),
    name: input.optionalString('name', 256),
    creationDate: kms.now(),
    granteePrincipal: input.string('granteePrincipal'),
    retiringPrincipal: input.optionalString('retiringPrincipal'),
    issuingAccount: scopeOf(request).accountId,
    operations: readOperations(input),
    constraints: readConstraints(input),
  };
}

function readOperations(input: KmsParameters): readonly GrantOperation[] {
  const names = input.strings('operations');
  if (names.length === 0) throw new KmsError('ValidationException', 'The operations of the grant must not be empty');
  return names.map((name) => {
    const operation = GRANT_OPERATIONS.find((each) => each === name);
    if (operation !== undefined) return operation;
    throw new KmsError('ValidationException', `The operation ${name} cannot be granted on a symmetric encryption key`);
  });
}

function readConstraints(input: KmsParameters): GrantConstraints {
  const constraints = input.structure('constraints');
  constraints?.refuseOthers(['encryptionContextEquals', 'encryptionContextSubset']);
  const read = (name: string): EncryptionContext | undefined =>
    constraints?.json(name) === undefined ? undefined : constraints.stringMap(name);
  const exact = read('encryptionContextEquals');
  const part = read('encryptionContextSubset');
  return {
    ...(exact !== undefined && { encryptionContextEquals: exact }),
    ...(part !== undefined && { encryptionContextSubset: part }),
  };
}

function checkPrincipals(grant: Grant): void {
  try {
    grantStatements(grant);
    retirementPolicy(grant);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new KmsError('InvalidArnException', `The principal of the grant is not valid: ${error.message}`);
  }
}

/** By a policy, any grant; by a grant, only one that gives no more than that one. */
function authorizeCreation(kms: Kms, request: KmsRequest, key: KmsKey, grant: Grant): void {
  const { encryptionContextEquals: exact, encryptionContextSubset: part } = grant.constraints;
  const constraintTypes = [
    ...(exact === undefined ? [] : ['EncryptionContextEquals']),
    ...(part === undefined ? [] : ['EncryptionContextSubset']),
  ];
  const context = {
    'kms:GranteePrincipal': grant.granteePrincipal,
    'kms:GrantOperations': grant.operations,
    ...(grant.retiringPrincipal !== undefined && { 'kms:RetiringPrincipal': grant.retiringPrincipal }),
    ...(constraintTypes.length > 0 && { 'kms:GrantConstraintType': constraintTypes }),
    ...forAwsResource(request),
  };
  const parents = key.grants.filter((parent) => isWithin(grant, parent));
  kms.access.authorize(request, { operation: 'CreateGrant', key: { ...key, grants: parents }, context });
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource */
function forAwsResource({ viaService }: KmsRequest): Readonly<Record<string, string>> {
  return { 'kms:GrantIsForAWSResource': String(viaService !== undefined) };
}

/** The same request again, told by its name. */
function isSame(a: Grant, b: Grant): boolean {
  const { grantId: _id, grantToken: _token, creationDate: _date, ...left } = a;
  const { grantId: _id2, grantToken: _token2, creationDate: _date2, ...right } = b;
  return JSON.stringify(left) === JSON.stringify(right);
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantListEntry.html */
function entry({ arn }: KmsKey, grant: Grant): JsonObject {
  const { encryptionContextEquals: exact, encryptionContextSubset: part } = grant.constraints;
  const constraints = {
    ...(exact !== undefined && { EncryptionContextEquals: exact }),
    ...(part !== undefined && { EncryptionContextSubset: part }),
  };
  return {
    KeyId: arn,
    GrantId: grant.grantId,
    Name: grant.name ?? '',
    CreationDate: seconds(grant.creationDate),
    GranteePrincipal: grant.granteePrincipal,
    ...(grant.retiringPrincipal !== undefined && { RetiringPrincipal: grant.retiringPrincipal }),
    IssuingAccount: `arn:aws:iam::${grant.issuingAccount}:root`,
    Operations: [...grant.operations],
    ...(Object.keys(constraints).length > 0 && { Constraints: constraints }),
  };
}
