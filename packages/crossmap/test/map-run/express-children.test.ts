import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EXECUTION, settled } from '../engine/workbench.ts';
import { Bench, map, notZero, passing, ResultWriter, working } from './map-run-bench.ts';

const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' };
const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const ARN = new RegExp(`:express:machine/L:(?<name>${UUID}):(?<id>${UUID})$`);
const expressly = (processor: object) => ({ ...processor, ProcessorConfig });
const waiting = (fields: object) => expressly({ StartAt: 'W', States: { W: { Type: 'Wait', End: true, ...fields } } });

describe('EXPRESS children', () => {
  test('have an ARN of their kind with an id of their own, are kept, and give their outputs in item order', async () => {
    const bench = new Bench();
    const items = [{ seconds: 3 }, { seconds: 1 }, { seconds: 2 }];
    const ItemProcessor = waiting({ SecondsPath: '$.seconds' });
    assert.deepEqual(await bench.run(map({ ItemProcessor }), items), { output: items });
    const ids = bench.children.map(({ executionArn, name }) => {
      const { groups } = ARN.exec(executionArn) ?? assert.fail(executionArn);
      assert.equal(name, `${groups?.name}:${groups?.id}`);
      return groups?.id;
    });
    assert.equal(new Set(ids).size, 3);
  });

  test('know themselves by the name without the id', async () => {
    const States = {
      P: { Type: 'Pass', Parameters: { 'n.$': '$$.Execution.Name', 'id.$': '$$.Execution.Id' }, End: true },
    };
    const { output } = await new Bench().run(map({ ItemProcessor: expressly({ StartAt: 'P', States }) }), [1]);
    const [{ n, id }] = output as [{ n: string; id: string }];
    assert.equal(ARN.exec(id)?.groups?.name, n);
  });

  test('end after five minutes, as timed out', async () => {
    const bench = new Bench();
    const ItemProcessor = waiting({ SecondsPath: '$' });
    const { error } = await bench.run(map({ ItemProcessor }), [299, 301]);
    assert.equal(error, 'States.ExceedToleratedFailureThreshold');
    assert.deepEqual((await bench.told())[0]?.children, { succeeded: 1, timedOut: 1, total: 2, resultsWritten: 2 });
  });

  test('are waited for when too many have failed, not stopped; the others never start', async () => {
    const bench = new Bench();
    const ends = new Map<unknown, () => void>();
    bench.task = ({ parameters }) =>
      parameters === 'fails'
        ? { kind: 'failed', failure: { error: 'E' } }
        : new Promise((resolve) => ends.set(parameters, () => resolve({ kind: 'succeeded', output: 1 })));
    const { ended } = bench.start(map({ ItemProcessor: expressly(working), MaxConcurrency: 2 }), [
      'slow',
      'fails',
      'c',
    ]);
    await settled();
    const [run] = await bench.store.mapRuns(EXECUTION);
    const described = await bench.mapRuns.describe(run?.mapRunArn ?? '');
    assert.equal(described?.status, 'RUNNING');
    assert.deepEqual(notZero(described?.executionCounts ?? {}), { running: 1, failed: 1, pending: 1, total: 3 });
    ends.get('slow')?.();
    assert.equal((await ended).status, 'FAILED');
    const counts = { succeeded: 1, failed: 1, pending: 1, total: 3, resultsWritten: 3 };
    assert.deepEqual((await bench.told())[0]?.children, counts);
  });

  test('are waited for when the execution around is stopped', async () => {
    const bench = new Bench();
    const { ended } = bench.start(map({ ItemProcessor: waiting({ Seconds: 60 }) }), [1]);
    await settled();
    await bench.executions.abort(EXECUTION, {});
    assert.equal((await ended).status, 'ABORTED');
    assert.equal((await bench.told())[0]?.status, 'RUNNING');
    await bench.clock.advance(60_000);
    await settled();
    const [run] = await bench.told();
    assert.deepEqual(run, {
      status: 'ABORTED',
      items: { succeeded: 1, total: 1, resultsWritten: 1 },
      children: { succeeded: 1, total: 1, resultsWritten: 1 },
    });
  });

  test('leave a record with their name and without a redrive status when they succeeded', async () => {
    const bench = new Bench();
    await bench.run(map({ ItemProcessor: expressly(passing), ResultWriter }), ['x']);
    const text = bench.objects.puts.find(({ key }) => key.endsWith('SUCCEEDED_0.json'))?.text ?? '[]';
    const [record] = JSON.parse(text) as [{ Name: string; ExecutionArn: string }];
    assert.equal(ARN.exec(record.ExecutionArn)?.groups?.name, record.Name);
    assert.deepEqual(Object.keys(record), [
      'ExecutionArn',
      'Input',
      'InputDetails',
      'Name',
      'Output',
      'OutputDetails',
      'RedriveCount',
      'StartDate',
      'StateMachineArn',
      'Status',
      'StopDate',
    ]);
  });
});
