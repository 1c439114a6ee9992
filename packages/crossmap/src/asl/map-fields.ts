import { invalidPath, notAnArray, unfitStep } from './data-flow.ts';
import type { MapState, ReaderConfig } from './definition.ts';
import { isJsonObject, type Json } from './json.ts';
import type { JsonType } from './jsonata/expression.ts';
import { type NumberField, nonNegative, percentage, positive } from './number-fields.ts';
import { leavingStep, parsePath, readPath } from './path.ts';
import type { Compiler } from './query-language.ts';
import type { Evaluation, Field, Scope } from './scope.ts';

/** The fields of a Map state, compiled. Each number is evaluated when the state is entered. */
export interface CompiledMap {
  readonly label: string | undefined;
  /** ItemsPath or Items: the items, when no ItemReader gives them. */
  readonly items: Field;
  readonly reader: CompiledReader | undefined;
  readonly itemSelector: Field | undefined;
  readonly batcher:
    | {
        readonly maxItemsPerBatch: NumberField;
        readonly maxInputBytesPerBatch: NumberField;
        readonly batchInput: Field | undefined;
      }
    | undefined;
  readonly maxConcurrency: NumberField;
  /** ToleratedFailureCount and ToleratedFailurePercentage. An inline Map has them too and makes nothing of them. */
  readonly tolerance: (input: Json, scope: Scope) => Promise<Tolerance>;
  readonly resultWriter: { readonly parameters: Field } | undefined;
}

export interface CompiledReader {
  /** `false`: one object is read. */
  readonly lists: boolean;
  readonly config: ReaderConfig;
  readonly parameters: Field;
  readonly maxItems: NumberField;
}

/** Failed items tolerated, as a number and as a share in percent; `undefined` where not declared. */
export interface Tolerance {
  readonly count: number | undefined;
  readonly percentage: number | undefined;
}

export function compileMap(state: MapState, compiler: Compiler): CompiledMap {
  const selector = state.ItemSelector ?? state.Parameters;
  const { ItemReader, ItemBatcher, ResultWriter } = state;
  const inline = (state.ItemProcessor?.ProcessorConfig?.Mode ?? 'INLINE') === 'INLINE';
  return {
    label: state.Label,
    items: compiler.items(state, inline ? 'array' : undefined),
    reader: ItemReader && {
      lists: ItemReader.Resource.endsWith(':s3:listObjectsV2'),
      config: ItemReader.ReaderConfig ?? {},
      parameters: parametersOf(ItemReader, 'ItemReader', compiler),
      maxItems: compiler.number('MaxItems', ItemReader.ReaderConfig ?? {}, 'ItemReader/ReaderConfig/'),
    },
    itemSelector: selector === undefined ? undefined : compiler.template(selector, 'ItemSelector'),
    batcher: ItemBatcher && {
      maxItemsPerBatch: batchLimit('MaxItemsPerBatch', ItemBatcher, compiler),
      maxInputBytesPerBatch: batchLimit('MaxInputBytesPerBatch', ItemBatcher, compiler),
      batchInput:
        ItemBatcher.BatchInput === undefined
          ? undefined
          : compiler.template(ItemBatcher.BatchInput, 'ItemBatcher/BatchInput'),
    },
    maxConcurrency: nonNegative('MaxConcurrency', compiler.number('MaxConcurrency', state)),
    tolerance: compileTolerance(state, compiler),
    resultWriter: ResultWriter && { parameters: parametersOf(ResultWriter, 'ResultWriter', compiler) },
  };
}

function batchLimit(name: string, batcher: object, compiler: Compiler): NumberField {
  const place = 'ItemBatcher/';
  return positive(name, compiler.number(name, batcher, place), place + name);
}

function compileTolerance(state: MapState, compiler: Compiler): CompiledMap['tolerance'] {
  const count = nonNegative('ToleratedFailureCount', compiler.number('ToleratedFailureCount', state));
  const share = percentage(compiler.float('ToleratedFailurePercentage', state));
  return async (input, scope) => ({ count: await count(input, scope), percentage: await share(input, scope) });
}

function parametersOf(
  { Parameters, Arguments }: { readonly Parameters?: Json; readonly Arguments?: Json },
  field: string,
  compiler: Compiler,
): Field {
  return compiler.template(Parameters ?? Arguments ?? {}, `${field}/Arguments`);
}

/** ItemsPath. `expected`: what it must find; absent, a JSON object passes too. */
export function compileItemsPath(text: string, expected: JsonType | undefined): Evaluation {
  const parsed = parsePath(text);
  if (!parsed.ok) throw new Error(`Compiled before validation: ${parsed.reason}`);
  return (input, scope) => {
    const items = readPath(parsed.path, input, scope);
    if (items === undefined) {
      const left = leavingStep(parsed.path, input, scope);
      throw left === undefined ? invalidPath(parsed.path, input, scope) : unfitStep(left.step, left.data);
    }
    if (Array.isArray(items) || (expected === undefined && isJsonObject(items))) return items;
    throw notAnArray(text);
  };
}
