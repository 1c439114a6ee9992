import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Cloud, openCloud } from '../src/cloud.ts';
import { Parameters } from '../src/server/step-functions/parameters.ts';
import { startRequest, wantedExecution } from '../src/server/step-functions/start-request.ts';
import { openSqliteStore } from '../src/store/sqlite-store.ts';
import { prepared, STATE_MACHINE_ARN } from './killed-map-run-cloud.ts';

const EXECUTION_ARN = `${STATE_MACHINE_ARN.replace(':stateMachine:', ':execution:')}:killed`;

async function opened(data: string, lines: string[]): Promise<Cloud> {
  const invoke = () => new Promise<never>(() => {});
  const cloud = await openCloud({ data, environments: 1, onLog: (line) => lines.push(line) }, { invoke });
  await prepared(cloud, 5, 'STANDARD');
  return cloud;
}

test('a Map Run that nothing waits for any more is ended with its children', async () => {
  const data = await mkdtemp(join(tmpdir(), 'crossmap-recovery-'));
  const lines: string[] = [];
  const first = await opened(data, lines);
  const wanted = new Parameters({ stateMachineArn: STATE_MACHINE_ARN, name: 'killed' });
  await first.stepFunctions.executions.start(
    startRequest(await wantedExecution(wanted, first.stepFunctions), first.stepFunctions),
  ).started;
  const running = async ({ stepFunctions: { store, mapRuns } }: Cloud) => {
    const [run] = await store.mapRuns(EXECUTION_ARN);
    return run && (await mapRuns.describe(run.mapRunArn));
  };
  await until(async () => (await running(first))?.executionCounts.running === 5);
  await first.close();

  // As if the process had ended between the end of the parent and that of its Map Run.
  const store = await openSqliteStore(join(data, 'executions.sqlite'));
  const parent = await store.execution(EXECUTION_ARN);
  const history = (await store.history(EXECUTION_ARN)) ?? [];
  const { status: _, ...fields } = parent!;
  const timestamp = Date.now();
  await store.recordExecution({ ...fields, status: 'ABORTED', stopDate: timestamp }, [
    { id: history.length + 1, previousEventId: 0, type: 'ExecutionAborted', timestamp, details: {} },
  ]);
  await store.close();

  const second = await opened(data, lines);
  assert.equal(await second.recover(), 0);
  await until(async () => (await running(second))?.status === 'ABORTED');
  const { aborted, total } = (await running(second))!.executionCounts;
  assert.deepEqual({ aborted, total }, { aborted: 5, total: 5 });
  assert.deepEqual(lines, []);
  await second.close();
  await rm(data, { recursive: true, force: true });
});

/** Looks again each time the event loop has been round. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 100_000; turn++) {
    if (await holds()) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  assert.fail('It did not come about');
}
