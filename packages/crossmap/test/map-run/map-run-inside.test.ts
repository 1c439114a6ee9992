import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json } from '../../src/asl/json.ts';
import { EXECUTION, settled } from '../engine/workbench.ts';
import { all, Bench, ItemReader, map, ProcessorConfig, passing, working } from './map-run-bench.ts';

const end = { End: true };
const pass = { Type: 'Pass', ...end };
/** A Distributed Map whose children run one over each of their own items. */
const nested = (inner: object = passing, fields: object = {}) =>
  map({
    ItemProcessor: {
      ProcessorConfig,
      StartAt: 'Inner',
      States: { Inner: { Type: 'Map', Label: 'Within', ItemProcessor: inner, ...end, ...fields } },
    },
  });
const childrenOf = (bench: Bench) => bench.children.map(({ executionArn }) => executionArn.replace(/[^:]*$/, ''));

async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await settled();
}

describe('a Distributed Map inside a child of another', () => {
  test('is a Map Run of the child, under its own label; its outputs are the output of the child', async () => {
    const bench = new Bench();
    assert.deepEqual(await bench.run(nested(), [[1, 2], [3]]), { output: [[1, 2], [3]] });
    const at = 'arn:aws:states:eu-west-1:111111111111:execution:machine/';
    assert.deepEqual(childrenOf(bench).sort(), [`${at}L:`, `${at}L:`, `${at}Within:`, `${at}Within:`, `${at}Within:`]);
    const outer = bench.children.filter(({ executionArn }) => executionArn.includes('/L:'));
    for (const { executionArn } of outer) {
      const [run, ...others] = await bench.store.mapRuns(executionArn);
      assert.deepEqual([run?.status, others.length], ['SUCCEEDED', 0]);
      assert.match(run?.mapRunArn ?? '', /:mapRun:machine\/Within:[0-9a-f-]{36}$/);
      assert.match(run?.stateMachineArn ?? '', /:stateMachine:machine\/Within$/);
    }
  });

  test('asks for states:StartExecution on the plain state machine too', async () => {
    const bench = new Bench();
    await bench.run(nested(), [[1]]);
    const resource = 'arn:aws:states:eu-west-1:111111111111:stateMachine:machine';
    assert.deepEqual(
      bench.checks.map((check) => (check as { resource: string }).resource),
      [resource, resource],
    );
  });

  test('without a label it has the one that DescribeStateMachine of the plain ARN finds', async () => {
    const bench = new Bench();
    await bench.run(nested(passing, { Label: undefined }), [[1]]);
    const [outer] = bench.children;
    const [inner] = await bench.store.mapRuns(outer?.executionArn ?? '');
    const alone = new Bench();
    await alone.run({ Inner: { Type: 'Map', ItemProcessor: passing, ...end } }, [1]);
    const labelOf = (arn = '') => /\/([^:]*):/.exec(arn)?.[1];
    assert.equal(labelOf(inner?.mapRunArn), labelOf((await alone.store.mapRuns(EXECUTION))[0]?.mapRunArn));
  });

  test('that fails is the failure of one child around', async () => {
    const bench = new Bench();
    bench.task = ({ parameters }) =>
      parameters === 'bad'
        ? { kind: 'failed', failure: { error: 'E' } }
        : { kind: 'succeeded', output: parameters as Json };
    const states = nested(working);
    Object.assign(states.M, { ToleratedFailureCount: 1 });
    const { output } = await bench.run(states, [['good'], ['bad']]);
    const [good, failed] = output as [Json, { Error: string; Status: string }];
    assert.deepEqual([good, failed.Error], [['good'], 'States.ExceedToleratedFailureThreshold']);
  });

  test('ends with the execution, at every depth', async () => {
    const bench = new Bench();
    bench.task = () => new Promise(() => {});
    const { ended } = bench.start(nested(working), [['a', 'b']]);
    await turns();
    assert.equal(bench.children.length, 3);
    await bench.executions.abort(EXECUTION, {});
    assert.equal((await ended).status, 'ABORTED');
    await turns();
    assert.deepEqual(
      bench.children.map(({ status }) => status),
      ['ABORTED', 'ABORTED', 'ABORTED'],
    );
    const outer = bench.children.find(({ executionArn }) => executionArn.includes('/L:'));
    const [inner] = await bench.store.mapRuns(outer?.executionArn ?? '');
    assert.deepEqual([inner?.status, inner?.itemCounts.aborted], ['ABORTED', 2]);
    assert.deepEqual([bench.faults, bench.executions.running], [[], 0]);
  });
});

