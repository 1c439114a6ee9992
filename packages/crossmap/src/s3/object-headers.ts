import { checksumHeader } from './checksum.ts';
import { S3Error } from './errors.ts';
import type { Attributes, StoredObject } from './stored-object.ts';

/** Headers that describe an object and come back with it. */
const DESCRIBING = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

const METADATA_PREFIX = 'x-amz-meta-';
const LARGEST_METADATA = 2048;

/** What S3 answers for every object since January 2023; the embedded S3 stores bytes as they are. */
export const ENCRYPTED: Readonly<Record<string, string>> = { 'x-amz-server-side-encryption': 'AES256' };

/** Errors: `MetadataTooLarge`. */
export function describedBy(
  requestHeaders: Readonly<Record<string, string>>,
): Pick<Attributes, 'headers' | 'metadata'> {
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of DESCRIBING) {
    const value = requestHeaders[name];
    if (value !== undefined && value !== '') headers[name] = value;
  }
  const encoding = withoutChunking(headers['content-encoding']);
  if (encoding === undefined) delete headers['content-encoding'];
  else headers['content-encoding'] = encoding;

  const metadata: Record<string, string> = {};
  let size = 0;
  for (const name in requestHeaders) {
    if (!name.startsWith(METADATA_PREFIX)) continue;
    const key = name.slice(METADATA_PREFIX.length);
    metadata[key] = requestHeaders[name]!;
    size += key.length + Buffer.byteLength(requestHeaders[name]!);
  }
  if (size > LARGEST_METADATA) {
    throw new S3Error('MetadataTooLarge', {
      elements: { Size: String(size), MaxSizeAllowed: String(LARGEST_METADATA) },
    });
  }
  return { headers, metadata };
}

/** `aws-chunked` is framing of the transfer, no encoding of the object. */
function withoutChunking(encoding: string | undefined): string | undefined {
  const rest = encoding
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'aws-chunked');
  return rest === undefined || rest.length === 0 ? undefined : rest.join(',');
}

/** The headers that an object comes with. */
export function headersOf(object: StoredObject): Record<string, string> {
  const headers: Record<string, string> = {
    ...object.attributes.headers,
    ...ENCRYPTED,
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
  };
  for (const [name, value] of Object.entries(object.attributes.metadata)) headers[METADATA_PREFIX + name] = value;
  return headers;
}

export function checksumHeaders({ checksum }: Pick<Attributes, 'checksum'>): Record<string, string> {
  if (checksum === undefined) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}
