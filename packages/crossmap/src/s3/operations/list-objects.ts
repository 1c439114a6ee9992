import { afterKey, listPage, successorOf } from '../listing.ts';
import type { BucketInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { element, xmlDocument } from '../xml.ts';
import { commonPrefixElements, contentsElement, encoding, ownerElement, parseMaxKeys } from './list-elements.ts';

/**
 * Version 1: a marker in place of a token, the owner always, and NextMarker only where there is a delimiter.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html
 */
export async function listObjects({ request, bucket, store }: BucketInput): Promise<S3Response> {
  const { query } = request;
  const encode = encoding(query['encoding-type']);
  const { prefix = '', marker = '' } = query;
  const delimiter = query.delimiter === '' ? undefined : query.delimiter;
  const maxKeys = parseMaxKeys(query['max-keys']);
  const { contents, commonPrefixes, next } = listPage(
    (lower, upper, limit) => store.scan(bucket.name, lower, upper, limit),
    { prefix, delimiter, from: marker === '' ? undefined : afterMarker(marker, delimiter, prefix), maxKeys },
  );
  const last = [contents.at(-1)?.key.toString() ?? '', commonPrefixes.at(-1) ?? ''].sort(byBytes).at(-1) ?? '';
  const owner = ownerElement(bucket);
  const content = [
    element('Name', bucket.name),
    element('Prefix', encode(prefix)),
    element('Marker', encode(marker)),
    element('NextMarker', next === undefined || delimiter === undefined ? undefined : encode(last)),
    element('MaxKeys', maxKeys),
    element('Delimiter', delimiter === undefined ? undefined : encode(delimiter)),
    element('EncodingType', query['encoding-type']),
    element('IsTruncated', next !== undefined),
    ...contents.map((object) => contentsElement(object, encode, owner)),
    ...commonPrefixElements(commonPrefixes, encode),
  ];
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', 'x-amz-bucket-region': bucket.region },
    body: xmlDocument('ListBucketResult', content.join('')),
  };
}

/** A marker that is a common prefix stands for all keys below it. */
function afterMarker(marker: string, delimiter: string | undefined, prefix: string): Buffer {
  const bytes = Buffer.from(marker);
  const isCommonPrefix = delimiter !== undefined && marker.startsWith(prefix) && marker.endsWith(delimiter);
  return isCommonPrefix ? successorOf(bytes) : afterKey(bytes);
}

function byBytes(a: string, b: string): number {
  return Buffer.from(a).compare(Buffer.from(b));
}
