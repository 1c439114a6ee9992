import type { QueryLanguage } from './definition.ts';
import {
  anything,
  both,
  type Check,
  exclusive,
  type Fields,
  fieldsOf,
  integer,
  jsonata,
  jsonataObject,
  jsonataOr,
  object,
  objectTemplate,
  oneOf,
  path,
  type Report,
  serviceParameters,
  show,
  template,
  text,
} from './field-check.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';

const percentage = 'failure percentages; use ToleratedFailureCount';
const readerFields = 'readers other than JSON';

const readerConfig = (maxItems: Fields) =>
  object(
    {
      ...maxItems,
      InputType: jsonInput,
      ItemsPointer: readerFields,
      Transformation: readerFields,
      ManifestType: readerFields,
      CSVHeaderLocation: readerFields,
      CSVHeaders: readerFields,
      CSVDelimiter: readerFields,
    },
    ['InputType'],
  );
const readObject = oneOf('arn:aws:states:::s3:getObject');
const writeObject = oneOf('arn:aws:states:::s3:putObject');
const readParameters = serviceParameters(['Bucket', 'Key'], ['ExpectedBucketOwner']);
const writeParameters = serviceParameters(['Bucket'], ['Prefix']);

const shared: Fields = {
  ItemProcessor: anything,
  Iterator: anything,
  ToleratedFailurePercentage: percentage,
  ToleratedFailurePercentagePath: percentage,
  Label: checkLabel,
};
const bytes = 'batch limits in bytes';

/** The fields that only Map states have, in each language. */
export const mapFields: Readonly<Record<QueryLanguage, Fields>> = {
  JSONPath: {
    ...shared,
    ...fieldsOf('JSONata', 'Items'),
    ItemReader: unlessListing(
      object(
        {
          ...fieldsOf('JSONata', 'Arguments'),
          Resource: readObject,
          ReaderConfig: readerConfig({ MaxItems: integer(0), MaxItemsPath: path }),
          Parameters: both(template, readParameters),
        },
        ['Resource', 'ReaderConfig', 'Parameters'],
      ),
    ),
    ItemsPath: path,
    ItemSelector: template,
    ItemBatcher: object({
      MaxItemsPerBatch: integer(1),
      MaxItemsPerBatchPath: path,
      MaxInputBytesPerBatch: bytes,
      MaxInputBytesPerBatchPath: bytes,
      BatchInput: objectTemplate,
    }),
    MaxConcurrency: integer(0),
    MaxConcurrencyPath: path,
    ToleratedFailureCount: integer(0),
    ToleratedFailureCountPath: path,
    ResultWriter: object(
      {
        ...fieldsOf('JSONata', 'Arguments'),
        Resource: writeObject,
        Parameters: both(template, writeParameters),
        WriterConfig: 'formats of result files',
      },
      ['Resource', 'Parameters'],
    ),
  },
  JSONata: {
    ...shared,
    ...fieldsOf('JSONPath', 'ItemsPath', 'MaxConcurrencyPath', 'ToleratedFailureCountPath'),
    ItemReader: unlessListing(
      object(
        {
          ...fieldsOf('JSONPath', 'Parameters'),
          Resource: readObject,
          ReaderConfig: readerConfig({ ...fieldsOf('JSONPath', 'MaxItemsPath'), MaxItems: jsonataOr(integer(0)) }),
          Arguments: jsonataOr(both(jsonata(), readParameters)),
        },
        ['Resource', 'ReaderConfig', 'Arguments'],
      ),
    ),
    Items: items,
    ItemSelector: jsonata(),
    ItemBatcher: object({
      ...fieldsOf('JSONPath', 'MaxItemsPerBatchPath', 'MaxInputBytesPerBatchPath'),
      MaxItemsPerBatch: jsonataOr(integer(1)),
      MaxInputBytesPerBatch: bytes,
      BatchInput: jsonataOr(jsonataObject()),
    }),
    MaxConcurrency: jsonataOr(integer(0)),
    ToleratedFailureCount: jsonataOr(integer(0)),
    ResultWriter: object(
      {
        ...fieldsOf('JSONPath', 'Parameters'),
        Resource: writeObject,
        Arguments: jsonataOr(both(jsonata(), writeParameters)),
        WriterConfig: 'formats of result files',
      },
      ['Resource', 'Arguments'],
    ),
  },
};

/** Items: an array with templates in it, or a text in `{% %}`. */
function items(value: Json, at: string, report: Report): void {
  if (Array.isArray(value)) return jsonata()(value, at, report);
  jsonataOr((other) => report.add(at, `Expected a list or a JSONata expression, got ${show(other)}`))(
    value,
    at,
    report,
  );
}

const pairs = ['MaxConcurrency', 'ToleratedFailureCount'];

/** Fields that only a Distributed Map has. */
const DISTRIBUTED_ONLY = [
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'Label',
  'ToleratedFailureCount',
  'ToleratedFailureCountPath',
];

