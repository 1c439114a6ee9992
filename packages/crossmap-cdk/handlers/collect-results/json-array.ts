import { failure } from '../failure.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * The objects of a JSON array, one at a time: holds one object and one chunk of `body`, never the array.
 * Throws `FileUnreadable` naming `place` when the text is anything but one array of objects.
 */
export async function* objectsOfJsonArray(body: AsyncIterable<Uint8Array>, place: string): AsyncGenerator<object> {
  let started = false;
  let ended = false;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let pieces: Uint8Array[] = [];
  let offset = 0;
  const unreadable = (at: number) =>
    failure('FileUnreadable', `${place} is not a whole JSON array of objects (byte ${offset + at})`);

  for await (const chunk of body) {
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (depth === 0) {
        if (byte === OPEN_OBJECT && started && !ended) {
          depth = 1;
          start = i;
        } else if (byte === OPEN_ARRAY && !started) {
          started = true;
        } else if (byte === CLOSE_ARRAY && started && !ended) {
          ended = true;
        } else if (!isSpace(byte) && !(byte === COMMA && started && !ended)) {
          throw unreadable(i);
        }
      } else if (escaped) {
        escaped = false;
      } else if (inString) {
        if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) {
        inString = true;
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        depth++;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        depth--;
        if (depth > 0) continue;
        pieces.push(chunk.subarray(start, i + 1));
        yield parse(Buffer.concat(pieces), () => unreadable(i));
        pieces = [];
      }
    }
    if (depth > 0) pieces.push(chunk.subarray(start));
    offset += chunk.length;
  }
  if (!ended) throw unreadable(0);
}

function parse(bytes: Buffer, unreadable: () => Error): object {
  try {
    return JSON.parse(bytes.toString()) as object;
  } catch {
    throw unreadable();
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
