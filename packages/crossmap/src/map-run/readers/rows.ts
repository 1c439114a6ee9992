import type { Json } from '../../asl/json.ts';

/** Items of a file in their order. `keys` is there when they are the members of an object, a key for each value. */
export interface Rows {
  readonly values: readonly Json[];
  readonly keys?: readonly string[];
}

/** The largest item of a file, the largest file. https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html */
export const MAX_ITEM_BYTES = 8 * 1024 * 1024;
export const MAX_FILE_BYTES = 10 * 1024 ** 3;

export const NEWLINE = 0x0a;
export const NO_BYTES: Uint8Array = new Uint8Array(0);

export function concatenate(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** A blank of JSON. */
export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09;
}
