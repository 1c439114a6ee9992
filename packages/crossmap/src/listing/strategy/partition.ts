import { Alphabets } from './alphabet.ts';
import { codePoints, commonLength, compareKeys, countUpTo, successor } from './key-order.ts';
import { estimatePages, halvingCut, type Range } from './range.ts';

export interface ListedPage {
  /** Neighbours in the bucket, in its order. */
  readonly keys: readonly string[];
  /** More keys follow. */
  readonly truncated: boolean;
}

const CUTS_IN_ADVANCE = 15;
const LEAST_PAGES_TO_CUT = 3;
const PAGES_LEARNT_WHOLE = 40;
const SAMPLES = 12;

export class Partition {
  readonly #alphabets = new Alphabets();
  readonly #ranges: Range[] = [];
  readonly #least: number;
  readonly #proposals: string[] = [];
  #pageSize = 1_000;
  #pages = 0;
  #found = 0;
  #created = 0;
  #merged = 0;

  constructor(prefix: string) {
    this.#least = codePoints(prefix).length;
    this.#ranges.push(this.#create('', undefined, 0));
  }

  get finished(): boolean {
    return this.#ranges.length === 0;
  }

  get ranges(): readonly Range[] {
    return this.#ranges;
  }

  /** The range whose next page is to be asked for, after its cursor; undefined while nothing is worth a request. */
  next(): Range | undefined {
    const range = this.#idle() ?? this.#proposed() ?? this.#halved();
    if (range !== undefined) range.busy = true;
    return range;
  }

  /** Takes the page that follows the range's cursor. The first of its keys, as many as the answer says, are new. */
  accept(range: Range, { keys, truncated }: ListedPage): number {
    range.busy = false;
    this.#learn(keys);
    this.#learnGap(range, keys[0]);
    const final = keys.at(-1);
    if (!truncated && final !== undefined) this.#alphabets.learnEnd(final, this.#least);
    let fresh = this.#upToEnd(range, keys);
    while (fresh < keys.length) {
      const right = this.#ranges[this.#ranges.indexOf(range) + 1];
      if (right === undefined || right.busy) break;
      this.#ranges.splice(this.#ranges.indexOf(right), 1);
      this.#merged += 1;
      range.end = right.end;
      range.pagesLeft += right.pagesLeft;
      fresh = this.#upToEnd(range, keys);
    }
    this.#found += fresh;
    range.found += fresh;
    const last = keys.at(-1);
    if (!truncated || fresh < keys.length || (last !== undefined && last === range.end)) {
      this.#ranges.splice(this.#ranges.indexOf(range), 1);
      if (fresh === 0) this.#missed(range);
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

  #upToEnd({ end }: Range, keys: readonly string[]): number {
    return end === undefined ? keys.length : countUpTo(keys, end);
  }

  #learn(keys: readonly string[]): void {
    this.#pages += 1;
    if (this.#pages <= PAGES_LEARNT_WHOLE) return this.#alphabets.learn(keys, 0, keys.length);
    const step = Math.max(2, Math.floor(keys.length / SAMPLES));
    for (let k = 0; k < keys.length; k += step) this.#alphabets.learn(keys, k, Math.min(k + 2, keys.length));
  }

  /** The first page after a cut says what is not there. */
  #learnGap({ start, found }: Range, first: string | undefined): void {
    if (found > 0 || start === '') return;
    const left = this.#ranges.find(({ end }) => end === start);
    if (left === undefined || left.cursor === '') return;
    const cut = codePoints(start);
    const agreed = commonLength(codePoints(left.cursor), cut);
    if (first === undefined || commonLength(cut, codePoints(first)) < agreed) this.#alphabets.learnGap(left.cursor, start);
  }

  #missed(range: Range): void {
    for (const left of this.#ranges) if (left.end === range.start && range.start !== '') left.misses += 1;
  }

  #proposeSiblings(keys: readonly string[]): void {
    const first = codePoints(keys[0] ?? '');
    const last = codePoints(keys.at(-1) ?? '');
    const deepest = commonLength(first, last);
    for (let depth = this.#least; depth <= deepest; depth++) {
      const next = successor(last[depth] ?? 0);
      if (next !== undefined) this.#proposals.push(String.fromCodePoint(...last.slice(0, depth), next));
    }
    const keep = CUTS_IN_ADVANCE - 3;
    if (this.#proposals.length > keep) this.#proposals.splice(1, this.#proposals.length - keep);
  }

  #idle(): Range | undefined {
    let best: Range | undefined;
    for (const range of this.#ranges) {
      if (!range.busy && (best === undefined || range.pagesLeft > best.pagesLeft)) best = range;
    }
    return best;
  }

  #mayCut(): boolean {
    return this.#created - this.#merged <= CUTS_IN_ADVANCE + Math.floor(this.#found / this.#pageSize);
  }

  #proposed(): Range | undefined {
    while (this.#proposals.length > 0 && this.#mayCut()) {
      const key = this.#proposals.pop() ?? '';
      const range = this.#ranges.find(
        ({ cursor, end }) => compareKeys(cursor, key) < 0 && (end === undefined || compareKeys(key, end) < 0),
      );
      if (range !== undefined) return this.#cut(range, key, 1);
    }
    return undefined;
  }

  #halved(): Range | undefined {
    if (!this.#mayCut()) return undefined;
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
    const right = this.#create(key, range.end, pagesRight);
    range.end = key;
    range.pagesLeft = Math.max(range.pagesLeft - pagesRight, 1);
    this.#estimate(range);
    this.#ranges.splice(this.#ranges.indexOf(range) + 1, 0, right);
    return right;
  }

  /** Nothing is believed to hold more than a few times what has been seen of the whole. */
  #estimate(range: Range): void {
    const most = Math.max(8, (2 * this.#found) / this.#pageSize);
    range.pagesLeft = estimatePages(range, this.#alphabets, this.#least, this.#pageSize, most);
  }

  #create(start: string, end: string | undefined, pagesLeft: number): Range {
    this.#created += 1;
    return { id: this.#created, cursor: start, start, end, busy: false, first: undefined, found: 0, recent: undefined, pagesLeft, misses: 0 };
  }
}
