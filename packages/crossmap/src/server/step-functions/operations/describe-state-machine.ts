import type { Definition } from '../../../asl/definition.ts';
import type { JsonObject } from '../../../asl/json.ts';
import { variableReferences } from '../../../asl/variable-references.ts';
import type { StateMachineRecord } from '../../../engine/ports.ts';
import type { Operation } from '../operation.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html */
export const describeStateMachine: Operation = {
  resource: (parameters) => parameters.arn('stateMachineArn'),
  async handle(parameters, { stateMachines }) {
    parameters.refuseOthers(['stateMachineArn'], { includedData: (value) => value === 'ALL_DATA' });
    const stateMachine = await stateMachines.get(parameters.arn('stateMachineArn', 'stateMachine'));
    return {
      ...definitionMembers(stateMachine),
      status: 'ACTIVE',
      type: stateMachine.type,
      creationDate: stateMachine.creationDate / 1000,
    };
  },
};

/** What is said of a state machine itself and of that of an execution. */
export function definitionMembers(stateMachine: StateMachineRecord): JsonObject {
  const { stateMachineArn, name, definition, roleArn, loggingConfiguration, revisionId } = stateMachine;
  const references = variableReferences(JSON.parse(definition) as Definition);
  return {
    stateMachineArn,
    name,
    definition,
    roleArn,
    loggingConfiguration: { ...loggingConfiguration },
    tracingConfiguration: { enabled: false },
    encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
    ...(revisionId !== undefined && { revisionId }),
    ...(Object.keys(references).length > 0 && { variableReferences: references }),
  };
}
