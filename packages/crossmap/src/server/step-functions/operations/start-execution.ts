import { ApiError } from '../errors.ts';
import type { Operation, StepFunctions } from '../operation.ts';
import { namedStateMachine, startRequest, wantedExecution } from '../start-request.ts';

/**
 * A name that is given again with the same input while the execution runs answers the first start; any other use of a
 * taken name is refused. EXPRESS executions may share a name.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export const startExecution: Operation = {
  resource: (parameters) => namedStateMachine(parameters).arn,
  async handle(parameters, service) {
    parameters.refuseOthers(['stateMachineArn', 'name', 'input']);
    const wanted = await wantedExecution(parameters, service);
    const express = wanted.record.type === 'EXPRESS' ? 'asynchronous' : undefined;
    const request = startRequest(wanted, service, express);
    const { executionArn, startDate } = request.header;
    const running = await sameExecution(service, executionArn, wanted.inputText);
    if (running !== undefined) return { executionArn, startDate: running.startDate / 1000 };
    await service.executions.start(request).started;
    return { executionArn, startDate: startDate / 1000 };
  },
};

/** The running execution of that name and input; refuses a name that is taken otherwise. */
async function sameExecution({ store, executions }: StepFunctions, executionArn: string, inputText: string) {
  const live = executions.live(executionArn);
  if (live !== undefined && live.inputText === inputText) return live.header;
  if (live === undefined && (await store.execution(executionArn)) === undefined) return undefined;
  throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
}
