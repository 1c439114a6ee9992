import type { Definition } from '../../src/asl/definition.ts';
import type { Json, JsonObject } from '../../src/asl/json.ts';
import { compileMachine } from '../../src/asl/machine.ts';
import type { TaskOutcome, TaskRequest } from '../../src/engine/ports.ts';
import { runStateTest } from '../../src/test-state/run-state-test.ts';
import type { StateTest, StateTestResult } from '../../src/test-state/state-test.ts';
import { SimulatedClock } from '../engine/simulated-clock.ts';
import { countingIds, ROLE } from '../engine/workbench.ts';

export const INVOKE = 'arn:aws:states:::lambda:invoke';

/** A Task state that calls a function with its input, of JSONPath. */
export const task = (fields: JsonObject = {}): JsonObject => ({
  Type: 'Task',
  Resource: INVOKE,
  Parameters: { FunctionName: 'work', 'Payload.$': '$' },
  Next: 'After',
  ...fields,
});

export interface Options extends Partial<Omit<StateTest, 'machine'>> {
  /** What an unmocked task gives. */
  readonly perform?: (request: TaskRequest) => Promise<TaskOutcome>;
}

export const mocked = (value: Json): Options => ({ mock: { kind: 'result', value } });
export const mockedError = (error: string, cause = 'why'): Options => ({
  mock: { kind: 'error', failure: { error, cause } },
});

/** One test of a state under a simulated clock. The states `After` and `Handler` are there for it to lead to. */
export class TestBench {
  readonly clock = new SimulatedClock();

  start(state: JsonObject, { perform, ...options }: Options = {}): Promise<StateTestResult> {
    const stub = { Type: 'Succeed' };
    const definition = { StartAt: 'StateName', States: { StateName: state, After: stub, Handler: stub } };
    const test: StateTest = {
      machine: compileMachine(JSON.parse(JSON.stringify(definition)) as Definition),
      accountId: '111111111111',
      region: 'eu-west-1',
      roleArn: ROLE,
      input: {},
      variables: {},
      context: undefined,
      inMap: false,
      mock: undefined,
      configuration: {},
      ...options,
    };
    const run = perform ?? (() => Promise.reject(new Error('Expected no task to be run')));
    return runStateTest(test, { clock: this.clock, ids: countingIds(), tasks: { run } });
  }
}

/** The result of a test that needs no time. */
export function testOf(state: JsonObject, options?: Options): Promise<StateTestResult> {
  return new TestBench().start(state, options);
}
