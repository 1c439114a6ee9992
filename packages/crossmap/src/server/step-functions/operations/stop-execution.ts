import { ApiError } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { existingExecution } from './describe-execution.ts';

/**
 * Stopping what has ended changes nothing and gives the date of its end.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html
 */
export const stopExecution: Operation = {
  resource: (parameters) => parameters.arn('executionArn', 'execution'),
  async handle(parameters, { store, executions }) {
    parameters.refuseOthers(['executionArn', 'error', 'cause']);
    const executionArn = parameters.arn('executionArn', 'execution');
    const error = parameters.optionalString('error');
    const cause = parameters.optionalString('cause');
    await existingExecution(store, executionArn);
    await executions.abort(executionArn, {
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
    });
    const record = await existingExecution(store, executionArn);
    if (record.status !== 'RUNNING') return { stopDate: record.stopDate / 1000 };
    throw new ApiError('InternalFailure', `The execution cannot be stopped: ${executions.fault(executionArn)}`);
  },
};
