import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { compareKeys } from '../strategy/key-order.ts';

/** An object as a list has it; only the key where only keys were listed. */
export interface ListedItem {
  readonly Key: string;
  readonly Size?: number;
  readonly LastModified?: string;
  readonly ETag?: string;
  readonly StorageClass?: string;
}

/** A list that cannot be compared with: not ours, or not sorted. */
export class UnusableList extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnusableList';
  }
}

/** The items of a JSON array or of JSON Lines that a sorted listing wrote, compressed if the file is named `.gz`. */
export async function* earlierList(path: string): AsyncGenerator<ListedItem> {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  const bytes: AsyncIterable<Buffer> = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  if (path.endsWith('.gz')) file.on('error', (error) => (bytes as ReturnType<typeof createGunzip>).destroy(error));
  yield* sortedItems(bytes, path);
}

/** Items one a line. Throws `UnusableList`. */
export async function* sortedItems(bytes: AsyncIterable<Buffer>, name: string): AsyncGenerator<ListedItem> {
  let previous: string | undefined;
  for await (const line of linesOf(bytes)) {
    const text = line.replace(/^\[|,$|\]$/g, '');
    if (text === '') continue;
    const item = parsed(text, name);
    if (previous !== undefined && compareKeys(previous, item.Key) >= 0) {
      throw new UnusableList(
        `${name} is not sorted by key: it has \`${item.Key}\` after \`${previous}\`. List with --sorted.`,
      );
    }
    previous = item.Key;
    yield item;
  }
}

function parsed(text: string, name: string): ListedItem {
  try {
    const item: unknown = JSON.parse(text);
    if (typeof item === 'object' && item !== null && 'Key' in item && typeof item.Key === 'string') {
      return item as ListedItem;
    }
  } catch {
    // Said below.
  }
  throw new UnusableList(`${name} is no list of objects: expected one {"Key": …} a line, got ${text.slice(0, 60)}`);
}

async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      const line = chunk.subarray(from, end);
      yield (rest.length > 0 ? Buffer.concat([rest, line]) : line).toString();
      rest = Buffer.alloc(0);
      from = end + 1;
    }
    rest = Buffer.concat([rest, chunk.subarray(from)]);
  }
  if (rest.length > 0) yield rest.toString();
}
