import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CRC32, CRC32C, CRC64NVME, type CrcModel, combineCrc } from '../../src/s3/crc.ts';

const MODELS: readonly (readonly [string, CrcModel, string])[] = [
  ['CRC32', CRC32, 'cbf43926'],
  ['CRC32C', CRC32C, 'e3069283'],
  ['CRC64NVME', CRC64NVME, 'ae8b14860a799888'],
];

function crcOf(model: CrcModel, ...pieces: readonly string[]): Uint8Array {
  const crc = model.create();
  for (const piece of pieces) crc.update(Buffer.from(piece));
  return crc.digest();
}

for (const [name, model, check] of MODELS) {
  test(`${name} of 123456789 is the check value of the catalogue, in whatever pieces it comes`, () => {
    assert.equal(Buffer.from(crcOf(model, '123456789')).toString('hex'), check);
    assert.equal(Buffer.from(crcOf(model, '1', '', '2345678', '9')).toString('hex'), check);
  });

  test(`${name} is the same in pieces of every length`, () => {
    const text = Array.from({ length: 40 }, (_, index) => String.fromCharCode(32 + ((index * 37) % 90))).join('');
    const whole = crcOf(model, ...text);
    for (let cut = 0; cut <= text.length; cut += 1) {
      assert.deepEqual(crcOf(model, text.slice(0, cut), text.slice(cut)), whole, `cut at ${cut}`);
    }
  });

  test(`${name} of a whole follows from those of its parts`, () => {
    for (const [a, b] of [
      ['1234', '56789'],
      ['', '123456789'],
      ['123456789', ''],
      ['a'.repeat(5000), 'b'.repeat(70_001)],
    ] as const) {
      const combined = combineCrc(model, crcOf(model, a), crcOf(model, b), b.length);
      assert.deepEqual(combined, crcOf(model, a + b));
    }
  });
}
