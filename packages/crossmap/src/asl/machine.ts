import type { DataFlow } from './data-flow.ts';
import type {
  ChoiceState,
  Definition,
  MapState,
  ParallelState,
  QueryLanguage,
  Retrier,
  State,
  TaskState,
} from './definition.ts';
import type { Json, JsonObject } from './json.ts';
import { type CompiledMap, compileMap } from './map-fields.ts';
import { type NumberField, seconds } from './number-fields.ts';
import { type Caught, type Compiler, JSONATA, JSONPATH } from './query-language.ts';
import type { Field, Scope } from './scope.ts';
import { parseTaskResource, type TaskResource } from './task-resource.ts';
import { compileWait } from './wait-time.ts';

/** A definition turned into closures, once per revision. Execution reads no path or template text again. */
export interface Machine {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, CompiledState>;
  /** After how long an execution times out; `undefined`: never. */
  readonly timeoutSeconds: number | undefined;
}

/** The state that follows, or `undefined` at the end of the machine. */
type Next = { readonly next: string | undefined };

/** Assign: what it assigns, from what the state gives. */
export type Assignment = (value: Json, scope: Scope) => Assigned | Promise<Assigned>;
type Assigned = Readonly<Record<string, Json>>;
type Assigns = { readonly assign?: Assignment };

interface Handlers {
  readonly retriers: readonly Retrier[];
  readonly catchers: readonly CompiledCatcher[];
}

export interface CompiledCatcher {
  readonly ErrorEquals: readonly string[];
  readonly next: string;
  readonly output: Caught;
  readonly assign?: Assignment;
}

interface CompiledRule extends Assigns {
  readonly condition: Field<boolean>;
  readonly next: string;
  /** In JSONata, where the state's own Output is that of Default. */
  readonly output?: Field;
}

export type CompiledState = { readonly name: string; readonly queryLanguage: QueryLanguage } & (
  | ({ readonly type: 'Pass'; readonly flow: DataFlow; readonly result: Json | undefined } & Next & Assigns)
  | ({
      readonly type: 'Task';
      readonly flow: DataFlow;
      readonly resource: TaskResource;
      readonly timeoutSeconds: NumberField;
      readonly heartbeatSeconds: NumberField;
      /** The ARN of the role that the task acts as, not yet looked at. */
      readonly credentials?: Field;
    } & Next &
      Assigns &
      Handlers)
  | ({
      readonly type: 'Choice';
      readonly flow: DataFlow;
      readonly rules: readonly CompiledRule[];
      readonly otherwise: string | undefined;
    } & Assigns)
  | ({ readonly type: 'Wait'; readonly flow: DataFlow; readonly wait: ReturnType<typeof compileWait> } & Next & Assigns)
  | { readonly type: 'Succeed'; readonly flow: DataFlow }
  | { readonly type: 'Fail'; readonly error: Field<string> | undefined; readonly cause: Field<string> | undefined }
  | ({ readonly type: 'Parallel'; readonly flow: DataFlow; readonly branches: readonly Machine[] } & Next &
      Assigns &
      Handlers)
  | ({
      readonly type: 'Map';
      readonly mode: 'INLINE' | 'DISTRIBUTED';
      readonly flow: DataFlow;
      readonly map: CompiledMap;
      readonly processor: Machine;
    } & Next &
      Assigns &
      Handlers)
);

/** Compiles a definition that `validateDefinition` accepted. `language`: of the states that name none. */
export function compileMachine(definition: Definition, language = definition.QueryLanguage ?? 'JSONPath'): Machine {
  const states = Object.entries(definition.States).map(
    ([name, state]) => [name, { name, ...compileState(state, language) }] as const,
  );
  return { startAt: definition.StartAt, states: new Map(states), timeoutSeconds: definition.TimeoutSeconds };
}

type Unnamed<S> = S extends unknown ? Omit<S, 'name'> : never;

