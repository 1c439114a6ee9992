import type { Caller } from '../iam/evaluate.ts';
import { type Bucket, bucketArn } from './bucket.ts';
import { type RequestedEncryption, requestedEncryption } from './encryption-request.ts';
import { notImplemented, S3Error } from './errors.ts';
import { aesCipher, type ObjectCipher, PLAIN } from './object-cipher.ts';
import type { S3Request } from './request.ts';
import type { Attributes } from './stored-object.ts';

/** What is kept of an object that is encrypted with a key of KMS (SSE-KMS). */
export interface KmsEncryption {
  readonly keyArn: string;
  readonly bucketKeyEnabled: boolean;
  /** What the client added to the encryption context. */
  readonly context?: Readonly<Record<string, string>>;
  /** The data key, encrypted by KMS, in base64. */
  readonly dataKey: string;
}

/** A request that S3 makes to KMS for its caller, in the Region of the bucket. */
export interface DataKeyUse {
  readonly caller: Caller;
  readonly region: string;
  readonly encryptionContext: Readonly<Record<string, string>>;
}

/** KMS, as S3 needs it: its yes is the third. Refusals are `S3Error`s, as S3 passes them on. */
export interface DataKeys {
  /** `keyId` as a client names a key; `undefined` for `aws/s3` of the caller's account. */
  generate(use: DataKeyUse & { readonly keyId: string | undefined }): Promise<{
    readonly keyArn: string;
    readonly plaintext: Uint8Array;
    readonly ciphertext: Uint8Array;
  }>;
  decrypt(use: DataKeyUse & { readonly keyArn: string; readonly ciphertext: Uint8Array }): Promise<Uint8Array>;
}

/** An S3 without KMS. */
export const NO_DATA_KEYS: DataKeys = {
  generate: () => Promise.reject(notImplemented('x-amz-server-side-encryption: aws:kms')),
  decrypt: () => Promise.reject(notImplemented('x-amz-server-side-encryption: aws:kms')),
};

/** How a new object is encrypted. */
export interface NewEncryption {
  /** For the attributes of the object. */
  readonly attributes: Pick<Attributes, 'encryption'>;
  readonly cipher: ObjectCipher;
}

/**
 * Encryption of objects at rest. With SSE-S3 (`AES256`) bytes are stored as they are; with SSE-KMS they are encrypted with
 * a data key of their own.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export class Encryption {
  readonly #dataKeys: DataKeys;

  constructor(dataKeys: DataKeys) {
    this.#dataKeys = dataKeys;
  }

  /** As headers and bucket say. Errors: those of headers that contradict each other, and KMS's. */
  async begin({ caller, headers }: S3Request, bucket: Bucket, key: string): Promise<NewEncryption> {
    const requested = requestedEncryption(headers, bucket.settings.encryption);
    if (requested.algorithm === 'AES256') return { attributes: {}, cipher: PLAIN };
    checkSigned(caller);
    const { keyId, bucketKeyEnabled, context } = requested;
    const { keyArn, plaintext, ciphertext } = await this.#dataKeys.generate({
      caller,
      region: bucket.region,
      keyId,
      encryptionContext: encryptionContext(requested, bucket, key),
    });
    const encryption: KmsEncryption = {
      keyArn,
      bucketKeyEnabled,
      ...(context !== undefined && { context }),
      dataKey: Buffer.from(ciphertext).toString('base64'),
    };
    return { attributes: { encryption }, cipher: aesCipher(plaintext) };
  }

  /** For reading an object, or going on with an upload of it. Errors: KMS's. */
  async resume(
    { caller }: Pick<S3Request, 'caller'>,
    bucket: Bucket,
    key: string,
    { encryption }: Pick<Attributes, 'encryption'>,
  ): Promise<ObjectCipher> {
    if (encryption === undefined) return PLAIN;
    checkSigned(caller);
    const plaintext = await this.#dataKeys.decrypt({
      caller,
      region: bucket.region,
      keyArn: encryption.keyArn,
      ciphertext: Buffer.from(encryption.dataKey, 'base64'),
      encryptionContext: encryptionContext(encryption, bucket, key),
    });
    return aesCipher(plaintext);
  }
}

/** With a Bucket Key it is of the bucket: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html */
function encryptionContext(
  {
    bucketKeyEnabled,
    context,
  }: Pick<Extract<RequestedEncryption, { algorithm: 'aws:kms' }>, 'bucketKeyEnabled' | 'context'>,
  { name }: Bucket,
  key: string,
): Readonly<Record<string, string>> {
  return { ...context, 'aws:s3:arn': bucketKeyEnabled ? bucketArn(name) : `${bucketArn(name)}/${key}` };
}

function checkSigned({ principal }: Caller): void {
  if (principal.kind !== 'anonymous') return;
  throw new S3Error('InvalidArgument', {
    message: 'Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.',
    elements: { ArgumentName: 'Authorization', ArgumentValue: 'null' },
  });
}

/** The headers that tell how an object is encrypted. */
export function encryptionHeaders({ encryption }: Pick<Attributes, 'encryption'>): Record<string, string> {
  if (encryption === undefined) return { 'x-amz-server-side-encryption': 'AES256' };
  return {
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': encryption.keyArn,
    ...(encryption.bucketKeyEnabled && { 'x-amz-server-side-encryption-bucket-key-enabled': 'true' }),
  };
}
