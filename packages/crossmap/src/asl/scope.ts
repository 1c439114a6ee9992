import type { Json, JsonObject } from './json.ts';

/** What an evaluation sees beside its input. */
export interface Scope {
  /** The context object, `$$`. */
  readonly context: JsonObject;
  /** The variables that are visible, by name. */
  readonly variables: Readonly<Record<string, Json>>;
  /** The next chance, in [0, 1): the same each time the same occurrence is taken up. */
  readonly random: () => number;
}

/** A compiled field: its value from the state's data. */
export type Evaluation = (input: Json, scope: Scope) => Json;
