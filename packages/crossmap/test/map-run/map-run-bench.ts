import assert from 'node:assert/strict';
import type { Json } from '../../src/asl/json.ts';
import { Executions } from '../../src/engine/executions.ts';
import type { Refusal, TaskOutcome, TaskRequest } from '../../src/engine/ports.ts';
import { MapRuns } from '../../src/map-run/map-runs.ts';
import { SimulatedClock } from '../engine/simulated-clock.ts';
import { countingIds, EXECUTION, FUNCTION, headerOf, machineOf, settled } from '../engine/workbench.ts';
import { FakeObjects } from './fake-objects.ts';
import { MemoryMapRuns } from './memory-map-runs.ts';

export const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
export const passing = { ProcessorConfig, StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
export const working = {
  ProcessorConfig,
  StartAt: 'T',
  States: { T: { Type: 'Task', Resource: FUNCTION, End: true } },
};
export const ItemReader = {
  Resource: 'arn:aws:states:::s3:getObject',
  ReaderConfig: { InputType: 'JSON' },
  Parameters: { Bucket: 'lists', Key: 'run/list.json' },
};
export const ResultWriter = {
  Resource: 'arn:aws:states:::s3:putObject',
  Parameters: { Bucket: 'results', Prefix: 'p' },
};
export const map = (fields: object = {}) => ({
  M: { Type: 'Map', Label: 'L', ItemProcessor: passing, End: true, ...fields },
});

/** One state machine execution, its Map Runs and everything around them, in memory. */
export class Bench {
  readonly clock = new SimulatedClock();
  readonly store = new MemoryMapRuns();
  readonly objects = new FakeObjects();
  readonly checks: object[] = [];
  readonly faults: unknown[] = [];
  denied: Refusal | undefined;
  task: (request: TaskRequest) => TaskOutcome | Promise<TaskOutcome> = ({ parameters }) => ({
    kind: 'succeeded',
    output: parameters,
  });
  readonly mapRuns: MapRuns = new MapRuns({
    clock: this.clock,
    ids: countingIds(),
    store: this.store,
    objects: this.objects,
    permissions: {
      check: (caller, action, resource) => {
        this.checks.push({ caller, action, resource });
        return this.denied ?? { kind: 'allowed' };
      },
    },
    executions: () => this.executions,
  });
  readonly executions: Executions = new Executions({
    clock: this.clock,
    ids: countingIds(),
    store: this.store,
    tasks: { run: async (request) => this.task(request) },
    mapRuns: this.mapRuns,
    onFault: (fault) => this.faults.push(fault),
    restartEveryEvent: process.env.RESTART_EVERY_EVENT === '1',
  });

  constructor() {
    for (const name of ['lists', 'results'])
      this.objects.buckets.set(name, { accountId: '111111111111', region: 'eu-west-1' });
  }

  list(items: Json, key = 'run/list.json'): this {
    this.objects.contents.set(`lists/${key}`, typeof items === 'string' ? items : JSON.stringify(items));
    return this;
  }

  start(states: object, input: Json = {}) {
    const header = headerOf(input, this.clock.now());
    const machine = machineOf(states as never);
    return this.executions.start({ header, inputText: JSON.stringify(input), machine });
  }

  /** The ended execution as its output, or its error and cause. */
  async run(states: object, input: Json = {}): Promise<{ output?: Json; error?: string; cause?: string }> {
    const { ended } = this.start(states, input);
    await this.clock.advance(3_600_000);
    for (let turn = 0; turn < 200 && this.executions.running > 0; turn++) await settled();
    assert.deepEqual(this.faults, []);
    assert.equal(this.executions.running, 0, 'everything has ended');
    const record = await ended;
    if (record.status === 'SUCCEEDED') return { output: JSON.parse(record.output) as Json };
    return { error: record.error ?? '', cause: record.cause ?? '' };
  }

  /** The Map Runs of the execution as last recorded, with the counts that are not zero. */
  async told() {
    return (await this.store.mapRuns(EXECUTION)).map(({ status, itemCounts, executionCounts }) => ({
      status,
      items: notZero(itemCounts),
      children: notZero(executionCounts),
    }));
  }

  get children() {
    return [...this.store.records.values()].filter(({ child }) => child !== undefined);
  }
}

export const notZero = (counts: object) =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
export const all = (status: string, count: number) => ({ [status]: count, total: count, resultsWritten: count });
