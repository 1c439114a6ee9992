import type { Json } from '../asl/json.ts';
import type { HistoryEvent } from '../engine/history.ts';
import type { ExecutionRecord } from '../engine/ports.ts';
import { FORM_OF_CODE, FORM_OF_TYPE } from './event-fields.ts';
import { sameJson } from './same-json.ts';

/**
 * Packed events: one JSON array, the id of the first event, then for each event
 *   head, [previousEventId], milliseconds since the event before, a value per field of its type, [private part]
 * where head = code of the type × 4 + whether previousEventId is written + whether there is a private part.
 * A text that came before (in the record or in these events) is its number; a payload is one of the numbers below, or
 * an array that holds it; an absent field is null.
 */
type Packed = (Json | undefined)[];

const WITH_PREVIOUS = 1;
const WITH_PRIVATE = 2;

const INPUT_OF_EXECUTION = 0;
const OUTPUT_OF_EXECUTION = 1;
const PAYLOAD_BEFORE = 2;

/**
 * The events, which follow each other, without what the record says: the events of a whole execution, or those of one
 * write. ExecutionStarted has the value of the record's input, ExecutionSucceeded that of its output.
 */
export function packHistory(execution: ExecutionRecord, events: readonly HistoryEvent[]): string {
  const first = events[0];
  const last = events.at(-1);
  const input = first?.type === 'ExecutionStarted' ? first.details.input : undefined;
  const output =
    execution.status === 'SUCCEEDED' && last?.type === 'ExecutionSucceeded' ? last.details.output : undefined;
  const texts = new Map(textsOf(execution).map((text, number) => [text, number]));
  let before: Json | undefined;
  let time = execution.startDate;
  const packed: Packed = [first?.id ?? 1];

  const payload = (value: Json): Json => {
    const code = sameJson(value, input)
      ? INPUT_OF_EXECUTION
      : sameJson(value, output)
        ? OUTPUT_OF_EXECUTION
        : sameJson(value, before)
          ? PAYLOAD_BEFORE
          : [value];
    before = value;
    return code;
  };
  const text = (value: string): Json => {
    const number = texts.get(value);
    if (number === undefined) texts.set(value, texts.size);
    return number ?? value;
  };

  for (const event of events) {
    const form = FORM_OF_TYPE.get(event.type)!;
    const usual = event.previousEventId === usualPrevious(event.id);
    packed.push(form.code * 4 + (usual ? 0 : WITH_PREVIOUS) + (event.private === undefined ? 0 : WITH_PRIVATE));
    if (!usual) packed.push(event.previousEventId);
    packed.push(event.timestamp - time);
    time = event.timestamp;
    const details = event.details as Readonly<Record<string, Json | undefined>>;
    for (const [field, kind] of form.fields) {
      const value = details[field];
      if (value === undefined) packed.push(null);
      else if (kind === 'payload') packed.push(payload(value));
      else if (kind === 'text') packed.push(text(value as string));
      else packed.push(value);
    }
    if (event.private !== undefined) packed.push(event.private as unknown as Json);
  }
  return JSON.stringify(packed);
}

/** Gives back the events that `packHistory` was given with the same record. */
export function unpackHistory(execution: ExecutionRecord, history: string): HistoryEvent[] {
  const packed = JSON.parse(history) as Packed;
  const input = JSON.parse(execution.input) as Json;
  const output = execution.status === 'SUCCEEDED' ? (JSON.parse(execution.output) as Json) : undefined;
  const texts = textsOf(execution);
  let before: Json | undefined;
  let time = execution.startDate;
  let at = 0;
  let id = packed[at++] as number;

  const payload = (value: Json): Json => {
    before =
      value === INPUT_OF_EXECUTION
        ? input
        : value === OUTPUT_OF_EXECUTION
          ? output!
          : value === PAYLOAD_BEFORE
            ? before!
            : (value as readonly Json[])[0]!;
    return before;
  };
  const text = (value: string | number): string => {
    if (typeof value === 'number') return texts[value]!;
    texts.push(value);
    return value;
  };

  const events: HistoryEvent[] = [];
  for (; at < packed.length; id++) {
    const head = packed[at++] as number;
    const form = FORM_OF_CODE.get(head >> 2)!;
    const previousEventId = head & WITH_PREVIOUS ? (packed[at++] as number) : usualPrevious(id);
    time += packed[at++] as number;
    const details: Record<string, Json> = {};
    for (const [field, kind] of form.fields) {
      const value = packed[at++] as Json;
      if (value === null) continue;
      details[field] = kind === 'payload' ? payload(value) : kind === 'text' ? text(value as string | number) : value;
    }
    const event = { id, previousEventId, type: form.type, timestamp: time, details };
    events.push((head & WITH_PRIVATE ? { ...event, private: packed[at++] } : event) as HistoryEvent);
  }
  return events;
}

/** AWS starts at 0 twice: with ExecutionStarted and with the first event of the first state. */
function usualPrevious(id: number): number {
  return id <= 2 ? 0 : id - 1;
}

/** The texts an execution's record holds that its events are likely to say again, each once. */
function textsOf(execution: ExecutionRecord): string[] {
  const texts = [execution.roleArn];
  if (execution.status === 'RUNNING' || execution.status === 'SUCCEEDED') return texts;
  if (execution.error !== undefined) texts.push(execution.error);
  if (execution.cause !== undefined) texts.push(execution.cause);
  return [...new Set(texts)];
}
