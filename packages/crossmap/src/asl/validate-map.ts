import {
  anything,
  atMostOne,
  both,
  byLanguage,
  type FieldsByLanguage,
  integer,
  list,
  number,
  object,
  oneOf,
  text,
  wrongType,
} from './field-check.ts';
import { jsonata, jsonataOr, path, pathOutsideContext, template } from './field-values.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { Report } from './report.ts';
import { itemReader } from './validate-item-reader.ts';
import { batcherFields, resultWriter } from './validate-map-io.ts';
import type { WorkflowType } from './validate-task.ts';

const percentage = number(0, 100);

/** The fields that only Map states have. */
export const mapFields: FieldsByLanguage = byLanguage(
  { ItemProcessor: anything, Iterator: anything, Label: checkLabel },
  {
    ItemReader: itemReader.JSONPath,
    ItemsPath: path,
    ItemSelector: template,
    ItemBatcher: object(batcherFields.JSONPath),
    MaxConcurrency: integer(0),
    MaxConcurrencyPath: pathOutsideContext,
    ToleratedFailureCount: integer(0),
    ToleratedFailureCountPath: pathOutsideContext,
    ToleratedFailurePercentage: percentage,
    ToleratedFailurePercentagePath: pathOutsideContext,
    ResultWriter: resultWriter.JSONPath,
  },
  {
    ItemReader: itemReader.JSONata,
    Items: items,
    ItemSelector: jsonata(),
    ItemBatcher: object(batcherFields.JSONata),
    MaxConcurrency: jsonataOr(integer(0)),
    ToleratedFailureCount: jsonataOr(integer(0)),
    ToleratedFailurePercentage: jsonataOr(percentage),
    ResultWriter: resultWriter.JSONata,
  },
);

/** Fields that only a Distributed Map has. Of what an inline one tolerates it makes nothing, as AWS does. */
const DISTRIBUTED_ONLY = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'];

interface Surroundings {
  readonly report: Report;
  readonly type: WorkflowType;
  /** All labels so far. */
  readonly labels: Set<string>;
}

/** How the processor of a Map state runs. */
export type MapMode = { readonly mode: 'INLINE' } | { readonly mode: 'DISTRIBUTED'; readonly type: WorkflowType };

/** What concerns a Map state as a whole: its mode, its label among the others, fields that exclude each other. */
export function checkMap(state: JsonObject, at: string, around: Surroundings): MapMode {
  const { report, type, labels } = around;
  atMostOne(['ItemProcessor', 'Iterator'], state, at, report);
  atMostOne(['ItemSelector', 'Parameters'], state, at, report);
  for (const field of ['MaxConcurrency', 'ToleratedFailureCount', 'ToleratedFailurePercentage']) {
    atMostOne([field, `${field}Path`], state, at, report);
  }
  checkBatcher(state.ItemBatcher, `${at}/ItemBatcher`, report);
  const field = processorField(state);
  const processor = state[field];
  if (processor === undefined) report.error(at, 'These fields are required: [ItemProcessor]');
  else if (!isJsonObject(processor)) wrongType('Object', `${at}/${field}`, report);
  const config = isJsonObject(processor) ? processor.ProcessorConfig : undefined;
  const place = `${at}/${field}/ProcessorConfig`;
  if (!isJsonObject(config) || config.Mode !== 'DISTRIBUTED') {
    if (config !== undefined) inlineConfig(config, place, report);
    checkInline(state, at, report);
    return { mode: 'INLINE' };
  }
  if (type === 'EXPRESS') {
    report.error(`${place}/Mode`, "Express state machine does not support 'DISTRIBUTED' mode of Map states");
  }
  checkLabelAmong(labels, state.Label, `${at}/Label`, report);
  distributedConfig(config, place, report);
  return { mode: 'DISTRIBUTED', type: config.ExecutionType === 'EXPRESS' ? 'EXPRESS' : 'STANDARD' };
}

/** `Iterator` is the old name of ItemProcessor. */
export function processorField(state: JsonObject): 'ItemProcessor' | 'Iterator' {
  return state.ItemProcessor === undefined && state.Iterator !== undefined ? 'Iterator' : 'ItemProcessor';
}

const inlineConfig = object({ Mode: oneOf('INLINE', 'DISTRIBUTED') });
const distributedConfig = object(
  { Mode: oneOf('INLINE', 'DISTRIBUTED'), ExecutionType: oneOf('STANDARD', 'EXPRESS') },
  ['Mode', 'ExecutionType'],
);

function checkInline(state: JsonObject, at: string, report: Report): void {
  const given = DISTRIBUTED_ONLY.filter((field) => state[field] !== undefined);
  if (given.length > 0) report.refuse(at, `Only a Map state in DISTRIBUTED mode has ${given.join(', ')}`);
}

function checkBatcher(batcher: Json | undefined, at: string, report: Report): void {
  if (!isJsonObject(batcher)) return;
  const limits = ['MaxItemsPerBatch', 'MaxInputBytesPerBatch'];
  const names = limits.flatMap((field) => [field, `${field}Path`]);
  for (const field of limits) atMostOne([field, `${field}Path`], batcher, at, report);
  if (names.every((name) => batcher[name] === undefined)) {
    report.error(at, `There should be one of the following fields: [${names.join(', ')}]`);
  }
}

/** Items: an array or an object with templates in it, or a text in `{% %}`. */
function items(value: Json, at: string, report: Report): void {
  if (isJsonObject(value)) jsonata()(value, at, report);
  else jsonataOr(both(list(anything), jsonata()))(value, at, report);
}

function checkLabelAmong(labels: Set<string>, label: Json | undefined, at: string, report: Report): void {
  if (typeof label !== 'string') return;
  if (labels.has(label)) report.error(at, `Duplicate Label name: ${label}`, 'DUPLICATE_LABEL_NAME');
  labels.add(label);
}

// https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html (Label)
const LABEL_REFUSES = /[\s?*<>{}[\]:;,\\|^~$#%&`"\u0000-\u001f\u007f-\u009f]/;

function checkLabel(value: Json, at: string, report: Report): void {
  if (typeof value !== 'string') return text(value, at, report);
  if (value.length === 0) report.error(at, 'Label cannot be empty', 'INVALID_LABEL_NAME');
  if (value.length > 40) report.error(at, 'Label cannot be longer than 40 characters', 'INVALID_LABEL_NAME');
  const refused = LABEL_REFUSES.exec(value);
  if (refused) {
    report.error(at, `Label contains invalid character: ${JSON.stringify(refused[0])}`, 'INVALID_LABEL_NAME');
  }
}
