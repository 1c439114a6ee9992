import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json, JsonObject } from '../../src/asl/json.ts';
import { compileMachine } from '../../src/asl/machine.ts';
import { validateDefinition } from '../../src/asl/validate.ts';
import { machineOf, map, pass, processor, reader, writer } from './definitions.ts';
import { diagnosticsOf, refuses } from './refused-definitions.ts';

const inState = (state: Json) => machineOf(state);
const S = '/States/S';
const P = `${S}/ItemProcessor`;

describe('Map', () => {
  refuses([
    ['no ItemProcessor', inState({ Type: 'Map', End: true }), S, /\[ItemProcessor\]/],
    [
      'no ExecutionType',
      inState(map({ ItemProcessor: processor({ ProcessorConfig: { Mode: 'DISTRIBUTED' } }) })),
      `${P}/ProcessorConfig`,
      /\[ExecutionType\]/,
    ],
    [
      'children of another type',
      inState(map({ ItemProcessor: processor({ ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'FAST' } }) })),
      `${P}/ProcessorConfig/ExecutionType`,
      /must be one of: \[STANDARD, EXPRESS\]/,
    ],
    [
      'a Distributed Map in EXPRESS children',
      inState(
        map({
          ItemProcessor: processor({
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
            States: { P: map({ ItemProcessor: processor({ StartAt: 'Q', States: { Q: pass() } }) }) },
          }),
        }),
      ),
      `${P}/States/P/ItemProcessor/ProcessorConfig/Mode`,
      /Express state machine does not support 'DISTRIBUTED'/,
    ],
    [
      'a Label that a Map inside has too',
      inState(
        map({
          Label: 'a',
          ItemProcessor: processor({
            States: { P: map({ Label: 'a', ItemProcessor: processor({ StartAt: 'Q', States: { Q: pass() } }) }) },
          }),
        }),
      ),
      `${P}/States/P/Label`,
      /^Duplicate Label name: a$/,
      'DUPLICATE_LABEL_NAME',
    ],
    [
      'a bad state in the processor',
      inState(map({ ItemProcessor: processor({ States: { P: pass({ InputPath: 'x' }) } }) })),
      `${P}/States/P/InputPath`,
      /valid JSONPath/,
    ],
    [
      'a number of the context object',
      inState(map({ MaxConcurrencyPath: '$$.Execution.Input.n' })),
      `${S}/MaxConcurrencyPath`,
      /^Value is not a Reference Path/,
    ],
    [
      'a percentage above 100',
      inState(map({ ToleratedFailurePercentage: 101 })),
      `${S}/ToleratedFailurePercentage`,
      /^Maximum value is 100\.0$/,
    ],
    [
      'a language of the processor',
      inState(map({ ItemProcessor: processor({ QueryLanguage: 'JSONata' }) })),
      P,
      /^Field 'QueryLanguage' is not supported$/,
    ],
    ['a processor that is no object', inState(map({ ItemProcessor: [] })), P, /type Object/],
    [
      'ItemSelector beside Parameters',
      inState(map({ ItemSelector: {}, Parameters: {} })),
      S,
      /only be one .*: \[ItemSelector, Parameters\]/,
    ],
    ['Items', inState(map({ Items: [] })), S, /'Items' is only supported/],
    ['MaxConcurrency below 0', inState(map({ MaxConcurrency: -1 })), `${S}/MaxConcurrency`, /^Minimum value is 0$/],
    [
      'MaxConcurrency beside its path',
      inState(map({ MaxConcurrency: 1, MaxConcurrencyPath: '$.c' })),
      S,
      /^There should only be one of the following fields: \[MaxConcurrency, MaxConcurrencyPath\]$/,
    ],
    [
      'ToleratedFailureCount below 0',
      inState(map({ ToleratedFailureCount: -1 })),
      `${S}/ToleratedFailureCount`,
      /Minimum value is 0/,
    ],
    ['an empty Label', inState(map({ Label: '' })), `${S}/Label`, /cannot be empty/, 'INVALID_LABEL_NAME'],
    [
      'a Label of 41 characters',
      inState(map({ Label: 'l'.repeat(41) })),
      `${S}/Label`,
      /longer than 40/,
      'INVALID_LABEL_NAME',
    ],
    ['a Label with a colon', inState(map({ Label: 'a:b' })), `${S}/Label`, /":"/, 'INVALID_LABEL_NAME'],
    [
      'a Label with a control character',
      inState(map({ Label: 'a\u0085' })),
      `${S}/Label`,
      /invalid character/,
      'INVALID_LABEL_NAME',
    ],
    ['a Label that is no text', inState(map({ Label: 1 })), `${S}/Label`, /type String/],
    [
      'a Label used twice',
      {
        StartAt: 'S',
        States: {
          S: { ...map({ Label: 'L' }), Next: 'T', End: undefined } as never,
          T: map({ Label: 'L', ItemProcessor: processor({ StartAt: 'Q', States: { Q: pass() } }) }),
        },
      },
      '/States/T/Label',
      /Duplicate Label name: L/,
      'DUPLICATE_LABEL_NAME',
    ],
  ]);
});

