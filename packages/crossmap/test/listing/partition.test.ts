import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compareKeys, countUpTo } from '../../src/listing/strategy/key-order.ts';
import { Partition } from '../../src/listing/strategy/partition.ts';
import type { Range } from '../../src/listing/strategy/range.ts';
import { chanceOf, keysOf, recipes } from './key-sets.ts';

interface Run {
  readonly found: readonly string[];
  readonly calls: number;
  readonly rounds: number;
  readonly starts: readonly string[];
}

interface Setting {
  readonly size: number;
  readonly slots: number;
  readonly prefix?: string;
  /** Which of the requests under way is answered next; absent: the first one sent. */
  readonly chance?: () => number;
}

/** Lists sorted keys as the lister does, with answers in any order. `rounds` are answers that could not be had at once. */
function list(keys: readonly string[], { size, slots, prefix = '', chance = () => 0 }: Setting): Run {
  const partition = new Partition(prefix);
  const underWay: { readonly range: Range; readonly cursor: string; readonly round: number }[] = [];
  const found: string[] = [];
  const starts: string[] = [];
  let round = 0;
  while (!partition.finished) {
    while (underWay.length < slots) {
      const range = partition.next();
      if (range === undefined) break;
      starts.push(range.cursor);
      underWay.push({ range, cursor: range.cursor, round: round + 1 });
    }
    const [answered] = underWay.splice(Math.floor(chance() * underWay.length), 1);
    assert.ok(answered, 'something is under way while there is something left');
    round = Math.max(round, answered.round);
    const from = answered.cursor === '' ? 0 : countUpTo(keys, answered.cursor);
    const page = { keys: keys.slice(from, from + size), truncated: from + size < keys.length };
    found.push(...page.keys.slice(0, partition.accept(answered.range, page)));
  }
  return { found, calls: starts.length, rounds: round, starts };
}

function byBytes(keys: readonly string[]): string[] {
  return keys
    .map((key) => Buffer.from(key))
    .sort(Buffer.compare)
    .map(String);
}

/** As many pages of a thousand as 200,000 keys have, in pages of fifty. */
const PAGE = 50;

