import {
  anything,
  both,
  type Check,
  exclusive,
  type Fields,
  integer,
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

export const mapFields: Fields = {
  ItemProcessor: anything,
  Iterator: anything,
  ItemReader: unlessListing(
    object(
      {
        Resource: oneOf('arn:aws:states:::s3:getObject'),
        ReaderConfig: object(
          {
            InputType: jsonInput,
            MaxItems: integer(0),
            MaxItemsPath: path,
            ItemsPointer: readerFields,
            Transformation: readerFields,
            ManifestType: readerFields,
            CSVHeaderLocation: readerFields,
            CSVHeaders: readerFields,
            CSVDelimiter: readerFields,
          },
          ['InputType'],
        ),
        Parameters: both(template, serviceParameters(['Bucket', 'Key'], ['ExpectedBucketOwner'])),
        Arguments: 'JSONata',
      },
      ['Resource', 'ReaderConfig', 'Parameters'],
    ),
  ),
  ItemsPath: path,
  Items: 'JSONata',
  ItemSelector: template,
  ItemBatcher: object({
    MaxItemsPerBatch: integer(1),
    MaxItemsPerBatchPath: path,
    MaxInputBytesPerBatch: 'batch limits in bytes',
    MaxInputBytesPerBatchPath: 'batch limits in bytes',
    BatchInput: objectTemplate,
  }),
  MaxConcurrency: integer(0),
  MaxConcurrencyPath: path,
  ToleratedFailureCount: integer(0),
  ToleratedFailureCountPath: path,
  ToleratedFailurePercentage: percentage,
  ToleratedFailurePercentagePath: percentage,
  Label: checkLabel,
  ResultWriter: object(
    {
      Resource: oneOf('arn:aws:states:::s3:putObject'),
      Parameters: both(template, serviceParameters(['Bucket'], ['Prefix'])),
      Arguments: 'JSONata',
      WriterConfig: 'formats of result files',
    },
    ['Resource', 'Parameters'],
  ),
};

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
