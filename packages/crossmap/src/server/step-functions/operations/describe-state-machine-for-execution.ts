import { labelledArn, labelledStateMachine } from '../labelled-state-machine.ts';
import type { Operation } from '../operation.ts';
import { existingExecution } from './describe-execution.ts';
import { definitionMembers } from './describe-state-machine.ts';

/**
 * As it was when the execution started.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineForExecution.html
 */
export const describeStateMachineForExecution: Operation = {
  resource: (parameters) => parameters.arn('executionArn', 'execution'),
  async handle(parameters, { store, stateMachines }) {
    parameters.refuseOthers(['executionArn'], { includedData: (value) => value === 'ALL_DATA' });
    const execution = await existingExecution(store, parameters.arn('executionArn', 'execution'));
    const { stateMachineArn, label } = labelledArn(execution.stateMachineArn);
    const whole =
      (await store.stateMachineRevision(stateMachineArn, execution.revisionId)) ??
      (await stateMachines.get(stateMachineArn));
    const stateMachine = label === undefined ? whole : labelledStateMachine(whole, label);
    return {
      ...definitionMembers(stateMachine),
      ...(label !== undefined && { label }),
      ...(execution.child && { mapRunArn: execution.child.mapRunArn }),
      roleArn: execution.roleArn,
      updateDate: stateMachine.creationDate / 1000,
    };
  },
};
