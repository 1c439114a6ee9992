import type { Context } from '../../iam/context.ts';

/** Pairs that are bound to a ciphertext: the same must be given to decrypt it. Both sides are case-sensitive. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** The same bytes for the same pairs, in whatever order they came; different bytes for different pairs. */
export function contextBytes(context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify(pairs));
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context */
export function contextConditionKeys(context: EncryptionContext): Context {
  const names = Object.keys(context);
  if (names.length === 0) return {};
  return {
    'kms:EncryptionContextKeys': names,
    ...Object.fromEntries(names.map((name) => [`kms:EncryptionContext:${name}`, context[name]!])),
  };
}
