import type { Failure } from '../asl/failure.ts';
import { exceedsPayloadLimit, type Json, type JsonObject, MAX_PAYLOAD_BYTES } from '../asl/json.ts';
import type { Scope } from '../asl/scope.ts';
import type { Command } from './command.ts';
import { contextObject } from './context-object.ts';
import { branchStarter, type Execution, type Flow, flowAt, type InState, parentPath } from './execution.ts';
import { apply, sizesOf } from './fold.ts';
import type { EventDetails, EventType, HistoryEvent, PrivateDetails } from './history.ts';
import type { Inspection } from './inspection.ts';
import type { Occurrence } from './occurrence.ts';
import type { ConnectedResource } from './ports.ts';
import { randomFrom } from './random.ts';

/** The most events of a STANDARD execution; the last one must end it. */
export const MAX_EVENTS = 25_000;

/**
 * The most bytes of all variables of an execution; those of one Assign are limited as a payload is.
 * https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
export const MAX_VARIABLE_BYTES = 10 * 1024 * 1024;

/** Leaves an advance at once: the history is full and the execution has failed. */
export class HistoryFull extends Error {}

/**
 * One advance in the making: the execution as far as it has come, the events that brought it there, what is to be done.
 * It works in one flow at a time, `path`; state, scope and events are those of that flow.
 */
export class Advancement {
  readonly events: HistoryEvent[] = [];
  readonly commands: Command[] = [];
  readonly time: number;
  path = '';
  readonly #occurrence: Occurrence;
  readonly #inspection: Inspection | undefined;
  #random: (() => number) | undefined;
  #execution: Execution;
  #beforeLast: Execution;

  constructor(execution: Execution, occurrence: Occurrence, inspection?: Inspection) {
    this.#execution = execution;
    this.#beforeLast = execution;
    this.time = occurrence.time;
    this.#occurrence = occurrence;
    this.#inspection = inspection;
  }

  /** The next chance of this advance, in [0, 1). */
  random(): number {
    const { header, lastEventId } = this.#execution;
    this.#random ??= randomFrom(this.#occurrence.seed, `${header.executionArn} ${lastEventId}`);
    return this.#random();
  }

  hasActivity(activityArn: string): boolean {
    return this.#occurrence.hasActivity?.(activityArn) ?? false;
  }

  async parameterProblems(resource: ConnectedResource, parameters: Json): Promise<readonly string[]> {
    return (await this.#occurrence.parameterProblems?.(resource, parameters)) ?? [];
  }

  get execution(): Execution {
    return this.#execution;
  }

  get ended(): boolean {
    return this.#execution.end !== undefined;
  }

  /** The flow it works in. Asking for one that is gone is a bug. */
  get flow(): Flow {
    const flow = flowAt(this.#execution, this.path);
    if (flow === undefined) throw new Error(`Expected a flow at \`${this.path}\`, found none`);
    return flow;
  }

  /** The state the flow is in. Asking while it is in none is a bug. */
  get state(): InState {
    const { position } = this.flow;
    if (position.at !== 'state') throw new Error(`Expected a flow in a state, found it at its ${position.at}`);
    return position;
  }

  /** What the evaluations of the state see. */
  get scope(): Scope {
    const { waiting } = this.state;
    return this.scopeWith(waiting?.for === 'task' ? waiting.taskToken : undefined);
  }

  /** The same for a task that is about to be scheduled with this token. */
  scopeWith(taskToken: string | undefined): Scope {
    const { inspection } = this;
    const context = inspection?.context ?? {
      ...contextObject(this.#execution.header, this.state, taskToken),
      ...this.#iteration(),
    };
    const { raw: input } = this.state;
    return {
      context,
      variables: this.#variables(),
      random: () => this.random(),
      time: this.time,
      input,
      ...(inspection && { inspect: inspection.inspect }),
    };
  }

  /** Who looks at the flow it works in: only the machine's own flow is looked at. */
  get inspection(): Inspection | undefined {
    return this.path === '' ? this.#inspection : undefined;
  }

  /** The variables of the flows around, the inner ones last. */
  #variables(): Scope['variables'] {
    let path = this.path;
    let variables = this.flow.variables;
    while (path !== '') {
      path = parentPath(path);
      variables = { ...flowAt(this.#execution, path)?.variables, ...variables };
    }
    return variables;
  }

  /** What the context object says of the innermost iteration of an inline Map around the flow. */
  #iteration(): JsonObject {
    for (let path = this.path; path !== ''; path = parentPath(path)) {
      const item = flowAt(this.#execution, path)?.item;
      if (item !== undefined) return { Map: { Item: item } };
    }
    return {};
  }

  /** Adds an event of the flow and gives its id. Its previous event is the flow's last one unless another is named. */
  emit<T extends EventType>(
    type: T,
    details: EventDetails[T],
    { previous, hidden }: { readonly previous?: number; readonly hidden?: PrivateDetails } = {},
  ): number {
    const id = this.#execution.lastEventId + 1;
    const limited = this.#execution.header.express === undefined;
    if (limited && id >= MAX_EVENTS && !type.startsWith('Execution')) {
      const cause = `The execution reached the maximum number of history events (${MAX_EVENTS}).`;
      this.path = '';
      this.emit('ExecutionFailed', { error: 'States.Runtime', cause });
      throw new HistoryFull();
    }
    const inFlow = this.path === '' ? hidden : { flow: this.path, ...hidden };
    const event = {
      id,
      previousEventId: previous ?? flowAt(this.#execution, this.path)?.lastEventId ?? branchStarter(this.path),
      type,
      timestamp: this.time,
      details,
      ...(inFlow && { private: inFlow }),
    } as HistoryEvent;
    this.events.push(event);
    this.#beforeLast = this.#execution;
    this.#execution = apply(this.#execution, event);
    return id;
  }

  /** Adds to what the last event hides; there must be one. */
  amend(hidden: PrivateDetails): number {
    const last = this.events.pop();
    if (last === undefined) throw new Error('Expected an event to amend, found none in this advance');
    const event = { ...last, private: { ...last.private, ...hidden } } as HistoryEvent;
    this.events.push(event);
    this.#execution = apply(this.#beforeLast, event);
    return event.id;
  }

  /** The execution fails. Its last event follows `previous`, else the machine's own flow. */
  fail(failure: Failure): void {
    this.path = '';
    this.emit('ExecutionFailed', failure);
  }

  /** Whether what a state assigns is too much for one Assign, or with all other variables for the execution. */
  assignsTooMuch(assigned: Flow['variables']): boolean {
    const sum = (sizes: Flow['variableSizes']) => Object.values(sizes).reduce((total, size) => total + size, 0);
    const sizes = sizesOf(assigned);
    if (sum(sizes) > MAX_PAYLOAD_BYTES) return true;
    const { root, branches } = this.#execution;
    const others = [root, ...branches.values()].filter(({ path }) => path !== this.path);
    const all = [...others.map(({ variableSizes }) => variableSizes), { ...this.flow.variableSizes, ...sizes }];
    return all.reduce((total, each) => total + sum(each), 0) > MAX_VARIABLE_BYTES;
  }

  /** Whether a value made by this state is over the payload limit. What it only passes on has been looked at before. */
  tooLarge(value: Json): boolean {
    return value !== this.state.raw && exceedsPayloadLimit(JSON.stringify(value));
  }
}
