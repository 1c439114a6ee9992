import { codePoints, commonLength } from './key-order.ts';

/** Stands for the end of a key where a character is looked for: it sorts before every character. */
export const END_OF_KEY = -1;

/** Beyond where two neighbours differ, keys tell no more of those around them. */
const DEPTHS_LEARNT = 6;

/** What has been seen in one place of keys. */
class Place {
  /** Sorted. */
  readonly characters: number[] = [];
  /** For each of them: some page went from it, or from a lesser one, past the place where others could follow. */
  readonly sealed: boolean[] = [];
  /** `characters` with those that are expected; undefined where that has changed. */
  expected: readonly number[] | undefined;

  /** From here on nothing has been found where it was looked for. */
  ceiling = Number.POSITIVE_INFINITY;

  /** Only the place after the last one may be open, and that was looked at. */
  get known(): boolean {
    const open = this.sealed.indexOf(false);
    if (open === -1) return this.characters.length > 0;
    return open === this.characters.length - 1 && this.ceiling <= (this.characters[open] ?? 0) + 1;
  }

  /** Whether it was new. */
  add(character: number): boolean {
    const at = lowerBound(this.characters, character);
    if (this.characters[at] === character) return false;
    this.characters.splice(at, 0, character);
    this.sealed.splice(at, 0, at > 0 && this.sealed[at - 1] === true);
    this.expected = undefined;
    if (character >= this.ceiling) this.ceiling = Number.POSITIVE_INFINITY;
    return true;
  }

  /** There is nothing from `low` on. */
  bound(low: number): void {
    this.seal(low, Number.POSITIVE_INFINITY);
    if (low > (this.characters.at(-1) ?? END_OF_KEY) && low < this.ceiling) {
      this.ceiling = low;
      this.expected = undefined;
    }
  }

  /** Between the two, which are not the same, there is nothing. */
  seal(low: number, high: number): void {
    for (let at = lowerBound(this.characters, low); (this.characters[at] ?? high) < high; at++) {
      if (this.sealed[at] === true) continue;
      this.sealed[at] = true;
      this.expected = undefined;
    }
  }
}

/**
 * The characters that keys have at each depth, learnt from neighbouring keys of pages. Two neighbours also say what is
 * not there: `a/9` before `b/1` seals the place after `9`, and the one between `a` and `b`. Where nothing has been
 * sealed, the characters of other depths are expected: a page of `00…` says that hexadecimal digits are in use before it
 * says that keys begin with them. What follows one character in particular is used once it is known (months are `01` to
 * `12`: only 0, 1 and 2 follow the 1).
 */
export class Alphabets {
  readonly #depths: Place[] = [];
  readonly #after: Map<number, Place>[] = [];
  /** Sorted: the characters of all depths that have several. */
  readonly #everywhere: number[] = [];

