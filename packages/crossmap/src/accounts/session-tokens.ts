import { createHmac, timingSafeEqual } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type RandomBytes, type TemporaryCredentials, uniqueId } from './credentials.ts';

/** What temporary credentials stand for. Times are epoch ms. */
export type Session = RoleSession | UserSession | RootSession;

export interface RoleSession {
  readonly kind: 'role';
  readonly roleArn: string;
  /** Of the role that was assumed: another role of that ARN is not it. */
  readonly roleId: string;
  readonly sessionName: string;
  /** Set when the credentials are issued. */
  readonly issued?: number;
  readonly expiration: number;
  /** JSON text. */
  readonly policy?: string;
  readonly policyArns?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  /** Keys of those tags that go on to the sessions of roles this session assumes. */
  readonly transitiveTagKeys?: readonly string[];
}

/** Of GetSessionToken: the user itself, for a time. */
export interface UserSession {
  readonly kind: 'user';
  readonly userArn: string;
  readonly userId: string;
  readonly expiration: number;
}

export interface RootSession {
  readonly kind: 'root';
  readonly accountId: string;
  readonly expiration: number;
}

export interface OpenedSession {
  readonly session: Session;
  readonly secretAccessKey: string;
}

interface Unsealed {
  readonly accessKeyId: string;
  readonly opened: OpenedSession;
}

/** How many opened tokens are remembered: a client sends the same one with every request. */
const MOST_OPENED = 1000;

/**
 * Temporary credentials that need no memory: the session token is the session itself under a seal, and the secret
 * follows from it. They are worth something only to who has the key of the seal.
 */
export class SessionTokens {
  readonly #random: RandomBytes;
  readonly #sealKey: Uint8Array;
  readonly #opened = new Map<string, Unsealed>();

  constructor(random: RandomBytes, sealKey: Uint8Array = random(32)) {
    this.#random = random;
    this.#sealKey = sealKey;
  }

  issue(session: Session): TemporaryCredentials {
    const accessKeyId = uniqueId('ASIA', this.#random);
    const sealed = JSON.stringify({ accessKeyId, session });
    const payload = deflateRawSync(sealed).toString('base64url');
    return {
      accessKeyId,
      secretAccessKey: this.#secret(payload),
      sessionToken: `${payload}.${this.#seal(payload)}`,
      expiration: session.expiration,
    };
  }

  /** The session of a token that was issued with that access key, expired or not; else `undefined`. */
  open(accessKeyId: string, sessionToken: string): OpenedSession | undefined {
    const opened = this.#opened.get(sessionToken) ?? this.#unseal(sessionToken);
    if (opened === undefined) return undefined;
    if (this.#opened.size >= MOST_OPENED) this.#opened.clear();
    this.#opened.set(sessionToken, opened);
    return opened.accessKeyId === accessKeyId ? opened.opened : undefined;
  }

  #unseal(sessionToken: string): Unsealed | undefined {
    const [payload = '', seal = ''] = sessionToken.split('.');
    const expected = Buffer.from(this.#seal(payload));
    const given = Buffer.from(seal);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const sealed = inflateRawSync(Buffer.from(payload, 'base64url')).toString();
    const { accessKeyId, session }: { readonly accessKeyId: string; readonly session: Session } = JSON.parse(sealed);
    return { accessKeyId, opened: { session, secretAccessKey: this.#secret(payload) } };
  }

  #seal(payload: string): string {
    return createHmac('sha256', this.#sealKey).update(`token:${payload}`).digest('base64url');
  }

  #secret(payload: string): string {
    return createHmac('sha256', this.#sealKey).update(`secret:${payload}`).digest('base64').slice(0, 40);
  }
}
