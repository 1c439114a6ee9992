import type { Json } from '../asl/json.ts';
import type { ExecutionHeader } from '../engine/execution.ts';
import type { Item, ItemSource, ObjectPlace } from '../engine/map-run-plan.ts';
import type { Objects } from '../engine/ports.ts';
import { ItemReaderFailure } from './item-reader-failure.ts';
import { readContent } from './readers/content.ts';
import { objectItem } from './readers/listing.ts';
import { athenaFiles, type DataFile, inventoryFiles } from './readers/manifest.ts';
import type { Rows } from './readers/rows.ts';
import { SourceObjects, uriOf } from './readers/source-objects.ts';

/** The most items one Map Run reads; further ones are left unread, as AWS does. */
const MAX_ITEMS = 100_000_000;

/** The items of a Map Run in order, some at a time, never more than `most`. Throws `ItemReaderFailure`. */
export async function* readItems(
  source: ItemSource,
  parent: ExecutionHeader,
  objects: Objects,
  most = MAX_ITEMS,
): AsyncGenerator<readonly Item[]> {
  if (source.kind === 'state-data') return yield stateData(source.items);
  const limit = Math.min(most, itemLimit(source.maxItems));
  let index = 0;
  for await (const { values, keys, source: name } of rowsOf(source, parent, objects)) {
    const count = Math.min(values.length, limit - index);
    const items: Item[] = new Array(count);
    for (let i = 0; i < count; i++) {
      const value = values[i] as Json;
      items[i] =
        keys === undefined
          ? { value, index: index + i, source: name }
          : { value, index: index + i, source: name, key: keys[i] as string };
    }
    if (count > 0) yield items;
    index += count;
    if (index === limit) return;
  }
}

function stateData(items: Extract<ItemSource, { kind: 'state-data' }>['items']): readonly Item[] {
  const source = 'STATE_DATA';
  return Array.isArray(items)
    ? items.map((value: Json, index) => ({ value, index, source }))
    : Object.entries(items).map(([key, value], index) => ({ key, value, index, source }));
}

/** 0 and absent mean all. */
function itemLimit(maxItems: number | undefined): number {
  if (maxItems !== undefined && maxItems < 0) throw new ItemReaderFailure('field MaxItems must be positive');
  return maxItems === undefined || maxItems === 0 ? Number.POSITIVE_INFINITY : maxItems;
}

interface SourcedRows extends Rows {
  /** `$$.Map.Item.Source` of these items. */
  readonly source: string;
}

async function* rowsOf(
  source: Exclude<ItemSource, { kind: 'state-data' }>,
  parent: ExecutionHeader,
  ports: Objects,
): AsyncGenerator<SourcedRows> {
  const objects = new SourceObjects(parent, ports, source.expectedBucketOwner);
  if (source.kind === 'listing' && source.format === undefined) {
    const uri = `s3://${source.bucket}`;
    for await (const page of objects.list(source.bucket, source.prefix)) {
      yield { values: page.map(objectItem), source: uri };
    }
    return;
  }
  for await (const { place, format } of filesOf(source, objects)) {
    const uri = uriOf(place);
    try {
      for await (const rows of readContent(place, format, objects)) yield { ...rows, source: uri };
    } catch (error) {
      if (source.kind === 'object' || !(error instanceof ItemReaderFailure)) throw error;
      throw new ItemReaderFailure(`${uri}: ${error.message}`);
    }
  }
}

function filesOf(
  source: Exclude<ItemSource, { kind: 'state-data' }>,
  objects: SourceObjects,
): AsyncIterable<DataFile> | Iterable<DataFile> {
  switch (source.kind) {
    case 'object':
      return [{ place: source.at, format: source.format }];
    case 's3-inventory':
      return inventoryFiles(source.at, objects);
    case 'athena-data':
      return athenaFiles(source.at, source.format, objects);
    case 'listing':
      return listedFiles(source, objects);
  }
}

/** The listed objects. One of no bytes whose key ends with a slash stands for a folder and holds no items. */
async function* listedFiles(
  { bucket, prefix, format }: Extract<ItemSource, { kind: 'listing' }>,
  objects: SourceObjects,
): AsyncGenerator<DataFile> {
  for await (const page of objects.list(bucket, prefix)) {
    for (const { key, size } of page) {
      const place: ObjectPlace = { bucket, key };
      if (format !== undefined && !(size === 0 && key.endsWith('/'))) yield { place, format };
    }
  }
}