  /** Learns from some of the sorted keys, which are neighbours in the bucket. */
  learn(keys: readonly string[], from: number, to: number): void {
    let previous: number[] | undefined;
    for (let k = from; k < to; k++) {
      const points = codePoints(keys[k] ?? '');
      const common = previous === undefined ? 0 : commonLength(previous, points);
      const deepest = previous === undefined ? points.length : Math.min(points.length, common + DEPTHS_LEARNT);
      for (let depth = common; depth <= deepest; depth++) this.#add(points, depth);
      if (previous !== undefined) {
        const [low, high] = [previous[common] ?? END_OF_KEY, points[common] ?? END_OF_KEY];
        for (const place of this.#places(points, common)) place.seal(low, high);
        this.#learnLast(previous, common + 1);
      }
      previous = points;
    }
  }

  /** Nothing follows the key, as far as its first `least` characters are the same. */
  learnEnd(key: string, least: number): void {
    this.#learnLast(codePoints(key), least);
  }

  /** `key` is there; after `cut`, which is greater, nothing comes that has the same characters as far as they agree. */
  learnGap(key: string, cut: string): void {
    const [points, low] = [codePoints(key), codePoints(cut)];
    const depth = commonLength(points, low);
    for (const place of this.#places(points, depth)) place.bound(low[depth] ?? END_OF_KEY);
  }

  /** What may come at a depth after a character. Sorted; never empty. */
  at(depth: number, previous: number): readonly number[] {
    const after = this.#after[depth]?.get(contextOf(previous));
    if (after?.known === true) return after.characters;
    const place = this.#depths[depth];
    if (place === undefined) return this.#everywhere.length > 0 ? this.#everywhere : [END_OF_KEY];
    place.expected ??= expected(place, this.#everywhere);
    return place.expected;
  }

  #learnLast(points: readonly number[], from: number): void {
    for (let depth = from; depth < points.length; depth++) {
      const last = points[depth] ?? END_OF_KEY;
      for (const place of this.#places(points, depth)) place.seal(last, Number.POSITIVE_INFINITY);
    }
  }

  #places(points: readonly number[], depth: number): Place[] {
    return [this.#depths[depth], this.#after[depth]?.get(contextOf(points[depth - 1] ?? END_OF_KEY))].filter(
      (place) => place !== undefined,
    );
  }

  #add(points: readonly number[], depth: number): void {
    const character = points[depth] ?? END_OF_KEY;
    const context = contextOf(points[depth - 1] ?? END_OF_KEY);
    while (this.#depths.length <= depth) {
      this.#depths.push(new Place());
      this.#after.push(new Map());
    }
    const after = this.#after[depth]?.get(context) ?? new Place();
    this.#after[depth]?.set(context, after);
    after.add(character);
    const place = this.#depths[depth];
    // A character that every key has in one place, such as those of a common prefix, is no evidence for others.
    if (place === undefined || !place.add(character) || place.characters.length < 2) return;
    let grown = false;
    for (const seen of place.characters.length === 2 ? place.characters : [character]) {
      const at = lowerBound(this.#everywhere, seen);
      if (seen === END_OF_KEY || this.#everywhere[at] === seen) continue;
      this.#everywhere.splice(at, 0, seen);
      grown = true;
    }
    if (grown) for (const other of this.#depths) other.expected = undefined;
  }
}

/** Where scripts begin: looked at once characters above ASCII are in use. */
const SCRIPTS = [0x370, 0x400, 0x590, 0x900, 0xe00, 0x3040, 0x4e00, 0xac00, 0xe000, 0x1f300, 0x20000];

/** With characters of the same kinds in places that are not sealed, and after the last one the first of other kinds. */
function expected({ characters, sealed, ceiling }: Place, everywhere: readonly number[]): readonly number[] {
  if (!sealed.includes(false)) return characters;
  const kinds = new Set(characters.map(kindOf));
  const all: number[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? END_OF_KEY;
    all.push(character);
    if (sealed[at] === true) continue;
    const next = characters[at + 1];
    const limit = next ?? ceiling;
    const others = new Set(kinds);
    for (let k = lowerBound(everywhere, character + 1); k < everywhere.length; k++) {
      const candidate = everywhere[k] ?? 0;
      if (candidate >= limit) break;
      const kind = kindOf(candidate);
      if (kinds.has(kind)) all.push(candidate);
      else if (next === undefined && !others.has(kind)) {
        others.add(kind);
        all.push(candidate);
      }
    }
    if (next !== undefined || character <= 0x7f) continue;
    const greatest = all.at(-1) ?? character;
    all.push(...SCRIPTS.filter((first) => first > greatest && first < limit));
  }
  return all;
}

/** An ASCII character stands for itself, another one for its script. */
function contextOf(previous: number): number {
  return previous > 0x7f ? 0x80 + kindOf(previous) : previous;
}

/** Digits, capital and small letters, other ASCII; above it a kind for each script. */
function kindOf(character: number): number {
  if (character > 0x7f) return lowerBound(SCRIPTS, character + 1);
  if (character >= 0x30 && character <= 0x39) return -2;
  if (character >= 0x41 && character <= 0x5a) return -3;
  return character >= 0x61 && character <= 0x7a ? -4 : -5;
}

/** How many of the sorted characters are less. */
export function lowerBound(characters: readonly number[], character: number): number {
  let low = 0;
  let high = characters.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((characters[middle] ?? 0) < character) low = middle + 1;
    else high = middle;
  }
  return low;
}
