import type { AwsCredentials } from './sigv4.ts';

export interface ExpiringCredentials extends AwsCredentials {
  readonly expiration?: Date | undefined;
}

/** Asks for credentials anew. Undefined: requests are not signed, as for a public bucket. */
export type CredentialProvider = () => Promise<ExpiringCredentials | undefined>;

/** Refreshed so long before their end, or after half of their time where that is later. */
const MARGIN_MS = 5 * 60_000;

/** Credentials of a role that are refreshed while a long listing goes on; one request for new ones at a time. */
export class Credentials {
  readonly #provider: CredentialProvider;
  readonly #now: () => number;
  #current: Promise<ExpiringCredentials | undefined> | undefined;
  #until = 0;

  constructor(provider: CredentialProvider, now: () => number) {
    this.#provider = provider;
    this.#now = now;
  }

  get(): Promise<ExpiringCredentials | undefined> {
    if (this.#current === undefined || this.#now() >= this.#until) {
      this.#until = Number.POSITIVE_INFINITY;
      const asked: Promise<ExpiringCredentials | undefined> = this.#provider().then(
        (credentials) => {
          if (credentials?.expiration !== undefined) {
            const end = credentials.expiration.getTime();
            this.#until = Math.max(end - MARGIN_MS, (this.#now() + end) / 2);
          }
          return credentials;
        },
        (error) => {
          if (this.#current === asked) this.#current = undefined;
          throw error;
        },
      );
      this.#current = asked;
    }
    return this.#current;
  }

  /** The credentials that were in use are refused: the next request asks for others. */
  expired(used: ExpiringCredentials | undefined): Promise<void> {
    return this.get().then((current) => {
      if (current === used) this.#current = undefined;
    });
  }
}
