import type { S3Client } from '@aws-sdk/client-s3';
import { failure } from '../failure.ts';
import { checkDeadline, type Invocation } from '../invocation.ts';
import { type ObjectWriter, writeObject } from '../object-writer.ts';
import { type ChildRecord, type Outcome, outcomesOf } from './outcome.ts';
import { ResultFiles } from './result-files.ts';

export interface CollectSettings {
  readonly client: S3Client;
  readonly bucket: string;
  readonly toleratedFailedObjects: number;
}

export interface CollectEvent {
  /** Name of the execution: everything is read and written under it. */
  readonly execution: string;
  readonly state: {
    readonly list: { readonly bucket: string; readonly key: string; readonly objects: number; readonly bytes: number };
    /** Output of a Map Run that succeeded. */
    readonly mapRun?: { readonly ResultWriterDetails: { readonly Bucket: string; readonly Key: string } };
    /** Why the Map Run failed. */
    readonly mapFailure?: { readonly Error: string; readonly Cause?: string };
  };
}

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
}

/** Stored as `summary.json` and returned by an execution that succeeds. */
export interface Summary {
  readonly execution: string;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly objects: number;
  readonly bytes: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly toleratedFailedObjects: number;
  /** Number of failed objects by the name of the error; names beyond the first 50 are counted as `Other`. */
  readonly errors: Readonly<Record<string, number>>;
  readonly mapRunArn?: string;
  readonly mapFailure?: { readonly Error: string; readonly Cause?: string };
  readonly objectList: StoredObject;
  /** One line `{"key", "result"}` for each object that succeeded. */
  readonly results: StoredObject;
  /** One line `{"key", "error", "cause"}` for each object that failed. */
  readonly failures: StoredObject;
}

const MAX_ERROR_NAMES = 50;
const CHECK_EVERY = 1_000;

/**
 * Merges the result files of a Map Run into `results.jsonl`, `failed.jsonl` and `summary.json`, streamed.
 * When those are stored it throws `ResultsIncomplete` if not every listed object is in one of them exactly once,
 * and `ObjectsFailed` if the Map Run failed or more objects failed than are tolerated.
 */
export async function collectResults(
  settings: CollectSettings,
  event: CollectEvent,
  invocation: Invocation,
): Promise<Summary> {
  const { client, bucket, toleratedFailedObjects } = settings;
  const { execution, state } = event;
  const stored = (name: string): StoredObject => ({ bucket, key: `${execution}/${name}` });
  const results = stored('results.jsonl');
  const failures = stored('failed.jsonl');

  const { mapRunArn, outcomes } = await mapRunOutcomes(new ResultFiles(client, bucket), event);
  const tally = await writeObject(client, { ...results, contentType: 'application/jsonl' }, (resultLines) =>
    writeObject(client, { ...failures, contentType: 'application/jsonl' }, (failureLines) =>
      writeOutcomes(outcomes, resultLines, failureLines, invocation),
    ),
  );

  const { objects, bytes } = state.list;
  const missing = objects - tally.succeeded - tally.failed;
  const tolerable = missing === 0 && state.mapFailure === undefined && tally.failed <= toleratedFailedObjects;
  const summary: Summary = {
    execution,
    status: tolerable ? 'SUCCEEDED' : 'FAILED',
    objects,
    bytes,
    ...tally,
    toleratedFailedObjects,
    ...(mapRunArn !== '' && { mapRunArn }),
    ...(state.mapFailure !== undefined && { mapFailure: state.mapFailure }),
    objectList: { bucket: state.list.bucket, key: state.list.key },
    results,
    failures,
  };
  await writeObject(client, { ...stored('summary.json'), contentType: 'application/json' }, (writer) =>
    writer.write(`${JSON.stringify(summary, undefined, 2)}\n`),
  );

  if (missing !== 0) {
    const found = tally.succeeded + tally.failed;
    throw failure('ResultsIncomplete', `the object list holds ${objects} objects, the results of the Map Run ${found}`);
  }
  if (!tolerable) throw failure('ObjectsFailed', failureMessage(summary));
  return summary;
}

