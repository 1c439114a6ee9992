import { inOrder, type Place } from './cursor.ts';

export interface Listed<T> extends Place {
  readonly value: T;
}

/** Values in the order of their positions; at one position in the order they were added. */
export class SortedListing<T> {
  readonly #entries: Listed<T>[] = [];

  add(position: number, value: T): void {
    const entry = { position, id: this.#entries.length, value };
    if (this.#entries.length === 0 || inOrder(this.#entries.at(-1)!, entry) < 0) this.#entries.push(entry);
    else this.#entries.splice(this.#firstAfter(entry), 0, entry);
  }

  *after(place: Place): Generator<Listed<T>> {
    for (let at = this.#firstAfter(place); at < this.#entries.length; at++) yield this.#entries[at]!;
  }

  *newestBefore(place: Place): Generator<Listed<T>> {
    for (let at = this.#firstAfter(place) - 1; at >= 0; at--) {
      if (inOrder(this.#entries[at]!, place) < 0) yield this.#entries[at]!;
    }
  }

  #firstAfter(place: Place): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (inOrder(this.#entries[middle]!, place) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
