import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { needsColumns, type ObjectFilter } from '../listing/filter.ts';
import { isDirectoryBucket } from '../listing/http/bucket-endpoint.ts';
import { s3Pages } from '../listing/http/s3-pages.ts';
import { type ListResult, runListJob } from '../listing/list-job.ts';
import { type ByteSink, fileSink, gzipSink, streamSink } from '../listing/output/byte-sink.ts';
import { UnusableList } from '../listing/output/earlier-list.ts';
import type { ListFormatName } from '../listing/output/list-format.ts';
import { OtherListing } from '../listing/output/segments.ts';
import { ListingError } from '../listing/page.ts';
import { awsError } from './aws-error.ts';
import { EXIT, type ExitCode, refusedError, usageError } from './errors.ts';
import type { Host } from './host.ts';
import { type ListView, listLine, listWindow, summaryOfList } from './list-window.ts';
import type { ConnectS3, S3Connection } from './s3-connection.ts';
import { s3Sink } from './s3-sink.ts';
import { hasColour, openDisplay, painter } from './terminal.ts';

export interface ListOptions {
  /** A file, `-` for stdout, or `s3://bucket/key`; absent: objects are only counted. */
  readonly out?: string;
  /** Absent: by the name of `out`, else JSON Lines. */
  readonly format?: ListFormatName;
  readonly gzip?: boolean;
  readonly keysOnly?: boolean;
  readonly sorted?: boolean;
  readonly since?: string;
  readonly suffix?: string;
  readonly glob?: string;
  readonly minSize?: number;
  readonly maxSize?: number;
  /** Epoch ms. */
  readonly modifiedSince?: number;
  readonly storageClass?: readonly string[];
  readonly slots: number;
  readonly serial?: boolean;
  readonly requesterPays?: boolean;
  readonly expectedOwner?: string;
  readonly unsigned?: boolean;
  readonly json?: boolean;
  readonly profile?: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly data?: string;
}

/**
 * Lists a bucket, many pages at once. Progress goes to stderr; the summary to stdout, or to stderr where stdout has the
 * list. With `json` the summary is one JSON object.
 */
export async function list(target: string, options: ListOptions, host: Host, connectS3: ConnectS3): Promise<ExitCode> {
  const { bucket, key: prefix } = s3Place(target, 'what to list');
  const { profile, endpoint, region, data, unsigned = false } = options;
  const connection = await connectS3({ profile, endpoint, region, data, unsigned }, host);
  try {
    return await listBucket(bucket, prefix, options, connection, host);
  } catch (error) {
    throw commandError(error, `s3://${bucket}/${prefix}`);
  } finally {
    connection.close();
  }
}

async function listBucket(
  bucket: string,
  prefix: string,
  options: ListOptions,
  connection: S3Connection,
  host: Host,
): Promise<ExitCode> {
  const directory = isDirectoryBucket(bucket);
  const format = options.format ?? formatByName(options.out);
  const filter = filterOf(options);
  const keysOnly = (options.keysOnly ?? false) || format === 'manifest';
  if (options.keysOnly === true && needsColumns(filter))
    throw usageError('Sizes, times and storage classes are not listed with --keys-only');
  if (format === 'parquet' && options.out === undefined) throw usageError('Parquet needs --out');
  if (format === 'manifest' && options.since !== undefined)
    throw usageError('A manifest cannot say what has gone: leave out --since');
  const inParts = options.sorted === true || options.since !== undefined || format === 'parquet';
  if (directory && inParts) throw usageError('A directory bucket lists in no order: its list cannot be sorted');
  const parts = inParts ? await partsFolder(options.out, host) : undefined;

  const pages = s3Pages({
    bucket,
    prefix,
    fields: keysOnly && !needsColumns(filter) ? 'keys' : 'all',
    credentials: connection.credentials,
    region: connection.region,
    endpoint: connection.endpoint,
    requesterPays: options.requesterPays ?? false,
    expectedBucketOwner: options.expectedOwner,
    now: host.clock.now,
  });
  const stopped = host.interruptible();
  const begun = host.clock.now();
  const paint = painter(hasColour(host.stderr, host.env));
  let view: ListView = { place: `s3://${bucket}/${prefix}`, counts: NOTHING, seconds: 0 };
  const display = openDisplay(
    { window: (columns) => listWindow(view, columns, paint), line: () => listLine(view) },
    host.stderr,
    host,
  );
  let result: ListResult;
  try {
    result = await runListJob(pages.listPage, {
      bucket,
      prefix,
      keysOnly,
      filter,
      format,
      parts: parts?.folder,
      since: options.since === undefined ? undefined : resolve(host.cwd, options.since),
      sink: options.out === undefined ? undefined : () => sinkOf(options, connection, host),
      slots: options.slots,
      partitioned: !directory && options.serial !== true,
      checkStartAfter: connection.endpoint !== undefined,
      sleep: (ms) => host.clock.sleep(ms, stopped),
      chance: host.chance,
      stopped,
      now: host.clock.now,
      progress: (counts) => {
        view = { ...view, counts, seconds: (host.clock.now() - begun) / 1000 };
        display.update();
      },
    });
  } finally {
    display.end();
    pages.close();
    if (parts?.temporary === true) await rm(parts.folder, { recursive: true, force: true });
  }
  if (!result.complete) {
    const again =
      parts?.temporary === false
        ? 'The same command goes on with it.'
        : 'Nothing was kept: with --sorted and --out FILE it would be.';
    host.stderr.write(`Stopped after ${result.counts.keys} keys. ${again}\n`);
    return EXIT.interrupted;
  }
  report(result, (host.clock.now() - begun) / 1000, options, pages.region(), host);
  return EXIT.ok;
}

