import { type Condition, compileRule } from './choice-rule.ts';
import { compileDataFlow, compileResultPath, type DataFlow } from './data-flow.ts';
import type { Catcher, ChoiceRule, Credentials, FailState, QueryLanguage, State } from './definition.ts';
import { type Json, type JsonObject, textOf } from './json.ts';
import { isExpression, type JsonType } from './jsonata/expression.ts';
import { jsonataField, QueryFailed } from './jsonata/field.ts';
import { compileItemsPath } from './map-fields.ts';
import { invalidValue, type NumberField, numberAtPath } from './number-fields.ts';
import { compileExpression, compileTemplate } from './payload-template.ts';
import type { Field, Scope } from './scope.ts';

/** How the fields of a state are compiled: one for each query language. Fields are ones that validation accepted. */
export interface Compiler {
  readonly queryLanguage: QueryLanguage;
  dataFlow(state: State): DataFlow;
  /** `field` is the template's place in the state. */
  template(template: Json, field: string): Field;
  /** Of a Fail state. */
  text(state: FailState, name: 'Error' | 'Cause'): Field<string> | undefined;
  /** The role of a Task. */
  roleArn(credentials: Credentials): Field;
  /** `fields` has the integer as `name`, or says where it is. `place`: what `fields` is in the state, ending in `/`. */
  number(name: string, fields: object, place?: string): NumberField;
  /** The same for a number that needs not be an integer. */
  float(name: string, fields: object): NumberField;
  /** What a Catch makes of the state's raw input and of `{Error, Cause}`. */
  caught(catcher: Catcher, index: number): Caught;
  condition(rule: ChoiceRule, index: number): Condition | Field<boolean>;
  /** Of a Map state whose items are in the state. */
  items(fields: { readonly ItemsPath?: string; readonly Items?: Json }, expected: JsonType | undefined): Field;
}

export type Caught = (raw: Json, errorOutput: Json, scope: Scope) => Json | Promise<Json>;

export const JSONPATH: Compiler = {
  queryLanguage: 'JSONPath',
  dataFlow: (state) => compileDataFlow(flowFields(state)),
  template: compileTemplate,
  text(state, name) {
    const path = state[`${name}Path`];
    if (path !== undefined) return textAt(name, path);
    const literal = state[name];
    return literal === undefined ? undefined : () => literal;
  },
  roleArn(credentials) {
    const evaluate = compileTemplate({ ...credentials });
    return async (input, scope) => ((await evaluate(input, scope)) as JsonObject).RoleArn ?? null;
  },
  number: (name, fields) => pathOrNumber(name, fields, 'integer'),
  float: (name, fields) => pathOrNumber(name, fields, 'float'),
  caught: ({ ResultPath }) => compileResultPath(ResultPath),
  condition: compileRule,
  items: ({ ItemsPath = '$' }, expected) => compileItemsPath(ItemsPath, expected),
};

export const JSONATA: Compiler = {
  queryLanguage: 'JSONata',
  dataFlow(state) {
    const { Arguments, Output } = state as { readonly Arguments?: Json; readonly Output?: Json };
    const argumented: Field = Arguments === undefined ? (raw) => raw : jsonataField(Arguments, 'Arguments');
    const output = Output === undefined ? undefined : jsonataField(Output, 'Output');
    return {
      input: (raw) => raw,
      async parameters(raw, scope) {
        const value = await argumented(raw, scope);
        scope.inspect?.('afterArguments', value);
        return value;
      },
      output: (raw, result, scope) => (output === undefined ? result : output(raw, scope)),
    };
  },
  template: jsonataField,
  text(state, name) {
    const text = state[name];
    return text === undefined ? undefined : (jsonataField(text, name, 'string') as Field<string>);
  },
  roleArn: ({ RoleArn }) => jsonataField(RoleArn ?? null, 'Credentials/RoleArn', 'string'),
  number(name, fields, place = '') {
    const { [name]: given } = fields as JsonObject;
    if (given === undefined) return () => undefined;
    const location = `${place}${name}`;
    const field = jsonataField(given, location, 'number');
    if (typeof given !== 'string') return field as NumberField;
    return async (input, scope) => {
      const value = await field(input, scope);
      if (Number.isInteger(value)) return value as number;
      throw new QueryFailed(`The ${name} field cannot be parsed as an integer: ${textOf(value)}`, location);
    };
  },
  float(name, fields) {
    const { [name]: given } = fields as JsonObject;
    return given === undefined ? () => undefined : (jsonataField(given, name, 'number') as NumberField);
  },
  caught({ Output }, index) {
    if (Output === undefined) return (_, errorOutput) => errorOutput;
    const output = jsonataField(Output, `Catch[${index}]/Output`);
    return (raw, _, scope) => output(raw, scope);
  },
  condition: ({ Condition = null }, index) =>
    jsonataField(Condition, `Choices[${index}]/Condition`, 'boolean') as Field<boolean>,
  items({ Items }, expected) {
    if (Items === undefined) return (raw) => raw;
    const given = typeof Items === 'string' && isExpression(Items);
    return jsonataField(Items, 'Items', given ? expected : undefined);
  },
};

/** Of a value that is no text AWS's words are not known; these are those for numbers. */
function textAt(name: string, path: string): Field<string> {
  const evaluate = compileExpression(path, `${name}Path`);
  return (input, scope) => {
    const value = evaluate(input, scope);
    if (typeof value === 'string') return value;
    throw invalidValue(name, value, 'string', path);
  };
}

function pathOrNumber(name: string, fields: object, kind: 'integer' | 'float'): NumberField {
  const { [name]: literal, [`${name}Path`]: path } = fields as JsonObject;
  if (typeof literal === 'number') return () => literal;
  return typeof path === 'string' ? numberAtPath(name, path, kind) : () => undefined;
}

/** In a Map state Parameters is the old name of ItemSelector. */
function flowFields(state: State) {
  if (state.Type === 'Fail') return {};
  if (state.Type !== 'Map') return state;
  const { Parameters: _itemSelector, ...fields } = state;
  return fields;
}
