import type { Json } from '../../asl/json.ts';
import { utf8Size } from '../../asl/json.ts';
import { ItemReaderFailure } from '../item-reader-failure.ts';
import { textLines } from './lines.ts';
import { MAX_ITEM_BYTES, type Rows } from './rows.ts';

/**
 * The items of JSON Lines: one JSON text a line, in order; blank lines are none. A line that is not JSON ends in
 * `ItemReaderFailure` with its number.
 */
export async function* readJsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Rows> {
  let line = 0;
  for await (const text of textLines(chunks)) {
    const values: Json[] = [];
    for (let from = 0; from < text.length; ) {
      const feed = text.indexOf('\n', from);
      const end = feed < 0 ? text.length : feed;
      line++;
      const item = text.slice(from, end);
      from = end + 1;
      if (isBlankLine(item)) continue;
      values.push(parse(item, line));
    }
    if (values.length > 0) yield { values };
  }
}

function parse(text: string, line: number): Json {
  // A UTF-16 unit is at most three bytes, so that only long lines need be measured.
  if (text.length > MAX_ITEM_BYTES / 3 && utf8Size(text) > MAX_ITEM_BYTES) {
    throw new ItemReaderFailure(`The item in line ${line} is larger than ${MAX_ITEM_BYTES} bytes.`);
  }
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new ItemReaderFailure(`Line ${line} is not valid JSON: ${(error as Error).message}.`);
  }
}

function isBlankLine(text: string): boolean {
  return text.charCodeAt(0) > 0x20 ? false : /^[ \t\r]*$/.test(text);
}
