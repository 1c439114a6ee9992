import { BUCKET_OPERATIONS } from './bucket-operations.ts';
import { ENCRYPTION_HEADERS } from './encryption-request.ts';
import type { Operations } from './operation.ts';
import { abortMultipartUpload } from './operations/abort-multipart-upload.ts';
import { completeMultipartUpload } from './operations/complete-multipart-upload.ts';
import { copyObject } from './operations/copy-object.ts';
import { createMultipartUpload } from './operations/create-multipart-upload.ts';
import { deleteObject } from './operations/delete-object.ts';
import { deleteObjects } from './operations/delete-objects.ts';
import { getObject, RESPONSE_OVERRIDES } from './operations/get-object.ts';
import { getObjectAttributes } from './operations/get-object-attributes.ts';
import { listMultipartUploads } from './operations/list-multipart-uploads.ts';
import { listObjectVersions } from './operations/list-object-versions.ts';
import { listObjects } from './operations/list-objects.ts';
import { listObjectsV2 } from './operations/list-objects-v2.ts';
import { listParts } from './operations/list-parts.ts';
import { withoutObjectLock } from './operations/object-lock.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './operations/object-tagging.ts';
import { putObject } from './operations/put-object.ts';
import { uploadPart } from './operations/upload-part.ts';
import { uploadPartCopy } from './operations/upload-part-copy.ts';
import { READ_CONDITIONS } from './preconditions.ts';

const NEW_OBJECT_HEADERS = ['x-amz-acl', ...ENCRYPTION_HEADERS, 'x-amz-storage-class', 'x-amz-tagging'];
/** Nothing here is under governance, so there is nothing to bypass. */
const DELETING_HEADERS = ['x-amz-bypass-governance-retention'];
const LISTING_HEADERS = ['x-amz-optional-object-attributes'];
const WRITE_CONDITIONS = ['if-match', 'if-none-match'];
const COPY_SOURCE_HEADERS = [
  'x-amz-copy-source',
  'x-amz-source-expected-bucket-owner',
  ...READ_CONDITIONS.map((name) => `x-amz-copy-source-${name}`),
];

