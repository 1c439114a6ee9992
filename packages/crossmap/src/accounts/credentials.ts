import { createHmac, timingSafeEqual } from 'node:crypto';
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

export interface RoleSession {
  readonly roleArn: string;
  readonly sessionName: string;
  /** Epoch ms. */
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
 * An id as IAM makes them: `AKIA` long-term key, `ASIA` temporary key, `AIDA` user, `AROA` role, then 16 characters.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export function uniqueId(prefix: 'AKIA' | 'ASIA' | 'AIDA' | 'AROA', random: RandomBytes): string {
  return prefix + Array.from(random(16), (byte) => BASE32[byte % 32]).join('');
}

/** A new long-term access key: the secret is 40 characters of base64. */
export function newAccessKey(random: RandomBytes): AccessKey {
  return {
    accessKeyId: uniqueId('AKIA', random),
    secretAccessKey: Buffer.from(random(30)).toString('base64'),
  };
}

/**
 * Temporary credentials that need no memory: the session token is the session itself under a seal, and the secret
 * follows from it. They are worth something only to the instance that issued them.
 */
export class SessionTokens {
  readonly #random: RandomBytes;
  readonly #sealKey: Uint8Array;

  constructor(random: RandomBytes) {
    this.#random = random;
    this.#sealKey = random(32);
  }

  issue(session: RoleSession): TemporaryCredentials {
    const accessKeyId = uniqueId('ASIA', this.#random);
    const payload = Buffer.from(JSON.stringify({ accessKeyId, ...session })).toString('base64url');
    return {
      accessKeyId,
      secretAccessKey: this.#secret(payload),
      sessionToken: `${payload}.${this.#seal(payload)}`,
      expiration: session.expiration,
    };
  }

  /** The session of a token that this instance issued with that access key, expired or not; else `undefined`. */
  open(
    accessKeyId: string,
    sessionToken: string,
  ): { readonly session: RoleSession; readonly secretAccessKey: string } | undefined {
    const [payload = '', seal = ''] = sessionToken.split('.');
    const expected = Buffer.from(this.#seal(payload));
    const given = Buffer.from(seal);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const sealed: RoleSession & { readonly accessKeyId: string } = JSON.parse(
      Buffer.from(payload, 'base64url').toString(),
    );
    if (sealed.accessKeyId !== accessKeyId) return undefined;
    const { roleArn, sessionName, expiration } = sealed;
    return { session: { roleArn, sessionName, expiration }, secretAccessKey: this.#secret(payload) };
  }

  #seal(payload: string): string {
    return createHmac('sha256', this.#sealKey).update(`token:${payload}`).digest('base64url');
  }

  #secret(payload: string): string {
    return createHmac('sha256', this.#sealKey).update(`secret:${payload}`).digest('base64').slice(0, 40);
  }
}
