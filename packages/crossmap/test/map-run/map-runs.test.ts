import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json } from '../../src/asl/json.ts';
import { EXECUTION, MACHINE, ROLE, settled } from '../engine/workbench.ts';
import { refused } from './fake-objects.ts';
import { all, Bench, ItemReader, map, notZero, passing, ResultWriter, working } from './map-run-bench.ts';

test('a Map Run whose execution is stopped ends as ABORTED, with its children, and writes its results', async () => {
  const bench = new Bench();
  bench.task = () => new Promise(() => {});
  const { ended } = bench.start(map({ ItemProcessor: working, ResultWriter }), [1, 2]);
  await settled();
  await bench.executions.abort(EXECUTION, { error: 'Enough' });
  assert.equal((await ended).status, 'ABORTED');
  for (let turn = 0; turn < 20; turn++) await settled();
  assert.deepEqual(await bench.told(), [{ status: 'ABORTED', items: all('aborted', 2), children: all('aborted', 2) }]);
  assert.deepEqual(
    bench.children.map(({ status }) => status),
    ['ABORTED', 'ABORTED'],
  );
  const manifest = [...bench.objects.contents].find(([key]) => key.endsWith('/manifest.json'))?.[1] ?? '';
  assert.equal((JSON.parse(manifest) as { ResultFiles: { FAILED: object[] } }).ResultFiles.FAILED.length, 1);
  assert.deepEqual([bench.faults, bench.executions.running], [[], 0]);
});

