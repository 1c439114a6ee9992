import { type Json, utf8Size } from '../../asl/json.ts';
import { ItemReaderFailure } from '../item-reader-failure.ts';
import { CsvRecords } from './csv-records.ts';
import { textLines } from './lines.ts';
import { memberOrder } from './member-order.ts';
import { MAX_ITEM_BYTES, type Rows } from './rows.ts';

export interface CsvFormat {
  readonly delimiter: string;
  /** `undefined`: the first row has them. */
  readonly headers: readonly string[] | undefined;
}

/** All header names together, as the file or the definition has them. */
const MAX_HEADER_BYTES = 10 * 1024;

/**
 * The rows of a CSV file as objects, header → text, in order. A row that is short has empty texts for the rest; fields
 * without a header are dropped. A file of headers alone is no data: AWS fails too.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>, format: CsvFormat): AsyncGenerator<Rows> {
  const records = new CsvRecords(format.delimiter);
  let columns = format.headers && columnsOf(format.headers, format.delimiter);
  let rows = 0;
  for await (const fields of recordsOf(chunks, records)) {
    let first = 0;
    if (columns === undefined) {
      columns = columnsOf(fields[0] as readonly string[], format.delimiter);
      first = 1;
    }
    const values = rowsOf(fields, first, columns, rows);
    rows += values.length;
    if (values.length > 0) yield { values };
  }
  if (format.headers === undefined && rows === 0) {
    throw new ItemReaderFailure(
      columns === undefined
        ? 'The CSV file is empty: expected a row of headers.'
        : 'The CSV file contains only CSV headers: expected at least one row after them.',
    );
  }
}

async function* recordsOf(
  chunks: AsyncIterable<Uint8Array>,
  records: CsvRecords,
): AsyncGenerator<readonly (readonly string[])[]> {
  for await (const text of textLines(chunks)) {
    const some = records.take(text);
    if (some.length > 0) yield some;
  }
  const last = records.finish();
  if (last.length > 0) yield last;
}

interface Columns {
  readonly names: readonly string[];
  /** The columns in the order of the members of an item. */
  readonly order: readonly number[];
}

function columnsOf(names: readonly string[], delimiter: string): Columns {
  if (new Set(names).size < names.length) throw new ItemReaderFailure('CSV headers cannot contain duplicates.');
  const size = utf8Size(names.join(delimiter));
  if (size > MAX_HEADER_BYTES) {
    throw new ItemReaderFailure(`The CSV headers have ${size} bytes, more than the limit of ${MAX_HEADER_BYTES}.`);
  }
  return { names, order: memberOrder(names) };
}

function rowsOf(records: readonly (readonly string[])[], first: number, columns: Columns, before: number): Json[] {
  const { names, order } = columns;
  const rows: Json[] = [];
  for (let at = first; at < records.length; at++) {
    const fields = records[at] as readonly string[];
    const row: Record<string, string> = {};
    let length = 0;
    for (const column of order) {
      const field = fields[column] ?? '';
      length += field.length;
      row[names[column] as string] = field;
    }
    if (length > MAX_ITEM_BYTES / 3 && utf8Size(fields.join('')) > MAX_ITEM_BYTES) {
      throw new ItemReaderFailure(`Row ${before + rows.length + 1} is larger than ${MAX_ITEM_BYTES} bytes.`);
    }
    rows.push(row);
  }
  return rows;
}
