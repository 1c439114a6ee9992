/** How often in a row nothing may ask for the time before time passes. */
const QUIET_TURNS = 8;
/** Timers due within so many ms are due together: what was started together was dated as this machine was fast. */
const TOGETHER = 100;

interface Timer {
  readonly time: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * Time that stands still while anything happens and jumps to the next timer when nothing does. Something happens as
 * long as the time is asked for: every event of an execution is dated.
 */
export class VirtualClock {
  #offset = 0;
  #asked = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** Epoch ms. Goes on with real time between jumps, so that what happens later is dated later. */
  readonly now = (): number => {
    this.#asked += 1;
    return Date.now() + this.#offset;
  };

  at(time: number, run: () => void): () => void {
    this.#asked += 1;
    this.#order += 1;
    const timer = { time, order: this.#order, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Resolves when nothing has happened for a while. */
  async quiet(): Promise<void> {
    for (let turns = 0, asked = this.#asked; turns < QUIET_TURNS; turns += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (asked !== this.#asked) [turns, asked] = [-1, this.#asked];
    }
  }

  /** Waits until nothing happens, then jumps to the next timers and runs those due together. `false`: there is none. */
  async pass(): Promise<boolean> {
    await this.quiet();
    const timers = [...this.#timers].sort((a, b) => a.time - b.time || a.order - b.order);
    const due = timers.filter(({ time }) => time <= (timers[0]?.time ?? 0) + TOGETHER);
    this.#offset = Math.max(this.#offset, (due.at(-1)?.time ?? 0) - Date.now());
    for (const timer of due) if (this.#timers.delete(timer)) timer.run();
    return due.length > 0;
  }
}
