import type { ByteSink } from './byte-sink.ts';
import type { ListedItem } from './earlier-list.ts';

/** Rows are held until a group of them is complete. */
const ROW_GROUP = 100_000;

/**
 * Writes items as Parquet, snappy, a row group for each 100,000 of them. `hyparquet-writer` is loaded only here. Columns
 * are those that a list has: `Size` as INT64, `LastModified` as a timestamp in milliseconds, the others as strings.
 */
export async function writeParquet(
  items: AsyncIterable<ListedItem & { readonly Change?: string }>,
  sink: ByteSink,
  columns: readonly Column[],
): Promise<void> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(schemaOf)],
  });
  const flush = async () => {
    const written = Buffer.from(bytes.getBytes());
    bytes.index = 0;
    await sink.write(written);
  };
  let rows: (ListedItem & { readonly Change?: string })[] = [];
  const writeRows = async () => {
    await writer.write({
      columnData: columns.map((name) => ({ name, data: rows.map((row) => cellOf(row, name)) })),
      rowGroupSize: ROW_GROUP,
    });
    rows = [];
    await flush();
  };
  for await (const item of items) {
    rows.push(item);
    if (rows.length === ROW_GROUP) await writeRows();
  }
  if (rows.length > 0) await writeRows();
  await writer.finish();
  await flush();
  await sink.close();
}

export type Column = keyof ListedItem | 'Change';

function schemaOf(name: Column) {
  const repetition_type = name === 'Key' || name === 'Change' ? 'REQUIRED' : 'OPTIONAL';
  switch (name) {
    case 'Size':
      return { name, type: 'INT64', repetition_type } as const;
    case 'LastModified':
      return { name, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type } as const;
    default:
      return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type } as const;
  }
}

function cellOf(row: ListedItem & { readonly Change?: string }, name: Column): unknown {
  const value = row[name];
  if (value === undefined) return undefined;
  if (name === 'Size') return BigInt(value);
  return name === 'LastModified' ? new Date(value) : value;
}
