import type { Bucket } from './bucket.ts';
import { notImplemented, S3Error } from './errors.ts';
import { checkExpectedOwner, checkKey, checkRequesterPays, resourceArn } from './gate.ts';
import type { ObjectInput } from './operation.ts';
import { checkSourceConditions } from './preconditions.ts';
import type { S3Request } from './request.ts';
import { requestedVersion } from './requested-version.ts';
import type { ObjectVersion } from './stored-object.ts';
import { versionHeader } from './version-id.ts';

/** The most bytes one request copies. */
export const LARGEST_COPY: number = 5 * 1024 ** 3;

/** An object that a request may copy. */
export interface CopySource {
  readonly bucket: Bucket;
  readonly key: string;
  /** Present when the request names a version. */
  readonly versionId: string | undefined;
  readonly object: ObjectVersion;
}

/**
 * What `x-amz-copy-source` names, read with the rights of the caller: by the policy and for the owner of the source's
 * bucket, wherever that is. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export function copySource(input: ObjectInput): CopySource {
  const { request, store, authorize } = input;
  const { headers } = request;
  const { bucket: name, key, versionId } = parseCopySource(headers['x-amz-copy-source']!);
  const bucket = store.bucket(name);
  if (bucket === undefined) throw new S3Error('NoSuchBucket', { elements: { BucketName: name } });
  checkKey(key);
  checkExpectedOwner(request, bucket, 'x-amz-source-expected-bucket-owner');
  const part = readOf(request, { bucket: name, key, versionId });
  const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  authorize(action, resourceArn(name, key), { bucket, part });
  checkRequesterPays(request, bucket);
  const object = sourceVersion({ ...input, request: part }, { bucket, key, versionId });
  checkSourceConditions(headers, object);
  return { bucket, key, versionId, object };
}

/** The part of a copy that reads: what its headers say is about what it writes. */
function readOf(request: S3Request, { bucket, key, versionId }: ReturnType<typeof parseCopySource>): S3Request {
  const query = versionId === undefined ? {} : { versionId };
  return { ...request, method: 'GET', bucket, key, query, headers: {} };
}

function sourceVersion(
  input: ObjectInput,
  source: { readonly bucket: Bucket; readonly key: string; readonly versionId: string | undefined },
): ObjectVersion {
  try {
    return requestedVersion(input, source);
  } catch (error) {
    if (!(error instanceof S3Error) || error.code !== 'MethodNotAllowed') throw error;
    throw new S3Error('InvalidRequest', {
      message: 'The source of a copy request may not specifically refer to a delete marker by version id.',
    });
  }
}

/** Tells which version was copied, where the source's bucket has versions. */
export function sourceVersionHeader({ bucket, object }: CopySource): Record<string, string> {
  const id = versionHeader(bucket, object.versionId)['x-amz-version-id'];
  return id === undefined ? {} : { 'x-amz-copy-source-version-id': id };
}

/** `bucket/key` or `/bucket/key`, URL-encoded, with `?versionId=` behind it. Errors: `InvalidArgument`. */
export function parseCopySource(source: string): {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
} {
  const parameter = source.lastIndexOf(VERSION_PARAMETER);
  const path = decode(parameter === -1 ? source : source.slice(0, parameter), source);
  if (path.startsWith('arn:')) throw notImplemented('An ARN as copy source', { Header: 'x-amz-copy-source' });
  const match = /^\/?([^/]+)\/(.+)$/s.exec(path);
  if (match === null)
    throw invalid(source, 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  return {
    bucket: match[1]!,
    key: match[2]!,
    versionId: parameter === -1 ? undefined : decode(source.slice(parameter + VERSION_PARAMETER.length), source),
  };
}

const VERSION_PARAMETER = '?versionId=';

function decode(text: string, source: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalid(source, 'Invalid copy source encoding.');
  }
}

function invalid(source: string, message: string): S3Error {
  return new S3Error('InvalidArgument', {
    message,
    elements: { ArgumentName: 'x-amz-copy-source', ArgumentValue: source },
  });
}
