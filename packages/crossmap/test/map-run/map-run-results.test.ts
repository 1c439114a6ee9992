import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json } from '../../src/asl/json.ts';
import { EXECUTION } from '../engine/workbench.ts';
import { refused } from './fake-objects.ts';
import { Bench, ItemReader, map, ProcessorConfig, ResultWriter, working } from './map-run-bench.ts';

describe('failing children', () => {
  const failing = {
    ProcessorConfig,
    StartAt: 'C',
    States: {
      C: { Type: 'Choice', Choices: [{ Variable: '$.fail', BooleanEquals: true, Next: 'F' }], Default: 'D' },
      F: { Type: 'Fail', Error: 'ItemFailure', Cause: 'asked to' },
      D: { Type: 'Pass', End: true },
    },
  };
  const items = [{ fail: false }, { fail: true }, { fail: false }, { fail: false }];
  const threshold = {
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  };

  test('the first one fails the run where nothing is tolerated; what had not started stays pending', async () => {
    const bench = new Bench();
    assert.deepEqual(
      await bench.run(map({ ItemProcessor: failing, MaxConcurrency: 1, ResultWriter }), items),
      threshold,
    );
    const counts = { succeeded: 1, failed: 1, pending: 2, total: 4, resultsWritten: 4 };
    assert.deepEqual(await bench.told(), [{ status: 'FAILED', items: counts, children: counts }]);
    const [run] = await bench.store.mapRuns(EXECUTION);
    assert.deepEqual(run?.status === 'FAILED' && run.failure, threshold);
    const files = bench.objects.puts.slice(1).map(({ key }) => key.split('/').at(-1));
    assert.deepEqual(files, ['SUCCEEDED_0.json', 'FAILED_0.json', 'PENDING_0.json', 'manifest.json']);
    const recorded = bench.objects.puts.slice(1, 4).map(({ text }) => (JSON.parse(text) as { Input: string }[]).length);
    assert.deepEqual(recorded, [1, 1, 2], 'each child is in exactly one file');
  });

  test('a tolerated one leaves its record among the outputs', async () => {
    const bench = new Bench();
    const { output } = await bench.run(map({ ItemProcessor: failing, ToleratedFailureCount: 1 }), items);
    const [first, second] = output as [Json, { Status: string; Error: string; Cause: string; Input: string }];
    assert.deepEqual(first, { fail: false });
    assert.deepEqual(
      { Status: second.Status, Error: second.Error, Cause: second.Cause, Input: second.Input },
      { Status: 'FAILED', Error: 'ItemFailure', Cause: 'asked to', Input: '{"fail":true}' },
    );
    assert.equal((await bench.told())[0]?.status, 'SUCCEEDED');
  });

  test('a running child is aborted by the breach, with the cause that names the run', async () => {
    const bench = new Bench();
    bench.task = ({ parameters }) =>
      parameters === 'fail' ? { kind: 'failed', failure: { error: 'E' } } : new Promise(() => {});
    assert.deepEqual(await bench.run(map({ ItemProcessor: working }), ['wait', 'fail', 'wait']), threshold);
    const [run] = await bench.store.mapRuns(EXECUTION);
    const cause = `The map run execution [${run?.mapRunArn}] which was managing this resource was aborted`;
    for (const child of bench.children.filter(({ input }) => input === '"wait"')) {
      assert.ok(child.status === 'ABORTED' && child.cause === cause && !('error' in child));
      const last = bench.store.histories.get(child.executionArn)?.at(-1);
      assert.deepEqual([last?.type, last?.previousEventId], ['ExecutionAborted', 0]);
    }
    const counts = { failed: 1, aborted: 2, total: 3, resultsWritten: 3 };
    assert.deepEqual(await bench.told(), [{ status: 'FAILED', items: counts, children: counts }]);
  });

  test('Retry of the Map makes a new Map Run over all items', async () => {
    const bench = new Bench();
    let calls = 0;
    bench.task = ({ parameters }) =>
      calls++ === 0 ? { kind: 'failed', failure: { error: 'E' } } : { kind: 'succeeded', output: parameters };
    const Retry = [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'] }];
    const fields = { ItemProcessor: working, MaxConcurrency: 1, Retry };
    assert.deepEqual(await bench.run(map(fields), ['a', 'b']), { output: ['a', 'b'] });
    assert.deepEqual(
      (await bench.told()).map(({ status }) => status),
      ['FAILED', 'SUCCEEDED'],
    );
    assert.equal(new Set(bench.children.map(({ executionArn }) => executionArn)).size, 3);
  });

  test('Catch of the Map sees the error of the run', async () => {
    const Catch = [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], Next: 'H' }];
    const states = { ...map({ ItemProcessor: failing, Catch }), H: { Type: 'Pass', End: true } };
    const { output } = await new Bench().run(states, items);
    assert.deepEqual(output, { Error: threshold.error, Cause: threshold.cause });
  });
});

