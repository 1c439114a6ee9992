import { S3Error } from './errors.ts';
import { decodeWords, encodeWords } from './mail-safe.ts';

type Headers = Readonly<Record<string, string>>;
/** Names without `x-amz-meta-`. */
export type UserMetadata = Readonly<Record<string, string>>;

const PREFIX = 'x-amz-meta-';
const LARGEST = 2048;

/**
 * What a request says in headers of its own choice. Errors: `MetadataTooLarge`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html#UserMetadata
 */
export function userMetadata(headers: Headers): UserMetadata {
  const metadata: Record<string, string> = {};
  let size = 0;
  for (const name in headers) {
    if (!name.startsWith(PREFIX)) continue;
    const key = name.slice(PREFIX.length);
    const value = decodeWords(headers[name]!);
    metadata[key] = value;
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (size <= LARGEST) return metadata;
  throw new S3Error('MetadataTooLarge', { elements: { Size: String(size), MaxSizeAllowed: String(LARGEST) } });
}

/** The headers that give it back; what no header can hold is only counted. */
export function metadataHeaders(metadata: UserMetadata): Record<string, string> {
  const headers: Record<string, string> = {};
  let missing = 0;
  for (const [name, value] of Object.entries(metadata)) {
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) missing += 1;
    else headers[PREFIX + name] = encodeWords(value);
  }
  return missing === 0 ? headers : { ...headers, 'x-amz-missing-meta': String(missing) };
}