test('an inline Map may say what it tolerates, but nothing of a Distributed Map', () => {
  const inline = (fields: JsonObject) =>
    inState(map({ ItemProcessor: processor({ ProcessorConfig: { Mode: 'INLINE' } }), ...fields }));
  assert.deepEqual(diagnosticsOf(inline({ ToleratedFailureCount: 1, ToleratedFailurePercentagePath: '$.p' })), []);
  const [refused] = diagnosticsOf(inline({ Label: 'L', ItemReader: reader() }));
  assert.equal(refused?.message, 'Only a Map state in DISTRIBUTED mode has ItemReader, Label');
});

test('a processor under its old name runs in the mode it names', () => {
  const validated = validateDefinition(JSON.stringify(inState({ Type: 'Map', Iterator: processor(), End: true })));
  const state = validated.ok ? compileMachine(validated.definition).states.get('S') : undefined;
  assert.equal(state?.type === 'Map' && state.mode, 'DISTRIBUTED');
});

describe('ItemReader, ItemBatcher and ResultWriter', () => {
  const R = `${S}/ItemReader`;
  const withReader = (fields: object, config: object = {}) =>
    inState(map({ ItemReader: reader(fields as never, config as never) }));
  const listing = { Resource: 'arn:aws:states:::s3:listObjectsV2', Parameters: { Bucket: 'b' } };
  const withListing = (ReaderConfig: JsonObject) => inState(map({ ItemReader: { ...listing, ReaderConfig } }));
  test('every reader with what belongs to it', () => {
    const accepted = [
      map({ ItemReader: listing }),
      map({ ItemReader: { ...listing, Parameters: { Bucket: 'b', Prefix: 'p/', ExpectedBucketOwner: '1' } } }),
      map({ ItemReader: { ...listing, ReaderConfig: { MaxItems: 1, Transformation: 'NONE' } } }),
      map({ ItemReader: reader({ Parameters: { Bucket: 'b', Key: 'k', VersionId: 'v' } }) }),
    ].map(inState);
    const configs = [
      { ItemsPointer: '/a/0/~0' },
      { InputType: 'JSONL', Transformation: 'NONE' },
      { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['a'], CSVDelimiter: 'TAB' },
      { InputType: 'PARQUET' },
      { InputType: 'MANIFEST' },
      { InputType: 'CSV', ManifestType: 'ATHENA_DATA' },
    ].map((config) => withReader({}, config));
    const types = ['CSV', 'JSON', 'JSONL', 'PARQUET'];
    const flattened = types.map((InputType) => withListing({ Transformation: 'LOAD_AND_FLATTEN', InputType }));
    const inventory = withReader({ ReaderConfig: { ManifestType: 'S3_INVENTORY' } });
    for (const definition of [...accepted, ...configs, ...flattened, inventory]) {
      assert.deepEqual(diagnosticsOf(definition), []);
    }
  });
  const batcher = (fields: Json) => inState(map({ ItemBatcher: fields }));
  const withWriter = (fields: object) => inState(map({ ResultWriter: writer(fields as never) }));
  refuses([
    [
      'another Resource',
      withReader({ Resource: 'arn:aws:states:::dynamodb:query' }),
      `${R}/Resource`,
      /getObject, .*listObjectsV2/,
    ],
    [
      'no ReaderConfig',
      inState(
        map({ ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Parameters: { Bucket: 'b', Key: 'k' } } }),
      ),
      R,
      /\[ReaderConfig\]/,
    ],
    ['no InputType', withReader({ ReaderConfig: {} }), `${R}/ReaderConfig`, /\[InputType\]/],
    [
      'an unknown InputType',
      withReader({}, { InputType: 'XML' }),
      `${R}/ReaderConfig/InputType`,
      /must be one of: \[CSV, JSON/,
    ],
    ['a pointer that is none', withReader({}, { ItemsPointer: 'a' }), `${R}/ReaderConfig/ItemsPointer`, /JSON Pointer/],
    [
      'a pointer into CSV',
      withReader({}, { InputType: 'CSV', ItemsPointer: '/a' }),
      `${R}/ReaderConfig/ItemsPointer`,
      /only for the InputType 'JSON'/,
    ],
    [
      'headers that are given beside JSON',
      withReader({}, { CSVHeaderLocation: 'FIRST_ROW' }),
      `${R}/ReaderConfig/CSVHeaderLocation`,
      /supported for the InputType 'CSV' only/,
    ],
    [
      'GIVEN without headers',
      withReader({}, { InputType: 'CSV', CSVHeaderLocation: 'GIVEN' }),
      `${R}/ReaderConfig`,
      /\[CSVHeaders\]/,
    ],
    [
      'headers that are not used',
      withReader({}, { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW', CSVHeaders: ['a'] }),
      `${R}/ReaderConfig/CSVHeaders`,
      /with the CSVHeaderLocation 'GIVEN' only/,
    ],
    [
      'an unknown delimiter',
      withReader({}, { InputType: 'CSV', CSVDelimiter: ',' }),
      `${R}/ReaderConfig/CSVDelimiter`,
      /must be one of: \[COMMA/,
    ],
    [
      'LOAD_AND_FLATTEN of one object',
      withReader({}, { Transformation: 'LOAD_AND_FLATTEN' }),
      `${R}/ReaderConfig/Transformation`,
      /needs the Resource 'arn:aws:states:::s3:listObjectsV2'/,
    ],
    [
      'LOAD_AND_FLATTEN without InputType',
      withListing({ Transformation: 'LOAD_AND_FLATTEN' }),
      `${R}/ReaderConfig`,
      /\[InputType\]/,
    ],
    [
      'LOAD_AND_FLATTEN of manifests',
      withListing({ Transformation: 'LOAD_AND_FLATTEN', InputType: 'MANIFEST' }),
      `${R}/ReaderConfig/InputType`,
      /must be one of: \[CSV, JSON, JSONL, PARQUET\]/,
    ],
    [
      'a manifest of a listing',
      withListing({ ManifestType: 'S3_INVENTORY' }),
      `${R}/ReaderConfig/ManifestType`,
      /A listing has no manifest/,
    ],
    [
      'JSON in data files of Athena',
      withReader({}, { ManifestType: 'ATHENA_DATA' }),
      `${R}/ReaderConfig/InputType`,
      /must be one of: \[CSV, JSONL, PARQUET\]/,
    ],
    [
      'InputType beside an S3 inventory',
      withReader({}, { ManifestType: 'S3_INVENTORY', InputType: 'CSV' }),
      `${R}/ReaderConfig/InputType`,
      /not allowed with the ManifestType 'S3_INVENTORY'/,
    ],
    [
      'Key beside a Prefix',
      inState(map({ ItemReader: { ...listing, Parameters: { Bucket: 'b', Key: 'k' } } })),
      `${R}/Parameters`,
      /"Key" is not supported/,
    ],
    ['MaxItems below 0', withReader({}, { MaxItems: -1 }), `${R}/ReaderConfig/MaxItems`, /Minimum value is 0/],
    [
      'MaxItems beside its path',
      withReader({}, { MaxItems: 1, MaxItemsPath: '$.m' }),
      `${R}/ReaderConfig`,
      /\[MaxItems, MaxItemsPath\]/,
    ],
    ['no Key', withReader({ Parameters: { Bucket: 'b' } }), `${R}/Parameters`, /'Key' is required/],
    [
      'a version of Parquet',
      withReader({ Parameters: { Bucket: 'b', Key: 'k', VersionId: 'v' } }, { InputType: 'PARQUET' }),
      `${R}/Parameters/VersionId`,
      /not allowed with the InputType 'PARQUET'/,
    ],
    [
      'a bad path in Parameters',
      withReader({ Parameters: { Bucket: 'b', 'Key.$': 'key' } }),
      `${R}/Parameters`,
      /'Key\.\$'/,
    ],
    ['Arguments of the reader', withReader({ Arguments: {} }), R, /'Arguments' is only supported/],
    [
      'an ItemBatcher without limit',
      batcher({ BatchInput: {} }),
      `${S}/ItemBatcher`,
      /should be one of .*MaxItemsPerBatch/,
    ],
    [
      'MaxItemsPerBatch below 0',
      batcher({ MaxItemsPerBatch: -1 }),
      `${S}/ItemBatcher/MaxItemsPerBatch`,
      /Minimum value is 0/,
    ],
    [
      'MaxItemsPerBatch beside its path',
      batcher({ MaxItemsPerBatch: 1, MaxItemsPerBatchPath: '$.b' }),
      `${S}/ItemBatcher`,
      /only be one/,
    ],
    [
      'a BatchInput that is no object',
      batcher({ MaxItemsPerBatch: 1, BatchInput: 1 }),
      `${S}/ItemBatcher/BatchInput`,
      /type Object/,
    ],
    [
      'an unknown transformation of results',
      withWriter({ WriterConfig: { Transformation: 'GZIP' } }),
      `${S}/ResultWriter/WriterConfig/Transformation`,
      /must be one of: \[NONE, COMPACT, FLATTEN\]/,
    ],
    [
      'an unknown form of results',
      inState(map({ ResultWriter: { WriterConfig: { OutputType: 'CSV' } } })),
      `${S}/ResultWriter/WriterConfig/OutputType`,
      /must be one of: \[JSON, JSONL\]/,
    ],
    [
      'a place for results without the action',
      inState(map({ ResultWriter: { WriterConfig: {}, Parameters: { Bucket: 'b' } } })),
      `${S}/ResultWriter`,
      /\[Resource\]/,
    ],
    [
      'a ResultWriter without Bucket',
      withWriter({ Parameters: {} }),
      `${S}/ResultWriter/Parameters`,
      /'Bucket' is required/,
    ],
    ['an empty ResultWriter', inState(map({ ResultWriter: {} })), `${S}/ResultWriter`, /\[Resource, Parameters\]/],
    [
      'another writer',
      withWriter({ Resource: 'arn:aws:states:::s3:getObject' }),
      `${S}/ResultWriter/Resource`,
      /putObject/,
    ],
  ]);
});
