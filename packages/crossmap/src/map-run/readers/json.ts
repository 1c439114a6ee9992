import type { Json } from '../../asl/json.ts';
import { ItemReaderFailure } from '../item-reader-failure.ts';
import { JsonItems } from './json-items.ts';
import { PointerWalk } from './pointer-walk.ts';
import { isBlank, type Rows } from './rows.ts';

const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];
const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_BRACE, CLOSE_BRACE] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The elements of a JSON array, or the members of a JSON object, in UTF-8 bytes, in order, some at a time: of the whole
 * file or of what `pointer` names in it. Holds the bytes of the items that the last chunk completed, never the file. A
 * file that is truncated, not UTF-8, not iterable, or goes on after its end is an `ItemReaderFailure` that says at which
 * byte and item; nothing is skipped. Around what the pointer names only strings and brackets are looked at.
 */
export async function* readJson(
  chunks: AsyncIterable<Uint8Array>,
  pointer: readonly string[] = [],
): AsyncGenerator<Rows> {
  const walk = new PointerWalk(pointer);
  let items: JsonItems | undefined;
  const rest = new Rest();
  let offset = 0;
  let mark = 0;
  for await (const chunk of chunks) {
    let from = 0;
    while (from < chunk.length && offset + from === mark && chunk[from] === BYTE_ORDER_MARK[mark]) {
      from++;
      mark++;
    }
    if (from < chunk.length && (mark === 1 || mark === 2)) {
      throw new ItemReaderFailure('The file is not UTF-8, at byte 0.');
    }
    for (; items === undefined && from < chunk.length; from++) {
      const container = walk.take(chunk[from] as number);
      if (container === undefined) continue;
      items = new JsonItems(container, offset + from + 1);
      rest.depth = walk.depth;
    }
    if (items !== undefined && !items.ended) {
      const { rows, end } = items.take(from === 0 ? chunk : chunk.subarray(from));
      from += end;
      if (rows.values.length > 0) yield rows;
    }
    if (items?.ended) rest.take(chunk, from, offset);
    offset += chunk.length;
  }
  if (items === undefined) {
    throw new ItemReaderFailure(
      pointer.length === 0
        ? `Expected a JSON array or object, found an empty file of ${offset} bytes.`
        : `The file ends at byte ${offset}, before what the ItemsPointer names: it is truncated.`,
    );
  }
  if (!items.ended) throw items.truncated();
  if (rest.depth > 0) {
    throw new ItemReaderFailure(`The file ends at byte ${offset} with ${rest.depth} brackets open: it is truncated.`);
  }
}

/** What follows the items: the brackets around them, and then nothing. */
class Rest {
  depth = 0;
  #inString = false;
  #escaped = false;

  take(bytes: Uint8Array, from: number, offset: number): void {
    for (let i = from; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inString = false;
      } else if (this.depth === 0) {
        if (isBlank(byte)) continue;
        throw new ItemReaderFailure(`Expected nothing after the end of the JSON, found more at byte ${offset + i}.`);
      } else if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN || byte === OPEN_BRACE) this.depth++;
      else if (byte === CLOSE || byte === CLOSE_BRACE) this.depth--;
    }
  }
}

/** The value of a small JSON file, as a manifest is. */
export async function readWholeJson(chunks: AsyncIterable<Uint8Array>, limit: number): Promise<Json> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size > limit) throw new ItemReaderFailure(`The manifest is larger than ${limit} bytes.`);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))) as Json;
  } catch (error) {
    throw new ItemReaderFailure(`The manifest is not valid JSON: ${(error as Error).message}.`);
  }
}
