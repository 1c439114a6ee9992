import type { Json } from '../asl/json.ts';
import type { ExecutionHeader } from '../engine/execution.ts';
import { type Item, type ItemSource, type MapRunPlan, SelectionFailed } from '../engine/map-run-plan.ts';
import type { MapRunOutcome } from '../engine/occurrence.ts';
import type { Objects } from '../engine/ports.ts';
import { childInputs } from '../map-run/item-batcher.ts';
import { readItems } from '../map-run/item-reader.ts';
import { ItemReaderFailure } from '../map-run/item-reader-failure.ts';
import { toleratedFailureExceeded, toleratedFailureThresholdExceeded } from '../map-run/tolerance.ts';
import { type InspectedMap, type StateTest, StateTestRefused } from './state-test.ts';

/** A Map state as the engine was about to start it: its plan, and whether it has an ItemSelector. */
export interface PlannedMap {
  readonly plan: MapRunPlan;
  readonly selects: boolean;
}

/** A Map Run whose children are a mock: its items are read, selected and batched, then it ends as the mock says. */
export async function mockMapRun(
  planned: PlannedMap,
  test: StateTest,
  parent: ExecutionHeader,
): Promise<{ readonly outcome: MapRunOutcome; readonly map: InspectedMap }> {
  const { plan } = planned;
  const { maxConcurrency, tolerance } = plan;
  const { count: toleratedFailureCount, percentage: toleratedFailurePercentage } = tolerance;
  const numbers = {
    maxConcurrency,
    ...(toleratedFailureCount !== undefined && { toleratedFailureCount }),
    ...(toleratedFailurePercentage !== undefined && { toleratedFailurePercentage }),
  };
  let map: InspectedMap = numbers;
  try {
    const items = await itemsOf(plan, test, parent);
    if (items !== undefined) {
      map = { ...map, ...(plan.source.kind === 'state-data' && { items: items.map(({ value }) => value) }) };
      map = { ...map, ...(await inspectItems(items, planned)) };
    }
    return { outcome: outcomeOf(plan, test, items?.length), map };
  } catch (thrown) {
    if (thrown instanceof SelectionFailed) return { outcome: { kind: 'failed', failure: thrown.failure }, map };
    if (!(thrown instanceof ItemReaderFailure)) throw thrown;
    const failure = { error: 'States.ItemReaderFailed', cause: thrown.message };
    return { outcome: { kind: 'failed', failure }, map: numbers };
  }
}

/** The items of the state's data, or of the object that the configuration gives; `undefined` when neither is there. */
async function itemsOf(
  { source }: MapRunPlan,
  { configuration: { mapItemReaderData } }: StateTest,
  parent: ExecutionHeader,
): Promise<readonly Item[] | undefined> {
  if (source.kind !== 'state-data' && mapItemReaderData === undefined) return undefined;
  const items: Item[] = [];
  const given = source.kind === 'state-data' ? source : asOneObject(source);
  for await (const group of readItems(given, parent, onlyObject(mapItemReaderData ?? ''))) items.push(...group);
  return items;
}

/** The configuration gives the data itself: that of one file for many, and of a listing or an inventory its items in JSON. */
function asOneObject(source: Exclude<ItemSource, { kind: 'state-data' }>): ItemSource {
  const { expectedBucketOwner, maxItems } = source;
  const at = source.kind === 'listing' ? { bucket: source.bucket, key: source.prefix ?? '' } : source.at;
  const format = source.kind === 's3-inventory' ? undefined : source.format;
  return { kind: 'object', at, format: format ?? { type: 'JSON', pointer: [] }, expectedBucketOwner, maxItems };
}

/** S3 in which every object is the same. */
function onlyObject(text: string): Objects {
  const bytes = new TextEncoder().encode(text);
  return {
    bucket: async () => undefined,
    get: async () => ({ kind: 'found', size: bytes.length, etag: '""', body: chunks(bytes) }),
    list: () => Promise.reject(new Error('Expected a mocked Map Run to list nothing')),
    put: () => Promise.reject(new Error('Expected a mocked Map Run to write nothing')),
  };
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function inspectItems(items: readonly Item[], { plan, selects }: PlannedMap): Promise<Partial<InspectedMap>> {
  const selectedItems: Json[] = [];
  for (const item of items) selectedItems.push(await plan.selectItem(item));
  return {
    ...(selects && { selectedItems }),
    ...(plan.batch !== undefined && { batches: await batchesOf(items, selectedItems, plan) }),
  };
}

async function batchesOf(
  items: readonly Item[],
  selected: readonly Json[],
  { batch }: Pick<MapRunPlan, 'batch'>,
): Promise<readonly Json[]> {
  const all = (async function* () {
    yield items;
  })();
  const batches: Json[] = [];
  for await (const group of childInputs(all, { batch, selectItem: ({ index }) => selected[index] ?? null })) {
    batches.push(...group.map(({ input }) => JSON.parse(input) as Json));
  }
  return batches;
}

/**
 * A mocked error is the failure whatever failed inside; else more failed iterations than are tolerated are one, unless
 * the state declares no tolerance (recorded in test_map_state_failure_count).
 */
function outcomeOf(
  { tolerance }: MapRunPlan,
  { mock, configuration }: StateTest,
  items: number | undefined,
): MapRunOutcome {
  const failed = configuration.mapIterationFailureCount ?? 0;
  if (items !== undefined && failed > items) {
    throw new StateTestRefused(`mapIterationFailureCount ${failed} exceeds the number of items, ${items}`);
  }
  if (mock?.kind === 'error') return { kind: 'failed', failure: mock.failure };
  if (declared(tolerance) && toleratedFailureExceeded(failed, items ?? 0, tolerance)) {
    return { kind: 'failed', failure: toleratedFailureThresholdExceeded };
  }
  return { kind: 'succeeded', output: mock?.value ?? null };
}

function declared({ count, percentage }: MapRunPlan['tolerance']): boolean {
  return count !== undefined || percentage !== undefined;
}
