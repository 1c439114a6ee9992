import type { DescribeExecutionOutput, HistoryEvent, MapRunItemCounts } from '@aws-sdk/client-sfn';
import type { Connection, StepFunctions } from '../../src/cli/step-functions.ts';

export const STATE_MACHINE = 'arn:aws:states:us-east-1:111111111111:stateMachine:ObjectsMap';
export const EXECUTION = 'arn:aws:states:us-east-1:111111111111:execution:ObjectsMap:nightly';
export const MAP_RUN = 'arn:aws:states:us-east-1:111111111111:mapRun:ObjectsMap/Objects:run';
export const STARTED = new Date('2026-10-01T10:00:00Z');

/** What the service answers from one look to the next; the last moment stays. */
export interface Moment {
  readonly execution?: Partial<DescribeExecutionOutput>;
  /** Oldest first, as they happened. */
  readonly history?: readonly Partial<HistoryEvent>[];
  readonly items?: Partial<MapRunItemCounts>;
  readonly mapRunStatus?: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  readonly throws?: Error;
}

export const entered = (name: string): Partial<HistoryEvent> => ({
  type: 'TaskStateEntered',
  stateEnteredEventDetails: { name },
});

export const mapRunStarted: Partial<HistoryEvent> = {
  type: 'MapRunStarted',
  mapRunStartedEventDetails: { mapRunArn: MAP_RUN },
};

export interface FakeStepFunctions extends StepFunctions {
  /** Name of each call, in order. */
  readonly calls: string[];
  /** The input of the executions that were started. */
  readonly inputs: (string | undefined)[];
  /** What was started. */
  readonly started: (string | undefined)[];
}

export interface FakeOptions {
  readonly moments?: readonly Moment[];
  readonly stateMachines?: readonly string[];
  readonly startThrows?: Error;
  /** The ARN of the execution that is started. */
  readonly startGives?: string;
}

const NO_ITEMS: MapRunItemCounts = {
  pending: 0,
  running: 0,
  succeeded: 0,
  failed: 0,
  timedOut: 0,
  aborted: 0,
  total: 0,
  resultsWritten: 0,
};

/** Each DescribeExecution is the next moment; the other answers are of the same moment. */
export function fakeStepFunctions({
  moments = [],
  stateMachines = ['ObjectsMap'],
  startThrows,
  startGives = EXECUTION,
}: FakeOptions) {
  let look = -1;
  const moment = () => moments[Math.min(Math.max(look, 0), moments.length - 1)] ?? {};
  const history = (from: Moment) => [...(from.history ?? [])].reverse() as HistoryEvent[];
  const fake: FakeStepFunctions = {
    calls: [],
    inputs: [],
    started: [],
    async listStateMachines({ nextToken }) {
      fake.calls.push('ListStateMachines');
      const page = nextToken === undefined ? 0 : Number(nextToken);
      const name = stateMachines[page];
      const stateMachineArn = STATE_MACHINE.replace('ObjectsMap', name ?? '');
      return {
        stateMachines: name === undefined ? [] : [{ name, stateMachineArn, type: 'STANDARD', creationDate: STARTED }],
        ...(page + 1 < stateMachines.length ? { nextToken: String(page + 1) } : {}),
      };
    },
    async startExecution({ input, stateMachineArn }) {
      fake.calls.push('StartExecution');
      if (startThrows !== undefined) throw startThrows;
      fake.inputs.push(input);
      fake.started.push(stateMachineArn);
      return { executionArn: startGives, startDate: STARTED };
    },
    async describeExecution() {
      fake.calls.push('DescribeExecution');
      look += 1;
      const { execution, throws } = moment();
      if (throws !== undefined) throw throws;
      return {
        executionArn: EXECUTION,
        stateMachineArn: STATE_MACHINE,
        status: 'RUNNING',
        startDate: STARTED,
        ...(execution?.status === undefined ? {} : { stopDate: new Date(STARTED.getTime() + 12_400) }),
        ...execution,
      };
    },
    async getExecutionHistory({ maxResults = 100, nextToken }) {
      fake.calls.push('GetExecutionHistory');
      const from = nextToken === undefined ? 0 : Number(nextToken);
      const events = history(moment());
      const more = from + maxResults < events.length ? { nextToken: String(from + maxResults) } : {};
      return { events: events.slice(from, from + maxResults), ...more };
    },
    async listMapRuns() {
      fake.calls.push('ListMapRuns');
      const run = { executionArn: EXECUTION, mapRunArn: MAP_RUN, stateMachineArn: STATE_MACHINE, startDate: STARTED };
      return { mapRuns: moment().items === undefined ? [] : [{ ...run, stopDate: undefined }] };
    },
    async describeMapRun({ mapRunArn }) {
      fake.calls.push('DescribeMapRun');
      const { items, mapRunStatus: status = 'RUNNING' } = moment();
      return {
        $metadata: { httpStatusCode: 200 },
        mapRunArn,
        executionArn: EXECUTION,
        status,
        startDate: STARTED,
        ...(status === 'RUNNING' ? {} : { stopDate: new Date(STARTED.getTime() + 10_000) }),
        maxConcurrency: 0,
        toleratedFailurePercentage: 0,
        toleratedFailureCount: 0,
        itemCounts: { ...NO_ITEMS, ...items },
        executionCounts: NO_ITEMS,
      };
    },
  };
  return fake;
}

export function fakeConnection(stepFunctions: StepFunctions, endpoint: string | undefined): Connection {
  return { stepFunctions, endpoint: async () => endpoint, awsCommand: 'aws --profile test', close: () => {} };
}
