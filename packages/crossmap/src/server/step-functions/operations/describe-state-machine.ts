import type { Operation } from '../operation.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html */
export const describeStateMachine: Operation = {
  resource: (parameters) => parameters.arn('stateMachineArn'),
  async handle(parameters, { stateMachines }) {
    parameters.refuseOthers(['stateMachineArn'], { includedData: (value) => value === 'ALL_DATA' });
    const record = await stateMachines.get(parameters.arn('stateMachineArn', 'stateMachine'));
    const { stateMachineArn, name, definition, roleArn, type, creationDate, revisionId } = record;
    return {
      stateMachineArn,
      name,
      status: 'ACTIVE',
      definition,
      roleArn,
      type,
      creationDate: creationDate / 1000,
      loggingConfiguration: { ...record.loggingConfiguration },
      tracingConfiguration: { enabled: false },
      ...(revisionId !== undefined && { revisionId }),
    };
  },
};
