import { DataFlowFailure, invalidPath } from './data-flow.ts';
import type { ItemBatcher, MapState } from './definition.ts';
import type { Json, JsonObject } from './json.ts';
import { parsePath, readPath } from './path.ts';
import { compileTemplate } from './payload-template.ts';
import type { Evaluation, Scope } from './scope.ts';

/** The fields of a Distributed Map, compiled. Each number is evaluated when the state is entered. */
export interface CompiledMap {
  readonly label: string | undefined;
  /** ItemsPath: the items, when no ItemReader gives them. */
  readonly items: Evaluation;
  readonly reader: { readonly parameters: Evaluation; readonly maxItems: NumberField } | undefined;
  readonly itemSelector: Evaluation | undefined;
  readonly batcher: { readonly maxItemsPerBatch: NumberField; readonly batchInput: Evaluation | undefined } | undefined;
  readonly maxConcurrency: NumberField;
  readonly toleratedFailureCount: NumberField;
  readonly resultWriter: { readonly parameters: Evaluation } | undefined;
}

/** A field given as a number or as a path; `undefined` when neither is. Throws `DataFlowFailure`. */
export type NumberField = (input: Json, scope: Scope) => number | undefined;

export function compileMap(state: MapState): CompiledMap {
  const selector = state.ItemSelector ?? state.Parameters;
  return {
    label: state.Label,
    items: compileItemsPath(state.ItemsPath ?? '$'),
    reader: state.ItemReader && {
      parameters: compileTemplate(state.ItemReader.Parameters ?? {}),
      maxItems: numberField('MaxItems', state.ItemReader.ReaderConfig),
    },
    itemSelector: selector === undefined ? undefined : compileTemplate(selector),
    batcher: state.ItemBatcher && compileBatcher(state.ItemBatcher),
    maxConcurrency: nonNegative('MaxConcurrency', numberField('MaxConcurrency', state)),
    toleratedFailureCount: nonNegative('ToleratedFailureCount', numberField('ToleratedFailureCount', state)),
    resultWriter: state.ResultWriter && { parameters: compileTemplate(state.ResultWriter.Parameters ?? {}) },
  };
}

function compileBatcher(batcher: ItemBatcher) {
  return {
    maxItemsPerBatch: numberField('MaxItemsPerBatch', batcher),
    batchInput: batcher.BatchInput === undefined ? undefined : compileTemplate(batcher.BatchInput),
  };
}

function compileItemsPath(text: string): Evaluation {
  const parsed = parsePath(text);
  if (!parsed.ok) throw new Error(`Compiled before validation: ${parsed.reason}`);
  return (input, scope) => {
    const items = readPath(parsed.path, input, scope);
    if (items !== undefined) return items;
    throw invalidPath(parsed.path, input, scope);
  };
}

export function numberField(name: string, fields: object): NumberField {
  const given = fields as JsonObject;
  const literal = given[name];
  const path = given[`${name}Path`];
  if (typeof literal === 'number') return () => literal;
  if (typeof path !== 'string') return () => undefined;
  const parsed = parsePath(path);
  if (!parsed.ok) throw new Error(`Compiled before validation: ${parsed.reason}`);
  return (input, scope) => {
    const value = readPath(parsed.path, input, scope);
    if (value === undefined) throw invalidPath(parsed.path, input, scope);
    const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number)) return number;
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    throw new DataFlowFailure(
      'States.Runtime',
      `The ${name}Path field refers to value "${shown}" which is not a valid integer: ${path}`,
    );
  };
}

function nonNegative(name: string, field: NumberField): NumberField {
  return (input, scope) => {
    const value = field(input, scope);
    if (value !== undefined && value < 0) throw new DataFlowFailure('States.Runtime', `${name} cannot be negative.`);
    return value;
  };
}
