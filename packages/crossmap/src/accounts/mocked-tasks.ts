import { integrationRefusal } from '../asl/integrations.ts';
import type { TaskResource } from '../asl/task-resource.ts';
import type { TestCase } from '../engine/execution.ts';
import type { TaskOutcome, TaskRequest, TaskSubmitted, Tasks } from '../engine/ports.ts';
import type { MockConfig, MockedResponse } from './mock-config.ts';

/** What definitions may name where tasks are mocked: a task that no test case mocks fails when it is run. */
export const EVERY_SERVICE: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true });

/** Whether what a resource names can be called; `routed`: the services that are found at endpoints. */
export function isHere(resource: TaskResource, routed: ReadonlySet<string>): boolean {
  return refusalOf(resource, routed) === undefined;
}

function refusalOf(resource: TaskResource, routed: ReadonlySet<string>): string | undefined {
  if (resource.kind !== 'service') return undefined;
  return integrationRefusal(`arn:aws:states:::${resource.service}:${resource.resource}`, routed);
}

/**
 * Answers the tasks of executions that were started with a test case by its mocked responses; all other tasks run. How
 * often a state was invoked is counted over the whole execution, the children of its Map Runs included.
 */
export class MockedTasks implements Tasks {
  readonly #config: MockConfig;
  readonly #tasks: Tasks;
  /** The test case of one execution → state → how often it was invoked. */
  readonly #invocations = new WeakMap<TestCase, Map<string, number>>();

  readonly #routed: ReadonlySet<string>;

  /** `routed`: the services that `tasks` finds at endpoints. */
  constructor(config: MockConfig, tasks: Tasks, routed: ReadonlySet<string>) {
    this.#config = config;
    this.#tasks = tasks;
    this.#routed = routed;
  }

  async run(request: TaskRequest): Promise<TaskOutcome | TaskSubmitted> {
    const { mock } = request;
    const mocked = mock && this.#config.mocked(mock.stateMachineName, mock.testCase.name, mock.stateName);
    if (mock === undefined || mocked === undefined) return this.#run(request);
    const index = this.#count(mock.testCase, mock.stateName);
    return answer(this.#config.response(mocked, index), request);
  }

  async #run(request: TaskRequest): Promise<TaskOutcome | TaskSubmitted> {
    const { resource, mock } = request;
    const refusal = refusalOf(resource, this.#routed);
    if (refusal === undefined) return this.#tasks.run(request);
    const unmocked =
      mock === undefined ? 'no test case was named' : `${mock.testCase.name} does not mock ${mock.stateName}`;
    const cause = `${refusal} (${unmocked})`;
    return { kind: 'failed', failure: { error: 'States.Runtime', cause } };
  }

  #count(testCase: TestCase, state: string): number {
    const states = this.#invocations.get(testCase) ?? new Map<string, number>();
    this.#invocations.set(testCase, states);
    const index = states.get(state) ?? 0;
    states.set(state, index + 1);
    return index;
  }
}

/** The call of a job, or of what answers with a token, succeeds; the response is how it ends (conformance area mocking). */
function answer(response: MockedResponse, { resource }: TaskRequest): TaskOutcome | TaskSubmitted {
  const outcome: TaskOutcome =
    response.kind === 'throw'
      ? { kind: 'failed', failure: response.failure }
      : { kind: 'succeeded', output: response.output };
  if (resource.kind !== 'service' || resource.pattern === 'request-response') return outcome;
  const output = outcome.kind === 'succeeded' ? outcome.output : {};
  return { kind: 'submitted', output, ended: Promise.resolve(outcome) };
}
