import { ApiError } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { existingExecution } from './describe-execution.ts';
import { definitionMembers } from './describe-state-machine.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineForExecution.html */
export const describeStateMachineForExecution: Operation = {
  resource: (parameters) => parameters.arn('executionArn', 'execution'),
  async handle(parameters, { store, stateMachines }) {
    parameters.refuseOthers(['executionArn'], { includedData: (value) => value === 'ALL_DATA' });
    const execution = await existingExecution(store, parameters.arn('executionArn', 'execution'));
    if (execution.child !== undefined) {
      throw new ApiError('ValidationException', 'The state machine of a child workflow execution is not given yet');
    }
    const stateMachine = await stateMachines.get(execution.stateMachineArn);
    return {
      ...definitionMembers(stateMachine),
      roleArn: execution.roleArn,
      updateDate: stateMachine.creationDate / 1000,
    };
  },
};
