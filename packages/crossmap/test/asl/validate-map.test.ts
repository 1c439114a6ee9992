import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json, JsonObject } from '../../src/asl/json.ts';
import { compileMachine } from '../../src/asl/machine.ts';
import { validateDefinition } from '../../src/asl/validate.ts';
import { machineOf, map, pass, processor, reader, writer } from './definitions.ts';
import { diagnosticsOf, type Row, refuses } from './refused-definitions.ts';

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
      'EXPRESS',
      inState(
        map({ ItemProcessor: processor({ ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' } }) }),
      ),
      `${P}/ProcessorConfig/ExecutionType`,
      /'EXPRESS' is not supported yet/,
    ],
    [
      'a Map in a Map',
      inState(
        map({
          ItemProcessor: processor({
            States: { P: map({ ItemProcessor: processor({ StartAt: 'Q', States: { Q: pass() } }) }) },
          }),
        }),
      ),
      `${P}/States/P`,
      /inside a Distributed Map is not supported yet/,
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
  const batcher = (fields: Json) => inState(map({ ItemBatcher: fields }));
  const withWriter = (fields: object) => inState(map({ ResultWriter: writer(fields as never) }));
  refuses([
    [
      'listObjectsV2',
      inState(map({ ItemReader: { Resource: 'arn:aws:states:::s3:listObjectsV2', Parameters: { Bucket: 'b' } } })),
      `${R}/Resource`,
      /listObjectsV2` is not supported yet/,
    ],
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
    ...['CSV', 'JSONL', 'PARQUET', 'MANIFEST'].map(
      (InputType): Row => [
        InputType,
        withReader({}, { InputType }),
        `${R}/ReaderConfig/InputType`,
        /not supported yet: use 'JSON'/,
      ],
    ),
    [
      'an unknown InputType',
      withReader({}, { InputType: 'XML' }),
      `${R}/ReaderConfig/InputType`,
      /must be one of: \[CSV, JSON/,
    ],
    ...Object.entries({
      ItemsPointer: '/a',
      Transformation: 'NONE',
      ManifestType: 'ATHENA_DATA',
      CSVHeaderLocation: 'GIVEN',
      CSVHeaders: ['a'],
      CSVDelimiter: 'TAB',
    }).map(
      ([field, value]): Row => [
        field,
        withReader({}, { [field]: value }),
        `${R}/ReaderConfig/${field}`,
        /not supported yet: readers/,
      ],
    ),
    ['MaxItems below 0', withReader({}, { MaxItems: -1 }), `${R}/ReaderConfig/MaxItems`, /Minimum value is 0/],
    [
      'MaxItems beside its path',
      withReader({}, { MaxItems: 1, MaxItemsPath: '$.m' }),
      `${R}/ReaderConfig`,
      /\[MaxItems, MaxItemsPath\]/,
    ],
    ['no Key', withReader({ Parameters: { Bucket: 'b' } }), `${R}/Parameters`, /'Key' is required/],
    [
      'VersionId',
      withReader({ Parameters: { Bucket: 'b', Key: 'k', VersionId: 'v' } }),
      `${R}/Parameters/VersionId`,
      /not supported yet/,
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
      'WriterConfig',
      withWriter({ WriterConfig: { OutputType: 'JSONL' } }),
      `${S}/ResultWriter/WriterConfig`,
      /formats of result files/,
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
