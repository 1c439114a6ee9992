import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TaskOutcome } from '../../src/engine/ports.ts';
import { EXECUTION, headerOf, machineOf, settled } from '../engine/workbench.ts';
import {
  all,
  Bench,
  ItemReader,
  map,
  notZero,
  ProcessorConfig,
  passing,
  ResultWriter,
  working,
} from './map-run-bench.ts';

type Write = 'recordExecution' | 'recordMapRun' | 'spoolChildren' | 'clearSpool';
const WRITES: readonly Write[] = ['recordExecution', 'recordMapRun', 'spoolChildren', 'clearSpool'];
const items = Array.from({ length: 7 }, (_, n) => ({ n }));

/** A process that ends, without a word, at its write number `writes`, to whichever table. */
function processEndingAt(writes: number): Bench {
  const bench = new Bench().list(items);
  let made = 0;
  for (const name of WRITES) {
    const write = bench.store[name].bind(bench.store) as (...values: unknown[]) => Promise<void>;
    Object.assign(bench.store, {
      [name]: (...values: unknown[]) => (made++ < writes ? write(...values) : new Promise(() => {})),
    });
  }
  return bench;
}

/** The next process, which finds what the one before has committed. */
function nextProcess(before: Bench): Bench {
  const bench = new Bench();
  bench.store.records = new Map(before.store.records);
  bench.store.histories = new Map(before.store.histories);
  bench.store.written.push(...before.store.written);
  for (const [arn, spool] of before.store.spools) bench.store.spools.set(arn, spool);
  for (const [key, text] of before.objects.contents) bench.objects.contents.set(key, text);
  return bench;
}

async function resume(bench: Bench, states: object) {
  const header = headerOf({}, bench.clock.now());
  const [ended] = await bench.executions.resume([{ header, inputText: '{}', machine: machineOf(states as never) }]);
  await bench.clock.advance(3_600_000);
  for (let turn = 0; turn < 200 && bench.executions.running > 0; turn++) await settled();
  assert.deepEqual(bench.faults, []);
  return { ended: ended! };
}

const results = (bench: Bench) =>
  Object.fromEntries([...bench.objects.contents].filter(([key]) => key.startsWith('results/')));

