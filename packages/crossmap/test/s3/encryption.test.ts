import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../../src/iam/evaluate.ts';
import type { Bucket } from '../../src/s3/bucket.ts';
import { type DataKeys, Encryption, encryptionHeaders } from '../../src/s3/encryption.ts';
import { requestedEncryption } from '../../src/s3/encryption-request.ts';
import { PLAIN } from '../../src/s3/object-cipher.ts';
import { EMPTY_BODY } from '../../src/s3/request.ts';

const BUCKET: Bucket = {
  name: 'objects',
  accountId: '111111111111',
  region: 'eu-west-1',
  creationDate: 0,
  settings: { encryption: { algorithm: 'aws:kms', bucketKeyEnabled: false } },
};
const ANONYMOUS: Caller = { principal: { kind: 'anonymous' }, identityPolicies: [] };
const unasked: DataKeys = {
  generate: () => assert.fail('KMS was asked'),
  decrypt: () => assert.fail('KMS was asked'),
};
const STORED = { encryption: { keyArn: 'arn', bucketKeyEnabled: false, dataKey: '' } };

test('who is nobody uses no key, whatever the bucket lets it do', async () => {
  const encryption = new Encryption(unasked);
  const request = { caller: ANONYMOUS, region: undefined, method: 'PUT', query: {}, headers: {}, body: EMPTY_BODY };
  const refusal = { code: 'InvalidArgument', message: /require AWS Signature Version 4/ };
  await assert.rejects(encryption.begin(request, BUCKET, 'k'), refusal);
  await assert.rejects(encryption.resume(request, BUCKET, 'k', STORED), refusal);
});

test('what is not under KMS asks nobody and is stored as it is', async () => {
  const encryption = new Encryption(unasked);
  const request = { caller: ANONYMOUS, region: undefined, method: 'PUT', query: {}, headers: {}, body: EMPTY_BODY };
  const plain = { ...BUCKET, settings: {} };
  assert.deepEqual(await encryption.begin(request, plain, 'k'), { attributes: {}, cipher: PLAIN });
  assert.equal(await encryption.resume(request, plain, 'k', {}), PLAIN);
  assert.deepEqual(encryptionHeaders({}), { 'x-amz-server-side-encryption': 'AES256' });
});

test('headers stand above the default, in each thing they say', () => {
  const byDefault = { algorithm: 'aws:kms', keyId: 'default', bucketKeyEnabled: true } as const;
  const asked = (headers: Record<string, string>) =>
    requestedEncryption(
      Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [`x-amz-server-side-encryption${name}`, value]),
      ),
      byDefault,
    );
  const kms = { algorithm: 'aws:kms' };
  assert.deepEqual(asked({}), { ...kms, keyId: 'default', bucketKeyEnabled: true });
  assert.deepEqual(asked({ '-bucket-key-enabled': 'false' }), { ...kms, keyId: 'default', bucketKeyEnabled: false });
  assert.deepEqual(asked({ '': 'AES256' }), { algorithm: 'AES256' });
  assert.deepEqual(asked({ '': 'aws:kms' }), { ...kms, keyId: undefined, bucketKeyEnabled: true });
  assert.deepEqual(asked({ '': 'aws:kms', '-aws-kms-key-id': 'own' }), {
    ...kms,
    keyId: 'own',
    bucketKeyEnabled: true,
  });
  const context = Buffer.from('{"a":"1"}').toString('base64');
  assert.deepEqual(asked({ '': 'aws:kms', '-context': context }), {
    ...kms,
    keyId: undefined,
    bucketKeyEnabled: true,
    context: { a: '1' },
  });
  assert.throws(() => asked({ '-bucket-key-enabled': 'perhaps' }), { code: 'InvalidArgument' });
  for (const wrong of ['nonsense', 'WzFd', 'eyJhIjoxfQ==']) {
    assert.throws(() => asked({ '': 'aws:kms', '-context': wrong }), { code: 'InvalidArgument' }, wrong);
  }
});
