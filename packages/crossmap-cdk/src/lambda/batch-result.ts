import { failure } from './failure.ts';

/** What became of one object. */
export type ObjectOutcome<R> = ProcessedObject<R> | FailedObject;

export interface ProcessedObject<R> {
  readonly key: string;
  readonly status: 'SUCCEEDED';
  /** What the processor returned; `null` when it returned nothing. */
  readonly result: R;
}

export interface FailedObject {
  readonly key: string;
  readonly status: 'FAILED';
  /** Name of the error. */
  readonly error: string;
  /** Its message, cut off after 1,000 characters. */
  readonly cause: string;
}

/** An item that failed, in the shape in which functions report it to Lambda's own event sources. */
export interface ItemFailure {
  readonly itemIdentifier: string;
}

/** What became of a batch, in its order. */
export interface BatchResult<R> {
  readonly results: ObjectOutcome<R>[];
  /** The failed objects once more, by key. */
  readonly batchItemFailures: ItemFailure[];
}

/** Step Functions takes 256 KiB from a task, its own wrapping around the answer of Lambda included. */
const PAYLOAD_LIMIT = 262_144;
const WRAPPING = 2_048;

/** Throws `ResultTooLarge` when Step Functions would not take the result. */
export function batchResult<R>(results: ObjectOutcome<R>[]): BatchResult<R> {
  const failed = results.filter((outcome) => outcome.status === 'FAILED');
  const result = { results, batchItemFailures: failed.map(({ key }) => ({ itemIdentifier: key })) };
  const size = Buffer.byteLength(JSON.stringify(result));
  if (size > PAYLOAD_LIMIT - WRAPPING) {
    throw failure(
      'ResultTooLarge',
      `the results of ${results.length} objects take ${size} bytes, Step Functions takes ${PAYLOAD_LIMIT - WRAPPING}: ` +
        'return less for each object (store the rest in S3) or lower batchSize',
    );
  }
  return result;
}
