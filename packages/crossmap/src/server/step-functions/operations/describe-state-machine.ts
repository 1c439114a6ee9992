import type { Definition } from '../../../asl/definition.ts';
import type { JsonObject } from '../../../asl/json.ts';
import { variableReferences } from '../../../asl/variable-references.ts';
import type { StateMachineRecord } from '../../../engine/ports.ts';
import { labelledArn, labelledStateMachine } from '../labelled-state-machine.ts';
import type { Operation } from '../operation.ts';

/**
 * An ARN with a label gives what the children of that Distributed Map run.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html
 */
export const describeStateMachine: Operation = {
  resource: (parameters) => parameters.arn('stateMachineArn'),
  async handle(parameters, { stateMachines }) {
    parameters.refuseOthers(['stateMachineArn'], { includedData: (value) => value === 'ALL_DATA' });
    const { stateMachineArn, label } = labelledArn(parameters.arn('stateMachineArn', 'stateMachine'));
    const whole = await stateMachines.get(stateMachineArn);
    const stateMachine = label === undefined ? whole : labelledStateMachine(whole, label);
    return {
      ...definitionMembers(stateMachine),
      ...(label !== undefined && { label }),
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
