import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../src/asl/json.ts';
import { StateTestRefused } from '../../src/test-state/state-test.ts';
import { mocked, mockedError, testOf } from './bench.ts';

const processor = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
const distributed = { ...processor, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
const inline = (fields: JsonObject = {}): JsonObject => ({
  Type: 'Map',
  ItemsPath: '$.items',
  ItemProcessor: processor,
  End: true,
  ...fields,
});
const map = (fields: JsonObject = {}) => inline({ ItemProcessor: distributed, ...fields });
const input = { items: [1, 2, 3] };
const selector = { 'v.$': '$$.Map.Item.Value', 'i.$': '$$.Map.Item.Index' };

describe('a Map state with a mocked result', () => {
  test('has the mock as its result, whatever the number of items, in both modes', async () => {
    for (const state of [inline({ ResultPath: '$.r' }), map({ ResultPath: '$.r' })]) {
      const result = await testOf(state, { input, ...mocked(['all']) });
      assert.ok(result.status === 'SUCCEEDED');
      assert.deepEqual(result.output, { ...input, r: ['all'] });
    }
  });

  test('shows its items, what ItemSelector makes of each, and the batches', async () => {
    const state = map({
      ItemSelector: selector,
      ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { 'n.$': '$.n' } },
      MaxConcurrency: 7,
    });
    const { inspected } = await testOf(state, { input: { ...input, n: 9 }, ...mocked([]) });
    const selected = [1, 2, 3].map((v, i) => ({ v, i }));
    assert.deepEqual(inspected.map, {
      items: [1, 2, 3],
      selectedItems: selected,
      batches: [
        { BatchInput: { n: 9 }, Items: selected.slice(0, 2) },
        { BatchInput: { n: 9 }, Items: selected.slice(2) },
      ],
      maxConcurrency: 7,
    });
  });

  test('shows neither selected items nor batches where the state has none', async () => {
    const { inspected } = await testOf(inline(), { input, ...mocked([]) });
    assert.deepEqual(inspected.map, { items: [1, 2, 3], maxConcurrency: 0 });
  });

  test('shows nothing of the Map when its items are none', async () => {
    const result = await testOf(inline({ MaxConcurrency: 1 }), { input: { items: 1 }, ...mocked([]) });
    assert.ok(result.status === 'FAILED');
    assert.deepEqual(result.failure, {
      error: 'States.Runtime',
      cause: 'Reference path "$.items" must point to array.',
    });
    assert.equal(result.inspected.map, undefined);
  });

  test('fails when the ItemSelector finds nothing, and shows the items it was to select from', async () => {
    const state = map({ ItemSelector: { 'v.$': '$.none' }, ToleratedFailureCount: 1 });
    const result = await testOf(state, { input, ...mocked([]) });
    assert.ok(result.status === 'FAILED');
    assert.match(result.failure.cause ?? '', /'\$\.none'/);
    assert.deepEqual(result.inspected.map, { items: [1, 2, 3], maxConcurrency: 0, toleratedFailureCount: 1 });
  });

  test('reads the object of its ItemReader from the configuration', async () => {
    const { ItemsPath: _, ...state } = map({
      ItemSelector: selector,
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSON', MaxItems: 2 },
        Parameters: { Bucket: 'b', Key: 'k' },
      },
    });
    const reading = (mapItemReaderData: string) =>
      testOf(state, { ...mocked([]), configuration: { mapItemReaderData } });
    const { inspected } = await reading('["a","b","c"]');
    assert.deepEqual(inspected.map?.selectedItems, [
      { v: 'a', i: 0 },
      { v: 'b', i: 1 },
    ]);
    assert.equal(inspected.map?.items, undefined);
    const failed = await reading('{"a":1');
    assert.ok(failed.status === 'FAILED');
    assert.equal(failed.failure.error, 'States.ItemReaderFailed');
    assert.equal((await testOf(state, mocked([]))).status, 'SUCCEEDED');
  });
});

describe('the tolerance of a Map state', () => {
  const exceeded = async (fields: JsonObject, mapIterationFailureCount: number) => {
    const result = await testOf(map(fields), { input, ...mocked([]), configuration: { mapIterationFailureCount } });
    return result.status === 'FAILED' && result.failure.error === 'States.ExceedToleratedFailureThreshold';
  };

  test('is exceeded above the declared number or percentage', async () => {
    assert.equal(await exceeded({ ToleratedFailureCount: 1 }, 1), false);
    assert.equal(await exceeded({ ToleratedFailureCount: 1 }, 2), true);
    assert.equal(await exceeded({ ToleratedFailurePercentage: 50 }, 1), false);
    assert.equal(await exceeded({ ToleratedFailurePercentage: 50 }, 2), true);
  });

  test('that is not declared is not exceeded', async () => {
    assert.equal(await exceeded({}, 3), false);
  });

  test('is shown as it is declared', async () => {
    const state = map({ ToleratedFailureCount: 0, ToleratedFailurePercentagePath: '$.p' });
    const { inspected } = await testOf(state, { input: { ...input, p: '1.5' }, ...mocked([]) });
    assert.equal(inspected.map?.toleratedFailureCount, 0);
    assert.equal(inspected.map?.toleratedFailurePercentage, 1.5);
  });

  test('is not looked at where an error is mocked', async () => {
    const state = map({ ToleratedFailureCount: 0 });
    const configuration = { mapIterationFailureCount: 3 };
    const result = await testOf(state, { input, ...mockedError('Mine'), configuration });
    assert.ok(result.status === 'FAILED');
    assert.equal(result.failure.error, 'Mine');
  });

  test('more failed iterations than items are refused', async () => {
    await assert.rejects(exceeded({}, 4), StateTestRefused);
  });
});
