import type { ExecutionHeader } from '../engine/execution.ts';
import type { MapRunPlan, ResultFormat } from '../engine/map-run-plan.ts';
import type { ExecutionRecord, Objects, Refusal } from '../engine/ports.ts';
import { callerOf } from '../engine/task-request.ts';
import { mapRunId } from './child-workflow.ts';
import type { MapRunStore, PendingChild } from './map-run.ts';
import { ENCLOSURES, resultTexts } from './result-format.ts';
import { pendingRecord } from './result-record.ts';

/** Why results could not be written. The Map Run ends with States.ResultWriterFailed and this message as its cause. */
export class ResultWriterFailure extends Error {}

/** A result file goes on in the next one from this size on (Step Functions Developer Guide, ResultWriter). */
const MAX_FILE_BYTES = 5 * 1024 ** 3;
/** Records go on together from this many characters: one by one they took three times as long. */
const PIECE_CHARACTERS = 65_536;

type Place = NonNullable<MapRunPlan['resultWriter']>;
interface ResultFile {
  readonly Key: string;
  readonly Size: number;
}

/** Writes what a Map Run gave under `<prefix>/<Map Run id>/` of the result bucket. */
export class ResultWriter {
  readonly #place: Place;
  readonly #format: ResultFormat;
  readonly #parent: ExecutionHeader;
  readonly #mapRunArn: string;
  readonly #objects: Objects;
  readonly #maxFileBytes: number;

  constructor(
    { place, format }: { readonly place: Place; readonly format: ResultFormat },
    parent: ExecutionHeader,
    mapRunArn: string,
    objects: Objects,
    maxFileBytes = MAX_FILE_BYTES,
  ) {
    this.#place = place;
    this.#format = format;
    this.#parent = parent;
    this.#mapRunArn = mapRunArn;
    this.#objects = objects;
    this.#maxFileBytes = maxFileBytes;
  }

  get manifestKey(): string {
    return this.#key('manifest.json');
  }

  /** Before any child starts: a manifest that only shows that results can be written. */
  async writeTestManifest(): Promise<void> {
    const { bucket } = this.#place;
    const place = await this.#objects.bucket(bucket);
    const { accountId, region } = this.#parent;
    if (place !== undefined && (place.accountId !== accountId || place.region !== region)) {
      const there = place.accountId === accountId ? place.region : `another account`;
      throw new ResultWriterFailure(
        `The result bucket ${bucket} is in ${there}: it must be in the account and the Region of the state machine (${region}).`,
      );
    }
    const stored = await this.#put(this.manifestKey, 'application/octet-stream', false, once('{}'));
    if (stored.kind === 'stored') return;
    throw new ResultWriterFailure(
      `Failed to write a test manifest into the specified output bucket. ${whyNotWritten(stored)}`,
    );
  }

  /** Writes the files that have content, then the manifest. */
  async write(store: MapRunStore, pendingChildren: AsyncIterable<readonly PendingChild[]>): Promise<void> {
    const records = (statuses: readonly ExecutionRecord['status'][]) =>
      new Records(store.children(this.#mapRunArn, statuses), (child) =>
        resultTexts(child, this.#format.transformation),
      );
    const pending = new Records(pendingChildren, (child) => [JSON.stringify(pendingRecord(child))]);
    const SUCCEEDED = await this.#writeFiles('SUCCEEDED', records(['SUCCEEDED']));
    const FAILED = await this.#writeFiles('FAILED', records(['FAILED', 'TIMED_OUT', 'ABORTED']));
    const PENDING = await this.#writeFiles('PENDING', pending);
    const manifest = {
      DestinationBucket: this.#place.bucket,
      MapRunArn: this.#mapRunArn,
      ResultFiles: { FAILED, PENDING, SUCCEEDED },
    };
    await this.#store(this.manifestKey, 'application/octet-stream', false, once(JSON.stringify(manifest)));
  }

  async #writeFiles<T>(status: string, records: Records<T>): Promise<readonly ResultFile[]> {
    const { extension } = ENCLOSURES[this.#format.outputType];
    const files: ResultFile[] = [];
    while (records.ready || (await records.read())) {
      const Key = this.#key(`${status}_${files.length}.${extension}`);
      const Size = await this.#store(Key, 'binary/octet-stream', true, this.#fileBody(records));
      files.push({ Key, Size });
    }
    return files;
  }

  /** What stands for children, the first of which is ready. Closed once it is large enough. */
  async *#fileBody<T>(records: Records<T>): AsyncGenerator<Uint8Array> {
    const { begin, between, end } = ENCLOSURES[this.#format.outputType];
    let written = 0;
    let piece = begin;
    do {
      for (const text of records.take()) {
        if (written > 0) piece += between;
        piece += text;
        written += Buffer.byteLength(text) + 1;
      }
      if (piece.length >= PIECE_CHARACTERS) {
        yield Buffer.from(piece);
        piece = '';
      }
    } while (written < this.#maxFileBytes && (records.ready || (await records.read())));
    yield Buffer.from(written === 0 && this.#format.outputType === 'JSONL' ? '' : piece + end);
  }

  async #store(key: string, contentType: string, multipart: boolean, body: AsyncIterable<Uint8Array>): Promise<number> {
    const stored = await this.#put(key, contentType, multipart, body);
    if (stored.kind === 'stored') return stored.size;
    throw new ResultWriterFailure(
      `Could not write s3://${this.#place.bucket}/${key}. ${stored.code}: ${stored.message}`,
    );
  }

  #put(key: string, contentType: string, multipart: boolean, body: AsyncIterable<Uint8Array>) {
    const { prefix: _, ...bucket } = this.#place;
    return this.#objects.put(callerOf(this.#parent), { ...bucket, key, contentType, multipart }, body);
  }

  #key(name: string): string {
    const prefix = this.#place.prefix.replace(/\/$/, '');
    return `${prefix === '' ? '' : `${prefix}/`}${mapRunId(this.#mapRunArn)}/${name}`;
  }
}

/** The text of a denial was observed on AWS (https://github.com/aws/aws-cdk/issues/32144); others are S3's own. */
function whyNotWritten({ code, message }: Refusal): string {
  if (code !== 'AccessDenied') return `${code}: ${message}`;
  const advice = "Access denied. Ensure the correct permissions are added to your state machine's execution role.";
  return `${advice} | Message from S3: ${message} (Service: S3, Status Code: 403)`;
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** What the store gives in groups, one by one: waiting for each took longer than writing it. */
class Records<T> {
  readonly #groups: AsyncIterator<readonly T[]>;
  readonly #texts: (child: T) => readonly string[];
  #group: readonly T[] = [];
  #taken = 0;

  constructor(groups: AsyncIterable<readonly T[]>, texts: (child: T) => readonly string[]) {
    this.#groups = groups[Symbol.asyncIterator]();
    this.#texts = texts;
  }

  /** Whether `take` has one without reading. */
  get ready(): boolean {
    return this.#taken < this.#group.length;
  }

  /** Gets the next group that is not empty; false when there is none. */
  async read(): Promise<boolean> {
    do {
      const next = await this.#groups.next();
      if (next.done === true) return false;
      this.#group = next.value;
      this.#taken = 0;
    } while (!this.ready);
    return true;
  }

  take(): readonly string[] {
    return this.#texts(this.#group[this.#taken++]!);
  }
}