const NOTHING = { keys: 0, requests: 0, retries: 0, share: 0 };

function report(result: ListResult, seconds: number, { out, json }: ListOptions, region: string, host: Host): void {
  const output = out === '-' ? host.stderr : host.stdout;
  const { summary, counts, changes } = result;
  if (json === true) {
    const { keys, requests, retries } = counts;
    output.write(`${JSON.stringify({ ...summary, changes, keys, requests, retries, seconds, region })}\n`);
  } else {
    output.write(`${summaryOfList(result, seconds, painter(hasColour(output, host.env))).join('\n')}\n`);
  }
}

export function s3Place(text: string, what: string): { readonly bucket: string; readonly key: string } {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(text) ?? [];
  if (bucket === undefined) throw usageError(`Expected ${what} to be s3://bucket/prefix, got \`${text}\``);
  return { bucket, key };
}

function formatByName(out: string | undefined): ListFormatName {
  const [, extension] = /\.(json|jsonl|csv|parquet)(?:\.gz)?$/.exec(out ?? '') ?? [];
  return (extension as ListFormatName | undefined) ?? 'jsonl';
}

function filterOf({ suffix, glob, minSize, maxSize, modifiedSince, storageClass }: ListOptions): ObjectFilter {
  return {
    suffix,
    glob,
    leastSize: minSize,
    greatestSize: maxSize,
    modifiedSince,
    storageClasses: storageClass,
  };
}

/** Beside the file that is written, so that a listing that was left is found again; elsewhere for as long as it lasts. */
async function partsFolder(
  out: string | undefined,
  host: Host,
): Promise<{ readonly folder: string; readonly temporary: boolean }> {
  const file = out !== undefined && out !== '-' && !out.startsWith('s3://');
  if (file) return { folder: `${resolve(host.cwd, out)}.parts`, temporary: false };
  return { folder: await mkdtemp(join(tmpdir(), 'crossmap-list-')), temporary: true };
}

function sinkOf({ out = '-', gzip }: ListOptions, connection: S3Connection, host: Host): ByteSink {
  const compressed = gzip ?? out.endsWith('.gz');
  const plain = out.startsWith('s3://')
    ? s3Sink(connection.client, objectPlace(out))
    : out === '-'
      ? streamSink(host.stdoutBytes(), false)
      : fileSink(resolve(host.cwd, out));
  return compressed ? gzipSink(plain) : plain;
}

function objectPlace(out: string): { readonly Bucket: string; readonly Key: string } {
  const { bucket, key } = s3Place(out, '--out');
  if (key === '') throw usageError(`Expected --out to name an object, got \`${out}\``);
  return { Bucket: bucket, Key: key };
}

function commandError(error: unknown, place: string): unknown {
  if (error instanceof ListingError) {
    const hint = HINTS[error.code];
    return refusedError(`cannot list ${place}: ${error.code}: ${error.message}`, {
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    });
  }
  if (error instanceof OtherListing) {
    return usageError(error.message, 'Delete the folder to begin anew, or choose another --out.');
  }
  if (error instanceof UnusableList) return usageError(error.message);
  return awsError(error) ?? error;
}

const HINTS: Readonly<Record<string, string>> = {
  AccessDenied: 'The bucket policy and your own must allow s3:ListBucket, with this prefix if they name one.',
  ECONNREFUSED: 'Is `crossmap dev` running? To use an account of AWS, give --profile.',
  StartAfterIgnored: 'List with --serial: this server does not support StartAfter.',
};
