import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync } from 'hyparquet';
import type { Json } from '../../asl/json.ts';
import { ItemReaderFailure } from '../item-reader-failure.ts';
import { ParquetColumn, type RowGroupPlace } from './parquet-column.ts';
import type { Rows } from './rows.ts';

/** A file of which parts can be read: bytes `from` to before `to`. */
export interface RangedFile {
  readonly size: number;
  readonly read: (from: number, to: number) => Promise<Uint8Array>;
}

// https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
const MAX_FOOTER_BYTES = 5 * 1024 * 1024;
const MAX_ROW_GROUP_BYTES = 256 * 1024 * 1024;
/** How many rows are made at a time. */
const ROWS_AT_A_TIME = 500;
const MAGIC = 'PAR1';

/**
 * The rows of a Parquet file, column → value, in order, a row group at a time. Holds the bytes of one row
 * group as they are stored and of each column the values of a page, of all pages where they share a dictionary. What is
 * no Parquet, is damaged, or is over AWS's limits ends in `ItemReaderFailure` that names the row group.
 */
export async function* readParquet(file: RangedFile, maxRowGroupBytes = MAX_ROW_GROUP_BYTES): AsyncGenerator<Rows> {
  const buffer: AsyncBuffer = {
    byteLength: file.size,
    slice: async (from, to = file.size) => exactBuffer(await file.read(from, to)),
  };
  const metadata = await metadataOf(file, buffer);
  let rowStart = 0;
  for (const [number, group] of metadata.row_groups.entries()) {
    const count = Number(group.num_rows);
    if (group.total_byte_size > maxRowGroupBytes) {
      throw new ItemReaderFailure(
        `Row group ${number} has ${group.total_byte_size} bytes, more than the limit of ${maxRowGroupBytes}.`,
      );
    }
    if (count === 0) continue;
    yield* rowsOfGroup(buffer, metadata, { number, rowStart, count });
    rowStart += count;
  }
}

/** A generator of its own, so that the columns of a group are let go before those of the next one are read. */
async function* rowsOfGroup(file: AsyncBuffer, metadata: FileMetaData, place: RowGroupPlace): AsyncGenerator<Rows> {
  const columns = topLevelColumns(metadata).map((name) => new ParquetColumn(file, metadata, place, name));
  for (let from = 0; from < place.count; ) {
    const values = await rowsFrom(columns, from, place);
    yield { values };
    from += values.length;
  }
}

/** Some rows from row `from` of the group on, as far as all columns have values. */
async function rowsFrom(
  columns: readonly ParquetColumn[],
  from: number,
  place: RowGroupPlace,
): Promise<readonly Json[]> {
  try {
    let to = Math.min(from + ROWS_AT_A_TIME, place.count);
    // One after the other: what decoding a column leaves behind is gone before the next one.
    for (const column of columns) to = Math.min(to, await column.valuesFrom(from));
    return rowsOf(columns, from, to);
  } catch (error) {
    throw damaged(`Row group ${place.number}`, error);
  }
}

async function metadataOf(file: RangedFile, buffer: AsyncBuffer): Promise<FileMetaData> {
  if (file.size < 12) throw new ItemReaderFailure(`The file is not Parquet: it has ${file.size} bytes.`);
  const tail = Buffer.from(await file.read(file.size - 8, file.size));
  const head = Buffer.from(await file.read(0, 4));
  if (tail.toString('latin1', 4) !== MAGIC || head.toString('latin1') !== MAGIC) {
    throw new ItemReaderFailure(
      `The file is not Parquet, or is truncated: expected \`${MAGIC}\` at its start and its end.`,
    );
  }
  const footer = tail.readUInt32LE(0);
  if (footer > MAX_FOOTER_BYTES) {
    throw new ItemReaderFailure(`The footer has ${footer} bytes, more than the limit of ${MAX_FOOTER_BYTES}.`);
  }
  try {
    return await parquetMetadataAsync(buffer, { geoparquet: false });
  } catch (error) {
    throw damaged('The footer', error);
  }
}

/** The names of the columns in the order of the schema. */
function topLevelColumns({ schema }: FileMetaData): readonly string[] {
  const names: string[] = [];
  for (let at = 1; at < schema.length; ) {
    names.push(schema[at]?.name ?? '');
    for (let open = 1; open > 0; at++) open += (schema[at]?.num_children ?? 0) - 1;
  }
  return names;
}

function rowsOf(columns: readonly ParquetColumn[], from: number, to: number): readonly Json[] {
  const rows: Json[] = [];
  for (let at = from; at < to; at++) {
    const row: Record<string, Json> = {};
    for (const column of columns) row[column.name] = column.at(at);
    rows.push(row);
  }
  return rows;
}

function damaged(what: string, error: unknown): ItemReaderFailure {
  if (error instanceof ItemReaderFailure) return error;
  return new ItemReaderFailure(`${what} of the Parquet file cannot be read: ${(error as Error).message}.`);
}

function exactBuffer({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  const whole = byteOffset === 0 && byteLength === buffer.byteLength;
  return (whole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer;
}
