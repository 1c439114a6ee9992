import type { Inspect } from './inspection.ts';
import type { Json, JsonObject } from './json.ts';

/** What an evaluation sees beside its input. The fields of `$states` are for JSONata, which has no `$`. */
export interface Scope {
  /** The context object: `$$`, `$states.context`. */
  readonly context: JsonObject;
  /** The variables that are visible, by name. */
  readonly variables: Readonly<Record<string, Json>>;
  /** The next chance, in [0, 1): the same each time the same occurrence is taken up. */
  readonly random: () => number;
  /** Epoch ms, for `$now()` and `$millis()`. */
  readonly time: number;
  /** `$states.input`: the state's raw input. */
  readonly input: Json;
  /** `$states.result`: of a Task, Parallel or Map that has succeeded. */
  readonly result?: Json;
  /** `$states.errorOutput`, in a Catch. */
  readonly errorOutput?: Json;
  /** Who looks at the state, if anyone does. */
  readonly inspect?: Inspect;
}

/** A compiled piece of JSONPath: its value from the state's data. */
export type Evaluation = (input: Json, scope: Scope) => Json;

/** A compiled field of a state, of either language. JSONata takes nothing from `input` and all from the scope. */
export type Field<T extends Json | undefined = Json> = (input: Json, scope: Scope) => T | Promise<T>;
