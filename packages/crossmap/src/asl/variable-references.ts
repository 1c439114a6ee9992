import type { Definition, QueryLanguage, State } from './definition.ts';
import { isJsonObject, type Json } from './json.ts';
import { jsonataVariables } from './jsonata/references.ts';

/** The variables that each state reads, by the state's name, sorted. States that read none are left out. */
export type VariableReferences = Readonly<Record<string, readonly string[]>>;

/** Of all states of a valid definition, at any depth. */
export function variableReferences(definition: Definition): VariableReferences {
  return Object.fromEntries(referencesIn(definition, definition.QueryLanguage ?? 'JSONPath'));
}

function referencesIn({ States }: Definition, language: QueryLanguage): readonly (readonly [string, string[]])[] {
  return Object.entries(States).flatMap(([name, state]) => {
    const read = state.QueryLanguage ?? language;
    const names = [...new Set(variablesIn(ownFields(state), read, false))].sort();
    const own = names.length === 0 ? [] : [[name, names] as const];
    return [...own, ...machinesIn(state).flatMap((machine) => referencesIn(machine, language))];
  });
}

function machinesIn(state: State): readonly Definition[] {
  if (state.Type === 'Parallel') return state.Branches;
  if (state.Type !== 'Map') return [];
  const processor = state.ItemProcessor ?? state.Iterator;
  return processor === undefined ? [] : [processor];
}

/** Everything that is the state's and no machine within it. */
function ownFields(state: State): Json {
  const { Branches: _, ItemProcessor: __, Iterator: ___, ...fields } = state as unknown as Record<string, Json>;
  return fields;
}

/** The fields whose values are templates, where names are the user's. */
const TEMPLATES = [
  'Arguments',
  'Assign',
  'BatchInput',
  'Credentials',
  'ItemSelector',
  'Items',
  'Output',
  'Parameters',
  'ResultSelector',
];
/** Texts that are themselves. */
const LITERALS = ['Comment', 'Result'];

/** `inTemplate`: only there is any name a field's. */
function variablesIn(value: Json, language: QueryLanguage, inTemplate: boolean): readonly string[] {
  if (language === 'JSONata' && (inTemplate || typeof value === 'string')) return jsonataVariables(value);
  if (Array.isArray(value)) return value.flatMap((each: Json) => variablesIn(each, language, inTemplate));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([field, member]) => {
    if (!inTemplate && LITERALS.includes(field)) return [];
    const read = inTemplate ? field.endsWith('.$') : field.endsWith('Path') || field === 'Variable';
    if (language === 'JSONPath' && read && typeof member === 'string') return jsonPathVariables(member);
    return variablesIn(member, language, inTemplate || TEMPLATES.includes(field));
  });
}

/** The variables of a path or of the call of an intrinsic function, whose strings in quotes hold none. */
function jsonPathVariables(text: string): readonly string[] {
  const unquoted = text.replace(/'(?:[^'\\]|\\[\s\S])*'/g, "''");
  return [...unquoted.matchAll(/(?<![$.\]\p{ID_Continue}])\$([\p{ID_Start}_][\p{ID_Continue}]*)/gu)].map(
    ([, name = '']) => name,
  );
}
