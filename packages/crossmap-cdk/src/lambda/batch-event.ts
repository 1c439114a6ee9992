import { failure } from './failure.ts';

/** What a child workflow execution of `CrossAccountObjectsMap` passes to the processor: a batch of objects. */
export interface BatchEvent {
  readonly BatchInput: BatchInput;
  readonly Items: readonly ListedObject[];
}

export interface BatchInput {
  readonly bucket: string;
  /** Region of the bucket. */
  readonly region: string;
  /** Id of the account that owns the bucket. */
  readonly owner: string;
  /** Name of the execution that processes the objects. */
  readonly run: string;
}

/** An item of the object list. */
export interface ListedObject {
  readonly Key: string;
  readonly Size: number;
  /** In double quotes, as S3 writes it. */
  readonly ETag?: string;
  /** ISO 8601. */
  readonly LastModified?: string;
}

/** Throws `InvalidBatch` when the event is not one of a `CrossAccountObjectsMap`. */
export function checkBatch(event: BatchEvent): void {
  const { BatchInput: input, Items: items } = (event ?? {}) as Partial<BatchEvent>;
  for (const name of ['bucket', 'region', 'owner', 'run'] as const) {
    if (typeof input?.[name] !== 'string') throw invalidBatch(`BatchInput.${name} is not a string`);
  }
  if (!Array.isArray(items)) throw invalidBatch('Items is not an array');
  if (items.some((item: Partial<ListedObject> | null) => typeof item?.Key !== 'string')) {
    throw invalidBatch('an item has no Key');
  }
}

function invalidBatch(found: string): Error {
  return failure(
    'InvalidBatch',
    `expected {"BatchInput": {bucket, region, owner, run}, "Items": [{Key, Size}]} as CrossAccountObjectsMap sends it, but ${found}`,
  );
}
