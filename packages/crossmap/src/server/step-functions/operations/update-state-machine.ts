import { ApiError } from '../errors.ts';
import { readLoggingConfiguration } from '../logging-configuration.ts';
import type { Operation } from '../operation.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html */
export const updateStateMachine: Operation = {
  resource: (parameters) => parameters.arn('stateMachineArn', 'stateMachine'),
  async handle(parameters, { stateMachines, clock }) {
    parameters.refuseOthers(['stateMachineArn', 'definition', 'roleArn', 'loggingConfiguration'], {
      tracingConfiguration: (value) => JSON.stringify(value) === '{"enabled":false}',
      publish: (value) => value === false,
    });
    const definition = parameters.optionalString('definition');
    const roleArn = parameters.json('roleArn') === undefined ? undefined : parameters.arn('roleArn');
    const logging = parameters.json('loggingConfiguration');
    if ([definition, roleArn, logging, parameters.json('tracingConfiguration')].every((each) => each === undefined)) {
      const either = 'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration';
      throw new ApiError('MissingRequiredParameter', `${either} must be specified`);
    }
    const { revisionId = '' } = await stateMachines.update(parameters.arn('stateMachineArn'), {
      ...(definition !== undefined && { definition }),
      ...(roleArn !== undefined && { roleArn }),
      ...(logging !== undefined && { loggingConfiguration: readLoggingConfiguration(logging) }),
    });
    return { updateDate: clock.now() / 1000, revisionId };
  },
};
