import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Json, MAX_PAYLOAD_BYTES } from '../../src/asl/json.ts';
import type { Item, MapRunPlan } from '../../src/engine/map-run-plan.ts';
import { childInputs, ItemTooLarge } from '../../src/map-run/item-batcher.ts';
import type { PendingChild } from '../../src/map-run/map-run.ts';

async function* groups(values: readonly Json[], size: number): AsyncGenerator<readonly Item[]> {
  const items = values.map((value, index) => ({ value, index, source: 'STATE_DATA' }));
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

async function inputs(values: readonly Json[], plan: Partial<MapRunPlan> = {}, groupSize = 3): Promise<PendingChild[]> {
  const children: PendingChild[] = [];
  const selectItem = plan.selectItem ?? (({ value }: { readonly value: Json }) => value);
  for await (const some of childInputs(groups(values, groupSize), { batch: plan.batch, selectItem })) {
    assert.ok(some.length > 0, 'nothing is given for nothing');
    children.push(...some);
  }
  return children;
}

const batchOf = (maxItems: number, input?: Json, maxBytes = 262_144) => ({ batch: { maxItems, maxBytes, input } });
/** A string whose JSON text has that many bytes, most of them in characters of three. */
const textOf = (bytes: number) => '€'.repeat(Math.floor((bytes - 2) / 3)) + 'a'.repeat((bytes - 2) % 3);

test('without a batcher each item is the input of a child', async () => {
  assert.deepEqual(await inputs([1, { a: null }, 'é']), [
    { input: '1', itemCount: 1 },
    { input: '{"a":null}', itemCount: 1 },
    { input: '"é"', itemCount: 1 },
  ]);
});

test('the ItemSelector is applied before batching', async () => {
  const selectItem: MapRunPlan['selectItem'] = ({ value, index, source }) => ({ value, index, source });
  const children = await inputs(['x', 'y'], { ...batchOf(2), selectItem });
  assert.equal(
    children[0]?.input,
    '{"Items":[{"value":"x","index":0,"source":"STATE_DATA"},{"value":"y","index":1,"source":"STATE_DATA"}]}',
  );
});

test('a batch closes at MaxItemsPerBatch, the last one holds what is left', async () => {
  assert.deepEqual(await inputs([1, 2, 3, 4, 5], batchOf(2), 2), [
    { input: '{"Items":[1,2]}', itemCount: 2 },
    { input: '{"Items":[3,4]}', itemCount: 2 },
    { input: '{"Items":[5]}', itemCount: 1 },
  ]);
  assert.deepEqual(
    (await inputs([1, 2, 3, 4], batchOf(2))).map(({ itemCount }) => itemCount),
    [2, 2],
  );
  assert.deepEqual(
    (await inputs([1, 2], batchOf(1))).map(({ itemCount }) => itemCount),
    [1, 1],
  );
});

test('BatchInput stands before Items in every batch', async () => {
  const children = await inputs([1, 2], batchOf(1, { run: 'r', n: 0 }));
  assert.deepEqual(
    children.map(({ input }) => input),
    ['{"BatchInput":{"run":"r","n":0},"Items":[1]}', '{"BatchInput":{"run":"r","n":0},"Items":[2]}'],
  );
});

test('no items give no children, with and without a batcher', async () => {
  assert.deepEqual(await inputs([]), []);
  assert.deepEqual(await inputs([], batchOf(5)), []);
});

describe('256 KiB of UTF-8', () => {
  const envelope = '{"Items":[]}'.length;

  test('a batch closes before the item that would take its input over the limit, exactly', async () => {
    const first = textOf(100_000);
    const rest = MAX_PAYLOAD_BYTES - envelope - 100_000 - 1;
    const fits = await inputs([first, textOf(rest), 1], batchOf(10));
    assert.deepEqual(
      fits.map(({ itemCount }) => itemCount),
      [2, 1],
    );
    assert.equal(Buffer.byteLength(fits[0]?.input ?? ''), MAX_PAYLOAD_BYTES);
    const exceeds = await inputs([first, textOf(rest + 1), 1], batchOf(10));
    assert.deepEqual(
      exceeds.map(({ itemCount }) => itemCount),
      [1, 2],
    );
  });

  test('BatchInput counts', async () => {
    const input = { text: textOf(200_000) };
    const children = await inputs([textOf(30_000), textOf(30_000), textOf(30_000)], batchOf(10, input));
    assert.deepEqual(
      children.map(({ itemCount }) => itemCount),
      [2, 1],
    );
  });

  test('a single item over the limit is refused and named, with and without a batcher', async () => {
    await assert.rejects(
      inputs([1, textOf(MAX_PAYLOAD_BYTES + 1)]),
      (thrown) => thrown instanceof ItemTooLarge && /item 1 alone/.test(thrown.message),
    );
    await assert.rejects(inputs([1, 2, textOf(MAX_PAYLOAD_BYTES - envelope + 1)], batchOf(2)), /item 2 alone/);
    assert.equal((await inputs([textOf(MAX_PAYLOAD_BYTES)])).length, 1);
    assert.equal((await inputs([textOf(MAX_PAYLOAD_BYTES - envelope)], batchOf(2))).length, 1);
  });

  test('every batch is within both limits and as full as they allow, and no item is lost', async () => {
    const sizes = fc.array(fc.integer({ min: 3, max: 120_000 }), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 9 }),
        async (lengths, most, size) => {
          const values = lengths.map((bytes, i) => (i % 2 ? textOf(bytes) : 'a'.repeat(bytes - 2)));
          const children = await inputs(values, batchOf(most), size);
          const batches = children.map(({ input }) => (JSON.parse(input) as { Items: string[] }).Items);
          assert.deepEqual(batches.flat(), values);
          batches.forEach((batch, i) => {
            const { input = '', itemCount } = children[i] ?? {};
            assert.equal(itemCount, batch.length);
            assert.ok(batch.length <= most);
            assert.ok(Buffer.byteLength(input) <= MAX_PAYLOAD_BYTES);
            const next = batches[i + 1]?.[0];
            if (next === undefined || batch.length === most) return;
            assert.ok(Buffer.byteLength(JSON.stringify({ Items: [...batch, next] })) > MAX_PAYLOAD_BYTES);
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});

test('a batch closes before the item that would take its input over the limit in bytes', async () => {
  assert.deepEqual(await inputs(['a', 'b', 'c'], batchOf(9, undefined, '{"Items":["a","b"]}'.length)), [
    { input: '{"Items":["a","b"]}', itemCount: 2 },
    { input: '{"Items":["c"]}', itemCount: 1 },
  ]);
  await assert.rejects(inputs(['abcdef'], batchOf(9, undefined, 15)), /item 0 alone is over the limit of 15 bytes/);
});
