/** The longest encoded word (RFC 2047, section 2). */
const LONGEST_WORD = 75;

/**
 * Text for a header that holds ASCII only: as it is when it is ASCII, else in encoded words of UTF-8 (RFC 2047), Q where
 * most of it is ASCII and B where it is not.
 */
export function encodeWords(text: string): string {
  if (isAscii(text)) return text;
  const characters = [...text];
  const ascii = characters.filter(isAscii).length;
  const [encoding, encode] = ascii > characters.length - ascii ? (['Q', encodeQ] as const) : (['B', encodeB] as const);
  const words: string[] = [];
  let pending = '';
  for (const character of characters) {
    if (wordOf(encoding, encode(pending + character)).length > LONGEST_WORD) {
      words.push(wordOf(encoding, encode(pending)));
      pending = '';
    }
    pending += character;
  }
  return [...words, wordOf(encoding, encode(pending))].join(' ');
}

/** The text in which encoded words have become what they say; white space between two of them is none of it. */
export function decodeWords(text: string): string {
  const joined = text.replace(/(\?=)\s+(?==\?)/g, '$1');
  return joined.replace(
    /=\?([\w-]+)\?([BbQq])\?([^?\s]*)\?=/g,
    (word, charset: string, encoding: string, content: string) => {
      const bytes = /[Bb]/.test(encoding) ? Buffer.from(content, 'base64') : decodeQ(content);
      try {
        return new TextDecoder(charset, { fatal: true }).decode(bytes);
      } catch {
        return word;
      }
    },
  );
}

function wordOf(encoding: string, content: string): string {
  return `=?UTF-8?${encoding}?${content}?=`;
}

function encodeB(text: string): string {
  return Buffer.from(text).toString('base64');
}

function encodeQ(text: string): string {
  return Array.from(Buffer.from(text), (byte) => {
    if (byte === 0x20) return '_';
    const character = String.fromCharCode(byte);
    return /[!-<>@-^`-~]/.test(character) ? character : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

function decodeQ(content: string): Buffer {
  const bytes = content
    .replaceAll('_', ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}