describe('Partition', () => {
  test('finds any keys exactly once, in at most twice the least number of requests and 16', () => {
    fc.assert(
      fc.property(recipes(200 * PAGE), fc.constantFrom(1, 3, 16, 64, 200), (recipe, slots) => {
        const keys = keysOf(recipe);
        const chance = chanceOf(recipe.seed + slots);
        const { found, calls } = list(keys, { size: PAGE, slots, prefix: recipe.prefix, chance });
        assert.deepEqual(byBytes(found), keys);
        const least = Math.max(1, Math.ceil(keys.length / PAGE));
        assert.ok(calls <= 2 * least + 16, `${calls} requests for ${least} pages`);
      }),
      { numRuns: 1_000 },
    );
  });

  test('the same with pages of a thousand keys', () => {
    fc.assert(
      fc.property(recipes(200_000), (recipe) => {
        const keys = keysOf(recipe);
        const { found, calls } = list(keys, { size: 1_000, slots: 64, prefix: recipe.prefix, chance: chanceOf(1) });
        assert.equal(found.length, keys.length);
        assert.deepEqual(new Set(found), new Set(keys));
        assert.ok(calls <= 2 * Math.max(1, Math.ceil(keys.length / 1_000)) + 16);
      }),
      { numRuns: 8 },
    );
  });

  test('one page or less is one request', () => {
    for (const count of [0, 1, 999, 1_000]) {
      const keys = Array.from({ length: count }, (_, i) => `key-${String(i).padStart(4, '0')}`);
      const { calls, found } = list(keys, { size: 1_000, slots: 64 });
      assert.deepEqual([calls, found.length], [1, count]);
    }
  });

  test('every made-up StartAfter is UTF-8 and has the prefix, or follows all keys that have it', () => {
    fc.assert(
      fc.property(recipes(200 * PAGE), (recipe) => {
        const { starts } = list(keysOf(recipe), { size: PAGE, slots: 64, prefix: recipe.prefix });
        for (const start of starts.slice(1)) {
          assert.equal(Buffer.from(start).toString(), start);
          assert.ok(Buffer.byteLength(start) <= 1_024, start);
          assert.ok(compareKeys(start, recipe.prefix) > 0, JSON.stringify(start));
        }
      }),
      { numRuns: 100 },
    );
  });

  const hex = (i: number) => `${Math.imul(i, 2654435761) >>> 0}`.padStart(10, '0');
  const digits = (i: number, length: number) => String(i).padStart(length, '0');
  for (const [what, make, most, rounds] of [
    ['keys spread evenly', (i: number) => `data/${hex(i)}.json`, 1.25, 14],
    ['numbered keys', (i: number) => `file-${digits(i, 12)}`, 1.25, 20],
    [
      'keys by month, day and hour',
      (i: number) => {
        const hours = Math.floor((i / (400 * PAGE)) * 3 * 365 * 24);
        const [date = '', hour = ''] = new Date(Date.UTC(2023, 0, 1, hours)).toISOString().split(/[T:]/);
        return `logs/${date.replaceAll('-', '/')}/${hour}/${hex(i)}`;
      },
      1.4,
      20,
    ],
    [
      'a few tenants with most of the keys',
      (i: number) => `tenant-${digits(Math.floor(Math.sqrt(i) / 9) ** 2, 6)}/${hex(i)}`,
      1.4,
      30,
    ],
  ] as const) {
    test(`${what} are listed by 64 requests at once: ${rounds} rounds for 400 pages, ${most} times the least requests`, () => {
      const keys = byBytes(Array.from({ length: 400 * PAGE }, (_, i) => make(i)));
      const run = list(keys, { size: PAGE, slots: 64 });
      assert.equal(run.found.length, keys.length);
      assert.ok(run.calls <= most * 400, `${run.calls} requests`);
      assert.ok(run.rounds <= rounds, `${run.rounds} rounds`);
    });
  }

  test('goes on with what was left: the open ranges, and nothing of what was found', () => {
    const keys = byBytes(Array.from({ length: 5_000 }, (_, i) => hex(i)));
    const first = new Partition('');
    const found: string[] = [];
    const pageAfter = (cursor: string) => {
      const from = cursor === '' ? 0 : countUpTo(keys, cursor);
      return { keys: keys.slice(from, from + PAGE), truncated: from + PAGE < keys.length };
    };
    const step = (partition: Partition) => {
      const range = partition.next();
      assert.ok(range);
      const page = pageAfter(range.cursor);
      found.push(...page.keys.slice(0, partition.accept(range, page)));
    };
    for (let i = 0; i < 20; i++) step(first);
    // One request is under way when the listing is left: its page is asked for again.
    first.next();
    const second = new Partition('', { open: JSON.parse(JSON.stringify(first.open)) });
    while (!second.finished) step(second);
    assert.deepEqual(byBytes(found), keys);
  });

  test('keys that come and go meanwhile change nothing for the others', () => {
    const chance = chanceOf(7);
    const all = byBytes(Array.from({ length: 6_000 }, (_, i) => hex(i)));
    const present = new Set(all.filter((_, i) => i % 3 !== 0));
    const partition = new Partition('');
    const underWay: { range: Range; cursor: string }[] = [];
    const found: string[] = [];
    while (!partition.finished) {
      for (
        let range = partition.next();
        range !== undefined;
        range = underWay.length < 9 ? partition.next() : undefined
      ) {
        underWay.push({ range, cursor: range.cursor });
      }
      const [answered] = underWay.splice(Math.floor(chance() * underWay.length), 1);
      assert.ok(answered);
      // Every third key is there or not, as it happens, whenever a page is made.
      const now = all.filter((key) => compareKeys(key, answered.cursor) > 0 && (present.has(key) || chance() < 0.5));
      const page = { keys: now.slice(0, PAGE), truncated: now.length > PAGE };
      found.push(...page.keys.slice(0, partition.accept(answered.range, page)));
    }
    assert.equal(new Set(found).size, found.length);
    assert.deepEqual(
      [...present].filter((key) => !found.includes(key)),
      [],
    );
  });
});

describe('compareKeys', () => {
  test('is the order of UTF-8 bytes for any two strings', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        assert.equal(Math.sign(compareKeys(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 2_000 },
    );
    assert.ok(compareKeys('\uffee', '\u{10000}') < 0);
  });
});
