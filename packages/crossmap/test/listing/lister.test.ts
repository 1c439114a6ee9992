import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Congestion, retryWait } from '../../src/listing/congestion.ts';
import { Lister, type ListerOptions } from '../../src/listing/lister.ts';
import { ListingError, type ListPage, type ObjectPage, type PageRequest } from '../../src/listing/page.ts';
import { countUpTo } from '../../src/listing/strategy/key-order.ts';
import { chanceOf } from './key-sets.ts';

const keys = Array.from({ length: 5_000 }, (_, i) => `k/${String((i * 7919) % 100_000).padStart(6, '0')}`).sort();
const PAGE = 50;

interface Bucket {
  readonly listPage: ListPage;
  readonly requests: PageRequest[];
  readonly most: () => number;
}

/** Pages of sorted keys, by StartAfter or by token, and how many were under way at most. */
function bucket(
  from: readonly string[] = keys,
  ignoreStartAfter = false,
  fault: (n: number) => void = () => undefined,
): Bucket {
  const requests: PageRequest[] = [];
  let [underWay, most] = [0, 0];
  return {
    requests,
    most: () => most,
    async listPage(request) {
      requests.push(request);
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      fault(requests.length);
      const { startAfter, token, limit = PAGE } = request;
      const start =
        token !== undefined
          ? Number(token)
          : startAfter === undefined || ignoreStartAfter
            ? 0
            : countUpTo(from, startAfter);
      return pageOf(from.slice(start, start + limit), start + limit < from.length, String(start + limit));
    },
  };
}

function pageOf(found: readonly string[], truncated: boolean, token?: string): ObjectPage {
  return { keys: found, truncated, token: truncated ? token : undefined, plain: true, columns: undefined };
}

async function listed(listPage: ListPage, more: Partial<ListerOptions> = {}) {
  const found: string[] = [];
  const waits: number[] = [];
  const lister = new Lister(
    listPage,
    {
      prefix: '',
      slots: 16,
      partitioned: true,
      checkStartAfter: false,
      sleep: async (ms) => void waits.push(ms),
      chance: chanceOf(3),
      ...more,
    },
    (page, count) => {
      found.push(...page.keys.slice(0, count));
      return undefined;
    },
  );
  const counts = await lister.run();
  return { found, waits, counts, lister };
}

const inOrder = (found: readonly string[]) => [...found].sort();

