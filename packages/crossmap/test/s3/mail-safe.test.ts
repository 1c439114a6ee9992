import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { S3Error } from '../../src/s3/errors.ts';
import { decodeWords, encodeWords } from '../../src/s3/mail-safe.ts';
import { metadataHeaders, userMetadata } from '../../src/s3/user-metadata.ts';

test('ASCII stays as it is, other text becomes encoded words: Q where most is ASCII, B where it is not', () => {
  assert.equal(encodeWords('plain = ?text_'), 'plain = ?text_');
  assert.equal(encodeWords('Amélie = 1'), '=?UTF-8?Q?Am=C3=A9lie_=3D_1?=');
  assert.equal(encodeWords('中文'), '=?UTF-8?B?5Lit5paH?=');
});

test('the example of the user guide comes back as it is printed there', () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html, the bytes as a header gives them.
  const received = Buffer.from('ÄMÄZÕÑ S3').toString('latin1');
  assert.equal(encodeWords(received), '=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=');
});

test('an encoded word has at most 75 characters, and never half a character', () => {
  const text = 'ä€😀'.repeat(60);
  const words = encodeWords(text).split(' ');
  assert.ok(words.length > 1);
  for (const word of words) {
    assert.ok(word.length <= 75, word);
    assert.ok(!decodeWords(word).includes('\ufffd'));
  }
});

test('what is encoded is decoded to the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(!text.includes('=?') && !/\p{Surrogate}/u.test(text));
      assert.equal(decodeWords(encodeWords(text)), text);
    }),
  );
});

test('words of other character sets are decoded, and what is no encoded word is left alone', () => {
  assert.equal(decodeWords('=?iso-8859-1?Q?caf=E9?='), 'café');
  for (const text of ['=?UTF-8?B?/w==?=', '=?nonsense?Q?a?=', '=?UTF-8?Q?a b?=', '=?UTF-8?Z?a?=']) {
    assert.equal(decodeWords(text), text);
  }
});

test('user metadata is 2 KB of UTF-8 at most, decoded, and what no header can hold is only counted', () => {
  assert.deepEqual(userMetadata({ 'x-amz-meta-a': '=?UTF-8?Q?=C3=A9?=', 'content-type': 'x' }), { a: 'é' });
  userMetadata({ 'x-amz-meta-abcd': 'é'.repeat(1022) });
  assert.throws(
    () => userMetadata({ 'x-amz-meta-abcd': `${'é'.repeat(1022)}x` }),
    (error) => error instanceof S3Error && error.code === 'MetadataTooLarge',
  );
  assert.deepEqual(metadataHeaders({ a: 'é', b: 'line\nbreak', c: '\u0000' }), {
    'x-amz-meta-a': '=?UTF-8?B?w6k=?=',
    'x-amz-missing-meta': '2',
  });
});
