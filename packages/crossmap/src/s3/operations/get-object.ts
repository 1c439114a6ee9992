import { blobsOf, readBody } from '../body.ts';
import { S3Error } from '../errors.ts';
import { resourceArn } from '../gate.ts';
import { checksumHeaders, headersOf } from '../object-headers.ts';
import { isMultipart, partsOf } from '../object-parts.ts';
import type { ObjectInput } from '../operation.ts';
import { partNumber } from '../part-number.ts';
import { type ByteRange, notModified, rangeApplies, requestedRange } from '../preconditions.ts';
import type { S3Request, S3Response } from '../request.ts';
import { requestedVersion } from '../requested-version.ts';
import type { StoredObject } from '../stored-object.ts';
import { versionHeader } from '../version-id.ts';

/**
 * GetObject and HeadObject, which reads the same and answers without the bytes.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export async function getObject(input: ObjectInput): Promise<S3Response> {
  const { request, bucket, key, store, encryption } = input;
  const overrides = responseOverrides(request);
  const object = requestedVersion(input, { bucket, key, versionId: request.query.versionId });
  const headers = {
    ...headersOf(object),
    ...tagCountHeader(input, object),
    ...versionHeader(bucket, object.versionId),
    ...overrides,
  };
  if (notModified(request.headers, object)) return { status: 304, headers: keptHeaders(headers) };
  const { range, number } = selection(request, object);
  const { start, end } = range ?? { start: 0, end: object.size };
  headers['content-length'] = String(end - start);
  if (range !== undefined) headers['content-range'] = `bytes ${start}-${end - 1}/${object.size}`;
  if (number !== undefined && isMultipart(object)) headers['x-amz-mp-parts-count'] = String(partsOf(object).length);
  const checksum = request.headers['x-amz-checksum-mode'] === 'ENABLED' ? checksumOf(object, range) : {};
  Object.assign(headers, checksum);
  const status = range === undefined ? 200 : 206;
  // HeadObject needs no key, unless it tells a checksum.
  if (request.method === 'HEAD' && Object.keys(checksum).length === 0) return { status, headers };
  return store.pins.during(blobsOf(object.body), async () => {
    const cipher = await encryption.resume(request, bucket, key, object.attributes);
    return request.method === 'HEAD'
      ? { status, headers }
      : { status, headers, body: readBody(object.body, start, end, store, cipher) };
  });
}

/** How many tags there are is told to who may read them. */
function tagCountHeader({ request, bucket, key, allows }: ObjectInput, object: StoredObject): Record<string, string> {
  const { tags = [] } = object.attributes;
  if (tags.length === 0) return {};
  const action = request.query.versionId === undefined ? 's3:GetObjectTagging' : 's3:GetObjectVersionTagging';
  return allows(action, resourceArn(bucket.name, key)) ? { 'x-amz-tagging-count': String(tags.length) } : {};
}

interface Selection {
  /** Absent for the whole object. */
  readonly range: ByteRange | undefined;
  /** The part that was asked for. */
  readonly number?: number;
}

/** An object that was put whole has one part. */
function selection({ headers, query }: S3Request, object: StoredObject): Selection {
  if (query.partNumber === undefined) {
    return { range: rangeApplies(headers, object) ? requestedRange(headers.range, object.size) : undefined };
  }
  const number = partNumber(query.partNumber);
  if (headers.range !== undefined) {
    throw new S3Error('InvalidRequest', {
      message: 'Cannot specify both Range header and partNumber query parameter',
    });
  }
  const parts = partsOf(object);
  const part = parts.find((candidate) => candidate.number === number);
  if (part === undefined) {
    throw new S3Error('InvalidPartNumber', {
      elements: { PartNumberRequested: String(number), ActualPartCount: String(parts.length) },
    });
  }
  return { range: object.size === 0 ? undefined : { start: part.start, end: part.end }, number };
}

/** Of the whole object, or of the part that the range is exactly. */
function checksumOf(object: StoredObject, range: ByteRange | undefined): Record<string, string> {
  const { checksum } = object.attributes;
  if (range === undefined || checksum === undefined) return checksumHeaders(object.attributes);
  const part = partsOf(object).find(({ start, end }) => start === range.start && end === range.end);
  return part?.checksum === undefined ? {} : checksumHeaders({ checksum: { ...checksum, value: part.checksum } });
}

const OVERRIDES: Readonly<Record<string, string>> = {
  'response-cache-control': 'cache-control',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
  'response-content-language': 'content-language',
  'response-content-type': 'content-type',
  'response-expires': 'expires',
};

/** The query parameters by which a signed request sets headers of its answer. */
export const RESPONSE_OVERRIDES: readonly string[] = Object.keys(OVERRIDES);

function responseOverrides({ query, caller }: S3Request): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [parameter, header] of Object.entries(OVERRIDES)) {
    const value = query[parameter];
    if (value !== undefined) headers[header] = value;
  }
  if (Object.keys(headers).length === 0 || caller.principal.kind !== 'anonymous') return headers;
  throw new S3Error('InvalidRequest', {
    message: 'Request specific response headers cannot be used for anonymous GET requests.',
  });
}

/** What an answer without its representation repeats (RFC 7232, section 4.1). */
const KEPT = ['etag', 'last-modified', 'cache-control', 'expires', 'x-amz-version-id'];

function keptHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => KEPT.includes(name)));
}
