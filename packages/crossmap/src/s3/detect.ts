import type { BucketOperationName } from './bucket-operations.ts';
import { notImplemented, S3Error } from './errors.ts';
import type { S3Request } from './request.ts';

export type OperationName =
  | BucketOperationName
  | 'ListObjects'
  | 'ListObjectsV2'
  | 'ListObjectVersions'
  | 'PutObject'
  | 'GetObject'
  | 'HeadObject'
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'GetObjectTagging'
  | 'PutObjectTagging'
  | 'DeleteObjectTagging'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'CopyObject'
  | 'UploadPartCopy'
  | 'ListParts'
  | 'ListMultipartUploads'
  | 'GetObjectAttributes'
  | 'GetObjectRetention'
  | 'PutObjectRetention'
  | 'GetObjectLegalHold'
  | 'PutObjectLegalHold';

/** Every operation by method, level and the query parameter that tells it apart. */
const OPERATIONS: Readonly<Record<string, OperationName>> = {
  'GET service': 'ListBuckets',
  'PUT bucket': 'CreateBucket',
  'HEAD bucket': 'HeadBucket',
  'DELETE bucket': 'DeleteBucket',
  'GET bucket': 'ListObjects',
  'GET bucket?accelerate': 'GetBucketAccelerateConfiguration',
  'GET bucket?acl': 'GetBucketAcl',
  'PUT bucket?acl': 'PutBucketAcl',
  'GET bucket?analytics': 'GetBucketAnalyticsConfiguration',
  'GET bucket?cors': 'GetBucketCors',
  'DELETE bucket?cors': 'DeleteBucketCors',
  'GET bucket?encryption': 'GetBucketEncryption',
  'PUT bucket?encryption': 'PutBucketEncryption',
  'DELETE bucket?encryption': 'DeleteBucketEncryption',
  'GET bucket?intelligent-tiering': 'GetBucketIntelligentTieringConfiguration',
  'GET bucket?inventory': 'GetBucketInventoryConfiguration',
  'GET bucket?lifecycle': 'GetBucketLifecycleConfiguration',
  'DELETE bucket?lifecycle': 'DeleteBucketLifecycle',
  'GET bucket?list-type': 'ListObjectsV2',
  'GET bucket?location': 'GetBucketLocation',
  'GET bucket?logging': 'GetBucketLogging',
  'GET bucket?metrics': 'GetBucketMetricsConfiguration',
  'GET bucket?notification': 'GetBucketNotificationConfiguration',
  'GET bucket?object-lock': 'GetObjectLockConfiguration',
  'GET bucket?ownershipControls': 'GetBucketOwnershipControls',
  'PUT bucket?ownershipControls': 'PutBucketOwnershipControls',
  'DELETE bucket?ownershipControls': 'DeleteBucketOwnershipControls',
  'GET bucket?policy': 'GetBucketPolicy',
  'PUT bucket?policy': 'PutBucketPolicy',
  'DELETE bucket?policy': 'DeleteBucketPolicy',
  'GET bucket?policyStatus': 'GetBucketPolicyStatus',
  'GET bucket?publicAccessBlock': 'GetPublicAccessBlock',
  'PUT bucket?publicAccessBlock': 'PutPublicAccessBlock',
  'DELETE bucket?publicAccessBlock': 'DeletePublicAccessBlock',
  'GET bucket?replication': 'GetBucketReplication',
  'DELETE bucket?replication': 'DeleteBucketReplication',
  'GET bucket?requestPayment': 'GetBucketRequestPayment',
  'PUT bucket?requestPayment': 'PutBucketRequestPayment',
  'GET bucket?tagging': 'GetBucketTagging',
  'PUT bucket?tagging': 'PutBucketTagging',
  'DELETE bucket?tagging': 'DeleteBucketTagging',
  'GET bucket?versioning': 'GetBucketVersioning',
  'PUT bucket?versioning': 'PutBucketVersioning',
  'GET bucket?versions': 'ListObjectVersions',
  'GET bucket?website': 'GetBucketWebsite',
  'DELETE bucket?website': 'DeleteBucketWebsite',
  'PUT object': 'PutObject',
  'GET object': 'GetObject',
  'HEAD object': 'HeadObject',
  'DELETE object': 'DeleteObject',
  'POST bucket?delete': 'DeleteObjects',
  'GET object?tagging': 'GetObjectTagging',
  'PUT object?tagging': 'PutObjectTagging',
  'DELETE object?tagging': 'DeleteObjectTagging',
  'POST object?uploads': 'CreateMultipartUpload',
  'PUT object?uploadId': 'UploadPart',
  'POST object?uploadId': 'CompleteMultipartUpload',
  'DELETE object?uploadId': 'AbortMultipartUpload',
  'GET object?uploadId': 'ListParts',
  'GET bucket?uploads': 'ListMultipartUploads',
  'GET object?attributes': 'GetObjectAttributes',
  'GET object?retention': 'GetObjectRetention',
  'PUT object?retention': 'PutObjectRetention',
  'GET object?legal-hold': 'GetObjectLegalHold',
  'PUT object?legal-hold': 'PutObjectLegalHold',
};

