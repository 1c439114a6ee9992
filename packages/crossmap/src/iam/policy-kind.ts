/**
 * What a policy is attached to. `identity`: a user, group or role, also as permissions boundary; `session`: a session;
 * `resource`: a bucket; `key`: a KMS key; `trust`: a role, to say who may assume it; `endpoint`: a VPC endpoint.
 */
export type PolicyKind =
  | 'identity'
  | 'session'
  | 'resource'
  | 'key'
  | 'trust'
  | 'endpoint'
  | 'service-control'
  | 'resource-control';

/** What distinguishes the grammar of one kind of policy. */
export interface Grammar {
  readonly name: string;
  readonly hasPrincipal: boolean;
  readonly hasResource: boolean;
  /** Whether Sids are alphanumeric and unique, as IAM and Organizations ask. */
  readonly strictSid: boolean;
}

/**
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
 */
export const GRAMMARS: Readonly<Record<PolicyKind, Grammar>> = {
  identity: { name: 'an identity-based policy', hasPrincipal: false, hasResource: true, strictSid: true },
  session: { name: 'a session policy', hasPrincipal: false, hasResource: true, strictSid: true },
  resource: { name: 'a bucket policy', hasPrincipal: true, hasResource: true, strictSid: false },
  key: { name: 'a key policy', hasPrincipal: true, hasResource: true, strictSid: false },
  trust: { name: 'a trust policy', hasPrincipal: true, hasResource: false, strictSid: true },
  endpoint: { name: 'a VPC endpoint policy', hasPrincipal: true, hasResource: true, strictSid: false },
  'service-control': { name: 'a service control policy', hasPrincipal: false, hasResource: true, strictSid: true },
  'resource-control': { name: 'a resource control policy', hasPrincipal: true, hasResource: true, strictSid: true },
};
