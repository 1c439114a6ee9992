/** The kinds of policies as AWS names them in its messages. */
export type PolicyType =
  | 'service control policy'
  | 'resource control policy'
  | 'VPC endpoint policy'
  | 'resource-based policy'
  | 'identity-based policy'
  | 'permissions boundary'
  | 'session policy';

/** A statement of a document. */
export interface DecidingStatement {
  readonly policyType: PolicyType;
  readonly policyName: string;
  /** The Sid, or the place in the document: `Statement[0]`. */
  readonly statement: string;
}

export type Decision = { readonly decision: 'Allow'; readonly allowedBy?: readonly DecidingStatement[] } | Denied;

/** `message` is what AWS tells the caller. */
export type Denied = Denying & { readonly message: string };

export type Denying =
  | ({ readonly decision: 'ExplicitDeny' } & DecidingStatement)
  /** All of `missing` must be added before the request is allowed. Never empty. */
  | { readonly decision: 'ImplicitDeny'; readonly missing: readonly MissingAllow[] };

export interface MissingAllow {
  readonly policyType: PolicyType;
  /** `bucket policy of partner-objects` */
  readonly document: string;
  /** The account whose administrator must add it. */
  readonly accountId: string;
  /** The statement to add, ready to paste. */
  readonly statement: object;
}
