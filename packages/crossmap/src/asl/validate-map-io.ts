import type { QueryLanguage } from './definition.ts';
import {
  atMostOne,
  both,
  byLanguage,
  type Check,
  type Fields,
  type FieldsByLanguage,
  integer,
  list,
  object,
  oneOf,
  text,
  unsupported,
  wrongType,
} from './field-check.ts';
import { jsonataObject, jsonataOr, objectTemplate, pathOutsideContext, template } from './field-values.ts';
import { isJsonObject, type Json } from './json.ts';
import type { Report } from './report.ts';
import { serviceParameters } from './validate-task.ts';

/** What a Distributed Map reads its items from, how it batches them and where it writes results, in each language. */

const otherReaders = 'readers other than JSON';
const MAX_ITEMS = 100_000_000;
const MAX_BATCH_BYTES = 262_144;

export const batcherFields: FieldsByLanguage = byLanguage(
  {},
  {
    MaxItemsPerBatch: integer(0),
    MaxItemsPerBatchPath: pathOutsideContext,
    MaxInputBytesPerBatch: integer(0, MAX_BATCH_BYTES),
    MaxInputBytesPerBatchPath: pathOutsideContext,
    BatchInput: objectTemplate,
  },
  {
    MaxItemsPerBatch: jsonataOr(integer(0)),
    MaxInputBytesPerBatch: jsonataOr(integer(0, MAX_BATCH_BYTES)),
    BatchInput: jsonataOr(jsonataObject()),
  },
);

const configFields = byLanguage(
  {
    InputType: inputType,
    ItemsPointer: unsupported(otherReaders, text),
    Transformation: unsupported(otherReaders, oneOf('NONE', 'LOAD_AND_FLATTEN')),
    ManifestType: unsupported(otherReaders, oneOf('ATHENA_DATA', 'S3_INVENTORY')),
    CSVHeaderLocation: unsupported(otherReaders, oneOf('FIRST_ROW', 'GIVEN')),
    CSVHeaders: unsupported(otherReaders, list(text)),
    CSVDelimiter: unsupported(otherReaders, oneOf('COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB')),
  },
  { MaxItems: integer(0, MAX_ITEMS), MaxItemsPath: pathOutsideContext },
  { MaxItems: jsonataOr(integer(0, MAX_ITEMS)) },
);

function inputType(value: Json, at: string, report: Report): void {
  oneOf('CSV', 'JSON', 'JSONL', 'MANIFEST', 'PARQUET')(value, at, report);
  if (typeof value === 'string' && value !== 'JSON') {
    report.refuse(at, `InputType '${value}' is not supported yet: use 'JSON'`);
  }
}

function readerConfig(fields: Fields): Check {
  const check = object(fields);
  return (value, at, report) => {
    check(value, at, report);
    if (isJsonObject(value)) atMostOne(['MaxItems', 'MaxItemsPath'], value, at, report);
  };
}

const readerFields = byLanguage(
  { Resource: oneOf('arn:aws:states:::s3:getObject', 'arn:aws:states:::s3:listObjectsV2') },
  { ReaderConfig: readerConfig(configFields.JSONPath), Parameters: template },
  { ReaderConfig: readerConfig(configFields.JSONata), Arguments: jsonataOr(jsonataObject()) },
);

export const itemReader: Readonly<Record<QueryLanguage, Check>> = {
  JSONPath: (value, at, report) => checkReader(value, readerFields.JSONPath, 'Parameters', at, report),
  JSONata: (value, at, report) => checkReader(value, readerFields.JSONata, 'Arguments', at, report),
};

const objectParameters = serviceParameters(['Bucket', 'Key'], ['ExpectedBucketOwner', 'VersionId']);
/** Of a listing, and of where results are written. */
const listParameters = serviceParameters(['Bucket'], ['ExpectedBucketOwner', 'Prefix']);

function checkReader(reader: Json, fields: Fields, parameters: string, at: string, report: Report): void {
  const required = ['Resource', parameters];
  object(fields, required)(reader, at, report);
  if (!isJsonObject(reader)) return;
  const place = `${at}/${parameters}`;
  if (reader.Resource === 'arn:aws:states:::s3:listObjectsV2') {
    report.refuse(`${at}/Resource`, `\`${reader.Resource}\` is not supported yet: ${otherReaders}`);
    return listParameters(reader[parameters] ?? {}, place, report);
  }
  if (reader[parameters] !== undefined) objectParameters(reader[parameters] as Json, place, report);
  refuseParameter('VersionId', reader[parameters], place, report);
  const config = reader.ReaderConfig;
  if (config === undefined) report.error(at, 'These fields are required: [ReaderConfig]');
  else if (isJsonObject(config) && config.InputType === undefined) {
    report.error(`${at}/ReaderConfig`, 'These fields are required: [InputType]');
  }
}

/** Refuses a parameter that AWS passes on and this engine does not, as it is or with `.$`. */
function refuseParameter(name: string, parameters: Json | undefined, at: string, report: Report): void {
  if (!isJsonObject(parameters) || (parameters[name] ?? parameters[`${name}.$`]) === undefined) return;
  report.refuse(`${at}/${name}`, `'${name}' is not supported yet`);
}

const writerConfig = object({
  OutputType: oneOf('JSON', 'JSONL'),
  Transformation: oneOf('NONE', 'COMPACT', 'FLATTEN'),
});
const writerFields = byLanguage(
  {
    Resource: oneOf('arn:aws:states:::s3:putObject'),
    WriterConfig: unsupported('formats of result files', writerConfig),
  },
  { Parameters: both(template, listParameters) },
  { Arguments: jsonataOr(both(jsonataObject(), listParameters)) },
);

export const resultWriter: Readonly<Record<QueryLanguage, Check>> = {
  JSONPath: (value, at, report) => checkWriter(value, writerFields.JSONPath, 'Parameters', at, report),
  JSONata: (value, at, report) => checkWriter(value, writerFields.JSONata, 'Arguments', at, report),
};

/** WriterConfig alone shapes the results; to export them needs the other two. */
function checkWriter(writer: Json, fields: Fields, parameters: string, at: string, report: Report): void {
  if (!isJsonObject(writer)) return wrongType('Object', at, report);
  const exports = ['Resource', parameters];
  const shapesOnly = writer.WriterConfig !== undefined && exports.every((field) => writer[field] === undefined);
  object(fields, shapesOnly ? [] : exports)(writer, at, report);
  refuseParameter('ExpectedBucketOwner', writer[parameters], `${at}/${parameters}`, report);
}