describe('items of the state input', () => {
  test('each is the input of a child; the outputs come back in item order', async () => {
    const bench = new Bench();
    assert.deepEqual(await bench.run(map(), [1, { a: 2 }, null]), { output: [1, { a: 2 }, null] });
    assert.deepEqual(await bench.told(), [
      { status: 'SUCCEEDED', items: all('succeeded', 3), children: all('succeeded', 3) },
    ]);
  });

  test('whatever order the children end in', async () => {
    const bench = new Bench();
    const answers: (() => void)[] = [];
    bench.task = ({ parameters }) =>
      new Promise((resolve) => answers.unshift(() => resolve({ kind: 'succeeded', output: parameters })));
    const { ended } = bench.start(map({ ItemProcessor: working }), [0, 1, 2, 3]);
    await settled();
    for (const answer of answers) answer();
    const record = await ended;
    assert.equal(record.status === 'SUCCEEDED' && record.output, '[0,1,2,3]');
  });

  test('no items: the run succeeds with an empty result', async () => {
    const bench = new Bench();
    assert.deepEqual(await bench.run(map(), []), { output: [] });
    assert.deepEqual(await bench.told(), [{ status: 'SUCCEEDED', items: {}, children: {} }]);
  });

  test('a child is an execution of the labelled state machine and sees itself in its context', async () => {
    const bench = new Bench();
    const Parameters = { 'ctx.$': '$$' };
    const ItemProcessor = { ...passing, States: { P: { Type: 'Pass', Parameters, End: true } } };
    const { output } = await bench.run(map({ ItemProcessor }), [{ k: 1 }]);
    const [run] = await bench.store.mapRuns(EXECUTION);
    const [child] = bench.children;
    const name = child?.name ?? '';
    assert.match(name, /^[0-9a-f]{8}-[0-9a-f]{4}-3[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(child?.executionArn, `arn:aws:states:eu-west-1:111111111111:execution:machine/L:${name}`);
    assert.deepEqual(child?.child, { mapRunArn: run?.mapRunArn, index: 0, itemCount: 1 });
    assert.equal(run?.stateMachineArn, `${MACHINE}/L`);
    assert.deepEqual(output, [
      {
        ctx: {
          Execution: {
            Id: child?.executionArn,
            Input: { k: 1 },
            StartTime: '2024-05-01T12:00:00Z',
            Name: name,
            RoleArn: ROLE,
            RedriveCount: 0,
          },
          StateMachine: { Id: `${MACHINE}/L`, Name: 'machine' },
          State: { Name: 'P', EnteredTime: '2024-05-01T12:00:00Z' },
        },
      },
    ]);
  });
});

describe('items of a JSON object in S3', () => {
  test('ItemSelector and ItemBatcher make the inputs; items and children are counted apart', async () => {
    const bench = new Bench().list([{ Key: 'a' }, { Key: 'b' }, { Key: 'c' }]);
    const ItemSelector = { 'key.$': '$$.Map.Item.Value.Key', 'i.$': '$$.Map.Item.Index', 's.$': '$$.Map.Item.Source' };
    const ItemBatcher = { MaxItemsPerBatch: 2, BatchInput: { 'run.$': '$.run' } };
    const s = 's3://lists/run/list.json';
    assert.deepEqual(await bench.run(map({ ItemReader, ItemSelector, ItemBatcher }), { run: 'r' }), {
      output: [
        {
          BatchInput: { run: 'r' },
          Items: [
            { key: 'a', i: 0, s },
            { key: 'b', i: 1, s },
          ],
        },
        { BatchInput: { run: 'r' }, Items: [{ key: 'c', i: 2, s }] },
      ],
    });
    assert.deepEqual(await bench.told(), [
      { status: 'SUCCEEDED', items: all('succeeded', 3), children: all('succeeded', 2) },
    ]);
    assert.deepEqual(
      bench.children.map(({ child }) => child?.itemCount),
      [2, 1],
    );
    const caller = { roleArn: ROLE, region: 'eu-west-1', sessionName: 'one' };
    assert.deepEqual(bench.objects.gets, [{ caller, bucket: 'lists', key: 'run/list.json' }]);
  });

  test('MaxItems counts items before batching; 0 is no limit', async () => {
    const items = Array.from({ length: 700 }, (_, i) => i);
    for (const [MaxItems, count] of [
      [3, 3],
      [0, 700],
      [900, 700],
    ] as const) {
      const bench = new Bench().list(items);
      const reader = { ...ItemReader, ReaderConfig: { InputType: 'JSON', MaxItems } };
      const { output } = await bench.run(map({ ItemReader: reader, ItemBatcher: { MaxItemsPerBatch: 2 } }));
      assert.deepEqual(
        (output as { Items: number[] }[]).flatMap(({ Items }) => Items),
        items.slice(0, count),
      );
    }
  });

  test('MaxItems below 0, from a path, fails the reader', async () => {
    const bench = new Bench().list([1]);
    const reader = { ...ItemReader, ReaderConfig: { InputType: 'JSON', MaxItemsPath: '$.m' } };
    const failure = { error: 'States.ItemReaderFailed', cause: 'field MaxItems must be positive' };
    assert.deepEqual(await bench.run(map({ ItemReader: reader }), { m: -1 }), failure);
  });

  test('an empty list is a run over nothing', async () => {
    assert.deepEqual(await new Bench().list([]).run(map({ ItemReader })), { output: [] });
  });

  test('a file that ends badly starts no child, however many items came before', async () => {
    const good = Array.from({ length: 1000 }, (_, i) => i).join(',');
    const bench = new Bench().list(`[${good}`);
    const { error, cause } = await bench.run(map({ ItemReader }));
    assert.equal(error, 'States.ItemReaderFailed');
    assert.match(cause ?? '', /truncated/);
    assert.deepEqual(bench.children, []);
    assert.deepEqual(await bench.told(), [{ status: 'FAILED', items: {}, children: {} }]);
  });
});

describe('what the ItemReader may not or cannot read', () => {
  async function refusal(prepare: (bench: Bench) => void, parameters: object = {}): Promise<string> {
    const bench = new Bench().list([1]);
    prepare(bench);
    const reader = { ...ItemReader, Parameters: { ...ItemReader.Parameters, ...parameters } };
    const { error, cause } = await bench.run(map({ ItemReader: reader }));
    assert.equal(error, 'States.ItemReaderFailed');
    assert.deepEqual(bench.children, []);
    assert.equal((await bench.told())[0]?.status, 'FAILED');
    return cause ?? '';
  }

  test('denied, no such key, no such bucket: code and message of S3 are in the cause', async () => {
    const denied = await refusal((bench) => {
      bench.objects.refuse = () => refused('AccessDenied', 'Access Denied');
    });
    assert.equal(denied, 'Could not read s3://lists/run/list.json. AccessDenied: Access Denied');
    assert.match(await refusal((bench) => bench.objects.contents.clear()), /NoSuchKey: The specified key/);
    assert.match(await refusal((bench) => bench.objects.buckets.clear()), /NoSuchBucket/);
  });

  test('a bucket in another Region', async () => {
    const cause = await refusal(({ objects }) => {
      objects.buckets.set('lists', { accountId: '111111111111', region: 'us-east-1' });
    });
    assert.match(cause, /The bucket lists is in us-east-1, the state machine in eu-west-1/);
  });

  const foreign = ({ objects }: Bench) => {
    objects.buckets.set('lists', { accountId: '222222222222', region: 'eu-west-1' });
  };

  test('a bucket of another account without ExpectedBucketOwner', async () => {
    assert.match(await refusal(foreign), /belongs to another account: .* only with ExpectedBucketOwner/);
  });

  test('with ExpectedBucketOwner it is read, and S3 is asked to check the owner', async () => {
    const bench = new Bench().list([1]);
    foreign(bench);
    const Parameters = { ...ItemReader.Parameters, ExpectedBucketOwner: '222222222222' };
    assert.deepEqual(await bench.run(map({ ItemReader: { ...ItemReader, Parameters } })), { output: [1] });
    assert.deepEqual((bench.objects.gets[0] as { expectedBucketOwner?: string }).expectedBucketOwner, '222222222222');
  });
});

describe('permission to start children', () => {
  test('states:StartExecution is asked for the plain state machine, as the role', async () => {
    const bench = new Bench();
    await bench.run(map(), [1]);
    const caller = { roleArn: ROLE, region: 'eu-west-1', sessionName: 'one' };
    assert.deepEqual(bench.checks, [{ caller, action: 'states:StartExecution', resource: MACHINE }]);
  });

  test('without it the run fails with States.Runtime, which no Catch sees, and nothing is read or written', async () => {
    const bench = new Bench().list([1]);
    bench.denied = refused('AccessDeniedException', 'User: x is not authorized to perform: states:StartExecution');
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'M' }];
    const { error, cause } = await bench.run(map({ ItemReader, ResultWriter, Catch }));
    assert.equal(error, 'States.Runtime');
    assert.match(
      cause ?? '',
      /^Error contacting AWS Service\. \| Message from Service: User: x is not authorized to perform: states:StartExecution \(Service: Sfn, Status Code: 400, Request ID: [0-9a-f-]{36}\) \(SDK Attempt Count: 1\)$/,
    );
    assert.deepEqual(await bench.told(), [{ status: 'FAILED', items: {}, children: {} }]);
    assert.deepEqual([bench.objects.gets, bench.objects.puts], [[], []]);
  });
});

