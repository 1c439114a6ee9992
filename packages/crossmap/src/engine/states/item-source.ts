import { DataFlowFailure } from '../../asl/data-flow.ts';
import type { ReaderConfig } from '../../asl/definition.ts';
import { isJsonObject, type Json } from '../../asl/json.ts';
import { parseJsonPointer } from '../../asl/json-pointer.ts';
import type { CompiledMap, CompiledReader } from '../../asl/map-fields.ts';
import type { Scope } from '../../asl/scope.ts';
import type { ItemFormat, ItemSource } from '../map-run-plan.ts';

/** The items that ItemsPath or Items gives: the elements of an array or the members of an object. */
export async function stateData(
  map: CompiledMap,
  input: Json,
  scope: Scope,
): Promise<Extract<ItemSource, { kind: 'state-data' }>> {
  const items = await map.items(input, scope);
  if (Array.isArray(items) || isJsonObject(items)) return { kind: 'state-data', items };
  throw new DataFlowFailure('States.Runtime', `Map state input must be an array but was: ${JSON.stringify(items)}`);
}

/** What an ItemReader reads. https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html */
export async function datasetOf(reader: CompiledReader, input: Json, scope: Scope): Promise<ItemSource> {
  const parameters = (await reader.parameters(input, scope)) as Parameters;
  const optional = (name: string) =>
    parameters[name] === undefined ? undefined : stringParameter(parameters, name, 'ItemReader');
  const shared = {
    expectedBucketOwner: optional('ExpectedBucketOwner'),
    maxItems: await reader.maxItems(input, scope),
  };
  const bucket = stringParameter(parameters, 'Bucket', 'ItemReader');
  const { config } = reader;
  if (reader.lists) {
    const format = config.Transformation === 'LOAD_AND_FLATTEN' ? formatOf(config) : undefined;
    const prefix = parameters.Prefix === '' ? undefined : optional('Prefix');
    return { kind: 'listing', bucket, prefix, format, ...shared };
  }
  const versionId = optional('VersionId');
  const key = stringParameter(parameters, 'Key', 'ItemReader');
  const at = { bucket, key, ...(versionId !== undefined && { versionId }) };
  if (config.ManifestType === 'ATHENA_DATA') return { kind: 'athena-data', at, format: formatOf(config), ...shared };
  if (config.ManifestType === 'S3_INVENTORY' || config.InputType === 'MANIFEST') {
    return { kind: 's3-inventory', at, ...shared };
  }
  return { kind: 'object', at, format: formatOf(config), ...shared };
}

type Parameters = { readonly [key: string]: Json };

const DELIMITERS = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' } as const;

function formatOf(config: ReaderConfig): ItemFormat {
  switch (config.InputType) {
    case 'JSONL':
    case 'PARQUET':
      return { type: config.InputType };
    case 'CSV':
      return {
        type: 'CSV',
        delimiter: DELIMITERS[config.CSVDelimiter ?? 'COMMA'],
        headers: config.CSVHeaderLocation === 'GIVEN' ? (config.CSVHeaders ?? []) : undefined,
      };
    case 'JSON':
      return { type: 'JSON', pointer: parseJsonPointer(config.ItemsPointer ?? '') ?? [] };
    default:
      throw new Error(`Read before validation: InputType ${config.InputType}`);
  }
}

/** Throws `DataFlowFailure` unless it is a text with something in it. */
export function stringParameter(parameters: Parameters, name: string, field: string): string {
  const value = parameters[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new DataFlowFailure(
    'States.Runtime',
    `Expected ${field}.Parameters.${name} to be a non-empty string, got ${JSON.stringify(value)}`,
  );
}
