import { createCipheriv, createDecipheriv } from 'node:crypto';
import { contextBytes, type EncryptionContext } from './encryption-context.ts';
import type { KmsKey } from './key.ts';
import { KmsError } from './kms-error.ts';

/*
 * A ciphertext blob: 1, the length of the key's ARN (16 bits, big-endian), the ARN, 12 bytes of nonce, 16 bytes of tag,
 * and the plaintext under AES-256-GCM with the key's material. The ARN and the encryption context are authenticated.
 */
const VERSION = 1;
const ARN_AT = 3;
const NONCE_SIZE = 12;
const TAG_SIZE = 16;

/** `nonce` is 12 bytes that this key has never had. */
export function encrypt(key: KmsKey, plaintext: Uint8Array, context: EncryptionContext, nonce: Uint8Array): Buffer {
  const arn = Buffer.from(key.arn);
  const header = Buffer.alloc(ARN_AT);
  header.writeUInt8(VERSION);
  header.writeUInt16BE(arn.length, 1);
  const cipher = createCipheriv('aes-256-gcm', key.material, nonce);
  cipher.setAAD(Buffer.concat([header, arn, contextBytes(context)]));
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([header, arn, nonce, cipher.getAuthTag(), sealed]);
}

/** The ARN of the key that a blob is under. Errors: `InvalidCiphertextException`. */
export function keyOfCiphertext(blob: Uint8Array): string {
  return parse(blob).arn.toString();
}

/** Errors: `InvalidCiphertextException`, also for another context than it was encrypted with. */
export function decrypt(key: KmsKey, blob: Uint8Array, context: EncryptionContext): Buffer {
  const { header, arn, nonce, tag, sealed } = parse(blob);
  const decipher = createDecipheriv('aes-256-gcm', key.material, nonce, { authTagLength: TAG_SIZE });
  decipher.setAAD(Buffer.concat([header, arn, contextBytes(context)]));
  decipher.setAuthTag(tag);
  const opened = decipher.update(sealed);
  try {
    return Buffer.concat([opened, decipher.final()]);
  } catch {
    throw invalidCiphertext();
  }
}

function parse(blob: Uint8Array) {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  const nonceAt = ARN_AT + (bytes.length < ARN_AT ? 0 : bytes.readUInt16BE(1));
  const sealedAt = nonceAt + NONCE_SIZE + TAG_SIZE;
  if (bytes[0] !== VERSION || bytes.length < sealedAt) throw invalidCiphertext();
  return {
    header: bytes.subarray(0, ARN_AT),
    arn: bytes.subarray(ARN_AT, nonceAt),
    nonce: bytes.subarray(nonceAt, nonceAt + NONCE_SIZE),
    tag: bytes.subarray(nonceAt + NONCE_SIZE, sealedAt),
    sealed: bytes.subarray(sealedAt),
  };
}

/** KMS says no more than the code. */
function invalidCiphertext(): KmsError {
  return new KmsError('InvalidCiphertextException', '');
}
