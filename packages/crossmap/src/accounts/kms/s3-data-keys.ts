import type { DataKeys, DataKeyUse } from '../../s3/encryption.ts';
import { S3Error } from '../../s3/errors.ts';
import { decryptData, generateDataKey } from './cryptography.ts';
import { type KmsRequest, scopeOf } from './key-access.ts';
import { type Kms, MANAGED_ALIAS } from './kms.ts';
import { KmsError } from './kms-error.ts';

const DATA_KEY_SIZE = 32;

/** KMS for S3: its requests are the caller's, by way of S3 in the Region of the bucket. */
export function s3DataKeys(kms: Kms): DataKeys {
  return {
    generate: ({ keyId, encryptionContext: context, ...use }) =>
      passingOn(async () => {
        const request = viaS3(use);
        const named = keyId === undefined || keyId === MANAGED_ALIAS ? await managedKey(kms, request) : keyId;
        const { key, plaintext, ciphertext } = generateDataKey(kms, request, {
          keyId: named,
          size: DATA_KEY_SIZE,
          context,
        });
        return { keyArn: key.arn, plaintext, ciphertext };
      }),
    decrypt: ({ keyArn, ciphertext, encryptionContext: context, ...use }) =>
      passingOn(async () => decryptData(kms, viaS3(use), { keyId: keyArn, ciphertext, context }).plaintext),
  };
}

async function managedKey(kms: Kms, request: KmsRequest): Promise<string> {
  return (await kms.managedKey(scopeOf(request))).arn;
}

function viaS3({ caller, region }: Pick<DataKeyUse, 'caller' | 'region'>): KmsRequest {
  return { caller, region, viaService: `s3.${region}.amazonaws.com` };
}

/** S3 tells what KMS told it. */
async function passingOn<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KmsError) throw passedOn(error);
    throw error;
  }
}

function passedOn({ code, message }: KmsError): Error {
  switch (code) {
    case 'AccessDeniedException':
      return new S3Error('AccessDenied', { message });
    case 'DisabledException':
    case 'NotFoundException':
    case 'KMSInvalidStateException':
    case 'UnsupportedOperationException':
      return new S3Error(`KMS.${code}`, { message });
    default:
      return new Error(`KMS cannot open a data key that it made: ${code} ${message}`);
  }
}
