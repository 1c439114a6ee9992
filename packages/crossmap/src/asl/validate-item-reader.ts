import type { QueryLanguage } from './definition.ts';
import { atMostOne, byLanguage, type Check, type Fields, integer, list, object, oneOf, text } from './field-check.ts';
import { jsonataObject, jsonataOr, pathOutsideContext, template } from './field-values.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { parseJsonPointer } from './json-pointer.ts';
import type { Report } from './report.ts';
import { listParameters } from './validate-map-io.ts';
import { serviceParameters } from './validate-task.ts';

/**
 * What a Distributed Map reads its items from, in each language.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */

const MAX_ITEMS = 100_000_000;
const LISTING = 'arn:aws:states:::s3:listObjectsV2';

const configFields = byLanguage(
  {
    InputType: oneOf('CSV', 'JSON', 'JSONL', 'MANIFEST', 'PARQUET'),
    ItemsPointer: jsonPointer,
    Transformation: oneOf('NONE', 'LOAD_AND_FLATTEN'),
    ManifestType: oneOf('ATHENA_DATA', 'S3_INVENTORY'),
    CSVHeaderLocation: oneOf('FIRST_ROW', 'GIVEN'),
    CSVHeaders: list(text),
    CSVDelimiter: oneOf('COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB'),
  },
  { MaxItems: integer(0, MAX_ITEMS), MaxItemsPath: pathOutsideContext },
  { MaxItems: jsonataOr(integer(0, MAX_ITEMS)) },
);

function jsonPointer(value: Json, at: string, report: Report): void {
  text(value, at, report);
  if (typeof value === 'string' && parseJsonPointer(value) === undefined) {
    report.error(at, 'Value must be a valid JSON Pointer.');
  }
}

const readerFields = byLanguage(
  { Resource: oneOf('arn:aws:states:::s3:getObject', LISTING) },
  { ReaderConfig: object(configFields.JSONPath), Parameters: template },
  { ReaderConfig: object(configFields.JSONata), Arguments: jsonataOr(jsonataObject()) },
);

export const itemReader: Readonly<Record<QueryLanguage, Check>> = {
  JSONPath: (value, at, report) => checkReader(value, readerFields.JSONPath, 'Parameters', at, report),
  JSONata: (value, at, report) => checkReader(value, readerFields.JSONata, 'Arguments', at, report),
};

const objectParameters = serviceParameters(['Bucket', 'Key'], ['ExpectedBucketOwner', 'VersionId']);

function checkReader(reader: Json, fields: Fields, parameters: string, at: string, report: Report): void {
  object(fields, ['Resource', parameters])(reader, at, report);
  if (!isJsonObject(reader)) return;
  const lists = reader.Resource === LISTING;
  const given = reader[parameters];
  if (given !== undefined) (lists ? listParameters : objectParameters)(given, `${at}/${parameters}`, report);
  const config = reader.ReaderConfig;
  if (config === undefined && !lists) report.error(at, 'These fields are required: [ReaderConfig]');
  if (!isJsonObject(config)) return;
  const place = `${at}/ReaderConfig`;
  atMostOne(['MaxItems', 'MaxItemsPath'], config, place, report);
  if (lists) checkListing(config, place, report);
  else checkObject(config, place, report);
  checkFormat(config, place, report);
  if (
    config.InputType === 'PARQUET' &&
    isJsonObject(given) &&
    (given.VersionId ?? given['VersionId.$']) !== undefined
  ) {
    report.error(`${at}/${parameters}/VersionId`, "'VersionId' is not allowed with the InputType 'PARQUET'");
  }
}

function checkListing(config: JsonObject, at: string, report: Report): void {
  if (config.ManifestType !== undefined) report.error(`${at}/ManifestType`, 'A listing has no manifest');
  if (config.Transformation !== 'LOAD_AND_FLATTEN') return;
  requireInputType(['CSV', 'JSON', 'JSONL', 'PARQUET'], config, at, report);
}

function checkObject(config: JsonObject, at: string, report: Report): void {
  if (config.Transformation === 'LOAD_AND_FLATTEN') {
    report.error(`${at}/Transformation`, `'LOAD_AND_FLATTEN' needs the Resource '${LISTING}'`);
  }
  if (config.ManifestType === 'ATHENA_DATA') return requireInputType(['CSV', 'JSONL', 'PARQUET'], config, at, report);
  if (config.ManifestType !== 'S3_INVENTORY') return requireInputType(undefined, config, at, report);
  if (config.InputType !== undefined && config.InputType !== 'MANIFEST') {
    report.error(`${at}/InputType`, "'InputType' is not allowed with the ManifestType 'S3_INVENTORY'");
  }
}

function requireInputType(types: readonly string[] | undefined, config: JsonObject, at: string, report: Report): void {
  const { InputType } = config;
  if (InputType === undefined) report.error(at, 'These fields are required: [InputType]');
  else if (types !== undefined) oneOf(...types)(InputType, `${at}/InputType`, report);
}

/** Fields that only one format has. Those of CSV have no part in an inventory, whose columns its manifest names. */
function checkFormat(config: JsonObject, at: string, report: Report): void {
  const { InputType, CSVHeaderLocation, CSVHeaders } = config;
  if (config.ItemsPointer !== undefined && InputType !== 'JSON') {
    report.error(`${at}/ItemsPointer`, "'ItemsPointer' is only for the InputType 'JSON'");
  }
  for (const field of ['CSVHeaderLocation', 'CSVHeaders', 'CSVDelimiter']) {
    if (config[field] === undefined || InputType === 'CSV') continue;
    report.refuse(`${at}/${field}`, `'${field}' is supported for the InputType 'CSV' only`);
  }
  if (CSVHeaderLocation === 'GIVEN' && CSVHeaders === undefined) {
    report.error(at, 'These fields are required: [CSVHeaders]');
  }
  if (CSVHeaderLocation !== 'GIVEN' && CSVHeaders !== undefined) {
    report.refuse(`${at}/CSVHeaders`, "'CSVHeaders' is supported with the CSVHeaderLocation 'GIVEN' only");
  }
}
