import type { QueryLanguage } from './definition.ts';
import {
  both,
  byLanguage,
  type Check,
  type Fields,
  type FieldsByLanguage,
  integer,
  object,
  oneOf,
  wrongType,
} from './field-check.ts';
import { jsonataObject, jsonataOr, objectTemplate, pathOutsideContext, template } from './field-values.ts';
import { isJsonObject, type Json } from './json.ts';
import type { Report } from './report.ts';
import { serviceParameters } from './validate-task.ts';

/** How a Distributed Map batches its items and where it writes results, in each language. */

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

/** Of a listing, and of where results are written. */
export const listParameters = serviceParameters(['Bucket'], ['ExpectedBucketOwner', 'Prefix']);

const writerConfig = object({
  OutputType: oneOf('JSON', 'JSONL'),
  Transformation: oneOf('NONE', 'COMPACT', 'FLATTEN'),
});
const writerFields = byLanguage(
  {
    Resource: oneOf('arn:aws:states:::s3:putObject'),
    WriterConfig: writerConfig,
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
}
