import { crc32 } from 'node:zlib';
import { canonicalUserId } from '../bucket.ts';
import { isoDate } from '../dates.ts';
import { S3Error } from '../errors.ts';
import { afterKey, LARGEST_PAGE, listPage } from '../listing.ts';
import type { ListedObject } from '../object-store.ts';
import type { BucketInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { element, escapeXml, xmlDocument } from '../xml.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export async function listObjectsV2({ request, bucket, store }: BucketInput): Promise<S3Response> {
  const { query } = request;
  if (query['list-type'] !== '2') throw invalid('list-type', query['list-type']!, 'Invalid list type');
  const encode = encoding(query['encoding-type']);
  const prefix = query.prefix ?? '';
  const delimiter = query.delimiter === '' ? undefined : query.delimiter;
  const maxKeys = parseMaxKeys(query['max-keys']);
  const token = query['continuation-token'];
  const startAfter = query['start-after'];

  const from = token === undefined ? keyAfter(startAfter) : parseToken(token);
  const page = listPage((lower, upper, limit) => store.scan(bucket.name, lower, upper, limit), {
    prefix,
    delimiter,
    from,
    maxKeys,
  });
  const owner =
    query['fetch-owner'] === 'true' ? `<Owner>${element('ID', canonicalUserId(bucket.accountId))}</Owner>` : '';
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
    ...page.contents.map((object) => contents(object, encode, owner)),
    ...page.commonPrefixes.map((name) => `<CommonPrefixes>${element('Prefix', encode(name))}</CommonPrefixes>`),
  ];
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', 'x-amz-bucket-region': bucket.region },
    body: xmlDocument('ListBucketResult', content.join('')),
  };
}

function contents({ key, lastModified, etag, checksum, size }: ListedObject, encode: Encode, owner: string): string {
  const summed =
    checksum === undefined
      ? ''
      : `<ChecksumAlgorithm>${checksum.algorithm}</ChecksumAlgorithm><ChecksumType>${checksum.type}</ChecksumType>`;
  return (
    `<Contents><Key>${escapeXml(encode(key.toString()))}</Key><LastModified>${isoDate(lastModified)}</LastModified>` +
    `<ETag>&quot;${etag}&quot;</ETag>${summed}<Size>${size}</Size>${owner}<StorageClass>STANDARD</StorageClass></Contents>`
  );
}

type Encode = (text: string) => string;

function encoding(type: string | undefined): Encode {
  if (type === undefined) return (text) => text;
  if (type === 'url') return urlEncode;
  throw invalid('encoding-type', type, 'Invalid Encoding Method specified in Request');
}

/** Percent-encoding of all but unreserved characters and `/`. */
function urlEncode(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/');
}

function parseMaxKeys(text: string | undefined): number {
  if (text === undefined || text === '') return LARGEST_PAGE;
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 2 ** 31 - 1) return Math.min(number, LARGEST_PAGE);
  throw invalid('max-keys', text, 'Argument max-keys must be an integer between 0 and 2147483647');
}

function keyAfter(startAfter: string | undefined): Buffer | undefined {
  return startAfter === undefined || startAfter === '' ? undefined : afterKey(Buffer.from(startAfter));
}

/** A token is where the next page begins, behind a check value. */
function tokenFor(next: Buffer): string {
  return Buffer.concat([checkValue(next), next]).toString('base64url');
}

function parseToken(token: string): Buffer {
  const bytes = Buffer.from(token, 'base64url');
  const next = bytes.subarray(4);
  if (bytes.length > 4 && checkValue(next).equals(bytes.subarray(0, 4))) return next;
  throw invalid('continuation-token', token, 'The continuation token provided is incorrect');
}

function checkValue(bytes: Buffer): Buffer {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(bytes));
  return value;
}

function invalid(name: string, value: string, message: string): S3Error {
  return new S3Error('InvalidArgument', { message, elements: { ArgumentName: name, ArgumentValue: value } });
}
