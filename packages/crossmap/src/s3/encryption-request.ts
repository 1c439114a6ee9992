import type { BucketEncryption } from './bucket-settings.ts';
import { notImplemented, S3Error } from './errors.ts';

const PREFIX = 'x-amz-server-side-encryption';
const KEY_ID = `${PREFIX}-aws-kms-key-id`;
const CONTEXT = `${PREFIX}-context`;
const BUCKET_KEY = `${PREFIX}-bucket-key-enabled`;

/** The headers by which a request for a new object asks for encryption. */
export const ENCRYPTION_HEADERS: readonly string[] = [PREFIX, KEY_ID, CONTEXT, BUCKET_KEY];

export type RequestedEncryption =
  | { readonly algorithm: 'AES256' }
  | {
      readonly algorithm: 'aws:kms';
      /** `undefined` for the key that AWS manages. */
      readonly keyId: string | undefined;
      readonly bucketKeyEnabled: boolean;
      readonly context?: Readonly<Record<string, string>>;
    };

/**
 * What a request asks for; what it leaves open, its bucket's default says.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/specifying-kms-encryption.html
 */
export function requestedEncryption(
  headers: Readonly<Record<string, string>>,
  byDefault: BucketEncryption | undefined,
): RequestedEncryption {
  const algorithm = headers[PREFIX];
  if (algorithm !== 'aws:kms') checkWithoutKms(headers, algorithm);
  if (algorithm === undefined && byDefault?.algorithm !== 'aws:kms') return { algorithm: 'AES256' };
  if (algorithm === 'AES256') return { algorithm };
  const context = headers[CONTEXT];
  return {
    algorithm: 'aws:kms',
    keyId: algorithm === undefined ? byDefault?.keyId : headers[KEY_ID],
    bucketKeyEnabled: bucketKey(headers[BUCKET_KEY]) ?? byDefault?.bucketKeyEnabled ?? false,
    ...(context !== undefined && { context: readContext(context) }),
  };
}

function checkWithoutKms(headers: Readonly<Record<string, string>>, algorithm: string | undefined): void {
  if (algorithm === 'aws:kms:dsse') throw notImplemented(`${PREFIX}: ${algorithm}`, { Header: PREFIX });
  if (algorithm !== undefined && algorithm !== 'AES256') {
    throw invalid('The encryption method specified is not supported', PREFIX, algorithm);
  }
  for (const name of [KEY_ID, CONTEXT]) {
    if (headers[name] === undefined) continue;
    const text = `Server Side Encryption with KMS managed key requires HTTP header ${PREFIX} : aws:kms`;
    throw invalid(text, PREFIX, algorithm ?? 'null');
  }
}

function bucketKey(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  const lower = value.toLowerCase();
  if (lower === 'true' || lower === 'false') return lower === 'true';
  throw invalid(`The value of ${BUCKET_KEY} must be true or false`, BUCKET_KEY, value);
}

/** Base64 of a JSON object of strings. */
function readContext(header: string): Readonly<Record<string, string>> {
  const context = parseJson(Buffer.from(header, 'base64').toString());
  if (typeof context === 'object' && context !== null && !Array.isArray(context)) {
    const pairs = Object.entries(context);
    if (pairs.every(([, value]) => typeof value === 'string')) return Object.fromEntries(pairs);
  }
  const text = `The header '${CONTEXT}' shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map`;
  throw invalid(text, CONTEXT, header);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(message: string, name: string, value: string): S3Error {
  return new S3Error('InvalidArgument', { message, elements: { ArgumentName: name, ArgumentValue: value } });
}
