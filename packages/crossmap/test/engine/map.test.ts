import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MapRunPlan, SelectionFailed } from '../../src/engine/map-run-plan.ts';
import { FUNCTION, Workbench } from './workbench.ts';

const ItemProcessor = {
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  StartAt: 'P',
  States: { P: { Type: 'Pass', End: true } },
};
const map = (fields: object = {}) => ({ M: { Type: 'Map', Label: 'L', ItemProcessor, End: true, ...fields } });
const reader = (config: object = {}) => ({
  Resource: 'arn:aws:states:::s3:getObject',
  ReaderConfig: { InputType: 'JSON', ...config },
  Parameters: { 'Bucket.$': '$.bucket', Key: 'k', ExpectedBucketOwner: '222222222222' },
});
const AT = "An error occurred while executing the state 'M' (entered at the event id #2). ";

async function planOf(fields: object, inputText: string): Promise<MapRunPlan> {
  const bench = new Workbench();
  await bench.run(map(fields), inputText);
  const plan = bench.mapRunRequests[0]?.plan;
  return plan ?? assert.fail(`no Map Run: ${JSON.stringify(bench.told.at(-1))}`);
}

test('a Map over the state input: every event with its id before', async () => {
  const bench = new Workbench();
  bench.mapRun = () => ({ kind: 'succeeded', output: [10, 20] });
  await bench.run(map({ ItemsPath: '$.items', ResultPath: '$.r' }), '{"items":[1,2]}');
  const mapRunArn = bench.mapRunRequests[0]?.mapRunArn ?? '';
  assert.match(
    mapRunArn,
    /^arn:aws:states:eu-west-1:111111111111:mapRun:machine\/L:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assert.deepEqual(bench.told.slice(1), [
    [0, 'MapStateEntered', { name: 'M', input: { items: [1, 2] } }],
    [2, 'MapStateStarted', { length: 2 }],
    [3, 'MapRunStarted', { mapRunArn }],
    [4, 'MapRunSucceeded', {}],
    [5, 'MapStateSucceeded', {}],
    [4, 'MapStateExited', { name: 'M', output: { items: [1, 2], r: [10, 20] } }],
    [7, 'ExecutionSucceeded', { output: { items: [1, 2], r: [10, 20] } }],
  ]);
});

test('a failed Map Run: MapRunFailed, MapStateFailed, ExecutionFailed, each after the one before', async () => {
  const bench = new Workbench();
  const failure = { error: 'States.ItemReaderFailed', cause: 'c' };
  bench.mapRun = () => ({ kind: 'failed', failure });
  await bench.run(map({ ItemReader: reader() }), '{"bucket":"b"}');
  assert.deepEqual(bench.told[2], [2, 'MapStateStarted', { length: 0 }], 'length is 0 with any ItemReader');
  assert.deepEqual(bench.told.slice(4), [
    [4, 'MapRunFailed', failure],
    [5, 'MapStateFailed', {}],
    [6, 'ExecutionFailed', failure],
  ]);
});

test('Retry starts a new Map Run, after its delay', async () => {
  const bench = new Workbench();
  bench.mapRun = (_, call) =>
    call === 1 ? { kind: 'failed', failure: { error: 'E' } } : { kind: 'succeeded', output: 'ok' };
  const begin = bench.clock.now();
  await bench.run(map({ Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 5 }] }), '[]');
  const [first, second] = bench.mapRunRequests;
  assert.notEqual(first?.mapRunArn, second?.mapRunArn);
  assert.deepEqual(
    bench.history.slice(4).map(({ previousEventId, type, timestamp }) => [previousEventId, type, timestamp - begin]),
    [
      [4, 'MapRunFailed', 0],
      [5, 'MapStateFailed', 0],
      [6, 'MapStateStarted', 5000],
      [7, 'MapRunStarted', 5000],
      [8, 'MapRunSucceeded', 5000],
      [9, 'MapStateSucceeded', 5000],
      [8, 'MapStateExited', 5000],
      [11, 'ExecutionSucceeded', 5000],
    ],
  );
});

test('Catch exits the state after MapStateFailed', async () => {
  const bench = new Workbench();
  bench.mapRun = () => ({ kind: 'failed', failure: { error: 'E', cause: 'c' } });
  const Catch = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.e', Next: 'H' }];
  await bench.run({ ...map({ Catch, ItemsPath: '$.i' }), H: { Type: 'Succeed' } }, '{"i":[]}');
  assert.deepEqual(bench.told.slice(5, 8), [
    [5, 'MapStateFailed', {}],
    [6, 'MapStateExited', { name: 'M', output: { i: [], e: { Error: 'E', Cause: 'c' } } }],
    [7, 'SucceedStateEntered', { name: 'H', input: { i: [], e: { Error: 'E', Cause: 'c' } } }],
  ]);
});

