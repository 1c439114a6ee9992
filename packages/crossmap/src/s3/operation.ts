import type { Bucket } from './bucket.ts';
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
}

export interface OperationInput extends Services {
  readonly request: S3Request;
  /**
   * Throws `AccessDenied` unless the caller may do `action` on `resource`, of the request's bucket or of another; what it
   * may do by default needs no policy.
   */
  readonly authorize: (
    action: string,
    resource: string,
    bucket?: Bucket,
    options?: { readonly byDefault: boolean },
  ) => void;
}

export interface BucketInput extends OperationInput {
  readonly bucket: Bucket;
}

export interface ObjectInput extends BucketInput {
  readonly key: string;
}

interface Screened {
  /** The IAM action, on the resource of the level. */
  readonly action: string;
  /** Whether the operation authorizes the action by itself, because it depends on more than the request. */
  readonly authorizesItself?: boolean;
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
