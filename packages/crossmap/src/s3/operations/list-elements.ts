import { type Bucket, canonicalUserId } from '../bucket.ts';
import { isoDate } from '../dates.ts';
import { S3Error } from '../errors.ts';
import type { Initiator } from '../initiator.ts';
import { LARGEST_PAGE } from '../listing.ts';
import type { UploadAttributes } from '../multipart-object.ts';
import { foreignOwner } from '../object-owner.ts';
import type { S3Request } from '../request.ts';
import { STANDARD } from '../storage-class.ts';
import type { ListedObject } from '../stored-object.ts';
import { element, escapeXml } from '../xml.ts';

export function contentsElement(object: ListedObject, encode: Encode, owner: string): string {
  return (
    `<Contents><Key>${escapeXml(encode(object.key))}</Key><LastModified>${isoDate(object.lastModified)}` +
    `</LastModified>${objectElements(object, owner)}</Contents>`
  );
}

/** What a listing says of the content of an object. */
export function objectElements(object: ListedObject, owner: string): string {
  const { etag, checksum, size, storageClass = STANDARD } = object;
  const summed =
    checksum === undefined
      ? ''
      : `<ChecksumAlgorithm>${checksum.algorithm}</ChecksumAlgorithm><ChecksumType>${checksum.type}</ChecksumType>`;
  return `<ETag>&quot;${etag}&quot;</ETag>${summed}<Size>${size}</Size>${owner}<StorageClass>${storageClass}</StorageClass>`;
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

/** A parameter that counts; `undefined` when it is absent or empty. Errors: `InvalidArgument`. */
export function parseCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 2 ** 31 - 1) return number;
  throw invalidArgument(name, text, `Argument ${name} must be an integer between 0 and 2147483647`);
}

/** How many entries a listing asks for, at most `LARGEST_PAGE`; `negative` refuses a number below 0. */
export function parseMaxKeys(text: string | undefined, negative: (text: string) => S3Error = negativeMaxKeys): number {
  if (text === undefined || text === '') return LARGEST_PAGE;
  const number = Number(text);
  if (!/^-?\d+$/.test(text) || number > 2 ** 31 - 1 || number < -(2 ** 31)) {
    throw invalidArgument('max-keys', text, 'Provided max-keys not an integer or within integer range');
  }
  if (number < 0) throw negative(text);
  return Math.min(number, LARGEST_PAGE);
}

function negativeMaxKeys(text: string): S3Error {
  return invalidArgument('maxKeys', text, 'Argument maxKeys must be an integer between 0 and 2147483647');
}

/** No object here was ever archived, so the one optional attribute there is has nothing to say. */
export function checkOptionalAttributes({ headers }: S3Request): void {
  const name = 'x-amz-optional-object-attributes';
  const attributes = headers[name]?.split(',').map((attribute) => attribute.trim());
  const unknown = attributes?.find((attribute) => attribute !== 'RestoreStatus');
  if (unknown === undefined) return;
  throw invalidArgument(name, unknown, 'Invalid attribute name specified.');
}

export function commonPrefixElements(names: readonly string[], encode: Encode): string {
  return names.map((name) => `<CommonPrefixes>${element('Prefix', encode(name))}</CommonPrefixes>`).join('');
}

/** The owner of an object, of an upload's object to be, or of the bucket where `owner` is `undefined`. */
export function ownerElement(bucket: Bucket, owner?: string): string {
  return `<Owner>${element('ID', canonicalUserId(foreignOwner(owner, bucket) ?? bucket.accountId))}</Owner>`;
}

/** The same of every object of a listing; of a delete marker, which has none, the bucket's. */
export function ownerElements(bucket: Bucket): (object: ListedObject | undefined) => string {
  const ofBucket = ownerElement(bucket);
  return (object) => (object?.owner === undefined ? ofBucket : ownerElement(bucket, object.owner));
}

export function initiatorElement({ arn, accountId }: Initiator): string {
  const id = arn === undefined || accountId === undefined || !arn.endsWith(':root') ? arn : canonicalUserId(accountId);
  return `<Initiator>${element('ID', id ?? 'anonymous')}${element('DisplayName', arn?.split(/[:/]/).at(-1))}</Initiator>`;
}

/** How an upload sums up its parts, where the client said so. */
export function summingElements(checksum: UploadAttributes['checksum']): string {
  if (checksum === undefined) return '';
  return element('ChecksumAlgorithm', checksum.algorithm) + element('ChecksumType', checksum.type);
}

export function invalidArgument(name: string, value: string, message: string): S3Error {
  return new S3Error('InvalidArgument', { message, elements: { ArgumentName: name, ArgumentValue: value } });
}
