import { randomBytes } from 'node:crypto';
import {
  decryptData,
  encryptData,
  generateDataKey as generate,
  reEncryptData,
} from '../../accounts/kms/cryptography.ts';
import type { KmsRequest } from '../../accounts/kms/key-access.ts';
import type { Kms } from '../../accounts/kms/kms.ts';
import { KmsError } from '../../accounts/kms/kms-error.ts';
import type { Json } from '../../asl/json.ts';
import type { KmsOperation } from './operation.ts';
import type { KmsParameters } from './parameters.ts';

const LONGEST_PLAINTEXT = 4096;
const LONGEST_CIPHERTEXT = 6144;
const ALGORITHM = 'SYMMETRIC_DEFAULT';

/** Members that say what is so anyway. A grant holds from the moment it is made, so its token adds nothing. */
const HARMLESS: Readonly<Record<string, (value: Json) => boolean>> = {
  encryptionAlgorithm: (value) => value === ALGORITHM,
  sourceEncryptionAlgorithm: (value) => value === ALGORITHM,
  destinationEncryptionAlgorithm: (value) => value === ALGORITHM,
  dryRun: (value) => value === false,
  grantTokens: () => true,
};

export const encrypt: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['keyId', 'plaintext', 'encryptionContext'], HARMLESS);
  const plaintext = input.blob('plaintext', LONGEST_PLAINTEXT);
  const context = input.stringMap('encryptionContext');
  const { key, ciphertext } = encryptData(kms, request, { keyId: input.string('keyId'), plaintext, context });
  return { CiphertextBlob: base64(ciphertext), KeyId: key.arn, EncryptionAlgorithm: ALGORITHM };
};

export const decrypt: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['keyId', 'ciphertextBlob', 'encryptionContext'], HARMLESS);
  const { key, plaintext } = decryptData(kms, request, {
    keyId: input.optionalString('keyId'),
    ciphertext: input.blob('ciphertextBlob', LONGEST_CIPHERTEXT),
    context: input.stringMap('encryptionContext'),
  });
  return { KeyId: key.arn, Plaintext: base64(plaintext), EncryptionAlgorithm: ALGORITHM };
};

export const reEncrypt: KmsOperation = async (input, kms, request) => {
  const contexts = ['sourceEncryptionContext', 'destinationEncryptionContext'];
  input.refuseOthers(['ciphertextBlob', 'sourceKeyId', 'destinationKeyId', ...contexts], HARMLESS);
  const { key, sourceKey, ciphertext } = reEncryptData(kms, request, {
    sourceKeyId: input.optionalString('sourceKeyId'),
    ciphertext: input.blob('ciphertextBlob', LONGEST_CIPHERTEXT),
    sourceContext: input.stringMap('sourceEncryptionContext'),
    destinationKeyId: input.string('destinationKeyId'),
    destinationContext: input.stringMap('destinationEncryptionContext'),
  });
  return {
    CiphertextBlob: base64(ciphertext),
    SourceKeyId: sourceKey.arn,
    KeyId: key.arn,
    SourceEncryptionAlgorithm: ALGORITHM,
    DestinationEncryptionAlgorithm: ALGORITHM,
  };
};

export const generateDataKey: KmsOperation = async (input, kms, request) => {
  const { key, plaintext, ciphertext } = dataKey(input, kms, request, 'GenerateDataKey');
  return { CiphertextBlob: base64(ciphertext), Plaintext: base64(plaintext), KeyId: key.arn };
};

export const generateDataKeyWithoutPlaintext: KmsOperation = async (input, kms, request) => {
  const { key, ciphertext } = dataKey(input, kms, request, 'GenerateDataKeyWithoutPlaintext');
  return { CiphertextBlob: base64(ciphertext), KeyId: key.arn };
};

export const generateRandom: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['numberOfBytes']);
  kms.access.authorizeInAccount(request, 'GenerateRandom');
  const size = input.optionalInteger('numberOfBytes', 1, 1024);
  if (size === undefined) throw new KmsError('ValidationException', 'NumberOfBytes is required.');
  return { Plaintext: base64(randomBytes(size)) };
};

function dataKey(
  input: KmsParameters,
  kms: Kms,
  request: KmsRequest,
  operation: 'GenerateDataKey' | 'GenerateDataKeyWithoutPlaintext',
) {
  input.refuseOthers(['keyId', 'keySpec', 'numberOfBytes', 'encryptionContext'], HARMLESS);
  const keySpec = input.optionalEnum('keySpec', ['AES_256', 'AES_128']);
  const bytes = input.optionalInteger('numberOfBytes', 1, 1024);
  if ((keySpec === undefined) === (bytes === undefined)) {
    throw new KmsError('ValidationException', 'Please specify either number of bytes or key spec.');
  }
  const size = bytes ?? (keySpec === 'AES_128' ? 16 : 32);
  const context = input.stringMap('encryptionContext');
  return generate(kms, request, { keyId: input.string('keyId'), size, context }, operation);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
