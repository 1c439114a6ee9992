import assert from 'node:assert/strict';
import type { Failure } from '../../src/asl/failure.ts';
import type { Json, JsonObject } from '../../src/asl/json.ts';
import { compileMachine, type Machine } from '../../src/asl/machine.ts';
import { validateDefinition } from '../../src/asl/validate.ts';
import type { OfferedTask } from '../../src/engine/activities.ts';
import type { ExecutionHeader } from '../../src/engine/execution.ts';
import { Executions, type MapRunRequest, type Running } from '../../src/engine/executions.ts';
import type { HistoryEvent } from '../../src/engine/history.ts';
import type { MapRunOutcome } from '../../src/engine/occurrence.ts';
import type { Ids, TaskOutcome, TaskRequest, TaskSubmitted } from '../../src/engine/ports.ts';
import { uuidOfName } from '../../src/engine/random.ts';
import { MemoryExecutions } from './memory-executions.ts';
import { SimulatedClock } from './simulated-clock.ts';

export const FUNCTION = 'arn:aws:lambda:eu-west-1:111111111111:function:work';
export const INVOKE = 'arn:aws:states:::lambda:invoke';
export const ROLE = 'arn:aws:iam::111111111111:role/workflow';
export const MACHINE = 'arn:aws:states:eu-west-1:111111111111:stateMachine:machine';
export const EXECUTION = 'arn:aws:states:eu-west-1:111111111111:execution:machine:one';

export function machineOf(states: JsonObject, startAt = Object.keys(states)[0] ?? ''): Machine {
  const validated = validateDefinition(JSON.stringify({ StartAt: startAt, States: states }));
  assert.ok(validated.ok, validated.ok ? '' : JSON.stringify(validated.diagnostics));
  return compileMachine(validated.definition);
}

export function headerOf(input: Json, startDate: number): ExecutionHeader {
  return {
    executionArn: EXECUTION,
    name: 'one',
    stateMachineArn: MACHINE,
    stateMachineName: 'machine',
    roleArn: ROLE,
    region: 'eu-west-1',
    accountId: '111111111111',
    startDate,
    input,
  };
}

/** Ids that count, and the same chance every time. */
export function countingIds(seed = 7): Ids {
  let count = 0;
  return {
    uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
    nameUuid: (namespace, name) => uuidOfName(`${namespace}/${name}`),
    seed: () => seed,
  };
}

type Work<Request, Outcome> = (request: Request, call: number) => Outcome | Promise<Outcome>;

/** One execution and everything around it, in memory. `RESTART_EVERY_EVENT=1` folds its state from the history each time. */
export class Workbench {
  readonly clock = new SimulatedClock();
  readonly store = new MemoryExecutions();
  readonly taskRequests: TaskRequest[] = [];
  readonly mapRunRequests: MapRunRequest[] = [];
  readonly faults: unknown[] = [];
  task: Work<TaskRequest, TaskOutcome | TaskSubmitted> = ({ parameters }) => succeeded(parameters);
  mapRun: Work<MapRunRequest, MapRunOutcome> = () => ({ kind: 'succeeded', output: [] });
  /** The activities that are there, and the tasks they were offered. */
  readonly activities = new Set<string>();
  readonly offered: OfferedTask[] = [];
  readonly withdrawn: OfferedTask[] = [];
  readonly executions = new Executions({
    clock: this.clock,
    ids: countingIds(),
    store: this.store,
    tasks: { run: async (request) => this.task(request, this.taskRequests.push(request)) },
    activities: {
      has: (activityArn) => this.activities.has(activityArn),
      offer: (task) => {
        this.offered.push(task);
        return () => this.withdrawn.push(task);
      },
    },
    mapRuns: { run: async (request) => this.mapRun(request, this.mapRunRequests.push(request)) },
    onFault: (fault) => this.faults.push(fault),
    restartEveryEvent: process.env.RESTART_EVERY_EVENT === '1',
  });

  start(states: JsonObject, inputText = '{}'): Running {
    const header = headerOf(JSON.parse(inputText) as Json, this.clock.now());
    return this.executions.start({ header, inputText, machine: machineOf(states) });
  }

  /** Starts the machine, lets an hour pass and gives the ended execution. */
  async run(states: JsonObject, inputText = '{}') {
    const { ended } = this.start(states, inputText);
    await this.clock.advance(3_600_000);
    assert.equal(this.executions.running, 0, 'the execution has ended');
    assert.deepEqual(this.faults, []);
    return ended;
  }

  get history(): readonly HistoryEvent[] {
    return this.store.histories.get(EXECUTION) ?? [];
  }

  /** The history as `[previousEventId, type, details]`; ids are checked to count from 1. */
  get told(): readonly (readonly [number, string, object])[] {
    assert.deepEqual(
      this.history.map(({ id }) => id),
      this.history.map((_, i) => i + 1),
    );
    return this.history.map(({ previousEventId, type, details }) => [previousEventId, type, details]);
  }

  get types(): readonly string[] {
    return this.history.map(({ type }) => type);
  }
}

export const succeeded = (output: Json): TaskOutcome => ({ kind: 'succeeded', output });
export const failed = (failure: Failure): TaskOutcome => ({ kind: 'failed', failure });
export { settled } from './simulated-clock.ts';
