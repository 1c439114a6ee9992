import assert from 'node:assert/strict';
import { ItemReaderFailure } from '../../src/map-run/item-reader-failure.ts';

/** The bytes in chunks that end at these places. */
export async function* cutAt(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    yield bytes.subarray(from, cut);
    from = cut;
  }
}

/** Every place inside the bytes. */
export const everyByte = (bytes: Uint8Array): readonly number[] =>
  Array.from({ length: Math.max(0, bytes.length - 1) }, (_, i) => i + 1);

/** The message of the `ItemReaderFailure` that reading ends in. */
export async function failureOf(reading: Promise<readonly unknown[]>): Promise<string> {
  let items: readonly unknown[];
  try {
    items = await reading;
  } catch (thrown) {
    assert.ok(thrown instanceof ItemReaderFailure, String(thrown));
    return thrown.message;
  }
  return assert.fail(`read ${items.length} items`);
}
