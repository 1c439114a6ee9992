import { crc32 } from 'node:zlib';
import { afterMarker, currentObjects, listPage, type Place } from '../listing.ts';
import type { BucketInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { element, xmlDocument } from '../xml.ts';
import {
  checkOptionalAttributes,
  commonPrefixElements,
  contentsElement,
  encoding,
  invalidArgument,
  ownerElements,
  parseMaxKeys,
} from './list-elements.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export async function listObjectsV2({ request, bucket, store }: BucketInput): Promise<S3Response> {
  const { query } = request;
  checkOptionalAttributes(request);
  if (query['list-type'] !== '2') throw invalidArgument('list-type', query['list-type']!, 'Invalid list type');
  const encode = encoding(query['encoding-type']);
  const prefix = query.prefix ?? '';
  const delimiter = query.delimiter === '' ? undefined : query.delimiter;
  const maxKeys = parseMaxKeys(query['max-keys']);
  const token = query['continuation-token'];
  const startAfter = query['start-after'];

  const from = isGiven(token)
    ? parseToken(token)
    : isGiven(startAfter)
      ? afterMarker(startAfter, { prefix, delimiter })
      : undefined;
  const page = listPage(currentObjects(store, bucket.name), { prefix, delimiter, from, maxKeys });
  const owner = query['fetch-owner'] === 'true' ? ownerElements(bucket) : () => '';
  const content = [
    element('Name', bucket.name),
    element('Prefix', encode(prefix)),
    element('StartAfter', startAfter === undefined ? undefined : encode(startAfter)),
    element('ContinuationToken', token),
    element('NextContinuationToken', page.next === undefined ? undefined : tokenFor(page.next)),
    element('KeyCount', page.contents.length + page.commonPrefixes.length),
    element('MaxKeys', maxKeys),
    element('Delimiter', delimiter === undefined ? undefined : encode(delimiter)),
    element('EncodingType', query['encoding-type']),
    element('IsTruncated', page.next !== undefined),
    ...page.contents.map((object) => contentsElement(object, encode, owner(object))),
    commonPrefixElements(page.commonPrefixes, encode),
  ];
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', 'x-amz-bucket-region': bucket.region },
    body: xmlDocument('ListBucketResult', content.join('')),
  };
}

/** An empty token or key is echoed and means none. */
function isGiven(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

/** A token is where the next page begins, behind a check value. */
function tokenFor(next: Buffer): string {
  return Buffer.concat([checkValue(next), next]).toString('base64url');
}

function parseToken(token: string): Place {
  const bytes = Buffer.from(token, 'base64url');
  const next = bytes.subarray(4);
  if (bytes.length > 4 && checkValue(next).equals(bytes.subarray(0, 4))) return { key: next };
  throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
}

function checkValue(bytes: Buffer): Buffer {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(bytes));
  return value;
}
