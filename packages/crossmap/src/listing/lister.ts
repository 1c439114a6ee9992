import { Congestion, retryWait } from './congestion.ts';
import { ListingError, type ListPage, type ObjectPage, type PageRequest } from './page.ts';
import { countUpTo } from './strategy/key-order.ts';
import { type OpenRanges, Partition } from './strategy/partition.ts';
import type { Range } from './strategy/range.ts';

export interface ListerOptions {
  readonly prefix: string;
  /** Requests at once, at most. */
  readonly slots: number;
  /** Off where a bucket has no order of keys: one chain of continuation tokens. */
  readonly partitioned: boolean;
  /** Whether the server is first asked something that only a right StartAfter answers. If it does not, one chain. */
  readonly checkStartAfter: boolean;
  /** Goes on with a listing that was left. */
  readonly open?: OpenRanges | undefined;
  /** Attempts for one page, with waits between them. */
  readonly attempts?: number;
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 up to 1. */
  readonly chance: () => number;
  /** No further page is asked for; those under way are still taken. */
  readonly stopped?: AbortSignal | undefined;
}

/**
 * Takes the first `count` objects of a page, which follow those that the range gave before. What it returns is waited
 * for before another page is asked for in its place: a slow taker slows the listing down, and nothing piles up.
 */
export type TakePage = (page: ObjectPage, count: number, rangeId: number) => Promise<void> | undefined;

export interface ListingCounts {
  readonly keys: number;
  /** ListObjectsV2 requests with an answer that was a page. */
  readonly requests: number;
  readonly retries: number;
  /** About how much of all keys has been found, from 0 to 1. */
  readonly share: number;
}

const ATTEMPTS = 12;

/** Lists a bucket, many pages at once. See `Partition` for how, and for which keys are found while others change. */
export class Lister {
  readonly #listPage: ListPage;
  readonly #options: ListerOptions;
  readonly #take: TakePage;
  readonly #partition: Partition;
  readonly #congestion: Congestion;
  readonly #tokens = new Map<number, string>();
  #underWay = 0;
  #requests = 0;
  #retries = 0;
  #failure: unknown;
  #end: (() => void) | undefined;

  constructor(listPage: ListPage, options: ListerOptions, take: TakePage) {
    this.#listPage = listPage;
    this.#options = options;
    this.#take = take;
    this.#partition = new Partition(options.prefix, { serial: !options.partitioned, open: options.open });
    this.#congestion = new Congestion(options.slots);
  }

  get counts(): ListingCounts {
    const { found, share } = this.#partition;
    return { keys: found, requests: this.#requests, retries: this.#retries, share };
  }

  /** What is left to be listed. Empty once everything is. */
  get open(): OpenRanges {
    return this.#partition.open;
  }

  /**
   * Throws the `ListingError` that no further attempt got past, and whatever the taker throws, without waiting for the
   * answers that are still to come: they are dropped.
   */
  async run(): Promise<ListingCounts> {
    const { partitioned, checkStartAfter, open } = this.#options;
    if (partitioned && checkStartAfter && open === undefined) await this.#firstPage();
    await new Promise<void>((resolve) => {
      this.#end = resolve;
      this.#fill();
    });
    if (this.#failure !== undefined) throw this.#failure;
    return this.counts;
  }

  async #firstPage(): Promise<void> {
    const range = this.#partition.next();
    if (range === undefined) return;
    const page = await this.#page({});
    if (page.truncated && !(await this.#startAfterHolds(page.keys))) {
      this.#partition.stopCutting();
      if (page.token !== undefined) this.#tokens.set(range.id, page.token);
    }
    await this.#take(page, this.#partition.accept(range, page), range.id);
  }

  /** Asks for what follows a key in the middle of the page that is not there, by its order. */
  async #startAfterHolds(keys: readonly string[]): Promise<boolean> {
    const middle = keys[keys.length >> 1];
    if (middle === undefined) return true;
    const startAfter = [...middle].slice(0, -1).join('');
    if (startAfter === '') return true;
    const { keys: found } = await this.#page({ startAfter, limit: 1 });
    return found[0] === keys[countUpTo(keys, startAfter)];
  }

  #fill(): void {
    const stopped = this.#failure !== undefined || this.#options.stopped?.aborted === true;
    while (!stopped && this.#underWay < this.#congestion.slots) {
      const range = this.#partition.next();
      if (range === undefined) break;
      this.#underWay += 1;
      this.#listRange(range)
        .catch((error) => {
          this.#failure ??= error;
          this.#end?.();
        })
        .finally(() => {
          this.#underWay -= 1;
          this.#fill();
        });
    }
    if (this.#underWay === 0) this.#end?.();
  }

  async #listRange(range: Range): Promise<void> {
    const page = await this.#nextPage(range);
    if (this.#failure !== undefined) return;
    const count = this.#partition.accept(range, page);
    this.#continueByToken(range, page);
    await this.#take(page, count, range.id);
  }

  async #nextPage(range: Range): Promise<ObjectPage> {
    const token = this.#tokens.get(range.id);
    try {
      const page = await this.#page(
        token !== undefined ? { token } : range.cursor === '' ? {} : { startAfter: range.cursor },
      );
      this.#check(page, range.cursor);
      return page;
    } catch (error) {
      this.#partition.release(range);
      throw error;
    }
  }

  /** One chain goes on by token, and so does a range after a page without keys, whose cursor has not moved. */
  #continueByToken({ id }: Range, page: ObjectPage): void {
    const needed = !this.#options.partitioned || this.#tokens.has(id) || page.keys.length === 0;
    if (needed && page.truncated && page.token !== undefined) this.#tokens.set(id, page.token);
    else this.#tokens.delete(id);
  }

  #check({ keys, truncated, token }: ObjectPage, cursor: string): void {
    if (truncated && token === undefined && (keys.length === 0 || !this.#options.partitioned)) {
      throw new ListingError('refused', 'ListingIncomplete', 'The server says that more follows, and not where.');
    }
    if (!this.#options.partitioned || cursor === '' || keys.length === 0) return;
    if (countUpTo(keys.slice(0, 1), cursor) > 0) {
      throw new ListingError(
        'refused',
        'StartAfterIgnored',
        'The server answers with keys that come before StartAfter.',
      );
    }
  }

  async #page(request: PageRequest): Promise<ObjectPage> {
    const { sleep, chance, attempts = ATTEMPTS, stopped } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const sent = this.#congestion.sent();
      try {
        const page = await this.#listPage(request);
        this.#congestion.answered();
        this.#requests += 1;
        return page;
      } catch (error) {
        if (!(error instanceof ListingError) || error.kind === 'refused' || attempt >= attempts) throw error;
        if (error.kind === 'throttled') this.#congestion.throttled(sent);
        if (stopped?.aborted === true || this.#failure !== undefined) throw error;
        this.#retries += 1;
        await sleep(retryWait(attempt, chance));
      }
    }
  }
}
