/** The layers of the package that are none of its public entries. */
const DIST = new URL('../../packages/crossmap/dist/src/', import.meta.url);

type EvaluateModule = typeof import('../packages/crossmap/src/iam/evaluate.ts');
type PolicyModule = typeof import('../packages/crossmap/src/iam/policy.ts');
type BucketPolicyModule = typeof import('../packages/crossmap/src/s3/bucket-policy.ts');

export type AuthorizationRequest = import('../packages/crossmap/src/iam/evaluate.ts').AuthorizationRequest;
export type NamedPolicy = import('../packages/crossmap/src/iam/evaluate.ts').NamedPolicy;
export type Denied = import('../packages/crossmap/src/iam/decision.ts').Denied;
export type PolicyKind = import('../packages/crossmap/src/iam/policy.ts').PolicyKind;

export const { evaluate } = (await import(new URL('iam/evaluate.js', DIST).href)) as EvaluateModule;
export const { parsePolicy, PolicyError } = (await import(new URL('iam/policy.js', DIST).href)) as PolicyModule;
export const { BucketPolicies } = (await import(new URL('s3/bucket-policy.js', DIST).href)) as BucketPolicyModule;
