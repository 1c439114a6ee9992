import { compilePattern } from '../iam/wildcard.ts';

/**
 * The actions that a bucket policy can be about, and the kind of resource each is on.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
const BUCKET_ACTIONS = `
  CreateBucket CreateBucketMetadataTableConfiguration DeleteBucket DeleteBucketMetadataTableConfiguration
  DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketAbac GetBucketAcl
  GetBucketCORS GetBucketLocation GetBucketLogging GetBucketMetadataTableConfiguration GetBucketNotification
  GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus
  GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite
  GetEncryptionConfiguration GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration
  GetMetricsConfiguration GetReplicationConfiguration ListBucket ListBucketMultipartUploads ListBucketVersions
  PauseReplication PutAccelerateConfiguration PutAnalyticsConfiguration PutBucketAbac PutBucketAcl PutBucketCORS
  PutBucketLogging PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls PutBucketPolicy
  PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite
  PutEncryptionConfiguration PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration
  PutMetricsConfiguration PutReplicationConfiguration UpdateBucketMetadataInventoryTableConfiguration
  UpdateBucketMetadataJournalTableConfiguration`;

const OBJECT_ACTIONS = `
  AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectTagging DeleteObjectVersion
  DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold GetObjectRetention
  GetObjectTagging GetObjectTorrent GetObjectVersion GetObjectVersionAcl GetObjectVersionAttributes
  GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent InitiateReplication
  ListMultipartUploadParts ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl PutObjectLegalHold
  PutObjectRetention PutObjectTagging PutObjectVersionAcl PutObjectVersionTagging ReplicateDelete ReplicateObject
  ReplicateTags RestoreObject UpdateObjectEncryption`;

export interface ActionLevels {
  readonly bucket: boolean;
  readonly object: boolean;
}

const ACTIONS = {
  bucket: namesIn(BUCKET_ACTIONS),
  object: namesIn(OBJECT_ACTIONS),
};

/** On what the actions of a pattern (`s3:Get*`, `*`) are; both are false when no action of S3 matches it. */
export function levelsOf(action: string): ActionLevels {
  const matches = wildcardPattern(action);
  return { bucket: ACTIONS.bucket.some(matches), object: ACTIONS.object.some(matches) };
}

/** Whether one of the actions that list keys, and so know `s3:prefix` and its like, matches the pattern. */
export function matchesListing(action: string): boolean {
  return ['s3:listbucket', 's3:listbucketversions', 's3:listbucketmultipartuploads'].some(wildcardPattern(action));
}

function wildcardPattern(action: string): (name: string) => boolean {
  const matches = compilePattern(action.toLowerCase(), { wildcards: true, variables: false, at: 'Action' });
  return (name) => matches(name, {});
}

function namesIn(text: string): readonly string[] {
  return text
    .trim()
    .split(/\s+/)
    .map((name) => `s3:${name.toLowerCase()}`);
}
