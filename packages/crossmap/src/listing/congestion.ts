/** The share of a full answer time that a first retry waits at most, and the longest that any waits. */
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 20_000;

/**
 * How many requests may be under way: halved when the server asks for less, one more for each round of answers, as TCP
 * does it. Refusals of requests that were sent before the last halving are of the same overload and do not count again.
 */
export class Congestion {
  readonly #most: number;
  #window: number;
  #halvings = 0;

  constructor(most: number) {
    this.#most = most;
    this.#window = most;
  }

  get slots(): number {
    return Math.floor(this.#window);
  }

  /** To be given back with the answer. */
  sent(): number {
    return this.#halvings;
  }

  answered(): void {
    this.#window = Math.min(this.#most, this.#window + 1 / this.#window);
  }

  throttled(sent: number): void {
    if (sent !== this.#halvings) return;
    this.#halvings += 1;
    this.#window = Math.max(1, this.#window / 2);
  }
}

/** Milliseconds before the attempt that follows the given one: doubled each time, any part of it by chance. */
export function retryWait(attempt: number, chance: () => number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS) * chance();
}