describe('a Map Run goes on after its process ended', () => {
  for (const [what, states] of [
    ['results in S3', map({ ItemReader, ResultWriter, ItemProcessor: working })],
    ['results in the output', map({ ItemReader, ItemProcessor: passing, MaxConcurrency: 2 })],
    [
      'EXPRESS children',
      map({
        ItemReader,
        ItemProcessor: { ...working, ProcessorConfig: { ...ProcessorConfig, ExecutionType: 'EXPRESS' } },
      }),
    ],
    ['batches', map({ ItemReader, ItemBatcher: { MaxItemsPerBatch: 2 }, ResultWriter })],
  ] as const) {
    test(`at whichever write that was, with the end it would have had: ${what}`, async () => {
      const whole = new Bench().list(items);
      const expected = await whole.run(states);
      const told = await whole.told();
      let writes = 1;
      for (; ; writes += 1) {
        const before = processEndingAt(writes);
        before.start(states);
        await before.clock.advance(3_600_000);
        for (let turn = 0; turn < 50; turn++) await settled();
        if (before.executions.running === 0) break;
        const bench = nextProcess(before);
        const { ended } = await resume(bench, states);
        const record = await ended;
        const output = record.status === 'SUCCEEDED' ? JSON.parse(record.output) : record;
        assert.deepEqual(withoutIds({ output }), withoutIds(expected), `ended at write ${writes}`);
        assert.deepEqual(await bench.told(), told, `ended at write ${writes}`);
        const indexes = bench.children.map(({ child }) => child?.index).sort();
        assert.deepEqual(indexes, [...new Set(indexes)], 'no item has two children');
        assert.deepEqual(Object.keys(results(bench)).length, Object.keys(results(whole)).length);
      }
      assert.ok(writes > 8, `${writes} writes`);
    });
  }

  test('a run whose end was recorded has that end, whatever a second reading would give', async () => {
    const states = map({ ItemReader, ItemProcessor: passing });
    const before = new Bench();
    const record = before.store.recordExecution.bind(before.store);
    before.store.recordExecution = (execution, events) =>
      events.some(({ type }) => type === 'MapRunFailed') ? new Promise(() => {}) : record(execution, events);
    before.start(states);
    await before.clock.advance(0);
    for (let turn = 0; turn < 20; turn++) await settled();
    const told = await before.told();
    assert.equal(told[0]?.status, 'FAILED');
    const bench = nextProcess(before).list(items);
    const end = await (await resume(bench, states)).ended;
    assert.equal(end.status === 'FAILED' && end.error, 'States.ItemReaderFailed');
    assert.deepEqual(await bench.told(), told);
  });

  test('children that had ended do not run again', async () => {
    const states = map({ ItemReader, ItemProcessor: working });
    const before = new Bench().list(items);
    before.task = ({ parameters }): TaskOutcome | Promise<TaskOutcome> =>
      (parameters as { n: number }).n < 4 ? { kind: 'succeeded', output: 'first' } : new Promise(() => {});
    before.start(states);
    await before.clock.advance(0);
    for (let turn = 0; turn < 20; turn++) await settled();
    const bench = nextProcess(before);
    const ran: unknown[] = [];
    bench.task = ({ parameters }) => {
      ran.push((parameters as { n: number }).n);
      return { kind: 'succeeded', output: 'again' };
    };
    await resume(bench, states);
    assert.deepEqual(ran.sort(), [4, 5, 6]);
    assert.deepEqual(await bench.told(), [
      { status: 'SUCCEEDED', items: all('succeeded', 7), children: all('succeeded', 7) },
    ]);
  });

  test('children whose starts were committed out of order are all run', async () => {
    const states = map({ ItemReader, ItemProcessor: working });
    const before = new Bench().list(items);
    before.task = () => new Promise<TaskOutcome>(() => {});
    before.start(states);
    await before.clock.advance(0);
    for (let turn = 0; turn < 20; turn++) await settled();
    const bench = nextProcess(before);
    for (const { executionArn, child } of bench.children) {
      if (child?.index !== 2 && child?.index !== 5) continue;
      bench.store.records.delete(executionArn);
      bench.store.histories.delete(executionArn);
    }
    await resume(bench, states);
    assert.deepEqual(await bench.told(), [
      { status: 'SUCCEEDED', items: all('succeeded', 7), children: all('succeeded', 7) },
    ]);
  });

  test('the limits that UpdateMapRun set hold on, those it did not stay as declared', async () => {
    const states = map({ ItemReader, ItemProcessor: working, ToleratedFailurePercentage: 50, MaxConcurrency: 1 });
    const before = new Bench().list(items);
    before.task = () => new Promise<TaskOutcome>(() => {});
    before.start(states);
    await before.clock.advance(0);
    for (let turn = 0; turn < 20; turn++) await settled();
    const [run] = await before.store.mapRuns(EXECUTION);
    await before.mapRuns.update(run!.mapRunArn, { maxConcurrency: 3 });
    const bench = nextProcess(before);
    let [most, now] = [0, 0];
    bench.task = async ({ parameters }) => {
      now += 1;
      most = Math.max(most, now);
      await settled();
      now -= 1;
      return (parameters as { n: number }).n < 3
        ? { kind: 'failed', failure: { error: 'E' } }
        : { kind: 'succeeded', output: 1 };
    };
    await resume(bench, states);
    assert.equal(most, 3);
    const [told] = await bench.told();
    assert.deepEqual(told?.status, 'SUCCEEDED');
    assert.deepEqual(notZero(told!.items), { succeeded: 4, failed: 3, total: 7, resultsWritten: 7 });
  });
});

/** Outputs that do not depend on which process gave them an id. */
function withoutIds(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID'));
}
