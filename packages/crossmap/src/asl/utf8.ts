const REPLACEMENT = 0xfffd;

/** The UTF-8 bytes of a text. A lone surrogate becomes the replacement character. */
export function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const code = point >= 0xd800 && point < 0xe000 ? REPLACEMENT : point;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(code));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    else bytes.push(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
  }
  return Uint8Array.from(bytes);
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

/** The text that the bytes are. The longest beginning of a character that does not end gives one replacement. */
export function fromUtf8(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const { code, length } = characterAt(bytes, at);
    text += String.fromCodePoint(code);
    at += length;
  }
  return text;
}

function characterAt(bytes: Uint8Array, at: number): { readonly code: number; readonly length: number } {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return { code: lead, length: 1 };
  const tails = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  if (tails === 0) return { code: REPLACEMENT, length: 1 };
  let code = lead & (0x3f >> tails);
  for (let i = 1; i <= tails; i++) {
    const byte = bytes[at + i] ?? 0;
    const [least, most] = i === 1 ? secondBytes(lead) : [0x80, 0xbf];
    if (byte < least || byte > most) return { code: REPLACEMENT, length: i };
    code = (code << 6) | (byte & 0x3f);
  }
  return { code, length: tails + 1 };
}

/** No overlong forms, no surrogates, nothing above U+10FFFF. */
function secondBytes(lead: number): readonly [number, number] {
  return [lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80, lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf];
}
