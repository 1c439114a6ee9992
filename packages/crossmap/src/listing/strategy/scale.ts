import { type Alphabets, END_OF_KEY, lowerBound } from './alphabet.ts';
import { codePoints, commonLength, compareKeys } from './key-order.ts';

/** Beyond this many parts a number of 53 bits tells no more of a key. */
const FINEST = 2 ** 48;
const DEEPEST = 1_000;

/**
 * The keys between two keys as numbers from 0 to 1, in the mixed radix of the alphabets: every character that is known
 * at a depth takes an equal share. `high` undefined is the end of all keys.
 */
export class Scale {
  readonly #alphabets: Alphabets;
  readonly #low: string;
  readonly #high: string | undefined;
  readonly #shared: readonly number[];

  constructor(alphabets: Alphabets, low: string, high: string | undefined, least: number) {
    this.#alphabets = alphabets;
    this.#low = low;
    this.#high = high;
    const points = codePoints(low);
    this.#shared = points.slice(0, high === undefined ? least : commonLength(points, codePoints(high)));
  }

  /** Where a key stands. Keys outside of the scale's first characters are at its ends. */
  at(key: string | undefined): number {
    if (key === undefined) return 1;
    const points = codePoints(key);
    let place = 0;
    let share = 1;
    const start = this.#shared.length;
    for (let depth = start; share > 1 / FINEST && depth < start + DEEPEST; depth++) {
      const characters = this.#alphabets.at(depth, points[depth - 1] ?? END_OF_KEY);
      const character = points[depth] ?? END_OF_KEY;
      const rank = lowerBound(characters, character);
      share /= characters.length;
      place += rank * share;
      if (characters[rank] !== character || character === END_OF_KEY) break;
    }
    return Math.min(place, 1);
  }

  /** A short key strictly between the two ends near to the place; undefined where there is none. */
  keyNear(place: number, precision: number): string | undefined {
    let key = String.fromCodePoint(...this.#shared);
    let rest = place;
    let share = 1;
    let previous = this.#shared.at(-1) ?? END_OF_KEY;
    for (let depth = this.#shared.length; depth < this.#shared.length + DEEPEST; depth++) {
      const characters = this.#alphabets.at(depth, previous);
      rest *= characters.length;
      const rank = Math.min(Math.floor(rest), characters.length - 1);
      const character = characters[rank] ?? END_OF_KEY;
      rest = Math.min(Math.max(rest - rank, 0), 1);
      if (character === END_OF_KEY) break;
      key += String.fromCodePoint(character);
      previous = character;
      share /= characters.length;
      if (share < precision && compareKeys(key, this.#low) > 0) break;
      if (share < 1 / FINEST) break;
    }
    if (compareKeys(key, this.#low) <= 0) return undefined;
    return this.#high !== undefined && compareKeys(key, this.#high) >= 0 ? undefined : key;
  }
}
