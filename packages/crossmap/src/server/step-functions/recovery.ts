import type { Json } from '../../asl/json.ts';
import type { ExecutionHeader } from '../../engine/execution.ts';
import type { StartRequest } from '../../engine/executions.ts';
import type { HistoryEvent } from '../../engine/history.ts';
import { mapRunPlanOf, waitsForMapRun } from '../../engine/outstanding.ts';
import type { ExecutionRecord, StateMachineRecord } from '../../engine/ports.ts';
import type { MapRunRecord } from '../../map-run/map-run.ts';
import { labelledArn, labelledStateMachine } from './labelled-state-machine.ts';
import type { StepFunctions } from './operation.ts';

const PAGE = 1000;

/**
 * Goes on with what an earlier process left running, and gives how many executions of state machines that are. EXPRESS
 * ones are gone with their process, as nothing is kept of them; children go on with their Map Runs. `onFault` is told of
 * an execution that cannot go on, such as one whose definition names a service that has no endpoint this time; it stays
 * as it is.
 */
export async function recover(service: StepFunctions, onFault: (fault: unknown, arn: string) => void): Promise<number> {
  const requests: StartRequest[] = [];
  for await (const record of runningExecutions(service)) {
    try {
      requests.push(await requestOf(record, service));
    } catch (thrown) {
      onFault(thrown, record.executionArn);
    }
  }
  const orphans = await orphanedMapRuns(service);
  await service.executions.resume(requests);
  for (const { mapRun, parent } of orphans) {
    endOrphan(mapRun, parent, service).catch((thrown: unknown) => onFault(thrown, mapRun.mapRunArn));
  }
  return requests.length;
}

async function* runningExecutions({ store }: StepFunctions): AsyncGenerator<ExecutionRecord> {
  for await (const { stateMachineArn } of pages((after) => store.stateMachines('', PAGE, after))) {
    const of = { stateMachineArn };
    yield* pages((after) => store.executions({ of, status: 'RUNNING', limit: PAGE, ...(after && { after }) }));
  }
}

async function* pages<T>(
  page: (after: string | undefined) => Promise<{ readonly items: readonly T[]; readonly next?: string }>,
): AsyncGenerator<T> {
  let after: string | undefined;
  do {
    const { items, next } = await page(after);
    yield* items;
    after = next;
  } while (after !== undefined);
}

async function requestOf(record: ExecutionRecord, service: StepFunctions): Promise<StartRequest> {
  const stateMachine = await stateMachineOf(record, service);
  const [first] = (await service.store.history(record.executionArn)) ?? [];
  return {
    header: headerOf(record, stateMachine, first?.private?.testCase),
    inputText: record.input,
    machine: service.stateMachines.compiled(stateMachine),
    ...(record.child && { child: record.child }),
  };
}

/** What the execution runs: the state machine in its revision or, for a child, the processor of its Map state. */
async function stateMachineOf(
  { stateMachineArn: arn, revisionId }: ExecutionRecord,
  { store, stateMachines }: StepFunctions,
): Promise<StateMachineRecord> {
  const { stateMachineArn, label } = labelledArn(arn);
  const whole =
    (await store.stateMachineRevision(stateMachineArn, revisionId)) ?? (await stateMachines.get(stateMachineArn));
  return label === undefined ? whole : labelledStateMachine(whole, label);
}

function headerOf(
  { executionArn, name, stateMachineArn, roleArn, startDate, input, revisionId }: ExecutionRecord,
  { name: stateMachineName, loggingConfiguration: logging }: StateMachineRecord,
  testCase: string | undefined,
): ExecutionHeader {
  const [, , , region = '', accountId = ''] = stateMachineArn.split(':');
  return {
    executionArn,
    name,
    stateMachineArn,
    stateMachineName,
    roleArn,
    region,
    accountId,
    startDate,
    input: JSON.parse(input) as Json,
    ...(revisionId !== undefined && { revisionId }),
    ...(logging.level !== 'OFF' && { logging }),
    ...(testCase !== undefined && { testCase: { name: testCase } }),
  };
}

interface Orphan {
  readonly mapRun: MapRunRecord;
  readonly parent: ExecutionRecord;
}

/** Map Runs that are RUNNING and that nothing waits for: their parent ended, and the process before it could stop them. */
async function orphanedMapRuns({ store }: StepFunctions): Promise<readonly Orphan[]> {
  const orphans: Orphan[] = [];
  for (const mapRun of await store.runningMapRuns()) {
    const parent = await store.execution(mapRun.executionArn);
    const events: readonly HistoryEvent[] = (await store.history(mapRun.executionArn)) ?? [];
    if (parent !== undefined && !waitsForMapRun(events, mapRun.mapRunArn)) orphans.push({ mapRun, parent });
  }
  return orphans;
}

/** Ends it as it would have been: its running children are aborted, its results are written. */
async function endOrphan({ mapRunArn }: MapRunRecord, parent: ExecutionRecord, service: StepFunctions): Promise<void> {
  const { header, machine } = await requestOf(parent, service);
  const events = (await service.store.history(parent.executionArn)) ?? [];
  const plan = await mapRunPlanOf(machine, header, events, mapRunArn);
  await service.mapRuns.run({ mapRunArn, parent: header, plan, abandoned: Promise.resolve() });
}
