import type { Json } from '../asl/json.ts';
import type { ExecutionHeader } from '../engine/execution.ts';
import type { ItemSource } from '../engine/map-run-plan.ts';
import type { Objects } from '../engine/ports.ts';
import { callerOf } from '../engine/task-request.ts';
import { ItemReaderFailure } from './item-reader-failure.ts';
import { readJsonArray } from './readers/json.ts';

/** One item as the ItemSelector sees it: `index` counts over the whole run, `source` is `$$.Map.Item.Source`. */
export interface Item {
  readonly value: Json;
  readonly index: number;
  readonly source: string;
}

/** The most items one Map Run reads; further ones are left unread, as AWS does. */
const MAX_ITEMS = 100_000_000;

/** The items of a Map Run in order, some at a time. Throws `ItemReaderFailure`. */
export async function* readItems(
  source: ItemSource,
  parent: ExecutionHeader,
  objects: Objects,
): AsyncGenerator<readonly Item[]> {
  if (source.kind === 'state-data') {
    yield source.items.map((value, index) => ({ value, index, source: 'STATE_DATA' }));
    return;
  }
  const limit = itemLimit(source.maxItems);
  const body = await openObject(source, parent, objects);
  const uri = `s3://${source.bucket}/${source.key}`;
  let index = 0;
  for await (const values of readJsonArray(body)) {
    const wanted = index + values.length > limit ? values.slice(0, limit - index) : values;
    const first = index;
    yield wanted.map((value, i) => ({ value, index: first + i, source: uri }));
    index += wanted.length;
    if (index === limit) return;
  }
}

/** 0 and absent mean all. */
function itemLimit(maxItems: number | undefined): number {
  if (maxItems !== undefined && maxItems < 0) throw new ItemReaderFailure('field MaxItems must be positive');
  return maxItems === undefined || maxItems === 0 ? MAX_ITEMS : Math.min(maxItems, MAX_ITEMS);
}

/**
 * The bucket must be in the Region of the state machine, and in its account unless ExpectedBucketOwner names the other.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */
async function openObject(
  { bucket, key, expectedBucketOwner }: Extract<ItemSource, { kind: 'json-object' }>,
  parent: ExecutionHeader,
  objects: Objects,
): Promise<AsyncIterable<Uint8Array>> {
  const place = await objects.bucket(bucket);
  if (place !== undefined && place.region !== parent.region) {
    throw new ItemReaderFailure(
      `The bucket ${bucket} is in ${place.region}, the state machine in ${parent.region}: an ItemReader cannot read across Regions.`,
    );
  }
  if (place !== undefined && place.accountId !== parent.accountId && expectedBucketOwner === undefined) {
    throw new ItemReaderFailure(
      `The bucket ${bucket} belongs to another account: an ItemReader reads it only with ExpectedBucketOwner in its Parameters.`,
    );
  }
  const object = { bucket, key, ...(expectedBucketOwner !== undefined && { expectedBucketOwner }) };
  const opened = await objects.get(callerOf(parent), object);
  if (opened.kind === 'found') return opened.body;
  throw new ItemReaderFailure(`Could not read s3://${bucket}/${key}. ${opened.code}: ${opened.message}`);
}
