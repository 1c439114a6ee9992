/** The layers of the package that are none of its public entries. */
const DIST = new URL('../../packages/crossmap/dist/src/', import.meta.url);

type EvaluateModule = typeof import('../packages/crossmap/src/iam/evaluate.ts');
type PolicyModule = typeof import('../packages/crossmap/src/iam/policy.ts');
type BucketPolicyModule = typeof import('../packages/crossmap/src/s3/bucket-policy.ts');

type CloudModule = typeof import('../packages/crossmap/src/cloud.ts');
type AccountsFileModule = typeof import('../packages/crossmap/src/accounts/accounts-file/accounts-file.ts');
type LoadModule = typeof import('../packages/crossmap/src/accounts/accounts-file/load.ts');
type OrganizationModule = typeof import('../packages/crossmap/src/accounts/organization.ts');

export type Cloud = import('../packages/crossmap/src/cloud.ts').Cloud;
export type Network = import('../packages/crossmap/src/s3/request.ts').Network;
export type Organization = import('../packages/crossmap/src/accounts/organization.ts').Organization;
export type OrganizationDefinition = import('../packages/crossmap/src/accounts/organization.ts').OrganizationDefinition;
export type AuthorizationRequest = import('../packages/crossmap/src/iam/evaluate.ts').AuthorizationRequest;
export type NamedPolicy = import('../packages/crossmap/src/iam/evaluate.ts').NamedPolicy;
export type Denied = import('../packages/crossmap/src/iam/decision.ts').Denied;
export type PolicyKind = import('../packages/crossmap/src/iam/policy.ts').PolicyKind;

export const { evaluate } = (await import(new URL('iam/evaluate.js', DIST).href)) as EvaluateModule;
export const { parsePolicy, PolicyError } = (await import(new URL('iam/policy.js', DIST).href)) as PolicyModule;
export const { BucketPolicies } = (await import(new URL('s3/bucket-policy.js', DIST).href)) as BucketPolicyModule;
export const { openCloud } = (await import(new URL('cloud.js', DIST).href)) as CloudModule;
const ACCOUNTS_FILE = new URL('accounts/accounts-file/accounts-file.js', DIST).href;
export const { accountsFile } = (await import(ACCOUNTS_FILE)) as AccountsFileModule;
const LOAD = new URL('accounts/accounts-file/load.js', DIST).href;
export const { loadAccounts } = (await import(LOAD)) as LoadModule;
const ORGANIZATION = new URL('accounts/organization.js', DIST).href;
export const { Organization } = (await import(ORGANIZATION)) as OrganizationModule;
