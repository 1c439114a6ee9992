import { type Changed, delta } from './delta.ts';
import { type ObjectFilter, objectFilter } from './filter.ts';
import { Lister, type ListerOptions, type ListingCounts } from './lister.ts';
import type { ByteSink } from './output/byte-sink.ts';
import { changedLines } from './output/changed-lines.ts';
import { earlierList, type ListedItem, sortedItems } from './output/earlier-list.ts';
import { type ListFormatName, listFormat, partOf } from './output/list-format.ts';
import { ListWriter } from './output/list-writer.ts';
import { type Column, writeParquet } from './output/parquet.ts';
import { Segments } from './output/segments.ts';
import type { ListPage, ObjectPage } from './page.ts';
import { type ListSummary, Summary } from './summary.ts';

/** A bucket listed into something. */
export interface ListJob extends Omit<ListerOptions, 'open' | 'stopped'> {
  readonly bucket: string;
  readonly keysOnly: boolean;
  readonly filter: ObjectFilter;
  readonly format: ListFormatName;
  /** Where the list goes; undefined: it is only counted. Asked for when the first byte is there. */
  readonly sink: (() => ByteSink) | undefined;
  /**
   * A folder for the list in parts until it is complete: it is sorted then, and a listing that was left goes on with what
   * is there. Needed for Parquet and for `since`.
   */
  readonly parts: string | undefined;
  /** An earlier list, sorted: the list is of what has changed. */
  readonly since: string | undefined;
  readonly stopped: AbortSignal;
  /** Epoch ms. */
  readonly now: () => number;
  /** Told after each page. */
  readonly progress: (counts: ListingCounts) => void;
}

export interface ListResult {
  /** Stopped before the end: nothing was written, and `parts` has what a next run goes on with. */
  readonly complete: boolean;
  readonly counts: ListingCounts;
  readonly summary: ListSummary;
  readonly changes: { readonly new: number; readonly changed: number; readonly gone: number } | undefined;
}

const CHECKPOINT_MS = 2_000;

/** Throws `ListingError`, `OtherListing`, `UnusableList` and what the sink throws; then nothing is left in the sink. */
export function runListJob(listPage: ListPage, job: ListJob): Promise<ListResult> {
  return job.parts === undefined ? listDirectly(listPage, job) : listInParts(listPage, job, job.parts);
}

async function listDirectly(listPage: ListPage, job: ListJob): Promise<ListResult> {
  const summary = new Summary(job.prefix);
  const writer =
    job.sink === undefined ? undefined : new ListWriter(job.sink(), listFormat(job.format, job.bucket, job.keysOnly));
  const choose = chooser(job.filter);
  const lister: Lister = new Lister(listPage, job, (page, count) => {
    const part = choose(page, count);
    summary.add(part);
    job.progress(lister.counts);
    return writer?.write(part);
  });
  try {
    const counts = await lister.run();
    const complete = lister.open.length === 0;
    await (complete ? writer?.close() : writer?.abort());
    return { complete, counts, summary: summary.result, changes: undefined };
  } catch (error) {
    await writer?.abort();
    throw error;
  }
}

async function listInParts(listPage: ListPage, job: ListJob, folder: string): Promise<ListResult> {
  const { bucket, prefix, keysOnly, filter, format, since } = job;
  const segments = new Segments(folder, JSON.stringify({ bucket, prefix, keysOnly, filter, format, since }));
  const { left } = segments;
  const summary = new Summary(prefix, left?.summary);
  const text = listFormat(since === undefined ? format : 'jsonl', bucket, keysOnly);
  const choose = chooser(filter);
  let savedAt = job.now();
  let lost = false;
  const total = (): ListingCounts => {
    const { keys, requests, retries, share } = lister.counts;
    const before = left?.counts ?? { keys: 0, requests: 0, retries: 0 };
    return { keys: keys + before.keys, requests: requests + before.requests, retries: retries + before.retries, share };
  };
  const save = () => {
    savedAt = job.now();
    segments.save({ open: lister.open, counts: total(), summary: summary.result });
  };
  const lister: Lister = new Lister(listPage, { ...job, open: left?.open }, (page, count, rangeId) => {
    const part = choose(page, count);
    summary.add(part);
    const [firstKey] = part.keys;
    lost = true;
    if (firstKey !== undefined) segments.append(rangeId, firstKey, text.lines(part));
    lost = false;
    if (job.now() - savedAt >= CHECKPOINT_MS) save();
    job.progress(total());
    return undefined;
  });
  try {
    await lister.run();
  } finally {
    // A page that the disk did not take is in no segment, though its range has gone on: the last checkpoint stands.
    if (!lost) save();
  }
  if (lister.open.length > 0) return { complete: false, counts: total(), summary: summary.result, changes: undefined };
  const changes = await assemble(job, segments);
  segments.remove();
  return { complete: true, counts: total(), summary: summary.result, changes };
}

async function assemble(job: ListJob, segments: Segments): Promise<ListResult['changes']> {
  const { format, bucket, keysOnly, since } = job;
  const changes = { new: 0, changed: 0, gone: 0 };
  const sink = job.sink?.() ?? NOWHERE;
  const items = () => sortedItems(segments.bytes(), 'the new list');
  async function* counted(): AsyncGenerator<Changed> {
    for await (const change of delta(earlierList(since ?? ''), items())) {
      changes[change.Change] += 1;
      yield change;
    }
  }
  try {
    if (format === 'parquet') {
      const columns: Column[] = keysOnly ? ['Key'] : ['Key', 'Size', 'LastModified', 'ETag', 'StorageClass'];
      const rows: AsyncIterable<ListedItem> = since === undefined ? items() : counted();
      await writeParquet(rows, sink, since === undefined ? columns : [...columns, 'Change']);
    } else if (since !== undefined && format !== 'manifest') {
      for await (const bytes of changedLines(counted(), format)) await sink.write(bytes);
      await sink.close();
    } else {
      const writer = new ListWriter(sink, listFormat(format, bucket, keysOnly));
      await writer.writeAll(segments.bytes());
      await writer.close();
    }
  } catch (error) {
    await sink.abort();
    throw error;
  }
  return since === undefined ? undefined : changes;
}

const NOWHERE: ByteSink = { write: () => undefined, close: async () => undefined, abort: async () => undefined };

function chooser(filter: ObjectFilter): (page: ObjectPage, count: number) => ObjectPage {
  const keeps = objectFilter(filter);
  return (page, count) => partOf(page, count, keeps === undefined ? undefined : (index) => keeps(page, index));
}
