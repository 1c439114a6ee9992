import { randomBytes } from 'node:crypto';
import type { Context } from '../../iam/context.ts';
import { decrypt, encrypt, keyOfCiphertext } from './ciphertext.ts';
import type { EncryptionContext } from './encryption-context.ts';
import type { KmsKey } from './key.ts';
import type { KmsRequest } from './key-access.ts';
import { checkUsable, type Kms, type NamedKey } from './kms.ts';
import { KmsError } from './kms-error.ts';

/*
 * The cryptographic operations. Each authorizes, then looks at the state of the key, then works.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html
 */

const NONCE_SIZE = 12;

export interface EncryptedData {
  readonly key: KmsKey;
  readonly ciphertext: Uint8Array;
}

export interface DecryptedData {
  readonly key: KmsKey;
  readonly plaintext: Uint8Array;
}

export function encryptData(
  kms: Kms,
  request: KmsRequest,
  input: { readonly keyId: string; readonly plaintext: Uint8Array; readonly context: EncryptionContext },
): EncryptedData {
  const named = kms.named(request, 'Encrypt', input.keyId);
  authorize(kms, request, 'Encrypt', named, input.context);
  return { key: named.key, ciphertext: seal(named.key, input.plaintext, input.context) };
}

/** `keyId` is the key the caller expects, if it expects one. Errors: `InvalidCiphertextException`, `IncorrectKeyException`. */
export function decryptData(
  kms: Kms,
  request: KmsRequest,
  input: { readonly keyId?: string | undefined; readonly ciphertext: Uint8Array; readonly context: EncryptionContext },
  operation: 'Decrypt' | 'ReEncryptFrom' = 'Decrypt',
): DecryptedData {
  const named = keyToDecrypt(kms, request, operation, input);
  authorize(kms, request, operation, named, input.context);
  return { key: named.key, plaintext: decrypt(named.key, input.ciphertext, input.context) };
}

/** `GenerateDataKey`, whose `WithoutPlaintext` is another permission. */
export function generateDataKey(
  kms: Kms,
  request: KmsRequest,
  input: { readonly keyId: string; readonly size: number; readonly context: EncryptionContext },
  operation: 'GenerateDataKey' | 'GenerateDataKeyWithoutPlaintext' = 'GenerateDataKey',
): EncryptedData & DecryptedData {
  const named = kms.named(request, operation, input.keyId);
  authorize(kms, request, operation, named, input.context);
  const plaintext = randomBytes(input.size);
  return { key: named.key, plaintext, ciphertext: seal(named.key, plaintext, input.context) };
}

export function reEncryptData(
  kms: Kms,
  request: KmsRequest,
  input: {
    readonly sourceKeyId: string | undefined;
    readonly ciphertext: Uint8Array;
    readonly sourceContext: EncryptionContext;
    readonly destinationKeyId: string;
    readonly destinationContext: EncryptionContext;
  },
): EncryptedData & { readonly sourceKey: KmsKey } {
  const { sourceKeyId, sourceContext, ciphertext, destinationKeyId, destinationContext } = input;
  const source = { keyId: sourceKeyId, ciphertext, context: sourceContext };
  const { key: sourceKey, plaintext } = decryptData(kms, request, source, 'ReEncryptFrom');
  const named = kms.named(request, 'ReEncryptTo', destinationKeyId);
  authorize(kms, request, 'ReEncryptTo', named, destinationContext);
  return { key: named.key, sourceKey, ciphertext: seal(named.key, plaintext, destinationContext) };
}

function seal(key: KmsKey, plaintext: Uint8Array, context: EncryptionContext): Uint8Array {
  return encrypt(key, plaintext, context, randomBytes(NONCE_SIZE));
}

function keyToDecrypt(
  kms: Kms,
  request: KmsRequest,
  operation: string,
  { keyId, ciphertext }: { readonly keyId?: string | undefined; readonly ciphertext: Uint8Array },
): NamedKey {
  const arn = keyOfCiphertext(ciphertext);
  const named = keyId === undefined ? undefined : kms.named(request, operation, keyId);
  if (named === undefined) {
    const key = kms.store.key(arn);
    if (key?.region === request.region) return { key, requestAlias: undefined };
    throw new KmsError(
      'AccessDeniedException',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    );
  }
  if (named.key.arn === arn) return named;
  const text = 'The key ID in the request does not identify a CMK that can perform this operation.';
  throw new KmsError('IncorrectKeyException', text);
}

function authorize(
  kms: Kms,
  request: KmsRequest,
  operation: string,
  named: NamedKey,
  encryptionContext: EncryptionContext,
): void {
  const context = { 'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT', ...requestAliasContext(named) };
  kms.access.authorize(request, { operation, key: named.key, encryptionContext, context });
  checkUsable(named.key);
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-request-alias */
export function requestAliasContext({ requestAlias }: NamedKey): Context {
  return requestAlias === undefined ? {} : { 'kms:RequestAlias': requestAlias };
}
