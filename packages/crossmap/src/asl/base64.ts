import { fromUtf8, utf8 } from './utf8.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The text's UTF-8 bytes in base64, padded (RFC 4648 §4). */
export function encodeBase64(text: string): string {
  const bytes = utf8(text);
  let encoded = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const bits = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => ALPHABET[(bits >> shift) & 63] ?? '');
    encoded += digits.map((digit, n) => (i + n > bytes.length ? '=' : digit)).join('');
  }
  return encoded;
}

/** As lenient as AWS: what is no digit is passed over, the first `=` ends the text, padding may be left out. */
export function decodeBase64(encoded: string): string {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of encoded) {
    if (character === '=') break;
    const digit = ALPHABET.indexOf(character);
    if (digit === -1) continue;
    bits = ((bits << 6) | digit) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push((bits >> held) & 0xff);
  }
  return fromUtf8(Uint8Array.from(bytes));
}
