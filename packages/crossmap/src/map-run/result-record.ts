import { isExpressArn } from '../engine/execution-record.ts';
import type { ExecutionRecord } from '../engine/ports.ts';
import type { PendingChild } from './map-run.ts';

/**
 * What a result file says of one child. Keys in alphabetical order, input and output as JSON text; the fields of each
 * status are those observed on AWS (a failed child has OutputDetails and no Output, an EXPRESS one that succeeded no
 * RedriveStatus, a pending one only three fields). What a failed EXPRESS child has is inferred.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
export function resultRecord(child: ExecutionRecord): object {
  const started = {
    ExecutionArn: child.executionArn,
    Input: child.input,
    InputDetails: { Included: true },
    Name: child.name.split(':')[0],
  };
  const machine = { StartDate: isoDate(child.startDate), StateMachineArn: child.stateMachineArn, Status: child.status };
  switch (child.status) {
    case 'RUNNING':
      throw new Error(`Expected an ended child in the results, found ${child.executionArn} running`);
    case 'SUCCEEDED':
      return {
        ...started,
        Output: child.output,
        OutputDetails: { Included: true },
        RedriveCount: 0,
        ...(!isExpressArn(child.executionArn) && {
          RedriveStatus: 'NOT_REDRIVABLE',
          RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
        }),
        ...machine,
        StopDate: isoDate(child.stopDate),
      };
    default:
      return {
        ...(child.cause !== undefined && { Cause: child.cause }),
        ...(child.error !== undefined && { Error: child.error }),
        ...started,
        OutputDetails: { Included: true },
        RedriveCount: 0,
        RedriveStatus: 'REDRIVABLE_BY_MAP_RUN',
        ...machine,
        StopDate: isoDate(child.stopDate),
      };
  }
}

export function pendingRecord({ input }: PendingChild): object {
  return { Input: input, InputDetails: { Included: true }, Status: 'PENDING' };
}

function isoDate(time: number): string {
  return new Date(time).toISOString();
}
