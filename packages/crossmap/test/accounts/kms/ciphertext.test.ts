import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { decrypt, encrypt, keyOfCiphertext } from '../../../src/accounts/kms/ciphertext.ts';
import { contextBytes } from '../../../src/accounts/kms/encryption-context.ts';
import type { KmsKey } from '../../../src/accounts/kms/key.ts';

function key(keyId: string): KmsKey {
  return {
    arn: `arn:aws:kms:eu-west-1:111111111111:key/${keyId}`,
    keyId,
    accountId: '111111111111',
    region: 'eu-west-1',
    keyManager: 'CUSTOMER',
    creationDate: 0,
    description: '',
    state: { kind: 'Enabled' },
    policy: '{}',
    principalIds: {},
    tags: {},
    grants: [],
    material: randomBytes(32),
  };
}

const K = key('1234abcd-12ab-34cd-56ef-1234567890ab');
const seal = (plaintext: Uint8Array, context = {}) => encrypt(K, plaintext, context, randomBytes(12));
const invalid = { name: 'KmsError', code: 'InvalidCiphertextException', message: '' };
const contexts = fc.dictionary(fc.string(), fc.string());

test('a ciphertext opens with its key and its context, and names the key', () => {
  fc.assert(
    fc.property(fc.uint8Array(), contexts, (plaintext, context) => {
      const blob = seal(plaintext, context);
      assert.deepEqual(decrypt(K, blob, context), Buffer.from(plaintext));
      assert.equal(keyOfCiphertext(blob), K.arn);
    }),
  );
});

test('the order of the pairs of a context does not matter, everything else does', () => {
  const blob = seal(Buffer.from('secret'), { a: '1', b: '2' });
  assert.equal(decrypt(K, blob, { b: '2', a: '1' }).toString(), 'secret');
  for (const other of [{}, { a: '1' }, { a: '1', b: '2', c: '3' }, { A: '1', b: '2' }, { a: '2', b: '1' }]) {
    assert.throws(() => decrypt(K, blob, other), invalid, JSON.stringify(other));
  }
});

test('different contexts have different bytes', () => {
  fc.assert(
    fc.property(contexts, contexts, (a, b) => {
      const same = JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
      assert.equal(contextBytes(a).equals(contextBytes(b)), same);
    }),
  );
});

test('a ciphertext that was changed anywhere is refused', () => {
  const blob = seal(Buffer.from('secret'));
  for (let at = 0; at < blob.length; at++) {
    const changed = Buffer.from(blob);
    changed[at]! ^= 1;
    assert.throws(() => decrypt(K, changed, {}), { code: 'InvalidCiphertextException' }, `byte ${at}`);
  }
});

test('what is no ciphertext is refused', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      assert.throws(() => decrypt(K, bytes, {}), { code: 'InvalidCiphertextException' });
    }),
  );
});

test('another key does not open it', () => {
  assert.throws(() => decrypt(key(K.keyId), seal(Buffer.from('secret')), {}), invalid);
});
