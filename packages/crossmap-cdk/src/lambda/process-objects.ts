import { S3Client } from '@aws-sdk/client-s3';
import { type BatchEvent, type BatchInput, checkBatch, type ListedObject } from './batch-event.ts';
import { type BatchResult, batchResult, type ObjectOutcome } from './batch-result.ts';
import { failure, nameAndMessage } from './failure.ts';
import { openObject, type SourceObject } from './source-object.ts';

/** What is done with one object. What it returns must be JSON. */
export type ObjectProcessor<R> = (object: SourceObject, context: ProcessContext) => R | Promise<R>;

export interface ProcessContext extends BatchInput {
  /** Aborted when the batch must end: the deadline is near, or under `onFailure: 'fail'` an object has failed. */
  readonly signal: AbortSignal;
  /** Milliseconds until Lambda ends the invocation. */
  getRemainingTimeInMillis(): number;
}

export interface ProcessObjectsOptions {
  /** How many objects of a batch are processed at one time. Default 8. */
  readonly concurrency?: number;
  /**
   * `'report'` (default): an object that fails is reported by its key, the others carry on.
   * `'fail'`: the first object that fails fails the batch, and so every object of the batch.
   */
  readonly onFailure?: 'report' | 'fail';
  /** Milliseconds before the function's timeout at which unfinished objects are given up. Default 1,000. */
  readonly reserveMillis?: number;
  /** Makes the S3 client for a Region. Default: a client with the function's own credentials. */
  readonly s3Client?: (region: string) => S3Client;
}

/** What is needed of the context that Lambda passes to a handler. */
export interface Invocation {
  getRemainingTimeInMillis(): number;
}

/**
 * The handler of a function that processes the objects of a `CrossAccountObjectsMap`, batch by batch:
 *
 *     export const handler = processObjects(async (object) => ({ length: (await object.text()).length }));
 *
 * Each object has its own outcome. Objects not finished shortly before the function's timeout are reported as failed
 * with `DeadlineExceeded`. The batch as a whole fails with `InvalidBatch`, `ResultTooLarge` or, under
 * `onFailure: 'fail'`, `ObjectFailed`.
 */
export function processObjects<R>(
  process: ObjectProcessor<R>,
  options: ProcessObjectsOptions = {},
): (event: BatchEvent, invocation: Invocation) => Promise<BatchResult<R>> {
  const { concurrency = 8, onFailure = 'report', reserveMillis = 1_000 } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new RangeError(`concurrency must be a whole number of 1 or more, got ${concurrency}`);
  }
  const clientOf = oneClientPerRegion(options.s3Client ?? ((region) => new S3Client({ region })));

  return async (event, invocation) => {
    checkBatch(event);
    const { BatchInput: input, Items: items } = event;
    const end = new AbortController();
    const context: ProcessContext = {
      ...input,
      signal: end.signal,
      getRemainingTimeInMillis: () => invocation.getRemainingTimeInMillis(),
    };
    const outcomes = new Array<ObjectOutcome<R> | undefined>(items.length);
    const queue = items.entries();
    const work = async () => {
      for (const [index, item] of queue) {
        const outcome = await processObject(process, clientOf(input.region), item, context);
        if (end.signal.aborted) return;
        if (outcome.status === 'FAILED' && onFailure === 'fail') throw objectFailed(outcome);
        outcomes[index] = outcome;
      }
    };
    const workers = Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, work));
    await firstOf(workers, invocation.getRemainingTimeInMillis() - reserveMillis).finally(() => end.abort());

    const finished = items.map((item, index) => outcomes[index] ?? deadlineExceeded(item.Key));
    const unfinished = finished.find((outcome) => outcome.status === 'FAILED');
    if (unfinished !== undefined && onFailure === 'fail') throw objectFailed(unfinished);
    return batchResult(finished);
  };
}

async function processObject<R>(
  process: ObjectProcessor<R>,
  client: S3Client,
  item: ListedObject,
  context: ProcessContext,
): Promise<ObjectOutcome<R>> {
  const { object, close } = openObject(client, context, item, context.signal);
  try {
    const result = await process(object, context);
    return { key: item.Key, status: 'SUCCEEDED', result: asJson(result) };
  } catch (error) {
    const { name, message } = nameAndMessage(error);
    return failedObject(item.Key, name, message);
  } finally {
    close();
  }
}

/** The value as it will arrive: what JSON cannot hold fails the object that returned it, not the batch. */
function asJson<R>(result: R): R {
  return JSON.parse(JSON.stringify(result) ?? 'null') as R;
}

const MAX_CAUSE = 1_000;

function failedObject(key: string, error: string, message: string): ObjectOutcome<never> & { status: 'FAILED' } {
  const cause = message.length > MAX_CAUSE ? `${message.slice(0, MAX_CAUSE)}…` : message;
  return { key, status: 'FAILED', error, cause };
}

function deadlineExceeded(key: string): ObjectOutcome<never> {
  const cause = 'not finished shortly before the timeout of the function: raise the timeout or lower batchSize';
  return failedObject(key, 'DeadlineExceeded', cause);
}

function objectFailed({ key, error, cause }: { key: string; error: string; cause: string }): Error {
  return failure('ObjectFailed', `${key}: ${error}: ${cause}`);
}

/** Resolves when `work` has or `millis` have passed; rejects when `work` rejects before. */
async function firstOf(work: Promise<unknown>, millis: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, millis));
  });
  await Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}

function oneClientPerRegion(create: (region: string) => S3Client): (region: string) => S3Client {
  const clients = new Map<string, S3Client>();
  return (region) => {
    const client = clients.get(region) ?? create(region);
    clients.set(region, client);
    return client;
  };
}
