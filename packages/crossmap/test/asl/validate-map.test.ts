import { describe } from 'node:test';
import type { Json } from '../../src/asl/json.ts';
import { machineOf, map, processor, reader, writer } from './definitions.ts';
import { type Row, refuses } from './refused-definitions.ts';

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
      inState(map({ ItemProcessor: processor({ States: { P: map() } }) })),
      `${P}/States/P`,
      /inside a Distributed Map is not supported yet/,
    ],
    [
      'a bad state in the processor',
      inState(map({ ItemProcessor: processor({ States: { P: { Type: 'Pass', Next: 'S' } } }) })),
      `${P}/States/P/Next`,
      /S/,
      'MISSING_TRANSITION_TARGET',
    ],
    [
      'a language of the processor',
      inState(map({ ItemProcessor: processor({ QueryLanguage: 'JSONata' }) })),
      `${P}/QueryLanguage`,
      /'QueryLanguage' is not known/,
    ],
    ['a processor that is no object', inState(map({ ItemProcessor: [] })), P, /Expected an object/],
    [
      'ItemSelector beside Parameters',
      inState(map({ ItemSelector: {}, Parameters: {} })),
      S,
      /'ItemSelector' and 'Parameters'/,
    ],
    ['Items', inState(map({ Items: [] })), S, /'Items' is only supported/],
    ['MaxConcurrency below 0', inState(map({ MaxConcurrency: -1 })), `${S}/MaxConcurrency`, /≥ 0/],
    [
      'MaxConcurrency beside its path',
      inState(map({ MaxConcurrency: 1, MaxConcurrencyPath: '$.c' })),
      S,
      /'MaxConcurrency' and 'MaxConcurrencyPath'/,
    ],
    ['ToleratedFailureCount below 0', inState(map({ ToleratedFailureCount: -1 })), `${S}/ToleratedFailureCount`, /≥ 0/],
    [
      'ToleratedFailurePercentage',
      inState(map({ ToleratedFailurePercentage: 5 })),
      `${S}/ToleratedFailurePercentage`,
      /percentages; use/,
    ],
    [
      'ToleratedFailurePercentagePath',
      inState(map({ ToleratedFailurePercentagePath: '$.p' })),
      `${S}/ToleratedFailurePercentagePath`,
      /percentages; use/,
    ],
    ['an empty Label', inState(map({ Label: '' })), `${S}/Label`, /1 to 40/, 'INVALID_LABEL_NAME'],
    ['a Label of 41 characters', inState(map({ Label: 'l'.repeat(41) })), `${S}/Label`, /got 41/, 'INVALID_LABEL_NAME'],
    ['a Label with a colon', inState(map({ Label: 'a:b' })), `${S}/Label`, /":"/, 'INVALID_LABEL_NAME'],
    [
      'a Label with a control character',
      inState(map({ Label: 'a\u0085' })),
      `${S}/Label`,
      /cannot hold/,
      'INVALID_LABEL_NAME',
    ],
    ['a Label that is no text', inState(map({ Label: 1 })), `${S}/Label`, /Expected a string/],
    [
      'a Label used twice',
      { StartAt: 'S', States: { S: map({ Label: 'L' }), T: map({ Label: 'L' }) } },
      '/States/T/Label',
      /used twice: L/,
      'DUPLICATE_LABEL_NAME',
    ],
  ]);
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
    ['another Resource', withReader({ Resource: 'arn:aws:states:::dynamodb:query' }), `${R}/Resource`, /getObject/],
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
    ['an unknown InputType', withReader({}, { InputType: 'XML' }), `${R}/ReaderConfig/InputType`, /"JSON", got "XML"/],
    ...['ItemsPointer', 'Transformation', 'ManifestType', 'CSVHeaderLocation', 'CSVHeaders', 'CSVDelimiter'].map(
      (field): Row => [
        field,
        withReader({}, { [field]: 'x' }),
        `${R}/ReaderConfig/${field}`,
        /not supported yet: readers/,
      ],
    ),
    ['MaxItems below 0', withReader({}, { MaxItems: -1 }), `${R}/ReaderConfig/MaxItems`, /≥ 0/],
    [
      'MaxItems beside its path',
      withReader({}, { MaxItems: 1, MaxItemsPath: '$.m' }),
      `${R}/ReaderConfig`,
      /'MaxItems' and/,
    ],
    ['no Key', withReader({ Parameters: { Bucket: 'b' } }), `${R}/Parameters`, /\[Key\]/],
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
    ['an ItemBatcher without limit', batcher({ BatchInput: {} }), `${S}/ItemBatcher`, /'MaxItemsPerBatch' or/],
    ['MaxItemsPerBatch 0', batcher({ MaxItemsPerBatch: 0 }), `${S}/ItemBatcher/MaxItemsPerBatch`, /≥ 1/],
    [
      'MaxInputBytesPerBatch',
      batcher({ MaxItemsPerBatch: 1, MaxInputBytesPerBatch: 9 }),
      `${S}/ItemBatcher/MaxInputBytesPerBatch`,
      /batch limits in bytes/,
    ],
    [
      'MaxInputBytesPerBatchPath',
      batcher({ MaxItemsPerBatch: 1, MaxInputBytesPerBatchPath: '$.b' }),
      `${S}/ItemBatcher/MaxInputBytesPerBatchPath`,
      /batch limits in bytes/,
    ],
    [
      'MaxItemsPerBatch beside its path',
      batcher({ MaxItemsPerBatch: 1, MaxItemsPerBatchPath: '$.b' }),
      `${S}/ItemBatcher`,
      /Only one/,
    ],
    [
      'a BatchInput that is no object',
      batcher({ MaxItemsPerBatch: 1, BatchInput: 1 }),
      `${S}/ItemBatcher/BatchInput`,
      /an object/,
    ],
    [
      'WriterConfig',
      withWriter({ WriterConfig: { OutputType: 'JSONL' } }),
      `${S}/ResultWriter/WriterConfig`,
      /formats of result files/,
    ],
    ['a ResultWriter without Bucket', withWriter({ Parameters: {} }), `${S}/ResultWriter/Parameters`, /\[Bucket\]/],
    ['an empty ResultWriter', inState(map({ ResultWriter: {} })), `${S}/ResultWriter`, /\[Resource, Parameters\]/],
    [
      'another writer',
      withWriter({ Resource: 'arn:aws:states:::s3:getObject' }),
      `${S}/ResultWriter/Resource`,
      /putObject/,
    ],
  ]);
});
