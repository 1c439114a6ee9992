export { AssemblyError } from './accounts/assembly-error.ts';
export type { Denial } from './accounts/denials.ts';
export { type Local, type LocalAccount, type LocalOptions, startLocal } from './local.ts';
export { LocalError } from './local-error.ts';
export { AccountsFileError, type Served, type ServeOptions, serveAccounts } from './serve.ts';
export { DatabaseError } from './sqlite/database.ts';
