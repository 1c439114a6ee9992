import type { State } from '../../../asl/definition.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../asl/json.ts';
import { parseTaskResource } from '../../../asl/task-resource.ts';
import { runStateTest } from '../../../test-state/run-state-test.ts';
import { StateTestRefused } from '../../../test-state/state-test.ts';
import { ApiError } from '../errors.ts';
import { parseJsonText } from '../json-text.ts';
import type { Operation } from '../operation.ts';
import { invalidInput } from '../start-request.ts';
import { readConfiguration } from '../test-state/configuration.ts';
import { readContext } from '../test-state/context.ts';
import { STATE_NAME, stateUnderTest } from '../test-state/definition.ts';
import { readMock } from '../test-state/mock.ts';
import { LEVELS, testStateView } from '../test-state/view.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html */
export const testState: Operation = {
  resource: () => '*',
  async handle(parameters, { stateMachines, ...ports }, { accountId, region }) {
    const level = parameters.optionalEnum('inspectionLevel', LEVELS) ?? 'INFO';
    const mockGiven = parameters.optionalObject('mock');
    if (mockGiven !== undefined && parameters.boolean('revealSecrets', false)) {
      throw refusal('TestState does not support RevealSecrets when a mock is specified.');
    }
    parameters.refuseOthers(KNOWN, { revealSecrets: (value) => value === false });
    const stateName = parameters.optionalString('stateName');
    const tested = stateUnderTest(parameters.string('definition'), stateName, mockGiven !== undefined);
    const { state, machine, inMap } = tested;
    const roleArn = parameters.optionalString('roleArn') === undefined ? undefined : parameters.arn('roleArn');
    const mock = mockGiven && readMock(mockGiven, state);
    if (mock === undefined) checkUnmocked(state, roleArn, parameters.names);
    if (mock === undefined && roleArn !== undefined) {
      stateMachines.checkRole(roleArn, `arn:aws:states:${region}:${accountId}:stateMachine:${STATE_NAME}`);
    }
    const contextText = parameters.optionalString('context');
    const resource = state.Type === 'Task' ? parseTaskResource(state.Resource) : undefined;
    const configuration = readConfiguration(parameters.optionalObject('stateConfiguration'), state);
    const inputText = parameters.optionalString('input') ?? '{}';
    const test = {
      machine,
      accountId,
      region,
      roleArn,
      input: parseJsonText(inputText, 'execution input', invalidInput),
      variables: readVariables(parameters.optionalString('variables') ?? '{}'),
      context: contextText === undefined ? undefined : readContext(contextText, resource),
      inMap,
      mock,
      configuration,
    };
    try {
      const result = await runStateTest(test, ports);
      const texts = [inputText, mockGiven?.optionalString('result')].filter((text) => text !== undefined);
      return testStateView(result, { level, state, language: tested.language, inputText, texts });
    } catch (thrown) {
      if (thrown instanceof StateTestRefused) throw refusal(thrown.message);
      throw thrown;
    }
  },
};

const KNOWN = [
  'definition',
  'stateName',
  'roleArn',
  'input',
  'inspectionLevel',
  'variables',
  'context',
  'mock',
  'stateConfiguration',
];

/** Refuses what only a mock makes testable (texts of Map and of the missing role recorded in test_state_mock_validation). */
function checkUnmocked(state: State, roleArn: string | undefined, given: readonly string[]): void {
  if (state.Type === 'Map' || state.Type === 'Parallel') {
    const supported = 'Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]';
    throw new ApiError('InvalidDefinition', `TestState API does not support Map or Parallel states. ${supported}`);
  }
  for (const name of ['context', 'stateConfiguration'].filter((each) => given.includes(each))) {
    throw refusal(`'${name}' may only be specified if a mock is specified.`);
  }
  if (state.Type !== 'Task') return;
  const resource = parseTaskResource(state.Resource);
  const pattern = resource?.kind === 'service' ? resource.pattern : undefined;
  if (resource?.kind === 'activity' || (pattern !== undefined && pattern !== 'request-response')) {
    const kinds = "Activity tasks, '.sync' or '.waitForTaskToken' service integration patterns";
    throw refusal(`TestState only supports the following when a mock is specified: ${kinds}.`);
  }
  if (roleArn === undefined) throw refusal('RoleArn must be specified when testing a Task state');
}

function readVariables(text: string): JsonObject {
  let variables: Json;
  try {
    variables = JSON.parse(text) as Json;
  } catch {
    throw refusal('Expected the variables to be JSON text.');
  }
  if (isJsonObject(variables)) return variables;
  throw refusal('Expected the variables to be a JSON object.');
}

function refusal(message: string): ApiError {
  return new ApiError('ValidationException', message);
}
