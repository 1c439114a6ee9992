import { requestAliasContext } from '../../accounts/kms/cryptography.ts';
import type { KmsKey } from '../../accounts/kms/key.ts';
import { type KmsRequest, scopeOf } from '../../accounts/kms/key-access.ts';
import { checkNotPendingDeletion, type Kms, MANAGED_ALIAS } from '../../accounts/kms/kms.ts';
import { KmsError } from '../../accounts/kms/kms-error.ts';
import type { JsonObject } from '../../asl/json.ts';
import { checkCouldPutPolicy } from './key-policies.ts';
import { type KmsOperation, seconds } from './operation.ts';
import { page } from './pages.ts';
import type { KmsParameters } from './parameters.ts';
import { readTags } from './tags.ts';

const DAY = 86_400_000;

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html */
export const createKey: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['policy', 'description', 'tags', 'bypassPolicyLockoutSafetyCheck'], {
    customerMasterKeySpec: (value) => value === 'SYMMETRIC_DEFAULT',
    keySpec: (value) => value === 'SYMMETRIC_DEFAULT',
    keyUsage: (value) => value === 'ENCRYPT_DECRYPT',
    origin: (value) => value === 'AWS_KMS',
    multiRegion: (value) => value === false,
  });
  const scope = scopeOf(request);
  const tags = readTags(input);
  const bypass = input.boolean('bypassPolicyLockoutSafetyCheck', false);
  const tagContext = {
    ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [`aws:RequestTag/${name}`, value])),
    'aws:TagKeys': Object.keys(tags),
  };
  kms.access.authorizeInAccount(request, 'CreateKey', '*', {
    'kms:BypassPolicyLockoutSafetyCheck': String(bypass),
    'kms:KeyOrigin': 'AWS_KMS',
    'kms:KeySpec': 'SYMMETRIC_DEFAULT',
    'kms:KeyUsage': 'ENCRYPT_DECRYPT',
    'kms:MultiRegion': 'false',
    ...tagContext,
  });
  if (Object.keys(tags).length > 0) kms.access.authorizeInAccount(request, 'TagResource', '*', tagContext);
  const policy = input.optionalString('policy');
  const description = input.optionalString('description', 8192) ?? '';
  const key = kms.newKey({ ...scope, description, tags, ...(policy !== undefined && { policy }) });
  if (!bypass) checkCouldPutPolicy(kms, request, key);
  await kms.store.putKey(key);
  return { KeyMetadata: metadata(key) };
};

export const describeKey: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['keyId', 'grantTokens']);
  const identifier = input.string('keyId');
  if (identifier === MANAGED_ALIAS) await kms.managedKey(scopeOf(request));
  const named = kms.named(request, 'DescribeKey', identifier);
  kms.access.authorize(request, { operation: 'DescribeKey', key: named.key, context: requestAliasContext(named) });
  return { KeyMetadata: metadata(named.key) };
};

export const listKeys: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['limit', 'marker']);
  kms.access.authorizeInAccount(request, 'ListKeys');
  const { items, rest } = page(input, kms.store.keys(scopeOf(request)), { most: 1000, otherwise: 100 });
  return { Keys: items.map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn })), ...rest };
};

export const enableKey: KmsOperation = (input, kms, request) =>
  change(input, kms, request, 'EnableKey', (key) => ({ ...key, state: { kind: 'Enabled' } }));

export const disableKey: KmsOperation = (input, kms, request) =>
  change(input, kms, request, 'DisableKey', (key) => ({ ...key, state: { kind: 'Disabled' } }));

export const updateKeyDescription: KmsOperation = (input, kms, request) => {
  const description = input.string('description');
  return change(input, kms, request, 'UpdateKeyDescription', (key) => ({ ...key, description }), ['description']);
};

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html */
export const scheduleKeyDeletion: KmsOperation = async (input, kms, request) => {
  const pendingWindowInDays = input.optionalInteger('pendingWindowInDays', 7, 30) ?? 30;
  const deletionDate = kms.now() + pendingWindowInDays * DAY;
  const state = { kind: 'PendingDeletion', deletionDate, pendingWindowInDays } as const;
  const key = await changed(input, kms, request, {
    operation: 'ScheduleKeyDeletion',
    members: ['pendingWindowInDays'],
    context: { 'kms:ScheduleKeyDeletionPendingWindowInDays': String(pendingWindowInDays) },
    to: (before) => ({ ...before, state }),
  });
  return {
    KeyId: key.arn,
    DeletionDate: seconds(deletionDate),
    KeyState: state.kind,
    PendingWindowInDays: pendingWindowInDays,
  };
};

/** The key comes back disabled. */
export const cancelKeyDeletion: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['keyId']);
  const key = kms.namedOwn(request, 'CancelKeyDeletion', input.string('keyId'));
  kms.access.authorize(request, { operation: 'CancelKeyDeletion', key });
  if (key.state.kind !== 'PendingDeletion') {
    throw new KmsError('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
  }
  await kms.store.putKey({ ...key, state: { kind: 'Disabled' } });
  return { KeyId: key.arn };
};

interface Change {
  readonly operation: string;
  readonly members?: readonly string[];
  readonly context?: Readonly<Record<string, string>>;
  readonly to: (key: KmsKey) => KmsKey;
}

async function change(
  input: KmsParameters,
  kms: Kms,
  request: KmsRequest,
  operation: string,
  to: Change['to'],
  members: readonly string[] = [],
): Promise<JsonObject> {
  await changed(input, kms, request, { operation, to, members });
  return {};
}

/** Changes a customer managed key of the caller's account that is not pending deletion. */
async function changed(
  input: KmsParameters,
  kms: Kms,
  request: KmsRequest,
  { operation, members = [], context = {}, to }: Change,
): Promise<KmsKey> {
  input.refuseOthers(['keyId', ...members]);
  const key = kms.namedOwn(request, operation, input.string('keyId'));
  kms.access.authorize(request, { operation, key, context });
  checkNotPendingDeletion(key);
  const after = to(key);
  await kms.store.putKey(after);
  return after;
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html */
function metadata({ state, ...key }: KmsKey): JsonObject {
  return {
    AWSAccountId: key.accountId,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: seconds(key.creationDate),
    Enabled: state.kind === 'Enabled',
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: state.kind,
    ...(state.kind === 'PendingDeletion' && { DeletionDate: seconds(state.deletionDate) }),
    Origin: 'AWS_KMS',
    KeyManager: key.keyManager,
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  };
}
