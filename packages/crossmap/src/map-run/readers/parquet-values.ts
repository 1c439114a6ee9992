import { isUtf8 } from 'node:buffer';
import type { ParquetParsers } from 'hyparquet';
import type { Json } from '../../asl/json.ts';

/**
 * Values of Parquet as JSON. AWS documents none of it; here: dates are `2026-11-23`, times `2026-11-23T21:10:00.123Z` with
 * as many digits as there are, 64-bit integers and decimals are numbers (above 2^53 the nearest one), bytes without
 * a logical type are read as UTF-8 or, of fixed length, are base64, what is absent or not a number is null.
 */
export const PARSERS: Partial<ParquetParsers> = {
  stringFromBytes: textOf,
  timestampFromMilliseconds: (time) => instant(time, 1_000n, 3),
  timestampFromMicroseconds: (time) => instant(time, 1_000_000n, 6),
  timestampFromNanoseconds: (time) => instant(time, 1_000_000_000n, 9),
  dateFromDays: (days) =>
    days === undefined || days === null ? null : new Date(days * 86_400_000).toISOString().slice(0, 10),
};

let page: Buffer = Buffer.alloc(0);

/** Texts of one page share its bytes, so that one view serves them all. */
function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  if (page.buffer !== bytes.buffer) page = Buffer.from(bytes.buffer);
  return textIn(page, bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

/** Throws for what is not UTF-8. */
export function textIn(bytes: Buffer, from: number, to: number): string {
  const text = bytes.toString('utf8', from, to);
  if (text.includes('\ufffd') && !isUtf8(bytes.subarray(from, to))) throw new Error('a text is not UTF-8');
  return text;
}

function instant(time: bigint | undefined, perSecond: bigint, digits: number): string | null {
  if (time === undefined || time === null) return null;
  const fraction = ((time % perSecond) + perSecond) % perSecond;
  const seconds = new Date(Number((time - fraction) / perSecond) * 1000).toISOString().slice(0, -5);
  const text = fraction.toString().padStart(digits, '0').replace(/0+$/, '');
  return text === '' ? `${seconds}Z` : `${seconds}.${text.padEnd(Math.ceil(text.length / 3) * 3, '0')}Z`;
}

/** A value as hyparquet gives it. */
export function valueToJson(value: unknown): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'bigint':
      return Number(value);
    case 'object':
      return value === null ? null : objectToJson(value);
    default:
      return null;
  }
}

function objectToJson(value: object): Json {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(valueToJson);
  const members = Object.entries(value).map(([name, member]) => [name, valueToJson(member)] as const);
  return Object.fromEntries(members);
}
