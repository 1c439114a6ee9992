import { Alphabets } from './alphabet.ts';
import { codePoints, commonLength, compareKeys, countUpTo, successor } from './key-order.ts';
import { estimatePages, halvingCut, type Range } from './range.ts';

export interface ListedPage {
  /** Neighbours in the bucket, in its order. */
  readonly keys: readonly string[];
  /** More keys follow. */
  readonly truncated: boolean;
}

/** What is still to be listed of a listing that was left: ranges in key order. A few kilobytes. */
export type OpenRanges = readonly Pick<Range, 'id' | 'cursor' | 'end'>[];

/** A cut costs at most one request more. So many may be made before pages have paid for them. */
const CUTS_IN_ADVANCE = 15;
/** Cuts that are kept for halving while the siblings of the first page are looked at. */
const CUTS_TO_HALVE = 3;
/** A range with less is left to itself: the request that a cut may cost would not be worth it. */
const LEAST_PAGES_TO_CUT = 3;
/** So many pages are learnt from as a whole, the others by samples. */
const PAGES_LEARNT_WHOLE = 16;
const SAMPLES = 12;
const LARGEST_PAGE = 1_000;

/**
 * Decides which page of a bucket to ask for next. Pure: the same answers in the same order give the same requests.
 *
 * The keys that are not listed yet form ranges, each of which is listed page by page from its cursor. When there is room
 * for another request and no range waits, the range that is believed to be the largest is cut in two: its left part
 * goes on where it was, the right part begins after a made-up key, which `StartAfter` allows. Nothing is ever asked for
 * only to learn something: the first page of the right part is as good as any other.
 *
 * - Where to cut: keys are numbers in the mixed radix of the characters that pages have shown at each depth (`Alphabets`,
 *   `Scale`), so that half of the numbers is about half of the keys. A first page shows only its own neighbourhood, so
 *   the first cuts are its siblings: just above each prefix of its last key, from the deepest to the shallowest, which
 *   finds the next folder, the next year, and the end of all keys in one round.
 * - How much is left: pages over the share of the numbers that they took (`estimatePages`), never more than twice what has
 *   been seen of the whole. A cut behind which nothing is found halves the estimate of what lies before it, and says
 *   which characters do not occur.
 * - Where ranges meet: a page that passes its range's end has keys of the right neighbour. If that one has not begun it is
 *   merged; otherwise those keys are dropped, since the neighbour lists them itself.
 * - What it may cost: a range ends with at most one request that was not filled with new keys. There are never more
 *   ranges than fifteen and one for each page's worth of keys found, so whatever the keys are, there are at most twice
 *   as many requests as one chain would need, and sixteen.
 *
 * Each key that is there throughout is found exactly once: ranges neither overlap nor leave a gap, and every one is listed
 * to its end. A key that is written or deleted meanwhile is found once or not at all.
 */
export class Partition {
  readonly #alphabets = new Alphabets();
  readonly #ranges: Range[];
  readonly #least: number;
  readonly #proposals: string[] = [];
  #serial: boolean;
  #pageSize = LARGEST_PAGE;
  #pages = 0;
  #found = 0;
  /** Ranges there have been, but for merged ones. */
  #begun = 0;
  #lastId = 0;

  /** `serial`: never cut. `open`: go on with a listing that was left. */
  constructor(prefix: string, { serial = false, open }: { serial?: boolean; open?: OpenRanges | undefined } = {}) {
    this.#least = codePoints(prefix).length;
    this.#serial = serial;
    const ranges = open ?? [{ id: 1, cursor: '', end: undefined }];
    this.#lastId = ranges.reduce((last, { id }) => Math.max(last, id), 0);
    this.#ranges = ranges.map(({ id, cursor, end }) => this.#begin(id, cursor, end, 1));
  }

  get finished(): boolean {
    return this.#ranges.length === 0;
  }

  /** In key order. */
  get open(): OpenRanges {
    return this.#ranges.map(({ id, cursor, end }) => ({ id, cursor, end }));
  }

  get found(): number {
    return this.#found;
  }

  /** About how much of all keys has been found, from 0 to 1. */
  get share(): number {
    const left = this.#ranges.reduce((sum, { pagesLeft }) => sum + pagesLeft, 0) * this.#pageSize;
    return left === 0 ? 1 : this.#found / (this.#found + left);
  }

  /** From now on no range is cut. */
  stopCutting(): void {
    this.#serial = true;
  }

  /** The range whose next page is to be asked for, after its cursor; undefined while nothing is worth a request. */
  next(): Range | undefined {
    const range = this.#waiting() ?? (this.#mayCut() ? (this.#proposed() ?? this.#halved()) : undefined);
    if (range !== undefined) range.busy = true;
    return range;
  }

  /** The range's page did not come: it is to be asked for again. */
  release(range: Range): void {
    range.busy = false;
  }

