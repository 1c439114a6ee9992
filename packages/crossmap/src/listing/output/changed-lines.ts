import type { Changed } from '../delta.ts';
import type { ListFormatName } from './list-format.ts';

const COLUMNS = ['Change', 'Key', 'Size', 'LastModified', 'ETag', 'StorageClass'] as const;

/** What changed between two lists, as text: JSON, JSON Lines or CSV, with `Change` beside the fields of the object. */
export async function* changedLines(
  changes: AsyncIterable<Changed>,
  format: Exclude<ListFormatName, 'parquet' | 'manifest'>,
): AsyncGenerator<Buffer> {
  let text = format === 'json' ? '[' : format === 'csv' ? `${COLUMNS.join(',')}\n` : '';
  let first = true;
  for await (const item of changes) {
    const json = JSON.stringify(item);
    if (format === 'csv') text += `${COLUMNS.map((name) => field(item[name])).join(',')}\n`;
    else text += format === 'json' ? `${first ? '' : ',\n'}${json}` : `${json}\n`;
    first = false;
    if (text.length < 64 * 1024) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(format === 'json' ? `${text}]\n` : text);
}

function field(value: string | number | undefined): string {
  const text = String(value ?? '').replace(/^"([^"]*)"$/, '$1');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
