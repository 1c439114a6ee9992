import { utf8 } from './utf8.ts';

/** The algorithms of States.Hash and $hash, by AWS's names. */
export const HASH_ALGORITHMS = ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'] as const;
export type HashAlgorithm = (typeof HASH_ALGORITHMS)[number];

/** The digest of the text's UTF-8 bytes, in lower-case hexadecimal. RFC 1321 and FIPS 180-4. */
export function hash(algorithm: HashAlgorithm, text: string): string {
  const bytes = utf8(text);
  switch (algorithm) {
    case 'MD5':
      return md5(bytes);
    case 'SHA-1':
      return sha1(bytes);
    case 'SHA-256':
      return sha2(bytes, 32, roots(0, 2n), 8);
    case 'SHA-384':
      return sha2(bytes, 64, roots(8, 2n), 6);
    case 'SHA-512':
      return sha2(bytes, 64, roots(0, 2n), 8);
  }
}

/** The message with its padding: a one bit, zeros, and the length in bits. `block` in bytes. */
function padded(bytes: Uint8Array, block: number, littleEndian: boolean): DataView {
  const length = Math.ceil((bytes.length + 1 + block / 8) / block) * block;
  const message = new Uint8Array(length);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setBigUint64(length - 8, BigInt(bytes.length) * 8n, littleEndian);
  return view;
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

const MD5_SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const MD5_START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476] as const;

function md5(bytes: Uint8Array): string {
  const message = padded(bytes, 64, true);
  let [a0, b0, c0, d0]: [number, number, number, number] = [...MD5_START];
  for (let at = 0; at < message.byteLength; at += 64) {
    let [a, b, c, d] = [a0, b0, c0, d0];
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const mixed = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round] ?? 0;
      const word = [i, 5 * i + 1, 3 * i + 5, 7 * i][round] ?? 0;
      const constant = Math.floor(Math.abs(Math.sin(i + 1)) * 4_294_967_296);
      const sum = (a + mixed + constant + message.getUint32(at + (word % 16) * 4, true)) | 0;
      [a, b, c, d] = [d, (b + rotateLeft(sum, MD5_SHIFTS[round * 4 + (i % 4)] ?? 0)) | 0, b, c];
    }
    [a0, b0, c0, d0] = [(a0 + a) | 0, (b0 + b) | 0, (c0 + c) | 0, (d0 + d) | 0];
  }
  const digest = new DataView(new ArrayBuffer(16));
  [a0, b0, c0, d0].forEach((word, i) => {
    digest.setInt32(i * 4, word, true);
  });
  return hexOf(digest);
}

function sha1(bytes: Uint8Array): string {
  const message = padded(bytes, 64, false);
  const state = [...MD5_START, 0xc3d2e1f0].map((word) => word | 0);
  const words: number[] = [];
  for (let at = 0; at < message.byteLength; at += 64) {
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
    for (let i = 0; i < 80; i++) {
      const word =
        i < 16
          ? message.getUint32(at + i * 4)
          : rotateLeft(w(words, i - 3) ^ w(words, i - 8) ^ w(words, i - 14) ^ w(words, i - 16), 1);
      words[i] = word;
      const [mixed, constant] =
        i < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : i < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : i < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6];
      const sum = (rotateLeft(a, 5) + mixed + e + constant + word) | 0;
      [a, b, c, d, e] = [sum, a, rotateLeft(b, 30), c, d];
    }
    [a, b, c, d, e].forEach((word, i) => {
      state[i] = (w(state, i) + word) | 0;
    });
  }
  const digest = new DataView(new ArrayBuffer(20));
  state.forEach((word, i) => {
    digest.setInt32(i * 4, word);
  });
  return hexOf(digest);
}

function w(words: readonly number[], i: number): number {
  return words[i] ?? 0;
}

const SHIFTS = {
  32: { big: [2n, 13n, 22n, 6n, 11n, 25n], small: [7n, 18n, 3n, 17n, 19n, 10n], rounds: 64 },
  64: { big: [28n, 34n, 39n, 14n, 18n, 41n], small: [1n, 8n, 7n, 19n, 61n, 6n], rounds: 80 },
} as const;

/** The round constants of SHA-2, made when they are first asked for. */
let cubes: readonly bigint[] | undefined;

/** SHA-2 with words of `bits` bits. `start`: the initial state in 64 bits, of which the upper ones are taken. */
function sha2(bytes: Uint8Array, bits: 32 | 64, start: readonly bigint[], wordsOut: number): string {
  const mask = (1n << BigInt(bits)) - 1n;
  const narrow = (word: bigint) => word >> BigInt(64 - bits);
  const rotate = (word: bigint, by: bigint) => ((word >> by) | (word << (BigInt(bits) - by))) & mask;
  const { big, small, rounds } = SHIFTS[bits];
  cubes ??= roots(0, 3n);
  const constants = cubes.map(narrow);
  const message = padded(bytes, bits * 2, false);
  const state = start.slice(0, 8).map(narrow);
  for (let at = 0; at < message.byteLength; at += bits * 2) {
    const words: bigint[] = [];
    const old = (i: number) => words[i] ?? 0n;
    let [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = state;
    for (let i = 0; i < rounds; i++) {
      if (i < 16) {
        words[i] = bits === 32 ? BigInt(message.getUint32(at + i * 4)) : message.getBigUint64(at + i * 8);
      } else {
        const [s0, s1] = [old(i - 15), old(i - 2)];
        const first = rotate(s0, small[0]) ^ rotate(s0, small[1]) ^ (s0 >> small[2]);
        const second = rotate(s1, small[3]) ^ rotate(s1, small[4]) ^ (s1 >> small[5]);
        words[i] = (old(i - 16) + first + old(i - 7) + second) & mask;
      }
      const choice = (e & f) ^ (~e & mask & g);
      const majority = (a & b) ^ (a & c) ^ (b & c);
      const t1 =
        h + (rotate(e, big[3]) ^ rotate(e, big[4]) ^ rotate(e, big[5])) + choice + (constants[i] ?? 0n) + old(i);
      const t2 = (rotate(a, big[0]) ^ rotate(a, big[1]) ^ rotate(a, big[2])) + majority;
      [a, b, c, d, e, f, g, h] = [(t1 + t2) & mask, a, b, c, (d + t1) & mask, e, f, g];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => {
      state[i] = ((state[i] ?? 0n) + word) & mask;
    });
  }
  return state
    .slice(0, wordsOut)
    .map((word) => word.toString(16).padStart(bits / 4, '0'))
    .join('');
}

/** The first 64 bits after the point of the square or cube roots of the primes, from the `skip`-th prime on. */
function roots(skip: number, degree: 2n | 3n): readonly bigint[] {
  return PRIMES.slice(skip).map((prime) => root(BigInt(prime) << (64n * degree), degree) & 0xffff_ffff_ffff_ffffn);
}

const PRIMES = Array.from({ length: 410 }, (_, n) => n).filter(
  (n) => n > 1 && Array.from({ length: n - 2 }, (_, i) => i + 2).every((divisor) => n % divisor !== 0),
);

/** The largest integer whose `degree`-th power is at most `value`. */
function root(value: bigint, degree: bigint): bigint {
  let found = 0n;
  for (let bit = 1n << 70n; bit > 0n; bit >>= 1n) if ((found | bit) ** degree <= value) found |= bit;
  return found;
}

function hexOf(digest: DataView): string {
  return Array.from({ length: digest.byteLength }, (_, i) => digest.getUint8(i).toString(16).padStart(2, '0')).join('');
}
