import type { JsonObject } from '../../../asl/json.ts';
import { isExpressArn } from '../../../engine/execution-record.ts';
import type { ExecutionRecord, ExecutionStore } from '../../../engine/ports.ts';
import { ApiError } from '../errors.ts';
import type { Operation } from '../operation.ts';
import type { Parameters } from '../parameters.ts';

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
  resource: keptExecutionArn,
  async handle(parameters, { store, executions }) {
    parameters.refuseOthers(['executionArn'], { includedData: (value) => value === 'ALL_DATA' });
    const record = await existingExecution(store, keptExecutionArn(parameters));
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

/** EXPRESS executions are described only when a Map Run has started them (`express:NAME/LABEL:…`). */
function keptExecutionArn(parameters: Parameters): string {
  const executionArn = parameters.arn('executionArn');
  const ofMapRun = isExpressArn(executionArn) && executionArn.includes('/');
  return ofMapRun ? executionArn : parameters.arn('executionArn', 'execution');
}

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

/**
 * A failed child is redriven by its Map Run, as observed on AWS; redrive itself is not supported yet. Of an EXPRESS child
 * that succeeded nothing is said, as in its result record.
 */
function redriveMembers({ status, child, executionArn }: ExecutionRecord): JsonObject {
  if (status === 'SUCCEEDED' && isExpressArn(executionArn)) return {};
  if (status === 'RUNNING' || status === 'SUCCEEDED') {
    const redriveStatusReason = `Execution is ${status} and cannot be redriven`;
    return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason };
  }
  return { redriveStatus: child === undefined ? 'REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN' };
}
