import type { Operation } from './operation.ts';
import {
  deleteNothing,
  emptyConfiguration,
  noConfiguration,
  noConfigurations,
} from './operations/absent-configuration.ts';
import { getBucketAcl, putBucketAcl } from './operations/acl.ts';
import { deleteBucketEncryption, getBucketEncryption, putBucketEncryption } from './operations/bucket-encryption.ts';
import {
  deleteBucketPolicy,
  getBucketPolicy,
  getBucketPolicyStatus,
  putBucketPolicy,
} from './operations/bucket-policy.ts';
import { deleteBucketTagging, getBucketTagging, putBucketTagging } from './operations/bucket-tagging.ts';
import { getBucketVersioning, putBucketVersioning } from './operations/bucket-versioning.ts';
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './operations/buckets.ts';
import {
  deleteBucketOwnershipControls,
  getBucketOwnershipControls,
  putBucketOwnershipControls,
} from './operations/ownership-controls.ts';
import {
  deletePublicAccessBlock,
  getPublicAccessBlock,
  putPublicAccessBlock,
} from './operations/public-access-block.ts';
import { getBucketRequestPayment, putBucketRequestPayment } from './operations/request-payment.ts';

/** Of buckets and their settings. The name of a setting is the query parameter that makes a request one about it. */
export const BUCKET_OPERATIONS = {
  ListBuckets: {
    level: 'service',
    action: 's3:ListAllMyBuckets',
    query: ['max-buckets', 'continuation-token', 'prefix', 'bucket-region'],
    run: listBuckets,
  },
  CreateBucket: {
    level: 'service',
    action: 's3:CreateBucket',
    headers: ['x-amz-acl', 'x-amz-object-ownership', 'x-amz-bucket-object-lock-enabled'],
    run: createBucket,
  },
  HeadBucket: { level: 'bucket', action: 's3:ListBucket', run: headBucket },
  DeleteBucket: { level: 'bucket', action: 's3:DeleteBucket', run: deleteBucket },
  GetBucketLocation: {
    ...about('location', 's3:GetBucketLocation'),
    everyRegion: true,
    run: getBucketLocation,
  },

  GetBucketPolicy: { ...about('policy', 's3:GetBucketPolicy'), run: getBucketPolicy },
  PutBucketPolicy: {
    ...about('policy', 's3:PutBucketPolicy'),
    // S3 takes a policy that shuts out who puts it either way: the root user of the owner can always put another.
    headers: ['x-amz-confirm-remove-self-bucket-access'],
    run: putBucketPolicy,
  },
  DeleteBucketPolicy: { ...about('policy', 's3:DeleteBucketPolicy'), run: deleteBucketPolicy },
  GetBucketPolicyStatus: { ...about('policyStatus', 's3:GetBucketPolicyStatus'), run: getBucketPolicyStatus },

  GetPublicAccessBlock: {
    ...about('publicAccessBlock', 's3:GetBucketPublicAccessBlock'),
    run: getPublicAccessBlock,
  },
  PutPublicAccessBlock: {
    ...about('publicAccessBlock', 's3:PutBucketPublicAccessBlock'),
    run: putPublicAccessBlock,
  },
  DeletePublicAccessBlock: {
    ...about('publicAccessBlock', 's3:PutBucketPublicAccessBlock'),
    run: deletePublicAccessBlock,
  },

  GetBucketOwnershipControls: {
    ...about('ownershipControls', 's3:GetBucketOwnershipControls'),
    run: getBucketOwnershipControls,
  },
  PutBucketOwnershipControls: {
    ...about('ownershipControls', 's3:PutBucketOwnershipControls'),
    run: putBucketOwnershipControls,
  },
  DeleteBucketOwnershipControls: {
    ...about('ownershipControls', 's3:PutBucketOwnershipControls'),
    run: deleteBucketOwnershipControls,
  },

  GetBucketAcl: { ...about('acl', 's3:GetBucketAcl'), run: getBucketAcl },
  PutBucketAcl: { ...about('acl', 's3:PutBucketAcl'), headers: ['x-amz-acl'], run: putBucketAcl },

  GetBucketEncryption: { ...about('encryption', 's3:GetEncryptionConfiguration'), run: getBucketEncryption },
  PutBucketEncryption: { ...about('encryption', 's3:PutEncryptionConfiguration'), run: putBucketEncryption },
  DeleteBucketEncryption: { ...about('encryption', 's3:PutEncryptionConfiguration'), run: deleteBucketEncryption },

  GetBucketVersioning: { ...about('versioning', 's3:GetBucketVersioning'), run: getBucketVersioning },
  PutBucketVersioning: { ...about('versioning', 's3:PutBucketVersioning'), run: putBucketVersioning },

  GetBucketRequestPayment: { ...about('requestPayment', 's3:GetBucketRequestPayment'), run: getBucketRequestPayment },
  PutBucketRequestPayment: { ...about('requestPayment', 's3:PutBucketRequestPayment'), run: putBucketRequestPayment },

  GetBucketTagging: { ...about('tagging', 's3:GetBucketTagging'), run: getBucketTagging },
  PutBucketTagging: { ...about('tagging', 's3:PutBucketTagging'), run: putBucketTagging },
  DeleteBucketTagging: { ...about('tagging', 's3:PutBucketTagging'), run: deleteBucketTagging },

  GetBucketAccelerateConfiguration: {
    ...about('accelerate', 's3:GetAccelerateConfiguration'),
    run: emptyConfiguration('AccelerateConfiguration'),
  },
  GetBucketAnalyticsConfiguration: {
    ...about('analytics', 's3:GetAnalyticsConfiguration', ['id', 'continuation-token']),
    run: noConfigurations('ListBucketAnalyticsConfigurationsResult'),
  },
  GetBucketCors: { ...about('cors', 's3:GetBucketCORS'), run: noConfiguration('NoSuchCORSConfiguration') },
  DeleteBucketCors: { ...about('cors', 's3:PutBucketCORS'), run: deleteNothing },
  GetBucketIntelligentTieringConfiguration: {
    ...about('intelligent-tiering', 's3:GetIntelligentTieringConfiguration', ['id', 'continuation-token']),
    run: noConfigurations('ListBucketIntelligentTieringConfigurationsOutput'),
  },
  GetBucketInventoryConfiguration: {
    ...about('inventory', 's3:GetInventoryConfiguration', ['id', 'continuation-token']),
    run: noConfigurations('ListInventoryConfigurationsResult'),
  },
  GetBucketLifecycleConfiguration: {
    ...about('lifecycle', 's3:GetLifecycleConfiguration'),
    run: noConfiguration('NoSuchLifecycleConfiguration'),
  },
  DeleteBucketLifecycle: { ...about('lifecycle', 's3:PutLifecycleConfiguration'), run: deleteNothing },
  GetBucketLogging: { ...about('logging', 's3:GetBucketLogging'), run: emptyConfiguration('BucketLoggingStatus') },
  GetBucketMetricsConfiguration: {
    ...about('metrics', 's3:GetMetricsConfiguration', ['id', 'continuation-token']),
    run: noConfigurations('ListMetricsConfigurationsResult'),
  },
  GetBucketNotificationConfiguration: {
    ...about('notification', 's3:GetBucketNotification'),
    run: emptyConfiguration('NotificationConfiguration'),
  },
  GetObjectLockConfiguration: {
    ...about('object-lock', 's3:GetBucketObjectLockConfiguration'),
    run: noConfiguration('ObjectLockConfigurationNotFoundError'),
  },
  GetBucketReplication: {
    ...about('replication', 's3:GetReplicationConfiguration'),
    run: noConfiguration('ReplicationConfigurationNotFoundError'),
  },
  DeleteBucketReplication: { ...about('replication', 's3:PutReplicationConfiguration'), run: deleteNothing },
  GetBucketWebsite: { ...about('website', 's3:GetBucketWebsite'), run: noConfiguration('NoSuchWebsiteConfiguration') },
  DeleteBucketWebsite: { ...about('website', 's3:DeleteBucketWebsite'), run: deleteNothing },
} satisfies Readonly<Record<string, Operation>>;

export type BucketOperationName = keyof typeof BUCKET_OPERATIONS;

function about(setting: string, action: string, more: readonly string[] = []) {
  return { level: 'bucket', action, query: [setting, ...more] } as const;
}
