import type { EncryptionContext } from './encryption-context.ts';
import { KmsError } from './kms-error.ts';

/** A symmetric key of one Region (`SYMMETRIC_DEFAULT`, `ENCRYPT_DECRYPT`): the only kind there is here. */
export interface KmsKey {
  readonly arn: string;
  readonly keyId: string;
  readonly accountId: string;
  readonly region: string;
  /** A key that AWS manages is made when a service first needs it; its policy never changes. */
  readonly keyManager: 'CUSTOMER' | 'AWS';
  /** Epoch ms. */
  readonly creationDate: number;
  readonly description: string;
  readonly state: KeyState;
  /** The document as it was put. */
  readonly policy: string;
  /** Unique ids of the users and roles that the policy names, by ARN. */
  readonly principalIds: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly grants: readonly Grant[];
  /** 256 bits. */
  readonly material: Uint8Array;
}

/** `deletionDate` in epoch ms: from then on there is no such key. */
export type KeyState =
  | { readonly kind: 'Enabled' }
  | { readonly kind: 'Disabled' }
  | { readonly kind: 'PendingDeletion'; readonly deletionDate: number; readonly pendingWindowInDays: number };

/** https://docs.aws.amazon.com/kms/latest/developerguide/grants.html */
export interface Grant {
  readonly grantId: string;
  readonly grantToken: string;
  readonly name: string | undefined;
  readonly creationDate: number;
  readonly granteePrincipal: string;
  readonly retiringPrincipal: string | undefined;
  /** The account of who created it. */
  readonly issuingAccount: string;
  readonly operations: readonly GrantOperation[];
  readonly constraints: GrantConstraints;
}

export interface GrantConstraints {
  readonly encryptionContextEquals?: EncryptionContext;
  readonly encryptionContextSubset?: EncryptionContext;
}

/** What a grant may allow on a symmetric key; the operations of other kinds of keys are refused. */
export const GRANT_OPERATIONS = [
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'CreateGrant',
  'RetireGrant',
  'DescribeKey',
] as const;
export type GrantOperation = (typeof GRANT_OPERATIONS)[number];

export interface Alias {
  readonly aliasArn: string;
  /** With `alias/`. */
  readonly aliasName: string;
  readonly targetKeyArn: string;
  /** Epoch ms. */
  readonly creationDate: number;
  readonly lastUpdatedDate: number;
}

/** Where a request is made: the account of its caller and the Region it is sent to. */
export interface KmsScope {
  readonly accountId: string;
  readonly region: string;
}

export function keyArn(keyId: string, { accountId, region }: KmsScope): string {
  return `arn:aws:kms:${region}:${accountId}:key/${keyId}`;
}

/** `aliasName` with `alias/`. */
export function aliasArn(aliasName: string, { accountId, region }: KmsScope): string {
  return `arn:aws:kms:${region}:${accountId}:${aliasName}`;
}

/** What the identifier of a key in a request means. */
export type KeyReference =
  | { readonly kind: 'key'; readonly arn: string; readonly accountId: string }
  | { readonly kind: 'alias'; readonly arn: string; readonly accountId: string };

const KEY_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const ARN = /^arn:aws:kms:([a-z0-9-]+):(\d{12}):(key\/|alias\/)(.+)$/;

/**
 * A key id and an alias name are the caller's own, in its Region; an ARN is of any account but of this Region.
 * Errors: `NotFoundException`.
 */
export function readKeyReference(identifier: string, scope: KmsScope): KeyReference {
  const { accountId } = scope;
  if (KEY_ID.test(identifier)) return { kind: 'key', arn: keyArn(identifier, scope), accountId };
  if (identifier.startsWith('mrk-')) throw unsupportedMultiRegion();
  if (identifier.startsWith('alias/')) return { kind: 'alias', arn: aliasArn(identifier, scope), accountId };
  const [, region, owner, type, name] = ARN.exec(identifier) ?? [];
  if (region === undefined || owner === undefined)
    throw new KmsError('NotFoundException', `Invalid keyId '${identifier}'`);
  if (region !== scope.region) throw new KmsError('NotFoundException', `Invalid arn ${region}`);
  if (type === 'alias/') return { kind: 'alias', arn: identifier, accountId: owner };
  if (name?.startsWith('mrk-')) throw unsupportedMultiRegion();
  return { kind: 'key', arn: identifier, accountId: owner };
}

function unsupportedMultiRegion(): KmsError {
  return new KmsError(
    'UnsupportedOperationException',
    "Multi-Region keys are not supported by Crossmap's embedded KMS",
  );
}
