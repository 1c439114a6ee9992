import type { JsonObject } from '../../../asl/json.ts';
import type { ExecutionRecord, ExecutionStore } from '../../../engine/ports.ts';
import { ApiError } from '../errors.ts';
import type { Operation } from '../operation.ts';

export async function existingExecution(store: ExecutionStore, executionArn: string): Promise<ExecutionRecord> {
  const record = await store.execution(executionArn);
  if (record !== undefined) return record;
  throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
}

/**
 * An execution that a fault stopped is an `InternalFailure` with the fault, so that nobody waits for its end.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
export const describeExecution: Operation = {
  resource: (parameters) => parameters.arn('executionArn', 'execution'),
  async handle(parameters, { store, executions }) {
    parameters.refuseOthers(['executionArn'], { includedData: (value) => value === 'ALL_DATA' });
    const record = await existingExecution(store, parameters.arn('executionArn', 'execution'));
    const fault = executions.fault(record.executionArn);
    if (record.status === 'RUNNING' && fault !== undefined) {
      throw new ApiError('InternalFailure', `The execution cannot go on and stays as it was last recorded: ${fault}`);
    }
    return {
      executionArn: record.executionArn,
      stateMachineArn: record.stateMachineArn,
      name: record.name,
      status: record.status,
      startDate: record.startDate / 1000,
      input: record.input,
      inputDetails: { included: true },
      ...(record.child && { mapRunArn: record.child.mapRunArn }),
      ...endMembers(record),
      redriveCount: 0,
      ...redriveMembers(record),
    };
  },
};

/** AWS says in the history alone that a time-out is States.Timeout (case timeouts test_global_timeout). */
function endMembers(record: ExecutionRecord): JsonObject {
  if (record.status === 'RUNNING') return {};
  const stopDate = record.stopDate / 1000;
  if (record.status === 'SUCCEEDED') return { stopDate, output: record.output, outputDetails: { included: true } };
  if (record.status === 'TIMED_OUT') return { stopDate };
  return {
    stopDate,
    ...(record.error !== undefined && { error: record.error }),
    ...(record.cause !== undefined && { cause: record.cause }),
  };
}

/** A failed child is redriven by its Map Run, as observed on AWS; redrive itself is not supported yet. */
function redriveMembers({ status, child }: ExecutionRecord): JsonObject {
  if (status === 'RUNNING' || status === 'SUCCEEDED') {
    const redriveStatusReason = `Execution is ${status} and cannot be redriven`;
    return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason };
  }
  return { redriveStatus: child === undefined ? 'REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN' };
}
