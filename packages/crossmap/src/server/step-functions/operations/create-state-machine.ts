import { ApiError } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { isOff } from '../parameters.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html */
export const createStateMachine: Operation = {
  resource: (parameters, { accountId, region }) =>
    `arn:aws:states:${region}:${accountId}:stateMachine:${parameters.string('name')}`,
  async handle(parameters, { stateMachines }, scope) {
    parameters.refuseOthers(['name', 'definition', 'roleArn', 'type'], {
      loggingConfiguration: isOff,
      tracingConfiguration: (value) => JSON.stringify(value) === '{"enabled":false}',
      publish: (value) => value === false,
      tags: (value) => Array.isArray(value) && value.length === 0,
    });
    const type = parameters.optionalString('type') ?? 'STANDARD';
    if (type !== 'STANDARD') {
      throw new ApiError('StateMachineTypeNotSupported', `State machines of type '${type}' are not supported yet`);
    }
    const { stateMachineArn, creationDate } = await stateMachines.create({
      ...scope,
      name: parameters.string('name'),
      definition: parameters.string('definition'),
      roleArn: parameters.arn('roleArn'),
    });
    return { stateMachineArn, creationDate: creationDate / 1000 };
  },
};
