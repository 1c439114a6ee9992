import type { Columns, ObjectPage } from '../page.ts';

/** How a list is written. Text formats have a line for each object; Parquet is made from JSON Lines. */
export type ListFormatName = 'json' | 'jsonl' | 'csv' | 'manifest' | 'parquet';

/** A list as text: `head`, then what `lines` gives for each page, without the first `separator`, then `tail`. */
export interface ListFormat {
  readonly head: string;
  readonly tail: string;
  /** Bytes that come before each object, and so are to be left out before the first one. */
  readonly separator: string;
  /** The objects of a page, each in a line. */
  lines(page: ObjectPage): string;
}

/** `keysOnly`: pages without columns. `bucket` is named in manifests of S3 Batch Operations. */
export function listFormat(name: ListFormatName, bucket: string, keysOnly: boolean): ListFormat {
  switch (name) {
    case 'json':
      return { head: '[', tail: ']\n', separator: ',\n', lines: (page) => jsonLines(page, ',\n', '') };
    case 'jsonl':
    case 'parquet':
      return { head: '', tail: '', separator: '', lines: (page) => jsonLines(page, '', '\n') };
    case 'csv':
      return {
        head: keysOnly ? 'Key\n' : 'Key,Size,LastModified,ETag,StorageClass\n',
        tail: '',
        separator: '',
        lines: csvLines,
      };
    case 'manifest':
      return { head: '', tail: '', separator: '', lines: (page) => manifestLines(page, bucket) };
  }
}

function jsonLines({ keys, plain, columns }: ObjectPage, before: string, after: string): string {
  if (keys.length === 0) return '';
  if (columns === undefined) {
    if (plain) return `${before}{"Key":"${keys.join(`"}${after}${before}{"Key":"`)}"}${after}`;
    return keys.map((key) => `${before}{"Key":${JSON.stringify(key)}}${after}`).join('');
  }
  const { sizes, lastModified, etags, storageClasses } = columns;
  let text = '';
  for (let i = 0; i < keys.length; i++) {
    const key = plain ? `"${keys[i]}"` : JSON.stringify(keys[i]);
    text += `${before}{"Key":${key},"Size":${sizes[i]},"LastModified":"${lastModified[i]}"`;
    const etag = etags[i];
    if (etag !== undefined) text += `,"ETag":${quoted(etag)}`;
    if (storageClasses[i] !== undefined) text += `,"StorageClass":"${storageClasses[i]}"`;
    text += `}${after}`;
  }
  return text;
}

/** An ETag is an MD5 in quotes nearly always. */
function quoted(etag: string): string {
  return /^"[\w-]*"$/.test(etag) ? `"\\${etag.slice(0, -1)}\\""` : JSON.stringify(etag);
}

function csvLines({ keys, plain, columns }: ObjectPage): string {
  if (columns === undefined) return plain ? `${keys.join('\n')}\n`.slice(keys.length === 0 ? 1 : 0) : rows(keys);
  const { sizes, lastModified, etags, storageClasses } = columns;
  let text = '';
  for (let i = 0; i < keys.length; i++) {
    const key = plain ? keys[i] : csvField(keys[i] ?? '');
    const etag = etags[i]?.replaceAll('"', '') ?? '';
    text += `${key},${sizes[i]},${lastModified[i]},${csvField(etag)},${storageClasses[i] ?? ''}\n`;
  }
  return text;
}

function rows(keys: readonly string[]): string {
  return keys.map((key) => `${csvField(key)}\n`).join('');
}

/** RFC 4180. */
function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * `bucket,key`, keys URL-encoded, no header.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-create-job.html#specify-batchjob-manifest
 */
function manifestLines({ keys, plain }: ObjectPage, bucket: string): string {
  return keys
    .map(
      (key) => `${bucket},${plain && /^[\w./-]*$/.test(key) ? key : encodeURIComponent(key).replaceAll('%2F', '/')}\n`,
    )
    .join('');
}

/** The first `count` objects of a page, or those that `keep` chooses among them. */
export function partOf(page: ObjectPage, count: number, keep?: (index: number) => boolean): ObjectPage {
  if (keep === undefined && count === page.keys.length) return page;
  const chosen: number[] = [];
  for (let i = 0; i < count; i++) if (keep === undefined || keep(i)) chosen.push(i);
  if (chosen.length === page.keys.length) return page;
  return { ...page, keys: chosen.map((i) => page.keys[i] ?? ''), columns: columnsOf(page.columns, chosen) };
}

function columnsOf(columns: Columns | undefined, chosen: readonly number[]): Columns | undefined {
  if (columns === undefined) return undefined;
  const { sizes, lastModified, etags, storageClasses } = columns;
  return {
    sizes: chosen.map((i) => sizes[i] ?? 0),
    lastModified: chosen.map((i) => lastModified[i] ?? ''),
    etags: chosen.map((i) => etags[i]),
    storageClasses: chosen.map((i) => storageClasses[i]),
  };
}
