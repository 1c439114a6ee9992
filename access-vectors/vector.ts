import { readFileSync } from 'node:fs';

/** One expectation of access across accounts. The format is described in the README beside the vectors. */
export interface Vector {
  readonly id: string;
  readonly category: string;
  readonly description: string;
  readonly confidence: string;
  readonly accounts: {
    readonly caller: string | null;
    readonly resourceOwner: string | null;
    readonly sameOrganization: boolean;
  };
  readonly principal: VectorPrincipal;
  readonly identityPolicies: readonly object[];
  readonly permissionsBoundary?: object;
  readonly sessionPolicy?: object;
  /** Levels of the caller's account. */
  readonly scp?: readonly ControlLevel[];
  /** Levels of the resource's account. */
  readonly rcp?: readonly ControlLevel[];
  readonly vpcEndpointPolicy?: object;
  readonly resource?: VectorResource;
  readonly bucketPolicy?: object | null;
  readonly publicAccessBlock?: PublicAccessBlock;
  readonly kmsKey?: VectorKey;
  /** Of a copy. */
  readonly sourceBucket?: Omit<VectorBucket, 'region'> & { readonly bucketPolicy: object | null };
  readonly accessPoint?: { readonly arn: string; readonly account: string; readonly policy: object | null };
  readonly request: VectorRequest;
  readonly context: Context;
  readonly evaluations: readonly Evaluation[];
  readonly expect: Expectation;
  readonly note?: string;
}

export type Context = Readonly<Record<string, string | readonly string[]>>;

export interface VectorPrincipal {
  readonly type: 'role-session' | 'iam-user' | 'root' | 'service' | 'anonymous';
  readonly account: string | null;
  readonly arn: string | null;
  readonly roleArn?: string;
  readonly sessionName?: string;
  readonly service?: string;
}

export interface ControlLevel {
  readonly level: string;
  readonly policies: readonly object[];
}

export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

export interface VectorBucket {
  readonly bucket: string;
  readonly account: string;
  readonly region: string;
}

export interface VectorObject {
  readonly key: string;
  readonly exists: boolean;
  readonly ownerAccount?: string;
  readonly encryption?: { readonly type: string; readonly kmsKeyArn?: string; readonly bucketKey?: boolean };
  readonly versionId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly acl?: string;
}

export type VectorResource =
  | (VectorBucket & {
      readonly type: 'bucket';
      readonly exists: boolean;
      readonly objectOwnership?: 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';
      readonly versioning?: 'Disabled' | 'Enabled' | 'Suspended';
      readonly requesterPays?: boolean;
      readonly object?: VectorObject;
    })
  | {
      readonly type: 'role';
      readonly arn: string;
      readonly account: string;
      readonly trustPolicy: object;
      readonly maxSessionDuration?: number;
    };

export interface VectorKey {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly keyManager: 'CUSTOMER' | 'AWS';
  readonly keyPolicy: object;
}

export interface VectorRequest {
  readonly service: 's3' | 'sts';
  readonly operation: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly prefix?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly via?: { readonly accessPointArn: string };
  readonly region: string;
}

export interface Evaluation {
  readonly action: string;
  readonly resource: string;
  readonly policy: 'bucket' | 'key' | 'trust' | 'sourceBucket' | 'accessPoint' | 'none';
  readonly decision: 'Allow' | 'ImplicitDeny' | 'ExplicitDeny';
  readonly context?: Context;
}

export interface Expectation {
  readonly decision: 'Allow' | 'ImplicitDeny' | 'ExplicitDeny' | 'NotEvaluated';
  readonly httpStatus: number;
  readonly errorCode?: string;
  readonly messageContains?: string;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly result?: Readonly<Record<string, unknown>>;
}

/** What came of a vector at one level. `skipped` is what the level has no way to tell. */
export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'skipped'; readonly reason: string };

export function readVectors(file: string): readonly Vector[] {
  const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Vector[] };
  return vectors;
}