describe('results', () => {
  test('with a ResultWriter the output names the run and its manifest', async () => {
    const bench = new Bench().list(['x', 'y']);
    const { output } = await bench.run(map({ ItemReader, ResultWriter }));
    const [run] = await bench.store.mapRuns(EXECUTION);
    const Key = `p/${run?.mapRunArn.split(':').at(-1)}/manifest.json`;
    assert.deepEqual(output, { MapRunArn: run?.mapRunArn, ResultWriterDetails: { Bucket: 'results', Key } });
    const records = JSON.parse(bench.objects.puts[1]?.text ?? '') as { Input: string; Output: string }[];
    assert.deepEqual(
      records.map(({ Input, Output }) => [Input, Output]),
      [
        ['"x"', '"x"'],
        ['"y"', '"y"'],
      ],
    );
  });

  test('a result bucket that may not be written fails the run before anything is read', async () => {
    const bench = new Bench().list([1]);
    bench.objects.refuse = (action) => (action === 'put' ? refused('AccessDenied', 'Access Denied') : undefined);
    const { error, cause } = await bench.run(map({ ItemReader, ResultWriter }));
    assert.equal(error, 'States.ResultWriterFailed');
    assert.match(cause ?? '', /test manifest .* Access denied\. .* Message from S3: Access Denied/);
    assert.deepEqual([bench.objects.gets, bench.children], [[], []]);
  });

  test('outputs of more than 256 KiB together need a ResultWriter', async () => {
    const items = Array.from({ length: 7 }, () => 'x'.repeat(40_000));
    const bench = new Bench().list(items);
    const { error, cause } = await bench.run(map({ ItemReader }));
    assert.equal(error, 'States.DataLimitExceeded');
    assert.match(cause ?? '', /^The state\/task 'M' returned a result with a size exceeding/);
    assert.equal((await bench.told())[0]?.status, 'SUCCEEDED');
    const { output } = await new Bench().list(items).run(map({ ItemReader, ResultWriter }));
    assert.ok(output !== undefined);
  });

  test('the limit counts bytes, not characters, and a ResultSelector comes too late', async () => {
    const items = Array.from({ length: 3 }, () => '€'.repeat(33_000));
    const fields = { ItemReader, ResultSelector: { small: true } };
    assert.equal((await new Bench().list(items).run(map(fields))).error, 'States.DataLimitExceeded');
    const rest = 262_144 - '["",""]'.length - 200_000;
    const fits = ['x'.repeat(200_000), 'x'.repeat(rest)];
    assert.deepEqual(await new Bench().list(fits).run(map({ ItemReader })), { output: fits });
    assert.equal(
      (await new Bench().list([fits[0] ?? '', `${fits[1]}x`]).run(map(fields))).error,
      'States.DataLimitExceeded',
    );
  });
});

