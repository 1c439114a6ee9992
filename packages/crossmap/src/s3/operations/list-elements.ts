import { type Bucket, canonicalUserId } from '../bucket.ts';
import { isoDate } from '../dates.ts';
import { S3Error } from '../errors.ts';
import { LARGEST_PAGE } from '../listing.ts';
import type { ListedObject } from '../stored-object.ts';
import { element, escapeXml } from '../xml.ts';

export function contentsElement(
  { key, lastModified, etag, checksum, size }: ListedObject,
  encode: Encode,
  owner: string,
): string {
  const summed =
    checksum === undefined
      ? ''
      : `<ChecksumAlgorithm>${checksum.algorithm}</ChecksumAlgorithm><ChecksumType>${checksum.type}</ChecksumType>`;
  return (
    `<Contents><Key>${escapeXml(encode(key.toString()))}</Key><LastModified>${isoDate(lastModified)}</LastModified>` +
    `<ETag>&quot;${etag}&quot;</ETag>${summed}<Size>${size}</Size>${owner}<StorageClass>STANDARD</StorageClass></Contents>`
  );
}

export type Encode = (text: string) => string;

export function encoding(type: string | undefined): Encode {
  if (type === undefined) return (text) => text;
  if (type === 'url') return urlEncode;
  throw invalidArgument('encoding-type', type, 'Invalid Encoding Method specified in Request');
}

/** Percent-encoding of all but unreserved characters and `/`. */
function urlEncode(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/');
}

export function parseMaxKeys(text: string | undefined): number {
  if (text === undefined || text === '') return LARGEST_PAGE;
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 2 ** 31 - 1) return Math.min(number, LARGEST_PAGE);
  throw invalidArgument('max-keys', text, 'Argument max-keys must be an integer between 0 and 2147483647');
}

export function commonPrefixElements(names: readonly string[], encode: Encode): readonly string[] {
  return names.map((name) => `<CommonPrefixes>${element('Prefix', encode(name))}</CommonPrefixes>`);
}

export function ownerElement({ accountId }: Bucket): string {
  return `<Owner>${element('ID', canonicalUserId(accountId))}</Owner>`;
}

export function invalidArgument(name: string, value: string, message: string): S3Error {
  return new S3Error('InvalidArgument', { message, elements: { ArgumentName: name, ArgumentValue: value } });
}
