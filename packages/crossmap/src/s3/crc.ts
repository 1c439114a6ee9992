import { crc32 } from 'node:zlib';

/** A running CRC: bytes in, `width` / 8 bytes out, big-endian. */
export interface Crc {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

/** Reflected polynomial and width. All three invert the register at both ends. */
export interface CrcModel {
  readonly polynomial: bigint;
  readonly width: 32 | 64;
  readonly create: () => Crc;
}

export const CRC32: CrcModel = { polynomial: 0xedb88320n, width: 32, create: () => zlibCrc32() };
export const CRC32C: CrcModel = { polynomial: 0x82f63b78n, width: 32, create: () => tableCrc(CRC32C, crc32cTables()) };
/** Polynomial of the NVM Express specification, "CRC-64/NVME" in the catalogue of Greg Cook. */
export const CRC64NVME: CrcModel = {
  polynomial: 0x9a6c9329ac4bc9b5n,
  width: 64,
  create: () => tableCrc(CRC64NVME, crc64Tables()),
};

function zlibCrc32(): Crc {
  let value = 0;
  return {
    update: (bytes) => {
      value = crc32(bytes, value);
    },
    digest: () => bigEndian(BigInt(value), 32),
  };
}

/** How many bytes are taken in one step. */
const SLICES = 8;

/**
 * High and low halves of remainders: 256 for a byte, then 256 for a byte with one byte behind it, and so on to seven
 * (M. Kounavis and F. Berry, "A Systematic Approach to Building High Performance Software-Based CRC Generators", 2005).
 */
interface Tables {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

const crc32cTables = once(() => remainders(CRC32C.polynomial));
const crc64Tables = once(() => remainders(CRC64NVME.polynomial));

function remainders(polynomial: bigint): Tables {
  const tables = { high: new Uint32Array(SLICES * 256), low: new Uint32Array(SLICES * 256) };
  for (let byte = 0; byte < 256; byte += 1) {
    let remainder = BigInt(byte);
    for (let slice = 0; slice < SLICES; slice += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        remainder = (remainder & 1n) === 1n ? (remainder >> 1n) ^ polynomial : remainder >> 1n;
      }
      tables.high[slice * 256 + byte] = Number(remainder >> 32n);
      tables.low[slice * 256 + byte] = Number(remainder & 0xffffffffn);
    }
  }
  return tables;
}

function tableCrc({ width }: CrcModel, tables: Tables): Crc {
  let high = width === 64 ? 0xffffffff : 0;
  let low = 0xffffffff;
  return {
    update(bytes) {
      const wholeSteps = bytes.length - (bytes.length % SLICES);
      ({ high, low } = inSteps(tables, { high, low }, bytes, wholeSteps));
      for (let index = wholeSteps; index < bytes.length; index += 1) {
        const at = (low ^ bytes[index]!) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ tables.low[at]!;
        high = (high >>> 8) ^ tables.high[at]!;
      }
    },
    digest: () => {
      const value = (BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0);
      return bigEndian(width === 64 ? value : value & 0xffffffffn, width);
    },
  };
}

/** The register after `end` bytes, a multiple of eight. */
function inSteps(
  tables: Tables,
  register: { readonly high: number; readonly low: number },
  bytes: Uint8Array,
  end: number,
): { readonly high: number; readonly low: number } {
  const highs = tables.high;
  const lows = tables.low;
  let { high, low } = register;
  for (let index = 0; index < end; index += SLICES) {
    const a = 1792 + ((low ^ bytes[index]!) & 0xff);
    const b = 1536 + (((low >>> 8) ^ bytes[index + 1]!) & 0xff);
    const c = 1280 + (((low >>> 16) ^ bytes[index + 2]!) & 0xff);
    const d = 1024 + (((low >>> 24) ^ bytes[index + 3]!) & 0xff);
    const e = 768 + ((high ^ bytes[index + 4]!) & 0xff);
    const f = 512 + (((high >>> 8) ^ bytes[index + 5]!) & 0xff);
    const g = 256 + (((high >>> 16) ^ bytes[index + 6]!) & 0xff);
    const h = ((high >>> 24) ^ bytes[index + 7]!) & 0xff;
    low = lows[a]! ^ lows[b]! ^ lows[c]! ^ lows[d]! ^ lows[e]! ^ lows[f]! ^ lows[g]! ^ lows[h]!;
    high = highs[a]! ^ highs[b]! ^ highs[c]! ^ highs[d]! ^ highs[e]! ^ highs[f]! ^ highs[g]! ^ highs[h]!;
  }
  return { high, low };
}

/** The CRC of `a` followed by `b`, from the CRC of each and the length of `b` in bytes. */
export function combineCrc(model: CrcModel, a: Uint8Array, b: Uint8Array, lengthOfB: number): Uint8Array {
  return bigEndian(multiply(model, shift(model, lengthOfB), fromBigEndian(a)) ^ fromBigEndian(b), model.width);
}

/** x to the power 8 × `bytes` modulo the polynomial, by squaring. Reflected: x^0 is the highest bit. */
function shift(model: CrcModel, bytes: number): bigint {
  const one = 1n << BigInt(model.width - 1);
  let power = one;
  let square = one >> 8n;
  for (let rest = BigInt(bytes); rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) power = multiply(model, power, square);
    square = multiply(model, square, square);
  }
  return power;
}

function multiply({ polynomial, width }: CrcModel, a: bigint, b: bigint): bigint {
  let product = 0n;
  let shifted = b;
  for (let bit = 1n << BigInt(width - 1); bit > 0n; bit >>= 1n) {
    if ((a & bit) !== 0n) product ^= shifted;
    shifted = (shifted & 1n) === 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
  }
  return product;
}

function bigEndian(value: bigint, width: 32 | 64): Uint8Array {
  const bytes = new Uint8Array(width / 8);
  const view = new DataView(bytes.buffer);
  if (width === 64) view.setBigUint64(0, value);
  else view.setUint32(0, Number(value));
  return bytes;
}

function fromBigEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
