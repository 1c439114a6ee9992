import { type Condition, compileRule } from './choice-rule.ts';
import { compileDataFlow, compileResultPath, type DataFlow } from './data-flow.ts';
import type {
  Catcher,
  ChoiceRule,
  ChoiceState,
  Definition,
  FailState,
  MapState,
  ParallelState,
  Retrier,
  State,
  SucceedState,
  TaskState,
  WaitState,
} from './definition.ts';
import type { Json, JsonObject } from './json.ts';
import { type CompiledMap, compileMap, type NumberField, numberField } from './map-fields.ts';
import { compileExpression, compileTemplate } from './payload-template.ts';
import type { Evaluation, Scope } from './scope.ts';
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
export type Assignment = (value: Json, scope: Scope) => Readonly<Record<string, Json>>;
type Assigns = { readonly assign?: Assignment };

interface Handlers {
  readonly retriers: readonly Retrier[];
  readonly catchers: readonly CompiledCatcher[];
}

export interface CompiledCatcher {
  readonly ErrorEquals: readonly string[];
  readonly next: string;
  /** Puts `{Error, Cause}` into the state's raw input. */
  readonly output: (raw: Json, errorOutput: Json) => Json;
  readonly assign?: Assignment;
}

interface CompiledRule extends Assigns {
  readonly condition: Condition;
  readonly next: string;
}

export type CompiledState = { readonly name: string } & (
  | ({ readonly type: 'Pass'; readonly flow: DataFlow; readonly result: Json | undefined } & Next & Assigns)
  | ({
      readonly type: 'Task';
      readonly flow: DataFlow;
      readonly resource: TaskResource;
      readonly timeoutSeconds: NumberField;
      readonly heartbeatSeconds: NumberField;
      /** The ARN of the role that the task acts as, not yet looked at. */
      readonly credentials?: Evaluation;
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
  | { readonly type: 'Fail'; readonly error: Evaluation | undefined; readonly cause: Evaluation | undefined }
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

/** Compiles a definition that `validateDefinition` accepted. */
export function compileMachine(definition: Definition): Machine {
  const states = Object.entries(definition.States).map(([name, state]) => [name, compileState(name, state)] as const);
  return { startAt: definition.StartAt, states: new Map(states), timeoutSeconds: definition.TimeoutSeconds };
}

function compileState(name: string, state: State): CompiledState {
  switch (state.Type) {
    case 'Pass': {
      const flow = compileDataFlow(state);
      return { type: 'Pass', name, flow, result: state.Result, next: state.Next, ...assigns(state) };
    }
    case 'Task': {
      return { type: 'Task', name, resource: resourceOf(state), ...limitsOf(state), ...roleOf(state), ...work(state) };
    }
    case 'Choice':
      return { type: 'Choice', name, flow: compileDataFlow(ioPaths(state)), ...choices(state), ...assigns(state) };
    case 'Wait': {
      const flow = compileDataFlow(ioPaths(state));
      return { type: 'Wait', name, flow, wait: compileWait(state), next: state.Next, ...assigns(state) };
    }
    case 'Succeed':
      return { type: 'Succeed', name, flow: compileDataFlow(ioPaths(state)) };
    case 'Fail':
      return { type: 'Fail', name, ...compileFail(state) };
    case 'Parallel':
      return { type: 'Parallel', name, branches: state.Branches.map(compileMachine), ...work(state) };
    case 'Map':
      return { type: 'Map', name, map: compileMap(state), ...processorOf(state), ...work(withoutSelector(state)) };
  }
}

/** In a Map state Parameters is the old name of ItemSelector. */
function withoutSelector({ Parameters: _itemSelector, ...state }: MapState): MapState {
  return state;
}

function processorOf(state: MapState) {
  const processor = state.ItemProcessor ?? state.Iterator;
  if (processor === undefined) throw new Error('Compiled before validation: a Map state without ItemProcessor');
  const mode = state.ItemProcessor?.ProcessorConfig?.Mode ?? 'INLINE';
  return { mode, processor: compileMachine(processor) };
}

function resourceOf({ Resource }: TaskState): TaskResource {
  const resource = parseTaskResource(Resource);
  if (resource === undefined) throw new Error(`Compiled before validation: the resource ${Resource}`);
  return resource;
}

function limitsOf(state: TaskState): { timeoutSeconds: NumberField; heartbeatSeconds: NumberField } {
  return {
    timeoutSeconds: numberField('TimeoutSeconds', state),
    heartbeatSeconds: numberField('HeartbeatSeconds', state),
  };
}

function roleOf({ Credentials }: TaskState): { readonly credentials?: Evaluation } {
  if (Credentials === undefined) return {};
  const evaluate = compileTemplate(Credentials as JsonObject);
  return { credentials: (input, scope) => (evaluate(input, scope) as JsonObject).RoleArn ?? null };
}

/** What states that do work, and may fail, have in common. */
function work(state: TaskState | ParallelState | MapState): { flow: DataFlow } & Next & Assigns & Handlers {
  return {
    flow: compileDataFlow(state),
    next: state.Next,
    retriers: state.Retry ?? [],
    catchers: (state.Catch ?? []).map(compileCatcher),
    ...assigns(state),
  };
}

function compileCatcher(catcher: Catcher): CompiledCatcher {
  const output = compileResultPath(catcher.ResultPath);
  return { ErrorEquals: catcher.ErrorEquals, next: catcher.Next, output, ...assigns(catcher) };
}

function assigns({ Assign }: { readonly Assign?: JsonObject }): Assigns {
  if (Assign === undefined) return {};
  return { assign: compileTemplate(Assign) as Assignment };
}

function ioPaths({ InputPath, OutputPath }: ChoiceState | SucceedState | WaitState) {
  return { ...(InputPath !== undefined && { InputPath }), ...(OutputPath !== undefined && { OutputPath }) };
}

function compileFail(state: FailState) {
  const field = (name: string, literal: string | undefined, path: string | undefined): Evaluation | undefined => {
    if (path !== undefined) return compileExpression(path, name);
    return literal === undefined ? undefined : () => literal;
  };
  return {
    error: field('ErrorPath', state.Error, state.ErrorPath),
    cause: field('CausePath', state.Cause, state.CausePath),
  };
}

function choices(state: ChoiceState) {
  const rules = state.Choices.map((rule) => {
    const { Assign, ...condition } = rule as ChoiceRule & { readonly Assign?: JsonObject };
    return { condition: compileRule(condition), next: rule.Next, ...assigns(Assign === undefined ? {} : { Assign }) };
  });
  return { rules, otherwise: state.Default };
}