describe('Lister', () => {
  test('has as many requests under way as there are slots, and never more', async () => {
    const { listPage, most } = bucket();
    const { found, counts } = await listed(listPage, { slots: 16 });
    assert.deepEqual(inOrder(found), keys);
    assert.equal(most(), 16);
    assert.deepEqual([counts.keys, counts.retries, counts.share], [5_000, 0, 1]);
  });

  test('one chain of tokens where the bucket has no order of keys', async () => {
    const shuffled = [...keys].sort((a, b) => Number(a.slice(-1)) - Number(b.slice(-1)));
    const { listPage, most, requests } = bucket(shuffled);
    const { found } = await listed(listPage, { partitioned: false });
    assert.deepEqual(found, shuffled);
    assert.equal(most(), 1);
    assert.equal(requests.length, 100);
    assert.ok(requests.slice(1).every(({ token, startAfter }) => token !== undefined && startAfter === undefined));
  });

  test('a server that ignores StartAfter is noticed by one small request, and listed in one chain', async () => {
    const { listPage, most, requests } = bucket(keys, true);
    const { found } = await listed(listPage, { checkStartAfter: true });
    assert.deepEqual(found, keys);
    assert.equal(most(), 1);
    assert.equal(requests.filter(({ limit }) => limit === 1).length, 1);
    assert.equal(requests.length, 101);
  });

  test('a server that keeps to StartAfter passes the check, and one page needs none', async () => {
    const full = bucket();
    assert.deepEqual(inOrder((await listed(full.listPage, { checkStartAfter: true })).found), keys);
    assert.ok(full.most() > 1);
    const small = bucket(keys.slice(0, PAGE));
    await listed(small.listPage, { checkStartAfter: true });
    assert.equal(small.requests.length, 1);
  });

  test('unchecked, keys before StartAfter are an error and not a list', async () => {
    await assert.rejects(listed(bucket(keys, true).listPage), { code: 'StartAfterIgnored', kind: 'refused' });
  });

  test('a page without keys goes on by its token', async () => {
    const { listPage } = bucket();
    const { found } = await listed(async (request) => {
      if (request.startAfter === undefined && request.token === undefined) return pageOf([], true, '0');
      return listPage(request);
    });
    assert.deepEqual(inOrder(found), keys);
  });

  test('a page that breaks off without saying where it goes on is an error and not the end', async () => {
    const broken: ListPage = async () => ({ ...pageOf([], true), token: undefined });
    await assert.rejects(listed(broken), { code: 'ListingIncomplete' });
  });

  test('finds everything through 503, resets and slow answers', async () => {
    const chance = chanceOf(11);
    const { listPage } = bucket(keys, false, () => {
      const draw = chance();
      if (draw < 0.05) throw new ListingError('throttled', 'SlowDown', 'slow down');
      if (draw < 0.06) throw new ListingError('failed', 'ECONNRESET', 'reset');
    });
    const { found, counts, waits } = await listed(listPage);
    assert.deepEqual(inOrder(found), keys);
    assert.ok(counts.retries > 0);
    assert.equal(waits.length, counts.retries);
  });

  test('asks for less at once while the server is throttling', async () => {
    let refusals = 0;
    let mostLater = 0;
    let underWay = 0;
    const { listPage } = bucket();
    const { found } = await listed(
      async (request) => {
        underWay += 1;
        try {
          if (refusals > 12) mostLater = Math.max(mostLater, underWay);
          await new Promise(setImmediate);
          // The server takes four at once.
          if (underWay > 4) {
            refusals += 1;
            throw new ListingError('throttled', 'SlowDown', 'slow down');
          }
          return await listPage(request);
        } finally {
          underWay -= 1;
        }
      },
      { slots: 16, sleep: () => new Promise(setImmediate), attempts: 100 },
    );
    assert.deepEqual(inOrder(found), keys);
    assert.ok(mostLater > 0 && mostLater <= 8, `${mostLater} at once`);
  });

  test('a refusal ends the listing at once, with its code', async () => {
    const { listPage, requests } = bucket(keys, false, (n) => {
      if (n === 30) throw new ListingError('refused', 'AccessDenied', 'denied');
    });
    await assert.rejects(listed(listPage), { code: 'AccessDenied' });
    assert.ok(requests.length < 50);
  });

  test('gives up after the attempts that are allowed', async () => {
    const { listPage, requests } = bucket(keys, false, () => {
      throw new ListingError('failed', 'InternalError', 'again');
    });
    await assert.rejects(listed(listPage, { attempts: 5 }), { code: 'InternalError' });
    assert.equal(requests.length, 5);
  });

  test('waits for who takes the pages', async () => {
    const { listPage } = bucket();
    let [taking, most] = [0, 0];
    const options = {
      prefix: '',
      slots: 4,
      partitioned: true,
      checkStartAfter: false,
      sleep: async () => {},
      chance: () => 0,
    };
    await new Lister(listPage, options, async () => {
      taking += 1;
      most = Math.max(most, taking);
      for (let i = 0; i < 5; i++) await new Promise(setImmediate);
      taking -= 1;
    }).run();
    assert.equal(most, 4);
  });

  test('what is left when it is stopped is what was not found', async () => {
    const stop = new AbortController();
    const { listPage } = bucket(keys, false, (n) => {
      if (n === 40) stop.abort();
    });
    const first = await listed(listPage, { stopped: stop.signal });
    assert.ok(first.found.length > 0 && first.found.length < keys.length);
    const second = await listed(bucket().listPage, { open: first.lister.open });
    assert.deepEqual(inOrder([...first.found, ...second.found]), keys);
  });
});

describe('Congestion', () => {
  test('halves once for refusals of the same time, and grows by one a round', () => {
    const congestion = new Congestion(64);
    const sent = congestion.sent();
    for (let i = 0; i < 10; i++) congestion.throttled(sent);
    assert.equal(congestion.slots, 32);
    congestion.throttled(congestion.sent());
    assert.equal(congestion.slots, 16);
    for (let i = 0; i < 17; i++) congestion.answered();
    assert.equal(congestion.slots, 17);
    for (let i = 0; i < 10_000; i++) congestion.answered();
    assert.equal(congestion.slots, 64);
    for (let i = 0; i < 10; i++) congestion.throttled(congestion.sent());
    assert.equal(congestion.slots, 1);
  });

  test('waits longer each time, any part of it by chance', () => {
    assert.deepEqual(
      [1, 2, 3].map((attempt) => retryWait(attempt, () => 1)),
      [50, 100, 200],
    );
    assert.equal(
      retryWait(30, () => 1),
      20_000,
    );
    assert.equal(
      retryWait(3, () => 0.25),
      50,
    );
  });
});
