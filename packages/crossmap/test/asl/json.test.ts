import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exceedsPayloadLimit, isJsonObject, MAX_PAYLOAD_BYTES, utf8Size } from '../../src/asl/json.ts';

/** Any sequence of UTF-16 units, lone surrogates included. */
const anyText = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));

test('utf8Size is the byte length of any text, lone surrogates included', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, fc.string({ unit: 'binary' }), fc.string()), (text) => {
      assert.equal(utf8Size(text), Buffer.byteLength(text));
    }),
    { numRuns: 1000 },
  );
});

test('the payload limit counts bytes: 262,144 are allowed, one more is not', () => {
  for (const [character, bytes] of [
    ['a', 1],
    ['é', 2],
    ['€', 3],
    ['😀', 4],
  ] as const) {
    const fits = character.repeat(Math.floor(MAX_PAYLOAD_BYTES / bytes)) + 'a'.repeat(MAX_PAYLOAD_BYTES % bytes);
    assert.equal(Buffer.byteLength(fits), MAX_PAYLOAD_BYTES);
    assert.equal(exceedsPayloadLimit(fits), false, character);
    assert.equal(exceedsPayloadLimit(`${fits}a`), true, character);
  }
});

test('a list, null and scalars are not JSON objects', () => {
  assert.ok(isJsonObject({}));
  for (const value of [null, [], 'a', 1, true, undefined]) assert.equal(isJsonObject(value), false);
});
