import type { ItemFormat, ObjectPlace } from '../../engine/map-run-plan.ts';
import { ItemReaderFailure } from '../item-reader-failure.ts';
import { readCsv } from './csv.ts';
import { decompressed } from './decompress.ts';
import { readJson } from './json.ts';
import { readJsonLines } from './json-lines.ts';
import { readParquet } from './parquet.ts';
import { MAX_FILE_BYTES, type Rows } from './rows.ts';
import type { SourceObjects } from './source-objects.ts';

/** The items in an object. */
export async function* readContent(
  place: ObjectPlace,
  format: ItemFormat,
  objects: SourceObjects,
): AsyncGenerator<Rows> {
  if (format.type === 'PARQUET') return yield* readParquet(await objects.openRanged(place));
  const bytes = limited(decompressed(place.key, await objects.open(place)));
  switch (format.type) {
    case 'JSON':
      return yield* readJson(bytes, format.pointer);
    case 'JSONL':
      return yield* readJsonLines(bytes);
    case 'CSV':
      return yield* readCsv(bytes, format);
  }
}

/** A file may be as large as the limit after decompression too. */
export async function* limited(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > MAX_FILE_BYTES) {
      throw new ItemReaderFailure(`The file has more than ${MAX_FILE_BYTES} bytes when it is decompressed.`);
    }
    yield chunk;
  }
}