async function mapRunOutcomes(
  files: ResultFiles,
  { execution, state }: CollectEvent,
): Promise<{ mapRunArn: string; outcomes: AsyncIterable<Outcome[]> }> {
  if (state.list.objects === 0) return { mapRunArn: '', outcomes: nothing() };
  const manifest = state.mapRun?.ResultWriterDetails.Key ?? (await files.findManifest(`${execution}/`));
  const mapRun = manifest === undefined ? { mapRunArn: '', files: [] } : await files.read(manifest);
  const { mapFailure } = state;
  const outcomes =
    mapFailure !== undefined && mapRun.files.length === 0
      ? allFailed(files, state.list.key, mapFailure)
      : childOutcomes(files, mapRun.files);
  return { mapRunArn: mapRun.mapRunArn, outcomes };
}

async function* nothing(): AsyncGenerator<Outcome[]> {}

async function* childOutcomes(files: ResultFiles, keys: readonly string[]): AsyncGenerator<Outcome[]> {
  for (const key of keys) {
    for await (const child of files.records(key)) yield outcomesOf(child as ChildRecord);
  }
}

/** A Map Run that failed without a result file, say in its ItemReader, processed none of the listed objects. */
async function* allFailed(
  files: ResultFiles,
  listKey: string,
  mapFailure: { readonly Error: string; readonly Cause?: string },
): AsyncGenerator<Outcome[]> {
  for await (const item of files.records(listKey)) {
    const { Key } = item as { Key: string };
    yield [{ key: Key, status: 'FAILED', error: mapFailure.Error, cause: mapFailure.Cause ?? '' }];
  }
}

interface Tally {
  readonly succeeded: number;
  readonly failed: number;
  readonly errors: Readonly<Record<string, number>>;
}

async function writeOutcomes(
  outcomes: AsyncIterable<Outcome[]>,
  results: ObjectWriter,
  failures: ObjectWriter,
  invocation: Invocation,
): Promise<Tally> {
  let succeeded = 0;
  let failed = 0;
  let checked = 0;
  const errors = new Map<string, number>();
  for await (const batch of outcomes) {
    let resultLines = '';
    let failureLines = '';
    for (const outcome of batch) {
      if (outcome.status === 'SUCCEEDED') {
        succeeded++;
        resultLines += `${JSON.stringify({ key: outcome.key, result: outcome.result })}\n`;
      } else {
        failed++;
        count(errors, outcome.error);
        failureLines += `${JSON.stringify({ key: outcome.key, error: outcome.error, cause: outcome.cause })}\n`;
      }
    }
    if (resultLines !== '') await results.write(resultLines);
    if (failureLines !== '') await failures.write(failureLines);
    if (succeeded + failed - checked < CHECK_EVERY) continue;
    checked = succeeded + failed;
    checkDeadline(invocation, 'CollectTimedOut', () => `only ${checked} objects were collected in time`);
  }
  return { succeeded, failed, errors: Object.fromEntries(errors) };
}

function count(errors: Map<string, number>, error: string): void {
  const name = errors.has(error) || errors.size < MAX_ERROR_NAMES ? error : 'Other';
  errors.set(name, (errors.get(name) ?? 0) + 1);
}

function failureMessage({ objects, failed, errors, mapFailure, failures }: Summary): string {
  const names = Object.entries(errors).map(([name, times]) => `${name} ${times}`);
  const why = mapFailure === undefined ? '' : ` The Map Run failed: ${mapFailure.Error}: ${mapFailure.Cause ?? ''}.`;
  const which = names.length === 0 ? '' : ` (${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''})`;
  return `${failed} of ${objects} objects failed${which}.${why} They are listed in s3://${failures.bucket}/${failures.key}`;
}