  /** Takes the page that follows the range's cursor. The first of its keys, as many as the answer says, are new. */
  accept(range: Range, { keys, truncated }: ListedPage): number {
    range.busy = false;
    if (!this.#serial) this.#learn(range, keys, truncated);
    const fresh = this.#newKeys(range, keys);
    this.#found += fresh;
    range.found += fresh;
    const last = keys.at(-1);
    if (!truncated || fresh < keys.length || (last !== undefined && last === range.end)) {
      this.#ranges.splice(this.#ranges.indexOf(range), 1);
      if (fresh === 0) this.#missed(range.start);
    } else if (last !== undefined) {
      range.cursor = last;
      range.first ??= keys[0];
      range.recent = { first: keys[0] ?? last, keys: keys.length };
      range.misses = Math.max(0, range.misses - 1);
      this.#estimate(range);
      if (this.#pages === 1) this.#proposeSiblings(keys);
    }
    return fresh;
  }

  /** Those up to the end of the range, which grows by neighbours that the page reaches into and that have not begun. */
  #newKeys(range: Range, keys: readonly string[]): number {
    for (;;) {
      const fresh = range.end === undefined ? keys.length : countUpTo(keys, range.end);
      const right = this.#ranges[this.#ranges.indexOf(range) + 1];
      if (fresh === keys.length || right === undefined || right.busy || right.cursor !== right.start) return fresh;
      this.#ranges.splice(this.#ranges.indexOf(right), 1);
      this.#begun -= 1;
      range.end = right.end;
      range.pagesLeft += right.pagesLeft;
    }
  }

  #learn(range: Range, keys: readonly string[], truncated: boolean): void {
    this.#pages += 1;
    if (truncated) this.#pageSize = this.#pages === 1 ? keys.length || 1 : Math.max(this.#pageSize, keys.length);
    if (this.#pages <= PAGES_LEARNT_WHOLE) this.#alphabets.learn(keys, 0, keys.length);
    else {
      const step = Math.max(2, Math.floor(keys.length / SAMPLES));
      for (let k = 0; k < keys.length; k += step) this.#alphabets.learn(keys, k, Math.min(k + 2, keys.length));
    }
    if (range.first === undefined && range.start !== '') this.#learnGap(range.start, keys[0]);
    const last = keys.at(-1);
    if (!truncated && last !== undefined) this.#alphabets.learnEnd(last, this.#least);
  }

  /** The first page after a cut says what is not there between the cut and the page's first key. */
  #learnGap(cut: string, first: string | undefined): void {
    const before = this.#ranges.find(({ end }) => end === cut)?.cursor;
    if (before === undefined || before === '') return;
    const points = codePoints(cut);
    const agreed = commonLength(codePoints(before), points);
    if (first === undefined || commonLength(points, codePoints(first)) < agreed) this.#alphabets.learnGap(before, cut);
  }

  #missed(cut: string): void {
    for (const left of this.#ranges) if (left.end === cut) left.misses += 1;
  }

  /** Cuts just above each prefix of the first page's last key, as far as the whole page shares it; shallowest first. */
  #proposeSiblings(keys: readonly string[]): void {
    const last = codePoints(keys.at(-1) ?? '');
    const deepest = commonLength(codePoints(keys[0] ?? ''), last);
    for (let depth = this.#least; depth <= deepest; depth++) {
      const next = successor(last[depth] ?? 0);
      if (next !== undefined) this.#proposals.push(String.fromCodePoint(...last.slice(0, depth), next));
    }
    const most = CUTS_IN_ADVANCE - CUTS_TO_HALVE;
    if (this.#proposals.length > most) this.#proposals.splice(1, this.#proposals.length - most);
  }

  #mayCut(): boolean {
    return !this.#serial && this.#begun <= CUTS_IN_ADVANCE + Math.floor(this.#found / this.#pageSize);
  }

  /** The largest of those that nobody lists at the moment. */
  #waiting(): Range | undefined {
    let largest: Range | undefined;
    for (const range of this.#ranges) {
      if (!range.busy && (largest === undefined || range.pagesLeft > largest.pagesLeft)) largest = range;
    }
    return largest;
  }

  #proposed(): Range | undefined {
    for (let key = this.#proposals.pop(); key !== undefined; key = this.#proposals.pop()) {
      const cut = key;
      const range = this.#ranges.find(
        ({ cursor, end }) => compareKeys(cursor, cut) < 0 && (end === undefined || compareKeys(cut, end) < 0),
      );
      if (range !== undefined) return this.#cut(range, cut, 1);
    }
    return undefined;
  }

  #halved(): Range | undefined {
    for (;;) {
      let largest: Range | undefined;
      for (const range of this.#ranges) {
        if (range.pagesLeft > (largest?.pagesLeft ?? LEAST_PAGES_TO_CUT)) largest = range;
      }
      if (largest === undefined) return undefined;
      const key = halvingCut(largest, this.#alphabets, this.#least);
      if (key !== undefined) return this.#cut(largest, key, (largest.pagesLeft - 1) / 2);
      largest.pagesLeft = LEAST_PAGES_TO_CUT;
    }
  }

  #cut(range: Range, key: string, pagesRight: number): Range {
    this.#lastId += 1;
    const right = this.#begin(this.#lastId, key, range.end, pagesRight);
    range.end = key;
    range.pagesLeft = Math.max(range.pagesLeft - pagesRight, 1);
    this.#estimate(range);
    this.#ranges.splice(this.#ranges.indexOf(range) + 1, 0, right);
    return right;
  }

  #begin(id: number, start: string, end: string | undefined, pagesLeft: number): Range {
    this.#begun += 1;
    const found = { found: 0, first: undefined, recent: undefined, misses: 0 };
    return { id, start, cursor: start, end, busy: false, pagesLeft, ...found };
  }

  #estimate(range: Range): void {
    const most = Math.max(8, (2 * this.#found) / this.#pageSize);
    range.pagesLeft = estimatePages(range, this.#alphabets, this.#least, this.#pageSize, most);
  }
}
