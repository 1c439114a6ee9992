import { apiModel } from '../../../accounts/api-model.ts';
import type { MapState, State } from '../../../asl/definition.ts';
import { isJsonObject, type Json } from '../../../asl/json.ts';
import { parseTaskResource, type TaskResource } from '../../../asl/task-resource.ts';
import type { Mock } from '../../../test-state/state-test.ts';
import { ApiError } from '../errors.ts';
import type { Parameters } from '../parameters.ts';
import { schemaProblem } from './mock-schema.ts';

const MODES = ['STRICT', 'PRESENT', 'NONE'] as const;

/**
 * What stands in for the work of the state, checked in AWS's order and words.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_MockInput.html,
 * recorded in test_state_mock_validation and test_field_validation_mode*.
 */
export function readMock(mock: Parameters, state: State): Mock {
  if (state.Type !== 'Task' && state.Type !== 'Map' && state.Type !== 'Parallel') {
    throw refusal(`State type '${state.Type}' is not supported when a mock is specified`);
  }
  mock.refuseOthers(['result', 'errorOutput', 'fieldValidationMode']);
  const mode = mock.optionalEnum('fieldValidationMode', MODES) ?? 'STRICT';
  const result = mock.optionalString('result');
  const errorOutput = mock.optionalObject('errorOutput');
  if ((result === undefined) === (errorOutput === undefined)) {
    throw refusal('A test mock should have only one of the following fields: [result, errorOutput].');
  }
  if (errorOutput !== undefined) {
    errorOutput.refuseOthers(['error', 'cause']);
    const cause = errorOutput.optionalString('cause');
    return { kind: 'error', failure: { error: errorOutput.string('error'), ...(cause !== undefined && { cause }) } };
  }
  const value = parse(result ?? '');
  checkResult(state, value, mode);
  return { kind: 'result', value };
}

function parse(result: string): Json {
  try {
    return JSON.parse(result) as Json;
  } catch {
    throw refusal('Expected the mocked result to be JSON text.');
  }
}

function checkResult(state: State, value: Json, mode: (typeof MODES)[number]): void {
  if (state.Type === 'Parallel') checkArray(value, state.Branches.length);
  if (state.Type === 'Map') checkMapResult(state, value);
  if (state.Type === 'Task' && mode !== 'NONE') checkTaskResult(state.Resource, value, mode === 'STRICT');
}

function checkArray(value: Json, branches?: number): void {
  if (!Array.isArray(value)) throw refusal('Mocked result must be an array.');
  if (branches !== undefined && value.length !== branches) {
    throw refusal('Mocked result must contain the same number of items as number of Parallel branches.');
  }
}

/** A Distributed Map that exports its results gives an object that says where, one that gives them as lines a text. */
function checkMapResult({ ResultWriter }: MapState, value: Json): void {
  if (ResultWriter?.Resource === undefined) {
    if (ResultWriter?.WriterConfig?.OutputType !== 'JSONL') return checkArray(value);
    if (typeof value !== 'string') throw refusal('Mocked result must be a string.');
    return;
  }
  if (!isJsonObject(value)) throw refusal('Mocked result must be an object.');
}

/** Integrations whose results AWS validates by no model, beside those that end with what a worker or a token gives. */
const NOT_VALIDATED: readonly RegExp[] = [/^http:/, /^apigateway:/, /^eks:(call|runJob)$/];

/** Services that optimized integrations name otherwise than `aws-sdk` ones. */
const RENAMED: Readonly<Record<string, string>> = { states: 'sfn', events: 'eventbridge' };

function checkTaskResult(resourceText: string, value: Json, strict: boolean): void {
  const resource = parseTaskResource(resourceText);
  if (resource?.kind !== 'service' || resource.pattern === 'wait-for-task-token') return;
  if (NOT_VALIDATED.some((each) => each.test(`${resource.service}:${resource.action}`))) return;
  const called = calledOperation(resource);
  const model = called && apiModel(called.service);
  const shape = called && model?.operations[called.operation];
  if (model === undefined || shape === undefined) {
    const cannot = `The result of \`${resourceText}\` cannot be validated here`;
    throw refusal(`${cannot}: its API model is not supported yet. Use the fieldValidationMode NONE.`);
  }
  if (shape === null) return;
  const problem = schemaProblem(model, shape, validated(resource, value), strict);
  if (problem !== undefined) throw refusal(`Mock result schema validation error: ${problem}`);
}

/** The operation whose answer is the task's result: with `.sync`, the one that Step Functions polls. */
function calledOperation({ service, action, pattern }: Extract<TaskResource, { kind: 'service' }>) {
  const name = service.replace('aws-sdk:', '');
  const operation = `${action.charAt(0).toUpperCase()}${action.slice(1)}`;
  if (pattern === 'request-response') return { service: RENAMED[name] ?? name, operation };
  return service === 'states' && action === 'startExecution'
    ? { service: 'sfn', operation: 'DescribeExecution' }
    : undefined;
}

/** `lambda:invoke` gives the function's answer as JSON, not as the API's bytes. */
function validated({ service }: Extract<TaskResource, { kind: 'service' }>, value: Json): Json {
  if (service !== 'lambda' || !isJsonObject(value)) return value;
  const { Payload: _json, ...answer } = value;
  return answer;
}

function refusal(message: string): ApiError {
  return new ApiError('ValidationException', message);
}
