import type { Local, LocalOptions, Served, ServeOptions } from '../index.ts';

export type { LocalAccount, LocalOptions } from '../index.ts';

/** The embedded accounts as far as the commands use them. Denials they read where AWS clients too can: over HTTP. */
export type ServedAccounts = Omit<Local, 'denials'>;

/** The public `startLocal` of the package. */
export type StartLocal = (options: LocalOptions) => Promise<ServedAccounts>;

/** The public `serveAccounts` of the package. */
export type ServeAccounts = (options: ServeOptions) => Promise<Omit<Served, 'denials'>>;