test('inline Map and Parallel run inside a child', async () => {
  const States = {
    Each: {
      Type: 'Map',
      ItemProcessor: { StartAt: 'P', States: { P: pass } },
      Next: 'Both',
    },
    Both: {
      Type: 'Parallel',
      Branches: ['A', 'B'].map((name) => ({ StartAt: name, States: { [name]: pass } })),
      ...end,
    },
  };
  const bench = new Bench();
  const ItemProcessor = { ProcessorConfig, StartAt: 'Each', States };
  assert.deepEqual(await bench.run(map({ ItemProcessor }), [[1, 2]]), {
    output: [
      [
        [1, 2],
        [1, 2],
      ],
    ],
  });
});

describe('a Map Run that nothing waits for any more', () => {
  const branches = (other: object) => ({
    P: {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'M', States: map({ ItemProcessor: working }) },
        { StartAt: 'Other', States: { Other: other, F: { Type: 'Fail', Error: 'E' } } },
      ],
      ...end,
    },
  });

  test('because a branch beside it failed: it is aborted with its children, in the history too', async () => {
    const bench = new Bench();
    bench.task = () => new Promise(() => {});
    const { ended } = bench.start(branches({ Type: 'Wait', Seconds: 5, Next: 'F' }), [1, 2]);
    await turns();
    assert.equal((await bench.told())[0]?.status, 'RUNNING');
    await bench.clock.advance(5_000);
    assert.equal((await ended).status, 'FAILED');
    await turns();
    assert.deepEqual(await bench.told(), [
      { status: 'ABORTED', items: all('aborted', 2), children: all('aborted', 2) },
    ]);
    const history = (await bench.store.history(EXECUTION)) ?? [];
    const failed = history.find(({ type }) => type === 'FailStateEntered')?.id;
    const aborted = history.filter(({ type }) => /Aborted$/.test(type));
    assert.deepEqual(
      aborted.map(({ type, previousEventId }) => [type, previousEventId]),
      [
        ['MapRunAborted', failed],
        ['MapStateAborted', failed],
      ],
    );
    assert.deepEqual([bench.faults, bench.executions.running], [[], 0]);
  });

  test('because the execution had its time', async () => {
    const bench = new Bench();
    bench.task = () => new Promise(() => {});
    const inner = { ProcessorConfig, TimeoutSeconds: 7, ...pick(nested(working).M.ItemProcessor) };
    const { ended } = bench.start(map({ ItemProcessor: inner, ToleratedFailureCount: 9 }), [['a'], ['b']]);
    await turns();
    await bench.clock.advance(7_000);
    assert.equal((await ended).status, 'SUCCEEDED');
    await turns();
    const statuses = bench.children.map(
      ({ executionArn, status }) => `${/\/(\w+):/.exec(executionArn)?.[1]} ${status}`,
    );
    assert.deepEqual(statuses.sort(), ['L TIMED_OUT', 'L TIMED_OUT', 'Within ABORTED', 'Within ABORTED']);
    assert.deepEqual((await bench.told())[0]?.items, { timedOut: 2, total: 2, resultsWritten: 2 });
  });

  test('while it reads: it reads no further, starts nothing and writes nothing', async () => {
    const bench = new Bench().list(Array.from({ length: 5_000 }, (_, i) => i));
    let goOn = () => {};
    const { get } = bench.objects;
    bench.objects.get = async (...request) => {
      const found = await get.apply(bench.objects, request);
      if (found.kind === 'refused') return found;
      return { ...found, body: halting(found.body, new Promise((resolve) => (goOn = resolve))) };
    };
    const { ended } = bench.start(map({ ItemReader }));
    await turns();
    await bench.executions.abort(EXECUTION, {});
    await ended;
    goOn();
    await turns(60);
    assert.deepEqual(await bench.told(), [{ status: 'ABORTED', items: {}, children: {} }]);
    assert.deepEqual([bench.children, bench.objects.puts], [[], []]);
  });
});

function pick({ StartAt, States }: { readonly StartAt: string; readonly States: object }): object {
  return { StartAt, States };
}

/** The chunks of a body, the second and later ones only once the gate opens. */
async function* halting(body: AsyncIterable<Uint8Array>, gate: Promise<void>): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    yield chunk;
    await gate;
  }
}