/**
 * What each operation asks of the caller and what it understands.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
export const OPERATIONS: Operations = {
  ...BUCKET_OPERATIONS,
  ListObjects: {
    level: 'bucket',
    action: 's3:ListBucket',
    headers: LISTING_HEADERS,
    query: ['prefix', 'delimiter', 'max-keys', 'marker', 'encoding-type'],
    run: listObjects,
  },
  ListObjectVersions: {
    level: 'bucket',
    action: 's3:ListBucketVersions',
    headers: LISTING_HEADERS,
    query: ['versions', 'prefix', 'delimiter', 'max-keys', 'key-marker', 'version-id-marker', 'encoding-type'],
    run: listObjectVersions,
  },
  ListObjectsV2: {
    level: 'bucket',
    action: 's3:ListBucket',
    headers: LISTING_HEADERS,
    query: [
      'list-type',
      'prefix',
      'delimiter',
      'max-keys',
      'start-after',
      'continuation-token',
      'encoding-type',
      'fetch-owner',
    ],
    run: listObjectsV2,
  },
  PutObject: {
    level: 'object',
    action: 's3:PutObject',
    headers: NEW_OBJECT_HEADERS,
    describesObject: true,
    conditions: WRITE_CONDITIONS,
    run: putObject,
  },
  CopyObject: {
    level: 'object',
    action: 's3:PutObject',
    headers: [
      ...NEW_OBJECT_HEADERS,
      ...COPY_SOURCE_HEADERS,
      'x-amz-checksum-algorithm',
      'x-amz-metadata-directive',
      'x-amz-tagging-directive',
    ],
    describesObject: true,
    conditions: WRITE_CONDITIONS,
    run: copyObject,
  },
  GetObject: {
    level: 'object',
    action: 's3:GetObject',
    versionAction: 's3:GetObjectVersion',
    query: ['versionId', 'partNumber', ...RESPONSE_OVERRIDES],
    headers: ['x-amz-checksum-mode'],
    conditions: [...READ_CONDITIONS, 'if-range'],
    run: getObject,
  },
  HeadObject: {
    level: 'object',
    action: 's3:GetObject',
    versionAction: 's3:GetObjectVersion',
    query: ['versionId', 'partNumber', ...RESPONSE_OVERRIDES],
    headers: ['x-amz-checksum-mode'],
    conditions: [...READ_CONDITIONS, 'if-range'],
    run: getObject,
  },
  GetObjectAttributes: {
    level: 'object',
    action: 's3:GetObject',
    versionAction: 's3:GetObjectVersion',
    query: ['attributes', 'versionId'],
    headers: ['x-amz-object-attributes', 'x-amz-max-parts', 'x-amz-part-number-marker'],
    run: getObjectAttributes,
  },
  DeleteObject: {
    level: 'object',
    action: 's3:DeleteObject',
    versionAction: 's3:DeleteObjectVersion',
    query: ['versionId'],
    headers: DELETING_HEADERS,
    conditions: ['if-match'],
    run: deleteObject,
  },
  GetObjectTagging: {
    level: 'object',
    action: 's3:GetObjectTagging',
    versionAction: 's3:GetObjectVersionTagging',
    query: ['tagging', 'versionId'],
    run: getObjectTagging,
  },
  PutObjectTagging: { level: 'object', query: ['tagging', 'versionId'], run: putObjectTagging },
  DeleteObjectTagging: {
    level: 'object',
    action: 's3:DeleteObjectTagging',
    versionAction: 's3:DeleteObjectVersionTagging',
    query: ['tagging', 'versionId'],
    run: deleteObjectTagging,
  },
  GetObjectRetention: {
    level: 'object',
    action: 's3:GetObjectRetention',
    query: ['retention', 'versionId'],
    run: withoutObjectLock,
  },
  PutObjectRetention: {
    level: 'object',
    action: 's3:PutObjectRetention',
    query: ['retention', 'versionId'],
    headers: DELETING_HEADERS,
    run: withoutObjectLock,
  },
  GetObjectLegalHold: {
    level: 'object',
    action: 's3:GetObjectLegalHold',
    query: ['legal-hold', 'versionId'],
    run: withoutObjectLock,
  },
  PutObjectLegalHold: {
    level: 'object',
    action: 's3:PutObjectLegalHold',
    query: ['legal-hold', 'versionId'],
    run: withoutObjectLock,
  },
  DeleteObjects: { level: 'bucket', query: ['delete'], headers: DELETING_HEADERS, run: deleteObjects },
  CreateMultipartUpload: {
    level: 'object',
    action: 's3:PutObject',
    headers: [...NEW_OBJECT_HEADERS, 'x-amz-checksum-algorithm', 'x-amz-checksum-type'],
    query: ['uploads'],
    describesObject: true,
    run: createMultipartUpload,
  },
  UploadPart: { level: 'object', action: 's3:PutObject', query: ['uploadId', 'partNumber'], run: uploadPart },
  UploadPartCopy: {
    level: 'object',
    action: 's3:PutObject',
    query: ['uploadId', 'partNumber'],
    headers: [...COPY_SOURCE_HEADERS, 'x-amz-copy-source-range'],
    run: uploadPartCopy,
  },
  CompleteMultipartUpload: {
    level: 'object',
    action: 's3:PutObject',
    headers: ['x-amz-checksum-type', 'x-amz-mp-object-size'],
    query: ['uploadId'],
    conditions: WRITE_CONDITIONS,
    run: completeMultipartUpload,
  },
  AbortMultipartUpload: {
    level: 'object',
    query: ['uploadId'],
    run: abortMultipartUpload,
  },
  ListParts: {
    level: 'object',
    query: ['uploadId', 'part-number-marker', 'max-parts'],
    run: listParts,
  },
  ListMultipartUploads: {
    level: 'bucket',
    action: 's3:ListBucketMultipartUploads',
    query: ['uploads', 'prefix', 'delimiter', 'key-marker', 'upload-id-marker', 'max-uploads', 'encoding-type'],
    run: listMultipartUploads,
  },
};