function compileState(state: State, language: QueryLanguage): Unnamed<CompiledState> {
  const queryLanguage = state.QueryLanguage ?? language;
  const compiler = queryLanguage === 'JSONata' ? JSONATA : JSONPATH;
  const flow = compiler.dataFlow(state);
  switch (state.Type) {
    case 'Pass':
      return { type: 'Pass', queryLanguage, flow, result: state.Result, next: state.Next, ...assigns(state, compiler) };
    case 'Task':
      return {
        type: 'Task',
        queryLanguage,
        resource: resourceOf(state),
        timeoutSeconds: seconds('TimeoutSeconds', compiler.number('TimeoutSeconds', state)),
        heartbeatSeconds: seconds('HeartbeatSeconds', compiler.number('HeartbeatSeconds', state)),
        ...roleOf(state, compiler),
        ...work(state, compiler),
      };
    case 'Choice':
      return { type: 'Choice', queryLanguage, flow, ...choices(state, compiler), ...assigns(state, compiler) };
    case 'Wait': {
      const wait = compileWait(state, compiler);
      return { type: 'Wait', queryLanguage, flow, wait, next: state.Next, ...assigns(state, compiler) };
    }
    case 'Succeed':
      return { type: 'Succeed', queryLanguage, flow };
    case 'Fail':
      return {
        type: 'Fail',
        queryLanguage,
        error: compiler.text(state, 'Error'),
        cause: compiler.text(state, 'Cause'),
      };
    case 'Parallel': {
      const branches = state.Branches.map((branch) => compileMachine(branch, language));
      return { type: 'Parallel', queryLanguage, branches, ...work(state, compiler) };
    }
    case 'Map': {
      const map = compileMap(state, compiler);
      return { type: 'Map', queryLanguage, map, ...processorOf(state, language), ...work(state, compiler) };
    }
  }
}

function processorOf(state: MapState, language: QueryLanguage) {
  const processor = state.ItemProcessor ?? state.Iterator;
  if (processor === undefined) throw new Error('Compiled before validation: a Map state without ItemProcessor');
  const mode = processor.ProcessorConfig?.Mode ?? 'INLINE';
  return { mode, processor: compileMachine(processor, language) };
}

function resourceOf({ Resource }: TaskState): TaskResource {
  const resource = parseTaskResource(Resource);
  if (resource === undefined) throw new Error(`Compiled before validation: the resource ${Resource}`);
  return resource;
}

function roleOf({ Credentials }: TaskState, compiler: Compiler): { readonly credentials?: Field } {
  return Credentials === undefined ? {} : { credentials: compiler.roleArn(Credentials) };
}

/** What states that do work, and may fail, have in common. */
function work(
  state: TaskState | ParallelState | MapState,
  compiler: Compiler,
): { flow: DataFlow } & Next & Assigns & Handlers {
  return {
    flow: compiler.dataFlow(state),
    next: state.Next,
    retriers: state.Retry ?? [],
    catchers: (state.Catch ?? []).map((catcher, i) => ({
      ErrorEquals: catcher.ErrorEquals,
      next: catcher.Next,
      output: compiler.caught(catcher, i),
      ...assigns(catcher, compiler, `Catch[${i}]/`),
    })),
    ...assigns(state, compiler),
  };
}

function assigns({ Assign }: { readonly Assign?: JsonObject }, compiler: Compiler, place = ''): Assigns {
  if (Assign === undefined) return {};
  return { assign: compiler.template(Assign, `${place}Assign`) as Assignment };
}

function ruleOutput(Output: Json | undefined, compiler: Compiler, field: string): Field {
  return Output === undefined ? (raw) => raw : compiler.template(Output, field);
}

function choices(state: ChoiceState, compiler: Compiler) {
  const rules = state.Choices.map((rule, i) => {
    const { Assign, Output, Next, ...condition } = rule;
    const place = `Choices[${i}]/`;
    return {
      condition: compiler.condition(condition, i),
      next: Next,
      ...(compiler.queryLanguage === 'JSONata' && { output: ruleOutput(Output, compiler, `${place}Output`) }),
      ...assigns(Assign === undefined ? {} : { Assign }, compiler, place),
    };
  });
  return { rules, otherwise: state.Default };
}
