import type { Failure } from '../asl/failure.ts';
import { exceedsPayloadLimit, type Json } from '../asl/json.ts';
import type { Scope } from '../asl/scope.ts';
import type { Command } from './command.ts';
import { contextObject } from './context-object.ts';
import { apply, type Execution, type InState } from './execution.ts';
import type { EventDetails, EventType, HistoryEvent, PrivateDetails } from './history.ts';
import type { Occurrence } from './occurrence.ts';
import { randomFrom } from './random.ts';

/** The most events of an execution; the last one must end it. */
export const MAX_EVENTS = 25_000;

/** Leaves an advance at once: the history is full and the execution has failed. */
export class HistoryFull extends Error {}

/** One advance in the making: the execution as far as it has come, the events that brought it there, what is to be done. */
export class Advancement {
  readonly events: HistoryEvent[] = [];
  readonly commands: Command[] = [];
  readonly time: number;
  readonly #seed: number;
  #random: (() => number) | undefined;
  #execution: Execution;

  constructor(execution: Execution, { time, seed }: Occurrence) {
    this.#execution = execution;
    this.time = time;
    this.#seed = seed;
  }

  /** The next chance of this advance, in [0, 1). */
  random(): number {
    const { header, lastEventId } = this.#execution;
    this.#random ??= randomFrom(this.#seed, `${header.executionArn} ${lastEventId}`);
    return this.#random();
  }

  get execution(): Execution {
    return this.#execution;
  }

  /** The state the execution is in. Asking while it is in none is a bug. */
  get state(): InState {
    const { position } = this.#execution;
    if (position.at !== 'state') throw new Error(`Expected an execution in a state, found it at its ${position.at}`);
    return position;
  }

  /** What the evaluations of the state see. */
  get scope(): Scope {
    const context = contextObject(this.#execution.header, this.state);
    return { context, variables: {}, random: () => this.random() };
  }

  /** Adds an event and gives its id. Its previous event is the last one unless another is named. */
  emit<T extends EventType>(
    type: T,
    details: EventDetails[T],
    { previous, hidden }: { readonly previous?: number; readonly hidden?: PrivateDetails } = {},
  ): number {
    const id = this.#execution.lastEventId + 1;
    if (id >= MAX_EVENTS && !type.startsWith('Execution')) {
      const cause = `The execution reached the maximum number of history events (${MAX_EVENTS}).`;
      this.emit('ExecutionFailed', { error: 'States.Runtime', cause });
      throw new HistoryFull();
    }
    const event = {
      id,
      previousEventId: previous ?? id - 1,
      type,
      timestamp: this.time,
      details,
      ...(hidden && { private: hidden }),
    } as HistoryEvent;
    this.events.push(event);
    this.#execution = apply(this.#execution, event);
    return id;
  }

  fail(failure: Failure): void {
    this.emit('ExecutionFailed', failure);
  }

  /** Whether a value made by this state is over the payload limit. What it only passes on has been looked at before. */
  tooLarge(value: Json): boolean {
    return value !== this.state.raw && exceedsPayloadLimit(JSON.stringify(value));
  }
}
