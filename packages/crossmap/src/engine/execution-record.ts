import type { Json } from '../asl/json.ts';
import type { Execution } from './execution.ts';
import type { ExecutionEnd, ExecutionRecord } from './ports.ts';

/** What an execution was started with. */
export interface Started {
  /** The input as the caller wrote it. */
  readonly inputText: string;
  readonly child?: NonNullable<ExecutionRecord['child']>;
}

/** The row of an execution as it stands now. */
export function recordOf({ inputText, child }: Started, execution: Execution): ExecutionRecord {
  const { executionArn, stateMachineArn, roleArn, startDate, revisionId } = execution.header;
  const name = nameInArn(executionArn);
  const fields = {
    executionArn,
    stateMachineArn,
    name,
    roleArn,
    startDate,
    input: inputText,
    ...(revisionId && { revisionId }),
  };
  return { ...fields, ...(child && { child }), ...endOf(execution, inputText) };
}

/** What the API calls the name of an execution; of an EXPRESS one `NAME:ID`, as its ARN ends (observed for children). */
export function nameInArn(executionArn: string): string {
  return executionArn.split(':').slice(7).join(':');
}

/** Whether the execution of that ARN is an EXPRESS one. */
export function isExpressArn(executionArn: string): boolean {
  return executionArn.split(':')[5] === 'express';
}

function endOf({ end: event, header }: Execution, inputText: string): ExecutionEnd {
  if (event === undefined) return { status: 'RUNNING' };
  const stopDate = event.timestamp;
  switch (event.type) {
    case 'ExecutionSucceeded':
      return { status: 'SUCCEEDED', stopDate, output: textOf(event.details.output, header.input, inputText) };
    case 'ExecutionFailed':
      return { status: 'FAILED', stopDate, ...event.details };
    case 'ExecutionAborted':
      return { status: 'ABORTED', stopDate, ...event.details };
    case 'ExecutionTimedOut':
      return { status: 'TIMED_OUT', stopDate, ...event.details };
  }
}

/** What only passed through keeps the caller's own text. */
function textOf(output: Json, input: Json, inputText: string): string {
  return output === input ? inputText : JSON.stringify(output);
}
