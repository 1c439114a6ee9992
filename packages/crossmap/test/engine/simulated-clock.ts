import type { Clock } from '../../src/engine/ports.ts';

interface Timer {
  readonly time: number;
  readonly run: () => void;
}

/** A clock that stands still until it is told to advance. */
export class SimulatedClock implements Clock {
  #now: number;
  #timers: readonly Timer[] = [];

  constructor(now = Date.UTC(2024, 4, 1, 12)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  at(time: number, run: () => void): () => void {
    const timer = { time, run };
    this.#timers = [...this.#timers, timer];
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** How many calls of `at` are still to come. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Lets `ms` pass and runs what is due on the way, each at its own time, the earliest first. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    for (let due = this.#nextUntil(until); due !== undefined; due = this.#nextUntil(until)) {
      this.#now = Math.max(this.#now, due.time);
      this.#timers = this.#timers.filter((each) => each !== due);
      due.run();
      await settled();
    }
    this.#now = until;
  }

  #nextUntil(until: number): Timer | undefined {
    const due = this.#timers.filter(({ time }) => time <= until);
    return due.reduce<Timer | undefined>((first, each) => (first && first.time <= each.time ? first : each), undefined);
  }
}

/** Resolves when everything that waits for no clock has been done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
