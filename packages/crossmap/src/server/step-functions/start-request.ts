import type { Json } from '../../asl/json.ts';
import type { Machine } from '../../asl/machine.ts';
import type { StartRequest } from '../../engine/executions.ts';
import type { StateMachineRecord } from '../../engine/ports.ts';
import { ApiError } from './errors.ts';
import { parseJsonText } from './json-text.ts';
import type { StepFunctions } from './operation.ts';
import type { Parameters } from './parameters.ts';
import { checkName } from './state-machines.ts';

/** What an execution is to be started with, read and checked. */
export interface WantedExecution {
  readonly record: StateMachineRecord;
  readonly name: string;
  readonly inputText: string;
  readonly input: Json;
  /** A name of the mock configuration. */
  readonly testCase?: string;
}

/** The ARN in `stateMachineArn`, where `#` and a test case of the mock configuration may follow. */
export function namedStateMachine(parameters: Parameters): { readonly arn: string; readonly testCase?: string } {
  const [arn = '', ...testCase] = parameters.arn('stateMachineArn', 'stateMachine').split('#');
  return { arn, ...(testCase.length > 0 && { testCase: testCase.join('#') }) };
}

/** Reads `stateMachineArn`, `name` and `input`. A missing name is a UUID, a missing input is `{}`. */
export async function wantedExecution(parameters: Parameters, service: StepFunctions): Promise<WantedExecution> {
  const { arn, testCase } = namedStateMachine(parameters);
  const inputText = parameters.optionalString('input') ?? '{}';
  const input = parseJsonText(inputText, 'execution input', invalidInput);
  const record = await service.stateMachines.get(arn);
  const name = parameters.optionalString('name') ?? service.ids.uuid();
  checkName(name);
  if (testCase !== undefined) checkTestCase(service, record, testCase);
  return { record, name, inputText, input, ...(testCase !== undefined && { testCase }) };
}

/** `express`: how an execution of an EXPRESS state machine is started; it has an ARN of its own each time. */
export function startRequest(
  { record, name, inputText, input, testCase }: WantedExecution,
  { stateMachines, clock, ids }: StepFunctions,
  express?: 'asynchronous' | 'synchronous',
): StartRequest {
  const { stateMachineArn, roleArn, loggingConfiguration: logging, revisionId } = record;
  const [, , , region = '', accountId = ''] = stateMachineArn.split(':');
  const kind = express === undefined ? 'execution' : 'express';
  const named = `${stateMachineArn.replace(':stateMachine:', `:${kind}:`)}:${name}`;
  const executionArn = express === undefined ? named : `${named}:${ids.uuid()}`;
  return {
    header: {
      executionArn,
      name,
      stateMachineArn,
      stateMachineName: record.name,
      roleArn,
      region,
      accountId,
      startDate: clock.now(),
      input,
      ...(revisionId !== undefined && { revisionId }),
      ...(express !== undefined && { express }),
      ...(logging.level !== 'OFF' && { logging }),
      ...(testCase !== undefined && { testCase: { name: testCase } }),
    },
    inputText,
    machine: stateMachines.compiled(record),
  };
}

/** Refuses a test case that the mock configuration has not, or that mocks what calls no service. */
function checkTestCase({ mocks, stateMachines }: StepFunctions, record: StateMachineRecord, testCase: string): void {
  const refuse = (why: string) => new ApiError('InvalidArn', `Invalid Arn: '${why}'`);
  if (mocks === undefined) {
    throw refuse(`Expected a mock configuration (crossmap dev --mock-config FILE) for the test case ${testCase}`);
  }
  const known = mocks.testCases(record.name);
  if (!known.includes(testCase)) {
    throw refuse(`Expected a test case of ${record.name} (${known.join(', ') || 'there is none'}), found ${testCase}`);
  }
  const callers = callingStates(stateMachines.compiled(record));
  for (const state of mocks.mockedStates(record.name, testCase)) {
    if (callers.has(state)) continue;
    throw refuse(`The test case ${testCase} mocks ${state}, which is no Task of ${record.name} that calls a service`);
  }
}

/** The Task states, at any depth, that call a service or a function. */
function callingStates(machine: Machine): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [name, state] of machine.states) {
    if (state.type === 'Task' && state.resource.kind !== 'activity') names.add(name);
    const inner = state.type === 'Parallel' ? state.branches : state.type === 'Map' ? [state.processor] : [];
    for (const each of inner) for (const found of callingStates(each)) names.add(found);
  }
  return names;
}

export function invalidInput(why: string): ApiError {
  return new ApiError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${why}'`);
}
