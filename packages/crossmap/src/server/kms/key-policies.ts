import type { KmsKey } from '../../accounts/kms/key.ts';
import type { KmsRequest } from '../../accounts/kms/key-access.ts';
import type { Kms } from '../../accounts/kms/kms.ts';
import { KmsError } from '../../accounts/kms/kms-error.ts';
import type { KmsOperation } from './operation.ts';
import { page } from './pages.ts';
import type { KmsParameters } from './parameters.ts';

/** The only name a key policy can have. */
const POLICY_NAME = 'default';

export const getKeyPolicy: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['keyId', 'policyName']);
  const key = kms.namedOwn(request, 'GetKeyPolicy', input.string('keyId'));
  kms.access.authorize(request, { operation: 'GetKeyPolicy', key });
  checkPolicyName(input);
  return { Policy: kms.shownPolicy(key), PolicyName: POLICY_NAME };
};

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html */
export const putKeyPolicy: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['keyId', 'policyName', 'policy', 'bypassPolicyLockoutSafetyCheck']);
  const key = kms.namedOwn(request, 'PutKeyPolicy', input.string('keyId'));
  const policy = input.string('policy');
  const bypass = input.boolean('bypassPolicyLockoutSafetyCheck', false);
  const context = { 'kms:BypassPolicyLockoutSafetyCheck': String(bypass) };
  kms.access.authorize(request, { operation: 'PutKeyPolicy', key, context });
  checkPolicyName(input);
  const after: KmsKey = { ...key, policy, principalIds: kms.boundPrincipals(policy) };
  if (!bypass) checkCouldPutPolicy(kms, request, after);
  await kms.store.putKey(after);
  return {};
};

export const listKeyPolicies: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['keyId', 'limit', 'marker']);
  const key = kms.namedOwn(request, 'ListKeyPolicies', input.string('keyId'));
  kms.access.authorize(request, { operation: 'ListKeyPolicies', key });
  const { items, rest } = page(input, [POLICY_NAME], { most: 1000, otherwise: 100 });
  return { PolicyNames: [...items], ...rest };
};

/** Errors: `MalformedPolicyDocumentException` for a policy that would lock its author out. */
export function checkCouldPutPolicy(kms: Kms, request: KmsRequest, key: KmsKey): void {
  if (kms.access.couldPutPolicy(request, key)) return;
  const text = 'The new key policy will not allow you to update the key policy in the future.';
  throw new KmsError('MalformedPolicyDocumentException', text);
}

function checkPolicyName(input: KmsParameters): void {
  const name = input.optionalString('policyName') ?? POLICY_NAME;
  if (name !== POLICY_NAME) throw new KmsError('NotFoundException', `No such policy exists: ${name}`);
}