/**
 * What concerns a Map state as a whole: its mode, its label among the others, fields that exclude each other. Gives
 * whether it is a Distributed Map. `labels` is absent inside another one.
 */
export function checkMapState(state: JsonObject, at: string, report: Report, labels: Set<string> | undefined): boolean {
  exclusive(state, 'ItemProcessor', 'Iterator', at, report);
  exclusive(state, 'ItemSelector', 'Parameters', at, report);
  for (const field of pairs) exclusive(state, field, `${field}Path`, at, report);
  if (isJsonObject(state.ItemReader) && isJsonObject(state.ItemReader.ReaderConfig)) {
    exclusive(state.ItemReader.ReaderConfig, 'MaxItems', 'MaxItemsPath', `${at}/ItemReader/ReaderConfig`, report);
  }
  if (isJsonObject(state.ItemBatcher)) {
    const place = `${at}/ItemBatcher`;
    exclusive(state.ItemBatcher, 'MaxItemsPerBatch', 'MaxItemsPerBatchPath', place, report);
    if (state.ItemBatcher.MaxItemsPerBatch === undefined && state.ItemBatcher.MaxItemsPerBatchPath === undefined) {
      report.add(place, "Expected 'MaxItemsPerBatch' or 'MaxItemsPerBatchPath'");
    }
  }
  const processor = state.ItemProcessor ?? state.Iterator;
  if (processor === undefined) report.add(at, 'These fields are required: [ItemProcessor]');
  const place = `${at}/${state.ItemProcessor === undefined ? 'Iterator' : 'ItemProcessor'}`;
  if (processor !== undefined && !isJsonObject(processor))
    report.add(place, `Expected an object, got ${show(processor)}`);
  const config = isJsonObject(processor) ? processor.ProcessorConfig : undefined;
  if (!isDistributed(config)) {
    checkInline(state, config, at, report);
    return false;
  }
  if (labels === undefined) report.add(at, 'A Distributed Map inside a Distributed Map is not supported yet');
  if (typeof state.Label === 'string') {
    if (labels?.has(state.Label))
      report.add(`${at}/Label`, `Label is used twice: ${state.Label}`, 'DUPLICATE_LABEL_NAME');
    labels?.add(state.Label);
  }
  checkDistributed(config, `${place}/ProcessorConfig`, report);
  return true;
}

function isDistributed(config: Json | undefined): config is JsonObject {
  return isJsonObject(config) && config.Mode === 'DISTRIBUTED';
}

function checkInline(state: JsonObject, config: Json | undefined, at: string, report: Report): void {
  const given = DISTRIBUTED_ONLY.filter((field) => state[field] !== undefined);
  if (given.length > 0) report.add(at, `Only a Map state in DISTRIBUTED mode has ${given.join(', ')}`);
  if (config !== undefined) object({ Mode: oneOf('INLINE') })(config, `${at}/ItemProcessor/ProcessorConfig`, report);
}

function checkDistributed(config: JsonObject, at: string, report: Report): void {
  if (config.ExecutionType === 'EXPRESS') {
    return report.add(`${at}/ExecutionType`, "'EXPRESS' is not supported yet: use 'STANDARD'");
  }
  object({ Mode: oneOf('DISTRIBUTED'), ExecutionType: oneOf('STANDARD') }, ['Mode', 'ExecutionType'])(
    config,
    at,
    report,
  );
}

/** A reader that lists a bucket has other fields: it is named, and nothing else of it is looked at. */
function unlessListing(check: Check): Check {
  return (value, at, report) => {
    const listing = isJsonObject(value) && value.Resource === 'arn:aws:states:::s3:listObjectsV2';
    if (listing) report.add(`${at}/Resource`, `\`${value.Resource}\` is not supported yet: ${readerFields}`);
    else check(value, at, report);
  };
}

function jsonInput(value: Json, at: string, report: Report): void {
  if (['CSV', 'JSONL', 'PARQUET', 'MANIFEST'].includes(String(value))) {
    return report.add(at, `InputType ${show(value)} is not supported yet: use 'JSON'`);
  }
  oneOf('JSON')(value, at, report);
}

// https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html (Label)
const LABEL_REFUSES = /[\s?*<>{}[\]:;,\\|^~$#%&`"\u0000-\u001f\u007f-\u009f]/;

function checkLabel(value: Json, at: string, report: Report): void {
  if (typeof value !== 'string') return text(value, at, report);
  if (value.length === 0 || value.length > 40) {
    report.add(at, `Expected a Label of 1 to 40 characters, got ${value.length}`, 'INVALID_LABEL_NAME');
  }
  const refused = LABEL_REFUSES.exec(value);
  if (refused) report.add(at, `A Label cannot hold ${show(refused[0])}: ${show(value)}`, 'INVALID_LABEL_NAME');
}
