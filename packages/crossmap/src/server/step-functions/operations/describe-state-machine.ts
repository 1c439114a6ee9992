import type { Operation } from '../operation.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html */
export const describeStateMachine: Operation = {
  resource: (parameters) => parameters.arn('stateMachineArn'),
  async handle(parameters, { stateMachines }) {
    parameters.refuseOthers(['stateMachineArn'], { includedData: (value) => value === 'ALL_DATA' });
    const { stateMachineArn, name, definition, roleArn, type, creationDate } = await stateMachines.get(
      parameters.arn('stateMachineArn'),
    );
    return {
      stateMachineArn,
      name,
      status: 'ACTIVE',
      definition,
      roleArn,
      type,
      creationDate: creationDate / 1000,
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: false },
    };
  },
};