describe('describe', () => {
  test('a running Map Run is RUNNING with counts of this instant, and nothing written', async () => {
    const bench = new Bench();
    const answers = new Map<Json, () => void>();
    bench.task = ({ parameters }) =>
      new Promise((resolve) => answers.set(parameters, () => resolve({ kind: 'succeeded', output: 1 })));
    const fields = { ItemProcessor: working, MaxConcurrency: 2, ToleratedFailureCount: 5 };
    const { ended } = bench.start(map(fields), ['a', 'b', 'c']);
    await settled();
    answers.get('a')?.();
    await settled();
    const [recorded] = await bench.store.mapRuns(EXECUTION);
    const run = (await bench.mapRuns.describe(recorded?.mapRunArn ?? '')) ?? assert.fail();
    assert.equal(run.status, 'RUNNING');
    assert.ok(!('stopDate' in run));
    assert.deepEqual(
      { of: run.executionArn, most: run.maxConcurrency, tolerated: run.toleratedFailureCount },
      { of: EXECUTION, most: 2, tolerated: 5 },
    );
    assert.deepEqual(notZero(run.executionCounts), { running: 2, succeeded: 1, total: 3 });
    answers.get('b')?.();
    answers.get('c')?.();
    await ended;
    const after = (await bench.mapRuns.describe(run.mapRunArn)) ?? assert.fail();
    assert.deepEqual(notZero(after.executionCounts), all('succeeded', 3));
  });

  test('a Map Run that never was is undefined', async () => {
    assert.equal(await new Bench().mapRuns.describe('arn:aws:states:eu-west-1:111111111111:mapRun:m/L:x'), undefined);
  });
});

test('a store that fails in the middle of a run is a fault: the execution stays running as last committed', async () => {
  const bench = new Bench();
  const { ended } = bench.start(map({ ItemProcessor: working }), ['a']);
  bench.task = () => {
    bench.store.broken = new Error('disk full');
    return { kind: 'succeeded', output: 1 };
  };
  await assert.rejects(ended, /disk full/);
  assert.equal(bench.store.records.get(EXECUTION)?.status, 'RUNNING');
  assert.equal((await bench.store.mapRuns(EXECUTION))[0]?.status, 'RUNNING');
  assert.ok(bench.faults.length > 0);
});
