import { readLoggingConfiguration } from '../logging-configuration.ts';
import type { Operation } from '../operation.ts';
import { invalid } from '../parameters.ts';

const TYPES = ['STANDARD', 'EXPRESS'] as const;

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html */
export const createStateMachine: Operation = {
  resource: (parameters, { accountId, region }) =>
    `arn:aws:states:${region}:${accountId}:stateMachine:${parameters.string('name')}`,
  async handle(parameters, { stateMachines }, scope) {
    parameters.refuseOthers(['name', 'definition', 'roleArn', 'type', 'loggingConfiguration'], {
      tracingConfiguration: (value) => JSON.stringify(value) === '{"enabled":false}',
      publish: (value) => value === false,
      tags: (value) => Array.isArray(value) && value.length === 0,
    });
    const { stateMachineArn, creationDate } = await stateMachines.create({
      ...scope,
      name: parameters.string('name'),
      definition: parameters.string('definition'),
      roleArn: parameters.arn('roleArn'),
      type: typeOf(parameters.optionalString('type')),
      loggingConfiguration: readLoggingConfiguration(parameters.json('loggingConfiguration') ?? {}),
    });
    return { stateMachineArn, creationDate: creationDate / 1000 };
  },
};

function typeOf(text = 'STANDARD'): (typeof TYPES)[number] {
  const type = TYPES.find((each) => each === text);
  if (type !== undefined) return type;
  const allowed = `Member must satisfy enum value set: [${TYPES.join(', ')}]`;
  throw invalid(`Value '${text}' at 'type' failed to satisfy constraint: ${allowed}`);
}
