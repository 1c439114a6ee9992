import { type Condition, compileRule } from './choice-rule.ts';
import { compileDataFlow, compileResultPath, type DataFlow } from './data-flow.ts';
import type {
  ChoiceRule,
  ChoiceState,
  Definition,
  MapState,
  PassState,
  Retrier,
  State,
  SucceedState,
  TaskState,
} from './definition.ts';
import type { Json } from './json.ts';
import { type CompiledMap, compileMap } from './map-fields.ts';

/** A definition turned into closures, once per revision. Execution reads no path or template text again. */
export interface Machine {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, CompiledState>;
}

/** The state that follows, or `undefined` at the end of the machine. */
type Next = { readonly next: string | undefined };

interface Handlers {
  readonly retriers: readonly Retrier[];
  readonly catchers: readonly CompiledCatcher[];
}

export interface CompiledCatcher {
  readonly ErrorEquals: readonly string[];
  readonly next: string;
  /** Puts `{Error, Cause}` into the state's raw input. */
  readonly output: (raw: Json, errorOutput: Json) => Json;
}

export type CompiledState = { readonly name: string } & (
  | ({ readonly type: 'Pass'; readonly flow: DataFlow; readonly result: Json | undefined } & Next)
  | ({ readonly type: 'Task'; readonly flow: DataFlow; readonly resource: string } & Next & Handlers)
  | {
      readonly type: 'Choice';
      readonly flow: DataFlow;
      readonly rules: readonly { readonly condition: Condition; readonly next: string }[];
      readonly otherwise: string | undefined;
    }
  | { readonly type: 'Succeed'; readonly flow: DataFlow }
  | { readonly type: 'Fail'; readonly error: string | undefined; readonly cause: string | undefined }
  | ({ readonly type: 'Map'; readonly flow: DataFlow; readonly map: CompiledMap; readonly processor: Machine } & Next &
      Handlers)
);

/** Compiles a definition that `validateDefinition` accepted. */
export function compileMachine(definition: Definition): Machine {
  const states = Object.entries(definition.States).map(([name, state]) => [name, compileState(name, state)] as const);
  return { startAt: definition.StartAt, states: new Map(states) };
}

function compileState(name: string, state: State): CompiledState {
  switch (state.Type) {
    case 'Pass':
      return { type: 'Pass', name, flow: compileDataFlow(state), result: state.Result, ...next(state) };
    case 'Task':
      return {
        type: 'Task',
        name,
        flow: compileDataFlow(state),
        resource: state.Resource,
        ...next(state),
        ...handlers(state),
      };
    case 'Choice':
      return { type: 'Choice', name, flow: compileDataFlow(ioPaths(state)), ...choices(state) };
    case 'Succeed':
      return { type: 'Succeed', name, flow: compileDataFlow(ioPaths(state)) };
    case 'Fail':
      return { type: 'Fail', name, error: state.Error, cause: state.Cause };
    case 'Map': {
      // In a Map state Parameters is the old name of ItemSelector.
      const { Parameters: _itemSelector, ...fields } = state;
      return {
        type: 'Map',
        name,
        flow: compileDataFlow(fields),
        map: compileMap(state),
        processor: compileMachine(state.ItemProcessor),
        ...next(state),
        ...handlers(state),
      };
    }
  }
}

function ioPaths({ InputPath, OutputPath }: ChoiceState | SucceedState) {
  return { ...(InputPath !== undefined && { InputPath }), ...(OutputPath !== undefined && { OutputPath }) };
}

function next(state: PassState | TaskState | MapState): Next {
  return { next: state.Next };
}

function handlers({ Retry = [], Catch = [] }: TaskState | MapState): Handlers {
  return {
    retriers: Retry,
    catchers: Catch.map((catcher) => ({
      ErrorEquals: catcher.ErrorEquals,
      next: catcher.Next,
      output: compileResultPath(catcher.ResultPath),
    })),
  };
}

function choices(state: ChoiceState) {
  return {
    rules: state.Choices.map((rule) => ({ condition: compileRule(rule as ChoiceRule), next: rule.Next })),
    otherwise: state.Default,
  };
}
