import type { Json } from '../asl/json.ts';
import type { EventDetails, EventType } from '../engine/history.ts';

/** How a field of an event's details is packed. A `payload` is JSON of any size; a `text` is likely to come again. */
export type FieldKind = 'payload' | 'text' | 'number';

type KindOf<V> = [Json] extends [V]
  ? 'payload'
  : [V] extends [number | undefined]
    ? 'number'
    : [V] extends [string | undefined]
      ? 'text'
      : 'payload';

interface PackedType<T extends EventType> {
  readonly code: number;
  readonly fields: { readonly [F in keyof EventDetails[T]]-?: KindOf<EventDetails[T][F]> };
}

const failure = { error: 'text', cause: 'text' } as const;
const entered = { name: 'text', input: 'payload' } as const;
const exited = { name: 'text', output: 'payload', assignedVariables: 'payload' } as const;
const iteration = { name: 'text', index: 'number' } as const;
const task = { resourceType: 'text', resource: 'text' } as const;

/** Codes and the order of fields are in data files: never change one, give a new type the next code. */
const PACKED_TYPES: { readonly [T in EventType]: PackedType<T> } = {
  ExecutionStarted: { code: 0, fields: { input: 'payload', roleArn: 'text' } },
  ExecutionSucceeded: { code: 1, fields: { output: 'payload' } },
  ExecutionFailed: { code: 2, fields: failure },
  ExecutionAborted: { code: 3, fields: failure },
  ExecutionTimedOut: { code: 4, fields: failure },
  PassStateEntered: { code: 5, fields: entered },
  PassStateExited: { code: 6, fields: exited },
  TaskStateEntered: { code: 7, fields: entered },
  TaskStateExited: { code: 8, fields: exited },
  ChoiceStateEntered: { code: 9, fields: entered },
  ChoiceStateExited: { code: 10, fields: exited },
  SucceedStateEntered: { code: 11, fields: entered },
  SucceedStateExited: { code: 12, fields: exited },
  FailStateEntered: { code: 13, fields: entered },
  MapStateEntered: { code: 14, fields: entered },
  MapStateExited: { code: 15, fields: exited },
  LambdaFunctionScheduled: {
    code: 16,
    fields: { resource: 'text', input: 'payload', timeoutInSeconds: 'number', taskCredentials: 'payload' },
  },
  LambdaFunctionStarted: { code: 17, fields: {} },
  LambdaFunctionSucceeded: { code: 18, fields: { output: 'payload' } },
  LambdaFunctionFailed: { code: 19, fields: failure },
  LambdaFunctionTimedOut: { code: 20, fields: failure },
  TaskScheduled: {
    code: 21,
    fields: {
      ...task,
      region: 'text',
      parameters: 'payload',
      timeoutInSeconds: 'number',
      heartbeatInSeconds: 'number',
      taskCredentials: 'payload',
    },
  },
  TaskStarted: { code: 22, fields: task },
  TaskSucceeded: { code: 23, fields: { ...task, output: 'payload' } },
  TaskFailed: { code: 24, fields: { ...task, ...failure } },
  TaskTimedOut: { code: 25, fields: { ...task, ...failure } },
  MapStateStarted: { code: 26, fields: { length: 'number' } },
  MapStateSucceeded: { code: 27, fields: {} },
  MapStateFailed: { code: 28, fields: {} },
  MapRunStarted: { code: 29, fields: { mapRunArn: 'text' } },
  MapRunSucceeded: { code: 30, fields: {} },
  MapRunFailed: { code: 31, fields: failure },
  MapRunAborted: { code: 32, fields: {} },
  WaitStateEntered: { code: 33, fields: entered },
  WaitStateExited: { code: 34, fields: exited },
  ParallelStateEntered: { code: 35, fields: entered },
  ParallelStateExited: { code: 36, fields: exited },
  ParallelStateStarted: { code: 37, fields: {} },
  ParallelStateSucceeded: { code: 38, fields: {} },
  ParallelStateFailed: { code: 39, fields: {} },
  TaskStateAborted: { code: 40, fields: {} },
  WaitStateAborted: { code: 41, fields: {} },
  ParallelStateAborted: { code: 42, fields: {} },
  MapStateAborted: { code: 43, fields: {} },
  MapIterationStarted: { code: 44, fields: iteration },
  MapIterationSucceeded: { code: 45, fields: iteration },
  MapIterationFailed: { code: 46, fields: iteration },
  MapIterationAborted: { code: 47, fields: iteration },
  TaskSubmitted: { code: 48, fields: { ...task, output: 'payload' } },
  EvaluationFailed: { code: 49, fields: { state: 'text', location: 'text', ...failure } },
  ActivityScheduled: {
    code: 50,
    fields: { resource: 'text', input: 'payload', timeoutInSeconds: 'number', heartbeatInSeconds: 'number' },
  },
  ActivityStarted: { code: 51, fields: { workerName: 'text' } },
  ActivitySucceeded: { code: 52, fields: { output: 'payload' } },
  ActivityFailed: { code: 53, fields: failure },
  ActivityTimedOut: { code: 54, fields: failure },
  TaskSubmitFailed: { code: 55, fields: { ...task, ...failure } },
};

export interface EventForm {
  readonly type: EventType;
  readonly code: number;
  readonly fields: readonly (readonly [field: string, kind: FieldKind])[];
}

export const FORM_OF_TYPE: ReadonlyMap<string, EventForm> = new Map(
  Object.entries(PACKED_TYPES).map(([type, { code, fields }]) => [
    type,
    { type: type as EventType, code, fields: Object.entries(fields) as [string, FieldKind][] },
  ]),
);

export const FORM_OF_CODE: ReadonlyMap<number, EventForm> = new Map(
  Array.from(FORM_OF_TYPE.values(), (form) => [form.code, form]),
);
