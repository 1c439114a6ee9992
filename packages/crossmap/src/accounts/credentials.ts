import type { Refusal } from '../engine/ports.ts';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Credentials of a role session. `expiration` is epoch ms. */
export interface TemporaryCredentials extends AccessKey {
  readonly sessionToken: string;
  readonly expiration: number;
}

/** `size` random bytes: node:crypto's `randomBytes`, or something repeatable in a test. */
export type RandomBytes = (size: number) => Uint8Array;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const REFUSALS = {
  InvalidAccessKeyId: 'The AWS Access Key Id you provided does not exist in our records.',
  InvalidToken: 'The provided token is malformed or otherwise invalid.',
  ExpiredToken: 'The provided token has expired.',
} as const;

export interface CredentialsRefusal extends Refusal {
  readonly code: keyof typeof REFUSALS;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function credentialsRefused(code: keyof typeof REFUSALS): CredentialsRefusal {
  return { kind: 'refused', code, message: REFUSALS[code] };
}

/**
 * An id as IAM makes them: `AKIA` long-term key, `ASIA` temporary key, `AIDA` user, `AROA` role,
 * `AGPA` group, `ANPA` managed policy, then 16 characters.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export function uniqueId(prefix: 'AKIA' | 'ASIA' | 'AIDA' | 'AROA' | 'AGPA' | 'ANPA', random: RandomBytes): string {
  return prefix + Array.from(random(16), (byte) => BASE32[byte % 32]).join('');
}

/** A new long-term access key: the secret is 40 characters of base64. */
export function newAccessKey(random: RandomBytes): AccessKey {
  return {
    accessKeyId: uniqueId('AKIA', random),
    secretAccessKey: Buffer.from(random(30)).toString('base64'),
  };
}
