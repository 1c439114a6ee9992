import type { Credentials } from '../functions/environment-variables.ts';
import type { Accounts } from './accounts.ts';

/** How long a session of a function's role lasts, and how much of that must be left when it is given out, in ms. */
const DURATION = 3_600_000;
const LEAST_LEFT = DURATION / 2;

/** The sessions that deployed functions act in: one for each function, renewed in time. */
export class FunctionSessions {
  readonly #accounts: Accounts;
  readonly #now: () => number;
  readonly #roles = new Map<string, string>();
  readonly #sessions = new Map<string, Credentials & { readonly expiration: Date }>();

  constructor(accounts: Accounts, now: () => number) {
    this.#accounts = accounts;
    this.#now = now;
  }

  /** From now on the function acts as the role. */
  add(functionArn: string, roleArn: string): void {
    this.#roles.set(functionArn, roleArn);
  }

  role(functionArn: string): string {
    const roleArn = this.#roles.get(functionArn);
    if (roleArn === undefined) throw new Error(`Expected a deployed function, got ${functionArn}`);
    return roleArn;
  }

  /** Good for at least half an hour. The same object until it has to be renewed. */
  credentials({ functionArn, functionName }: { functionArn: string; functionName: string }): Credentials {
    const known = this.#sessions.get(functionArn);
    if (known !== undefined && known.expiration.getTime() - this.#now() >= LEAST_LEFT) return known;
    const roleArn = this.role(functionArn);
    const { expiration, ...keys } = this.#accounts.credentialsForRole(roleArn, functionName, DURATION);
    const session = { ...keys, expiration: new Date(expiration) };
    this.#sessions.set(functionArn, session);
    return session;
  }
}
