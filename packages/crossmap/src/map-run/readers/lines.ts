import { ItemReaderFailure } from '../item-reader-failure.ts';
import { concatenate, MAX_ITEM_BYTES, NEWLINE, NO_BYTES } from './rows.ts';
import { decodeUtf8 } from './utf8.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * UTF-8 text in pieces that end with a line feed, the last one perhaps without; a byte order mark at the start is left
 * out. Holds no more than the line that is not complete. Bytes that are no UTF-8, and a line that is larger than an
 * item may be, end in `ItemReaderFailure`.
 */
export async function* textLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let pending = NO_BYTES;
  let offset = 0;
  const decode = (bytes: Uint8Array): string => {
    try {
      const text = decodeUtf8(bytes);
      return offset === 0 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    } catch {
      throw new ItemReaderFailure(`The file is not UTF-8, between byte ${offset} and ${offset + bytes.length}.`);
    }
  };
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      pending = concatenate(pending, chunk);
      if (pending.length > MAX_ITEM_BYTES) {
        throw new ItemReaderFailure(`A line is larger than ${MAX_ITEM_BYTES} bytes, at byte ${offset}.`);
      }
      continue;
    }
    const lines = concatenate(pending, chunk.subarray(0, end));
    yield decode(lines);
    offset += lines.length;
    pending = chunk.slice(end);
  }
  if (pending.length > 0) yield decode(pending);
}
