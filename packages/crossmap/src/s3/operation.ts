import type { PrincipalIds } from '../iam/policy.ts';
import type { Bucket } from './bucket.ts';
import type { BucketSettings } from './bucket-settings.ts';
import type { OperationName } from './detect.ts';
import type { Encryption } from './encryption.ts';
import type { ObjectStore } from './object-store.ts';
import type { S3Request, S3Response } from './request.ts';
import type { UploadStore } from './upload-store.ts';

/** What an operation may use. */
export interface Services {
  readonly store: ObjectStore;
  readonly uploads: UploadStore;
  readonly encryption: Encryption;
  /** Epoch ms. */
  readonly now: () => number;
  /** A fresh name for an upload. */
  readonly newId: () => string;
  /** The unique ids of users and roles; `undefined` where there are none to ask for. */
  readonly principalIds: PrincipalIds | undefined;
  /** What a bucket has when it is made. */
  readonly newBucketSettings: BucketSettings;
}

export interface Authorization {
  /** Which the resource belongs to, when it is not the request's. */
  readonly bucket?: Bucket;
  /** The part of the request that is about the resource: condition keys are its. */
  readonly part?: S3Request;
  /** Whether the caller may do this without any policy, unless one denies it. */
  readonly byDefault?: boolean;
  /** What is listed, of a request that tells as much as a listing would. */
  readonly prefix?: string;
}

export interface OperationInput extends Services {
  readonly request: S3Request;
  /**
   * Throws `AccessDenied` unless the caller may do `action` on `resource`, of the request's bucket unless told otherwise.
   */
  readonly authorize: (action: string, resource: string, options?: Authorization) => void;
  /** Whether the caller may do it, where nothing is refused if not: no denial is recorded. */
  readonly allows: (action: string, resource: string) => boolean;
}

export interface BucketInput extends OperationInput {
  readonly bucket: Bucket;
}

export interface ObjectInput extends BucketInput {
  readonly key: string;
}

interface Screened {
  /** The IAM action, on the resource of the level. Absent where each thing that the body names is asked for alone. */
  readonly action?: string;
  /** The action instead, when the request names a version. */
  readonly versionAction?: string;
  /** The `x-amz-` headers it understands beside the ones of every request; any other is refused. */
  readonly headers?: readonly string[];
  /** The query parameters it understands. */
  readonly query?: readonly string[];
  /** Whether it stores user metadata and object headers. */
  readonly describesObject?: boolean;
  /** The conditional headers it understands. */
  readonly conditions?: readonly string[];
  /** Whether any Region answers it. */
  readonly everyRegion?: boolean;
}

export type Operation = Screened &
  (
    | { readonly level: 'service'; readonly run: (input: OperationInput) => Promise<S3Response> }
    | { readonly level: 'bucket'; readonly run: (input: BucketInput) => Promise<S3Response> }
    | { readonly level: 'object'; readonly run: (input: ObjectInput) => Promise<S3Response> }
  );

export type Operations = Readonly<Record<OperationName, Operation>>;
