import { isoDate } from '../dates.ts';
import { afterMarker, allVersions, listPage, type Place } from '../listing.ts';
import type { BucketInput } from '../operation.ts';
import type { S3Request, S3Response } from '../request.ts';
import type { ListedVersion } from '../stored-object.ts';
import { NULL_VERSION, sequenceOf } from '../version-id.ts';
import { element, xmlDocument } from '../xml.ts';
import {
  checkOptionalAttributes,
  commonPrefixElements,
  type Encode,
  encoding,
  invalidArgument,
  objectElements,
  ownerElements,
  parseMaxKeys,
} from './list-elements.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
export async function listObjectVersions(input: BucketInput): Promise<S3Response> {
  const { request, bucket, store } = input;
  const { query } = request;
  checkOptionalAttributes(request);
  const encode = encoding(query['encoding-type']);
  const { prefix = '' } = query;
  const delimiter = query.delimiter === '' ? undefined : query.delimiter;
  const maxKeys = parseMaxKeys(query['max-keys'], (text) =>
    invalidArgument('max-keys', text, 'max-keys cannot be negative'),
  );
  const marker = readMarker(request);
  const from = marker.key === '' ? undefined : afterVersion(marker, input, { prefix, delimiter });
  const page = listPage(allVersions(store, bucket.name), { prefix, delimiter, from, maxKeys });
  const last = page.contents.at(-1);
  const lastVersion = last?.key === page.last ? last.versionId : undefined;
  const truncated = page.next !== undefined;
  const owner = ownerElements(bucket);
  const content = [
    element('Name', bucket.name),
    element('Prefix', encode(prefix)),
    element('KeyMarker', encode(marker.key)),
    element('VersionIdMarker', marker.versionId ?? ''),
    element('NextKeyMarker', truncated ? encode(page.last) : undefined),
    element('NextVersionIdMarker', truncated ? lastVersion : undefined),
    element('MaxKeys', maxKeys),
    element('Delimiter', delimiter === undefined ? undefined : encode(delimiter)),
    element('EncodingType', query['encoding-type']),
    element('IsTruncated', truncated),
    ...page.contents.map((version) => versionElement(version, encode, owner(version.object))),
    commonPrefixElements(page.commonPrefixes, encode),
  ];
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', 'x-amz-bucket-region': bucket.region },
    body: xmlDocument('ListVersionsResult', content.join('')),
  };
}

interface VersionMarker {
  readonly key: string;
  readonly versionId: string | undefined;
}

function readMarker({ query }: S3Request): VersionMarker {
  const { 'key-marker': key = '', 'version-id-marker': versionId } = query;
  if (versionId === undefined) return { key, versionId };
  const refusal = (message: string) => invalidArgument('version-id-marker', versionId, message);
  if (key === '') throw refusal('A version-id marker cannot be specified without a key marker.');
  if (versionId === '') throw refusal('A version-id marker cannot be empty.');
  if (versionId !== NULL_VERSION && sequenceOf(versionId) === undefined) throw refusal('Invalid version id specified');
  return { key, versionId };
}

function afterVersion(
  { key, versionId }: VersionMarker,
  { bucket, store }: BucketInput,
  within: { readonly prefix: string; readonly delimiter: string | undefined },
): Place {
  if (versionId === undefined) return afterMarker(key, within);
  const sequence = versionId === NULL_VERSION ? store.nullSequence(bucket.name, key) : sequenceOf(versionId);
  // A null version that has gone since leaves no place behind: its key is listed again.
  return { key: Buffer.from(key), ...(sequence !== undefined && { below: sequence }) };
}

function versionElement(version: ListedVersion, encode: Encode, owner: string): string {
  const identity =
    element('Key', encode(version.key)) +
    element('VersionId', version.versionId) +
    element('IsLatest', version.isLatest) +
    element('LastModified', isoDate(version.lastModified));
  return version.object === undefined
    ? `<DeleteMarker>${identity}${owner}</DeleteMarker>`
    : `<Version>${identity}${objectElements(version.object, owner)}</Version>`;
}
