import { checksumHeader } from './checksum.ts';
import { encryptionHeaders } from './encryption.ts';
import { taggedBy } from './object-tags.ts';
import { requestedStorageClass } from './storage-class.ts';
import type { Attributes, StoredObject } from './stored-object.ts';
import { metadataHeaders, userMetadata } from './user-metadata.ts';

/** Headers that describe an object and come back with it. */
const DESCRIBING = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

/** What a request that makes an object says of it. Errors: `MetadataTooLarge`, those of its storage class and tags. */
export function describedBy(
  requestHeaders: Readonly<Record<string, string>>,
): Pick<Attributes, 'headers' | 'metadata' | 'storageClass' | 'tags'> {
  return { ...metadataOf(requestHeaders), ...storageClassOf(requestHeaders), ...taggedBy(requestHeaders) };
}

/** The storage class a request asks for, as an attribute. */
export function storageClassOf(requestHeaders: Readonly<Record<string, string>>): Pick<Attributes, 'storageClass'> {
  const storageClass = requestedStorageClass(requestHeaders);
  return storageClass === undefined ? {} : { storageClass };
}

/** What the metadata directive of a copy is about: the standard headers and the user metadata. */
export function metadataOf(requestHeaders: Readonly<Record<string, string>>): Pick<Attributes, 'headers' | 'metadata'> {
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of DESCRIBING) {
    const value = requestHeaders[name];
    if (value !== undefined && value !== '') headers[name] = value;
  }
  const encoding = withoutChunking(headers['content-encoding']);
  if (encoding === undefined) delete headers['content-encoding'];
  else headers['content-encoding'] = encoding;

  return { headers, metadata: userMetadata(requestHeaders) };
}

/** `aws-chunked` is framing of the transfer, no encoding of the object. */
function withoutChunking(encoding: string | undefined): string | undefined {
  const rest = encoding
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'aws-chunked');
  return rest === undefined || rest.length === 0 ? undefined : rest.join(', ');
}

/** The headers that an object comes with. */
export function headersOf(object: StoredObject): Record<string, string> {
  const headers: Record<string, string> = {
    ...object.attributes.headers,
    ...encryptionHeaders(object.attributes),
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
  };
  const { metadata, storageClass } = object.attributes;
  if (storageClass !== undefined) headers['x-amz-storage-class'] = storageClass;
  return Object.assign(headers, metadataHeaders(metadata));
}

export function checksumHeaders({ checksum }: Pick<Attributes, 'checksum'>): Record<string, string> {
  if (checksum === undefined) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}