test('ResultSelector sees the result of the run', async () => {
  const bench = new Workbench();
  bench.mapRun = () => ({ kind: 'succeeded', output: { MapRunArn: 'a', ResultWriterDetails: { Key: 'k' } } });
  const ended = await bench.run(map({ ResultSelector: { 'key.$': '$.ResultWriterDetails.Key' } }), '[]');
  assert.equal(ended.status === 'SUCCEEDED' && ended.output, '{"key":"k"}');
});

test('outputs that are too large together fail the execution, and no Catch sees it', async () => {
  const bench = new Workbench();
  bench.mapRun = () => ({ kind: 'result-too-large' });
  const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'M' }];
  const ended = await bench.run(map({ Catch }), '[]');
  assert.equal(ended.status === 'FAILED' && ended.error, 'States.DataLimitExceeded');
  assert.deepEqual(bench.types.slice(-3), ['MapRunSucceeded', 'MapStateSucceeded', 'ExecutionFailed']);
});

test('a Map without Label has the same one in every execution, in the form of a version 3 UUID', async () => {
  const labels = await Promise.all(
    ['[]', '[1]'].map(async (text) => {
      const bench = new Workbench();
      const { Label: _, ...unlabelled } = map().M;
      await bench.run({ M: unlabelled }, text);
      return /mapRun:machine\/([^:]+):/.exec(bench.mapRunRequests[0]?.mapRunArn ?? '')?.[1];
    }),
  );
  assert.match(labels[0] ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-3[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(labels[0], labels[1]);
});

describe('what the plan of a Map Run says', () => {
  test('nothing declared: no limit, no tolerance, no batches, no writer', async () => {
    const { source, batch, maxConcurrency, tolerance, resultWriter, resultFormat } = await planOf({}, '[5]');
    assert.deepEqual(
      { source, batch, maxConcurrency, tolerance, resultWriter, resultFormat },
      {
        source: { kind: 'state-data', items: [5] },
        batch: undefined,
        maxConcurrency: 0,
        tolerance: { count: undefined, percentage: undefined },
        resultWriter: undefined,
        resultFormat: { transformation: 'COMPACT', outputType: 'JSON' },
      },
    );
  });

  test('every number may come from a path into the input after InputPath', async () => {
    const fields = {
      InputPath: '$.in',
      MaxConcurrencyPath: '$.c',
      ToleratedFailureCountPath: '$.t',
      ItemBatcher: { MaxItemsPerBatchPath: '$.b', BatchInput: { 'x.$': '$.bucket' } },
      ItemReader: reader({ MaxItemsPath: '$.m' }),
      ResultWriter: {
        Resource: 'arn:aws:states:::s3:putObject',
        Parameters: { 'Bucket.$': '$.bucket', 'Prefix.$': '$$.Execution.Name', ExpectedBucketOwner: '111111111111' },
      },
    };
    const plan = await planOf(fields, '{"in":{"c":3,"t":4,"b":5,"m":6,"bucket":"bucket"}}');
    assert.equal(plan.maxConcurrency, 3);
    assert.deepEqual(plan.tolerance, { count: 4, percentage: undefined });
    assert.deepEqual(plan.batch, { maxItems: 5, maxBytes: 262_144, input: { x: 'bucket' } });
    assert.deepEqual(plan.source, {
      kind: 'object',
      at: { bucket: 'bucket', key: 'k' },
      format: { type: 'JSON', pointer: [] },
      expectedBucketOwner: '222222222222',
      maxItems: 6,
    });
    assert.deepEqual(plan.resultWriter, {
      bucket: 'bucket',
      prefix: 'one',
      expectedBucketOwner: '111111111111',
    });
  });

  test('the members of an object are items, and counted in MapStateStarted', async () => {
    const { source } = await planOf({ ItemsPath: '$.o' }, '{"o":{"a":1,"b":2}}');
    assert.deepEqual(source, { kind: 'state-data', items: { a: 1, b: 2 } });
  });

  test('an ItemsPath beside an ItemReader is not looked at', async () => {
    const { source } = await planOf({ ItemReader: reader(), ItemsPath: '$.none' }, '{"bucket":"b"}');
    assert.equal(source.kind, 'object');
  });

  test('ItemSelector sees the item, its index and source beside the input of the Map', async () => {
    const ItemSelector = {
      'v.$': '$$.Map.Item.Value',
      'i.$': '$$.Map.Item.Index',
      's.$': '$$.Map.Item.Source',
      'all.$': '$.tag',
      'run.$': '$$.Execution.Name',
    };
    for (const field of ['ItemSelector', 'Parameters']) {
      const plan = await planOf({ ItemsPath: '$.i', [field]: ItemSelector }, '{"i":[],"tag":"t"}');
      const selected = await plan.selectItem({ value: { a: 1 }, index: 4, source: 'STATE_DATA' });
      assert.deepEqual(selected, { v: { a: 1 }, i: 4, s: 'STATE_DATA', all: 't', run: 'one' });
    }
  });

  test('of a member of an object ItemSelector sees the key; without it the input has both', async () => {
    const item = { key: 'k', value: 1, index: 0, source: 'STATE_DATA' };
    const { selectItem } = await planOf(
      { ItemSelector: { 'k.$': '$$.Map.Item.Key', 'v.$': '$$.Map.Item.Value' } },
      '{}',
    );
    assert.deepEqual(await selectItem(item), { k: 'k', v: 1 });
    const whole = await planOf({}, '{}');
    assert.deepEqual(await whole.selectItem(item), { Key: 'k', Value: 1 });
  });

  test('every ItemReader as the source it stands for', async () => {
    const listing = (ReaderConfig: object, Parameters: object = {}) => ({
      Resource: 'arn:aws:states:::s3:listObjectsV2',
      ReaderConfig,
      Parameters: { 'Bucket.$': '$.bucket', ...Parameters },
    });
    const sourceOf = async (ItemReader: object) => (await planOf({ ItemReader }, '{"bucket":"b"}')).source;
    const dataset = { expectedBucketOwner: undefined, maxItems: undefined };
    assert.deepEqual(await sourceOf(listing({})), {
      kind: 'listing',
      bucket: 'b',
      prefix: undefined,
      format: undefined,
      ...dataset,
    });
    const flattened = { Transformation: 'LOAD_AND_FLATTEN', InputType: 'JSON', ItemsPointer: '/a~1b/~0' };
    assert.deepEqual(await sourceOf(listing(flattened, { Prefix: 'p/' })), {
      kind: 'listing',
      bucket: 'b',
      prefix: 'p/',
      format: { type: 'JSON', pointer: ['a/b', '~'] },
      ...dataset,
    });
    const given = { CSVHeaderLocation: 'GIVEN', CSVHeaders: ['h'], CSVDelimiter: 'PIPE' };
    const one = { expectedBucketOwner: '222222222222', maxItems: undefined, at: { bucket: 'b', key: 'k' } };
    const csv = { type: 'CSV', delimiter: '|', headers: ['h'] };
    for (const [config, expected] of [
      [
        { InputType: 'CSV', ...given },
        { kind: 'object', format: csv },
      ],
      [{ InputType: 'CSV' }, { kind: 'object', format: { type: 'CSV', delimiter: ',', headers: undefined } }],
      [{ InputType: 'JSONL' }, { kind: 'object', format: { type: 'JSONL' } }],
      [{ InputType: 'PARQUET' }, { kind: 'object', format: { type: 'PARQUET' } }],
      [{ InputType: 'MANIFEST' }, { kind: 's3-inventory' }],
      [{ InputType: undefined, ManifestType: 'S3_INVENTORY' }, { kind: 's3-inventory' }],
      [
        { InputType: 'CSV', ManifestType: 'ATHENA_DATA', ...given },
        { kind: 'athena-data', format: csv },
      ],
    ] as const) {
      assert.deepEqual(await sourceOf(reader(config)), { ...expected, ...one });
    }
  });

  test('without ItemSelector the item itself is the input', async () => {
    const value = { a: 1 };
    const { selectItem } = await planOf({}, '[]');
    assert.equal(await selectItem({ value, index: 0, source: 'STATE_DATA' }), value);
  });

  test('an ItemSelector that cannot be evaluated throws the failure of the state', async () => {
    const { selectItem } = await planOf({ ItemSelector: { 'v.$': '$$.Map.Item.Value.none' } }, '[1]');
    await assert.rejects(
      async () => selectItem({ value: 1, index: 0, source: 'STATE_DATA' }),
      (thrown) =>
        thrown instanceof SelectionFailed &&
        thrown.failure.error === 'States.Runtime' &&
        (thrown.failure.cause ?? '').startsWith(`${AT}The JSONPath '$$.Map.Item.Value.none'`),
    );
  });
});

describe('fields that are wrong when the state is entered', () => {
  /** Whether MapStateStarted is in the history, and the failure; there is never a Map Run. */
  async function refused(fields: object, inputText: string) {
    const bench = new Workbench();
    const ended = await bench.run(map(fields), inputText);
    assert.deepEqual(bench.mapRunRequests, []);
    assert.ok(!bench.types.includes('MapRunStarted'));
    assert.ok(ended.status === 'FAILED' && ended.error === 'States.Runtime', JSON.stringify(ended));
    assert.ok(ended.cause?.startsWith(AT), ended.cause);
    return { started: bench.types.includes('MapStateStarted'), cause: ended.cause?.slice(AT.length) };
  }
  const notAnInteger = (field: string, value: string, path: string) =>
    `The ${field} field refers to value "${value}" which is not a valid integer: ${path}`;

  test('MaxConcurrencyPath fails before MapStateStarted', async () => {
    assert.deepEqual(await refused({ MaxConcurrencyPath: '$[0]' }, '["many"]'), {
      started: false,
      cause: notAnInteger('MaxConcurrencyPath', 'many', '$[0]'),
    });
    assert.equal((await refused({ MaxConcurrencyPath: '$[0]' }, '[-1]')).cause, 'MaxConcurrency cannot be negative.');
  });

  test('ToleratedFailureCountPath fails after it', async () => {
    assert.deepEqual(await refused({ ToleratedFailureCountPath: '$[0]' }, '[1.5]'), {
      started: true,
      cause: notAnInteger('ToleratedFailureCountPath', '1.5', '$[0]'),
    });
    const { cause } = await refused({ ToleratedFailureCountPath: '$[0]' }, '[-1]');
    assert.equal(cause, 'ToleratedFailureCount cannot be negative.');
    assert.match(
      (await refused({ ToleratedFailureCountPath: '$[7]' }, '[]')).cause ?? '',
      /Invalid path '\$\[7\]' : No results/,
    );
  });

  test('MaxItemsPath and MaxItemsPerBatchPath', async () => {
    const fields = { ItemReader: reader({ MaxItemsPath: '$.m' }) };
    const { cause } = await refused(fields, '{"bucket":"b","m":[1]}');
    assert.equal(cause, notAnInteger('MaxItemsPath', '[1]', '$.m'));
    const batcher = { ItemBatcher: { MaxItemsPerBatchPath: '$[0]' } };
    assert.equal((await refused(batcher, '[0]')).cause, 'field MaxItemsPerBatch must be positive');
  });

  test('items that are no array', async () => {
    const text = await new Workbench().run(map({}), '"text"');
    assert.equal('cause' in text && text.cause, 'Reference path "$" must point to array.');
    const context = await new Workbench().run(map({ ItemsPath: '$$.Execution.Name' }));
    assert.equal('cause' in context && context.cause, 'Reference path "$.Execution.Name" must point to array.');
  });

  test('items that are not there, which AWS says without naming the state', async () => {
    for (const [step, input] of [
      ['a', '{}'],
      ['b', '{"a":{"c":1}}'],
    ] as const) {
      const ended = await new Workbench().run(map({ ItemsPath: '$.a.b' }), input);
      assert.ok(ended.status === 'FAILED' && ended.error === 'States.ReferencePathConflict');
      assert.equal(ended.cause, `Unable to apply step "${step}" to input ${input}`);
    }
    const unset = await refused({ ItemsPath: '$none' }, '{}');
    assert.equal(unset.cause, "Invalid path '$none' : No results for path: $none");
  });

  test('a bucket that is no text', async () => {
    const { cause } = await refused({ ItemReader: reader() }, '{"bucket":5}');
    assert.equal(cause, 'Expected ItemReader.Parameters.Bucket to be a non-empty string, got 5');
  });
});

test('a Task after a Map goes on as always', async () => {
  const bench = new Workbench();
  const { End: _, ...fields } = map().M;
  await bench.run({ M: { ...fields, Next: 'T' }, T: { Type: 'Task', Resource: FUNCTION, End: true } }, '[]');
  assert.deepEqual(bench.types.slice(6, 9), ['MapStateExited', 'TaskStateEntered', 'LambdaFunctionScheduled']);
  assert.equal(bench.types.at(-1), 'ExecutionSucceeded');
});
