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
  const { executionArn, stateMachineArn, name, roleArn, startDate } = execution.header;
  const fields = { executionArn, stateMachineArn, name, roleArn, startDate, input: inputText };
  return { ...fields, ...(child && { child }), ...endOf(execution, inputText) };
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
