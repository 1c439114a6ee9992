import { type Execution, flowsOf, waitingOf } from './execution.ts';
import type { Happening } from './occurrence.ts';

/** What is to happen to an execution at a time, or when a worker comes: at most one of each name. */
export class Timers {
  readonly #timers = new Map<string, { readonly happening: Happening; readonly cancel: () => void }>();

  /** What was awaited for the same happening before is awaited no longer. `begin` gives a way to cancel. */
  await(happening: Happening, begin: (happened: () => void) => () => void): void {
    const name = nameOf(happening);
    this.#timers.get(name)?.cancel();
    const cancel = begin(() => this.#timers.delete(name));
    this.#timers.set(name, { happening, cancel });
  }

  /** Cancels what no flow of the execution waits for any more. */
  keepAwaited(execution: Execution): void {
    if (this.#timers.size === 0) return;
    const awaited = new Set(flowsOf(execution).map((flow) => waitingOf(flow)?.eventId));
    for (const [name, { happening, cancel }] of this.#timers) {
      if (!('eventId' in happening) || awaited.has(happening.eventId)) continue;
      cancel();
      this.#timers.delete(name);
    }
  }

  cancelAll(): void {
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
  }
}

function nameOf(happening: Happening): string {
  return 'eventId' in happening ? `${happening.kind} ${happening.eventId}` : happening.kind;
}
