import type { Json } from '../../src/asl/json.ts';
import type { HistoryEvent } from '../../src/engine/history.ts';
import type { ExecutionEnd, ExecutionRecord } from '../../src/engine/ports.ts';

export const STATE_MACHINE_ARN = 'arn:aws:states:us-east-1:111122223333:stateMachine:ProcessObjects';
export const CHILD_MACHINE_ARN = `${STATE_MACHINE_ARN}/Objects`;
export const MAP_RUN_ARN = 'arn:aws:states:us-east-1:111122223333:mapRun:ProcessObjects/Objects:run-1';
export const ROLE_ARN = 'arn:aws:iam::111122223333:role/workflow';
export const START = 1_790_000_000_000;

export const RUNNING: ExecutionEnd = { status: 'RUNNING' };

export function succeeded(output: Json, stopDate = START + 9): ExecutionEnd {
  return { status: 'SUCCEEDED', stopDate, output: JSON.stringify(output) };
}

/** An execution as the engine would record it. */
export function execution(name: string, end: ExecutionEnd, input: Json = {}, startDate = START): ExecutionRecord {
  return {
    executionArn: `arn:aws:states:us-east-1:111122223333:execution:ProcessObjects:${name}`,
    stateMachineArn: STATE_MACHINE_ARN,
    name,
    roleArn: ROLE_ARN,
    startDate,
    input: JSON.stringify(input),
    ...end,
  };
}

/** The child workflow execution of item `index`, with that item as its input. */
export function child(index: number, end: ExecutionEnd, mapRunArn = MAP_RUN_ARN, input: Json = index): ExecutionRecord {
  const run = mapRunArn.slice(mapRunArn.lastIndexOf(':') + 1);
  const name = `${run}-child-${String(index).padStart(6, '0')}`;
  return {
    executionArn: `arn:aws:states:us-east-1:111122223333:execution:ProcessObjects/Objects:${name}`,
    stateMachineArn: CHILD_MACHINE_ARN,
    name,
    roleArn: ROLE_ARN,
    startDate: START + index,
    input: JSON.stringify(input),
    child: { mapRunArn, index, itemCount: 1 },
    ...end,
  };
}

/** A history of one Pass state, the first `count` events of it. */
export function passEvents(input: Json, output: Json, timestamp = START, count = 4): HistoryEvent[] {
  const events: HistoryEvent[] = [
    { id: 1, previousEventId: 0, type: 'ExecutionStarted', timestamp, details: { input, roleArn: ROLE_ARN } },
    { id: 2, previousEventId: 0, type: 'PassStateEntered', timestamp, details: { name: 'Pass', input } },
    { id: 3, previousEventId: 2, type: 'PassStateExited', timestamp: timestamp + 1, details: { name: 'Pass', output } },
    { id: 4, previousEventId: 3, type: 'ExecutionSucceeded', timestamp: timestamp + 1, details: { output } },
  ];
  return events.slice(0, count);
}

/** A history of one Task state that invokes a function: the events AWS records. */
export function taskEvents(input: Json, output: Json, timestamp = START): HistoryEvent[] {
  const task = { resourceType: 'lambda', resource: 'invoke' };
  const parameters = { FunctionName: 'arn:aws:lambda:us-east-1:111122223333:function:process', Payload: input };
  const result = { ExecutedVersion: '$LATEST', StatusCode: 200 };
  return [
    { id: 1, previousEventId: 0, type: 'ExecutionStarted', timestamp, details: { input, roleArn: ROLE_ARN } },
    { id: 2, previousEventId: 0, type: 'TaskStateEntered', timestamp, details: { name: 'Process', input } },
    {
      id: 3,
      previousEventId: 2,
      type: 'TaskScheduled',
      timestamp,
      details: { ...task, region: 'us-east-1', parameters, timeoutInSeconds: 60 },
    },
    { id: 4, previousEventId: 3, type: 'TaskStarted', timestamp, details: task },
    {
      id: 5,
      previousEventId: 4,
      type: 'TaskSucceeded',
      timestamp: timestamp + 20,
      details: { ...task, output: result },
    },
    {
      id: 6,
      previousEventId: 5,
      type: 'TaskStateExited',
      timestamp: timestamp + 20,
      details: { name: 'Process', output },
    },
    { id: 7, previousEventId: 6, type: 'ExecutionSucceeded', timestamp: timestamp + 20, details: { output } },
  ];
}
