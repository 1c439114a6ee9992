/** The policy of a bucket. */
export interface StoredPolicy {
  /** As it was put. */
  readonly document: string;
  /** The unique ids that users and roles it names had when it was put, by ARN. */
  readonly principalIds: Readonly<Record<string, string>>;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html */
export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

export type ObjectOwnership = 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/**
 * How objects are encrypted that do not say it themselves. `keyId` as it was put: a name of a key means one of the
 * requester's account.
 */
export interface BucketEncryption {
  readonly algorithm: 'AES256' | 'aws:kms';
  readonly keyId?: string;
  readonly bucketKeyEnabled: boolean;
  /** What new objects may not use; SSE-C is refused in any bucket here. */
  readonly blocked?: 'SSE-C' | 'NONE';
}

/**
 * What is set for a bucket, each a JSON document under its name in the table `bucket_setting`. What was never set, or
 * was deleted, is absent.
 */
export interface BucketSettings {
  readonly policy?: StoredPolicy;
  readonly publicAccessBlock?: PublicAccessBlock;
  readonly objectOwnership?: ObjectOwnership;
  /** Absent for a bucket that never was versioned. */
  readonly versioning?: 'Enabled' | 'Suspended';
  /** Absent for SSE-S3. */
  readonly encryption?: BucketEncryption;
  readonly requestPayer?: 'BucketOwner' | 'Requester';
  readonly tags?: readonly Tag[];
}

/**
 * What every bucket has that is made since April 2023.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
 */
export const NEW_BUCKET_SETTINGS: BucketSettings = {
  publicAccessBlock: {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  },
  objectOwnership: 'BucketOwnerEnforced',
};