describe('items that no child can take', () => {
  test('an item above 256 KiB fails the run before a child starts', async () => {
    const bench = new Bench().list([1, 'x'.repeat(300_000)]);
    const { error, cause } = await bench.run(map({ ItemReader }));
    assert.equal(error, 'States.DataLimitExceeded');
    assert.match(cause ?? '', /item 1 alone/);
    assert.deepEqual(bench.children, []);
  });

  test('it may be read when the ItemSelector makes it smaller', async () => {
    const bench = new Bench().list([{ id: 7, text: 'x'.repeat(300_000) }]);
    const ItemSelector = { 'id.$': '$$.Map.Item.Value.id' };
    assert.deepEqual(await bench.run(map({ ItemReader, ItemSelector })), { output: [{ id: 7 }] });
  });

  test('an ItemSelector that finds nothing in an item fails the run', async () => {
    const bench = new Bench().list([{ id: 7 }, {}]);
    const { error, cause } = await bench.run(map({ ItemReader, ItemSelector: { 'id.$': '$$.Map.Item.Value.id' } }));
    assert.equal(error, 'States.Runtime');
    assert.match(cause ?? '', /The JSONPath '\$\$\.Map\.Item\.Value\.id' specified for the field 'id\.\$'/);
    assert.deepEqual(bench.children, []);
  });
});

describe('the form of results in the output of the state', () => {
  const withConfig = (WriterConfig: object) => map({ ResultWriter: { WriterConfig } });
  const items = [[1, [2]], { a: 3 }];

  test('a WriterConfig alone exports nothing', async () => {
    const bench = new Bench();
    assert.deepEqual(await bench.run(withConfig({ Transformation: 'FLATTEN' }), items), { output: [1, [2], { a: 3 }] });
    assert.deepEqual(bench.objects.puts, []);
  });

  test('NONE gives the record of each child', async () => {
    const { output } = await new Bench().run(withConfig({ Transformation: 'NONE' }), items);
    assert.deepEqual(
      (output as { Status: string; Output: string }[]).map(({ Status, Output }) => [Status, Output]),
      [
        ['SUCCEEDED', '[1,[2]]'],
        ['SUCCEEDED', '{"a":3}'],
      ],
    );
  });

  test('without a transformation it has the outputs; an export has the records', async () => {
    assert.deepEqual(await new Bench().run(withConfig({ OutputType: 'JSON' }), items), { output: items });
    const bench = new Bench();
    await bench.run(map({ ResultWriter: { ...ResultWriter, WriterConfig: { OutputType: 'JSONL' } } }), items);
    const written = bench.objects.puts.find(({ key }) => key.endsWith('SUCCEEDED_0.jsonl'))?.text ?? '';
    assert.deepEqual(
      written.split('\n').map((line) => line.slice(0, 15)),
      ['{"ExecutionArn"', '{"ExecutionArn"', ''],
    );
  });

  test('JSONL is one text of lines', async () => {
    const config = { Transformation: 'COMPACT', OutputType: 'JSONL' };
    assert.deepEqual(await new Bench().run(withConfig(config), items), { output: '[1,[2]]\n{"a":3}\n' });
  });

  test('lines that are too long as one text end the execution', async () => {
    const config = { Transformation: 'COMPACT', OutputType: 'JSONL' };
    const quotes = Array.from({ length: 50_000 }, () => '"');
    const { error } = await new Bench().run(
      map({ ItemBatcher: { MaxItemsPerBatch: 10_000 }, ResultWriter: { WriterConfig: config } }),
      quotes,
    );
    assert.equal(error, 'States.DataLimitExceeded');
  });

  test('JSONata says both in the same fields', async () => {
    const state = {
      ...map({ ResultWriter: { WriterConfig: { Transformation: 'FLATTEN', OutputType: 'JSON' } } }).M,
      QueryLanguage: 'JSONata',
      Output: '{% $count($states.result) %}',
    };
    assert.deepEqual(await new Bench().run({ M: state }, items), { output: 3 });
  });
});