/** What an operation is instead, when the request has a header that names a source. */
const COPIES: Readonly<Partial<Record<OperationName, OperationName>>> = {
  PutObject: 'CopyObject',
  UploadPart: 'UploadPartCopy',
};

/** S3's own names where method and parameter do not spell them, for the refusal. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  'GET bucket?session': 'CreateSession',
  'POST bucket': 'POST Object (upload from a form)',
  'POST object?restore': 'RestoreObject',
  'POST object?select': 'SelectObjectContent',
};

/** Query parameters that make a request another operation. Their noun, with the verb of the method, is its name. */
const SUBRESOURCES: Readonly<Record<string, string>> = {
  accelerate: 'AccelerateConfiguration',
  acl: 'Acl',
  analytics: 'AnalyticsConfiguration',
  attributes: 'Attributes',
  cors: 'Cors',
  delete: 'Delete',
  encryption: 'Encryption',
  'intelligent-tiering': 'IntelligentTieringConfiguration',
  inventory: 'InventoryConfiguration',
  'legal-hold': 'LegalHold',
  lifecycle: 'LifecycleConfiguration',
  'list-type': 'ListType',
  location: 'Location',
  logging: 'Logging',
  metadataConfiguration: 'MetadataConfiguration',
  metrics: 'MetricsConfiguration',
  notification: 'NotificationConfiguration',
  'object-lock': 'ObjectLockConfiguration',
  ownershipControls: 'OwnershipControls',
  policy: 'Policy',
  policyStatus: 'PolicyStatus',
  publicAccessBlock: 'PublicAccessBlock',
  replication: 'Replication',
  requestPayment: 'RequestPayment',
  restore: 'Restore',
  retention: 'Retention',
  select: 'Select',
  session: 'Session',
  tagging: 'Tagging',
  torrent: 'Torrent',
  uploadId: 'Upload',
  uploads: 'Uploads',
  versioning: 'Versioning',
  versions: 'Versions',
  website: 'Website',
};

/** Which operation a request is. One that S3 has and this one does not is `NotImplemented`, by its name. */
export function detectOperation({ method, bucket, key, query, headers }: S3Request): OperationName {
  const level = bucket === undefined ? 'service' : key === undefined ? 'bucket' : 'object';
  const subresource = Object.keys(query).find((name) => Object.hasOwn(SUBRESOURCES, name));
  const shape = `${method} ${level}${subresource === undefined ? '' : `?${subresource}`}`;
  const operation = Object.hasOwn(OPERATIONS, shape) ? OPERATIONS[shape] : undefined;
  if (operation === undefined) throw refusal(shape, method, level, subresource);
  return ('x-amz-copy-source' in headers ? COPIES[operation] : undefined) ?? operation;
}

function refusal(shape: string, method: string, level: string, subresource: string | undefined): S3Error {
  const name = UNSUPPORTED[shape];
  if (name !== undefined) return notImplemented(name);
  const verb = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' }[method];
  if (verb === undefined || subresource === undefined) {
    return new S3Error('MethodNotAllowed', { elements: { Method: method, ResourceType: level.toUpperCase() } });
  }
  return notImplemented(`${verb}${level === 'bucket' ? 'Bucket' : 'Object'}${SUBRESOURCES[subresource]}`);
}
