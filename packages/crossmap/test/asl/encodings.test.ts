import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64, encodeBase64 } from '../../src/asl/base64.ts';
import { HASH_ALGORITHMS, hash } from '../../src/asl/hash.ts';
import { fromUtf8, utf8 } from '../../src/asl/utf8.ts';

const text = fc.string({ unit: 'binary', maxLength: 300 });

test('every digest is that of node:crypto, at the edges of a block too', () => {
  const names = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };
  const texts = [...[0, 55, 56, 63, 64, 111, 112, 127, 128].map((length) => 'é'.repeat(length)), 'a'.repeat(119)];
  for (const each of [...texts, ...fc.sample(text, { numRuns: 20, seed: 1 })]) {
    for (const algorithm of HASH_ALGORITHMS) {
      assert.equal(hash(algorithm, each), createHash(names[algorithm]).update(each).digest('hex'), algorithm);
    }
  }
});

test('UTF-8 and base64 are those of Buffer, whatever the text or the bytes', () => {
  fc.assert(
    fc.property(text, fc.uint8Array({ maxLength: 40 }), (each, bytes) => {
      assert.deepEqual(Buffer.from(utf8(each)), Buffer.from(each));
      assert.equal(encodeBase64(each), Buffer.from(each).toString('base64'));
      const decoded = Buffer.from(bytes).toString('utf8');
      assert.equal(fromUtf8(bytes), decoded);
      assert.equal(decodeBase64(Buffer.from(bytes).toString('base64')), decoded);
    }),
  );
});

test('a lone surrogate is encoded as the replacement character', () => {
  assert.deepEqual(utf8('\ud800'), Uint8Array.of(0xef, 0xbf, 0xbd));
});
