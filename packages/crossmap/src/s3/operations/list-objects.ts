import { afterMarker, currentObjects, listPage } from '../listing.ts';
import type { BucketInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { element, xmlDocument } from '../xml.ts';
import {
  checkOptionalAttributes,
  commonPrefixElements,
  contentsElement,
  encoding,
  ownerElements,
  parseMaxKeys,
} from './list-elements.ts';

/**
 * Version 1: a marker in place of a token, the owner always, and NextMarker only where there is a delimiter.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html
 */
export async function listObjects({ request, bucket, store }: BucketInput): Promise<S3Response> {
  const { query } = request;
  checkOptionalAttributes(request);
  const encode = encoding(query['encoding-type']);
  const { prefix = '', marker = '' } = query;
  const delimiter = query.delimiter === '' ? undefined : query.delimiter;
  const maxKeys = parseMaxKeys(query['max-keys']);
  const from = marker === '' ? undefined : afterMarker(marker, { prefix, delimiter });
  const page = listPage(currentObjects(store, bucket.name), { prefix, delimiter, from, maxKeys });
  const owner = ownerElements(bucket);
  const content = [
    element('Name', bucket.name),
    // Clients that ask for the encoding decode all of these but the prefix.
    element('Prefix', prefix),
    element('Marker', encode(marker)),
    element('NextMarker', page.next === undefined || delimiter === undefined ? undefined : encode(page.last)),
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
